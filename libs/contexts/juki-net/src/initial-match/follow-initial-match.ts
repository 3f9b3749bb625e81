import { jukiNetProblems } from '#contracts/juki-net';
import { findJob, platformProblems, refusals, useCase, type Ctx, type InputOf, type OutputOf, type UseCase } from '#platform';
import { z } from 'zod';
import { hasOutcome, MATCH_STATES } from './initial-match.js';
import type { InitialMatch, InitialMatchStore } from './initial-match.store.js';

const count = z.number().int();
const notYours = refusals(platformProblems, 'NOT_FOUND', 'OUT_OF_JURISDICTION');
/** Place in a list by line of the file. */
export const afterLine = z.coerce.number().int().min(0).max(2_147_483_647).default(0);

const getSpec = useCase({
  action: 'juki-net.initial-match.get',
  kind: 'question',
  summary: 'How far a matching is, and how many rows have which outcome',
  input: z.strictObject({ matchId: z.uuid() }),
  output: z.object({
    matchId: z.uuid(), jobId: z.uuid(), state: z.enum(MATCH_STATES), rows: count, rejected: count, auto: count, review: count, none: count,
    done: count, total: count.describe('each row is first checked, then compared'),
    variantTable: z.string().optional().describe('version of the table of variants of characters by which names are compared'),
    linked: count.describe('reviewed and confirmed to be a person'), unlinked: count.describe('reviewed and confirmed to be nobody of those found'),
  }),
  refusals: notYours,
});

export class GetInitialMatch implements UseCase<typeof getSpec> {
  readonly spec = getSpec;
  constructor(private readonly matches: InitialMatchStore) {}

  async execute(ctx: Ctx, { matchId }: InputOf<typeof getSpec>): Promise<OutputOf<typeof getSpec>> {
    const { job_id: jobId, state, rows, rejected, auto, review, none, linked, unlinked, variant_table: variantTable } = permittedMatch(ctx, await this.matches.find(ctx.db, matchId));
    const job = await findJob(ctx.db, jobId);
    ctx.audit({ object: `initial-match:${matchId}` });
    return { matchId, jobId, state, done: job?.done ?? 0, total: 2 * rows, rows, rejected, auto, review, none, linked, unlinked, ...(variantTable === null ? {} : { variantTable }) };
  }
}

const faultsSpec = useCase({
  action: 'juki-net.initial-match.list-faults',
  kind: 'question',
  summary: 'Rows that were not taken in, by line (the header is line 1), page by page',
  input: z.strictObject({ matchId: z.uuid(), after: afterLine, limit: z.coerce.number().int().min(1).max(1_000).default(100) }),
  output: z.object({
    items: z.array(z.object({ line: count, column: z.string().nullable(), code: z.string(), title: z.object({ ja: z.string(), en: z.string() }) })),
    next: count.optional().describe('`after` of the next page'),
  }),
  refusals: notYours,
});

export class ListInitialMatchFaults implements UseCase<typeof faultsSpec> {
  readonly spec = faultsSpec;
  constructor(private readonly matches: InitialMatchStore) {}

  async execute(ctx: Ctx, { matchId, after, limit }: InputOf<typeof faultsSpec>): Promise<OutputOf<typeof faultsSpec>> {
    permittedMatch(ctx, await this.matches.find(ctx.db, matchId));
    const faults = await this.matches.faults(ctx.db, matchId, { after, limit });
    const last = faults.at(-1);
    const titles = new Map(Object.entries(jukiNetProblems.definitions));
    ctx.audit({ object: `initial-match:${matchId}`, facts: { faults: faults.length } });
    return {
      items: faults.map((fault) => ({ ...fault, title: { ja: titles.get(fault.code)?.ja ?? fault.code, en: titles.get(fault.code)?.en ?? fault.code } })),
      ...(faults.length < limit || last === undefined ? {} : { next: last.line }),
    };
  }
}

/** The matching, if it is the caller's; refuses NOT_FOUND, OUT_OF_JURISDICTION. */
export function permittedMatch(ctx: Ctx, match: InitialMatch | undefined): InitialMatch {
  if (match === undefined) throw platformProblems.refuse('NOT_FOUND');
  if (match.organisation !== ctx.actor.organisation) throw platformProblems.refuse('OUT_OF_JURISDICTION');
  return match;
}

/** The same once it has an outcome and until it is closed; refuses MATCH_STATE too. */
export function matchWithOutcome(ctx: Ctx, found: InitialMatch | undefined): InitialMatch {
  const match = permittedMatch(ctx, found);
  if (!hasOutcome(match.state)) throw jukiNetProblems.refuse('MATCH_STATE', { facts: { state: match.state } });
  return match;
}
