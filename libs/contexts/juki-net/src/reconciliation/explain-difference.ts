import { jukiNetProblems } from '#contracts/juki-net';
import { platformProblems, refusals, requireJurisdiction, useCase, type Ctx, type InputOf, type OutputOf, type UseCase } from '#platform';
import { z } from 'zod';
import { explainFault, EXPLANATIONS } from './difference.js';
import type { DifferenceStore } from './difference.store.js';

const spec = useCase({
  action: 'juki-net.reconciliation-difference.explain',
  kind: 'command',
  summary: 'The municipality explains a difference; it stands until a later run no longer finds it',
  input: z.strictObject({ differenceId: z.uuid(), reason: z.enum(EXPLANATIONS) }),
  output: z.object({ differenceId: z.uuid(), state: z.literal('EXPLAINED') }),
  refusals: [...refusals(jukiNetProblems, 'DIFFERENCE_STATE'), ...refusals(platformProblems, 'NOT_FOUND', 'OUT_OF_JURISDICTION')],
});

export class ExplainDifference implements UseCase<typeof spec> {
  readonly spec = spec;
  constructor(private readonly differences: DifferenceStore) {}

  async execute(ctx: Ctx, { differenceId, reason }: InputOf<typeof spec>): Promise<OutputOf<typeof spec>> {
    const difference = await this.differences.lock(ctx.db, differenceId);
    if (difference === undefined) throw platformProblems.refuse('NOT_FOUND');
    requireJurisdiction(ctx, difference.municipalityCode);
    const fault = explainFault(difference.state);
    if (fault !== undefined) throw jukiNetProblems.refuse(fault, { facts: { state: difference.state } });
    await this.differences.explain(ctx.db, differenceId, reason);
    ctx.audit({ object: `reconciliation-difference:${differenceId}`, ...(difference.personKey === null ? {} : { subjects: [difference.personKey] }), facts: { reason } });
    return { differenceId, state: 'EXPLAINED' };
  }
}
