import { z } from 'zod';
import { jpkiVerifierProblems, VERIFIER_CLASSES } from '#contracts/jpki-verifier';
import { platformProblems, refusals, useCase, uuidv7, type Ctx, type InputOf, type OutputOf, type UseCase } from '#platform';
import { organisation, requireOwn, verifierId } from './verifier-view.js';
import type { VerifierStore } from './verifier.store.js';

const spec = useCase({
  action: 'jpki-verifier.verifier.open',
  kind: 'command',
  summary: 'Opens the inquiry of an organisation that wants to verify certificates',
  input: z.strictObject({ organisation, class: z.enum(VERIFIER_CLASSES) }),
  output: z.object({ verifierId, state: z.literal('INQUIRY') }),
  refusals: [...refusals(jpkiVerifierProblems, 'VERIFIER_ON_FILE'), ...refusals(platformProblems, 'OUT_OF_JURISDICTION')],
});

/** JPKI 3.11: by the organisation itself, or by the agency for one that has no access yet. */
export class OpenInquiry implements UseCase<typeof spec> {
  readonly spec = spec;

  constructor(private readonly verifiers: VerifierStore) {}

  async execute(ctx: Ctx, input: InputOf<typeof spec>): Promise<OutputOf<typeof spec>> {
    requireOwn(ctx, input.organisation);
    const id = uuidv7();
    if (!(await this.verifiers.add(ctx.db, { id, ...input, state: 'INQUIRY', openedAt: ctx.now }))) throw jpkiVerifierProblems.refuse('VERIFIER_ON_FILE');
    ctx.audit({ object: `verifier:${id}`, facts: { to: 'INQUIRY', organisation: input.organisation } });
    return { verifierId: id, state: 'INQUIRY' };
  }
}
