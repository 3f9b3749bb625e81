import { z } from 'zod';
import { jpkiCaProblems } from '#contracts/jpki-ca';
import { platformProblems, refusals, useCase, type Ctx, type InputOf, type OutputOf, type UseCase } from '#platform';
import { namedOfficer } from '../ca/named-officer.js';
import { reference } from '../certificate/certificate-answer.js';
import type { ResidentChangeStore } from './resident-change.store.js';

const spec = useCase({
  action: 'jpki-ca.quarantined-notice.resolve',
  kind: 'command',
  summary: 'Notes that an officer has settled a notice that contradicts with the municipality; no certificate changes by it',
  input: z.strictObject({ personKey: z.uuid(), factVersion: z.number().int().positive(), evidenceRef: reference.describe('what the municipality answered') }),
  output: z.object({ state: z.literal('RESOLVED') }),
  refusals: [...refusals(jpkiCaProblems, 'OPERATOR_NOT_ASSERTED'), ...refusals(platformProblems, 'NOT_FOUND')],
});

/** QUARANTINED to RESOLVED (JPKI 3.6). A certificate that was ended wrongly is cured by a free re-issue (JPKI 3.4). */
export class ResolveNotice implements UseCase<typeof spec> {
  readonly spec = spec;

  constructor(private readonly notices: ResidentChangeStore) {}

  async execute(ctx: Ctx, { personKey, factVersion, evidenceRef: ref }: InputOf<typeof spec>): Promise<OutputOf<typeof spec>> {
    if (!(await this.notices.resolve(ctx.db, { personKey, factVersion, by: namedOfficer(ctx), ref }))) throw platformProblems.refuse('NOT_FOUND');
    ctx.audit({ object: `resident-change:${factVersion}`, subjects: [personKey], facts: { state: 'RESOLVED' } });
    return { state: 'RESOLVED' };
  }
}
