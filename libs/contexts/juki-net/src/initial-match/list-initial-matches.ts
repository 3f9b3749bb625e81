import { nextOf, pageLimit, useCase, type Ctx, type InputOf, type OutputOf, type UseCase } from '#platform';
import { z } from 'zod';
import { MATCH_STATES } from './initial-match.js';
import type { InitialMatchStore } from './initial-match.store.js';

const count = z.number().int();

const spec = useCase({
  action: 'juki-net.initial-match.list',
  kind: 'question',
  summary: 'Matchings with their counts, the newest first: an organisation sees its own, an operator all',
  input: z.strictObject({ state: z.enum(MATCH_STATES).optional(), before: z.uuid().optional(), limit: pageLimit }),
  output: z.object({
    items: z.array(z.object({
      matchId: z.uuid(), organisation: z.string(), jobId: z.uuid(), state: z.enum(MATCH_STATES), rows: count, rejected: count, auto: count, review: count, none: count, linked: count, unlinked: count,
    })),
    next: z.uuid().optional().describe('`before` of the next page'),
  }),
  refusals: [],
});

export class ListInitialMatches implements UseCase<typeof spec> {
  readonly spec = spec;
  constructor(private readonly matches: InitialMatchStore) {}

  async execute(ctx: Ctx, { state, before, limit }: InputOf<typeof spec>): Promise<OutputOf<typeof spec>> {
    const organisation = ctx.actor.kind === 'operator' ? undefined : ctx.actor.organisation;
    const matches = await this.matches.list(ctx.db, { organisation, state, before, limit });
    return {
      items: matches.map(({ match_id: matchId, job_id: jobId, within: _within, variant_table: _table, ...match }) => ({ matchId, jobId, ...match })),
      ...nextOf(matches, limit, ({ match_id }) => match_id),
    };
  }
}
