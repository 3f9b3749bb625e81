import { jukiNetProblems } from '#contracts/juki-net';
import { platformProblems, refusals, useCase, type Ctx, type InputOf, type OutputOf, type UseCase } from '#platform';
import { z } from 'zod';
import { matchWithOutcome } from './follow-initial-match.js';
import { closureFault, MATCH_STATES } from './initial-match.js';
import type { InitialMatchStore } from './initial-match.store.js';
import type { MatchCaseStore } from './match-case.store.js';

const spec = useCase({
  action: 'juki-net.initial-match.close',
  kind: 'command',
  summary: 'Ends a matching whose result the agency has; what it sent is deleted, the counts remain',
  input: z.strictObject({ matchId: z.uuid(), linesReceived: z.number().int().min(0).describe('detail lines of the result that the agency has') }),
  output: z.object({ matchId: z.uuid(), state: z.enum(MATCH_STATES) }),
  refusals: [...refusals(platformProblems, 'NOT_FOUND', 'OUT_OF_JURISDICTION'), ...refusals(jukiNetProblems, 'CASES_OPEN', 'EXPORT_INCOMPLETE', 'MATCH_STATE')],
});

export class CloseInitialMatch implements UseCase<typeof spec> {
  readonly spec = spec;
  constructor(
    private readonly matches: InitialMatchStore,
    private readonly cases: MatchCaseStore,
  ) {}

  async execute(ctx: Ctx, { matchId, linesReceived }: InputOf<typeof spec>): Promise<OutputOf<typeof spec>> {
    const { auto, review, none, linked, unlinked } = matchWithOutcome(ctx, await this.matches.lock(ctx.db, matchId));
    const facts = { cases: auto + review + none, open: review - linked - unlinked };
    const fault = closureFault(facts, linesReceived);
    if (fault !== undefined) throw jukiNetProblems.refuse(fault, { facts });
    await this.cases.purge(ctx.db, matchId);
    await this.matches.setState(ctx.db, matchId, 'CLOSED');
    ctx.audit({ object: `initial-match:${matchId}`, facts: { state: 'CLOSED', linesReceived } });
    return { matchId, state: 'CLOSED' };
  }
}
