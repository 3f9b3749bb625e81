import { jukiNetProblems } from '#contracts/juki-net';
import { csvRecord, localDateInJapan } from '#kernel';
import { platformProblems, refusals, useCase, uuidv7, type BinaryAnswer, type Ctx, type InputOf, type UseCase } from '#platform';
import { z } from 'zod';
import { itemsUnderGrant } from '../inquiry/grant.js';
import type { Grant, GrantStore } from '../inquiry/grant.store.js';
import { useRecords } from '../inquiry/inquiry.store.js';
import { afterLine, matchWithOutcome } from './follow-initial-match.js';
import { toldOutcome } from './initial-match.js';
import type { InitialMatchStore } from './initial-match.store.js';
import type { MatchCaseStore } from './match-case.store.js';

const MODE = 'BATCH_LINE';
const KEY_KIND = 'FOUR_ITEMS';
/** What names the person in the last column: the code, or the number under a grant of it alone. */
const NAMED_BY = ['residentCode', 'individualNumber'] as const;
const notYours = refusals(platformProblems, 'NOT_FOUND', 'OUT_OF_JURISDICTION');

const resultSpec = useCase({
  action: 'juki-net.initial-match.read-result',
  kind: 'question',
  summary: 'What became of each row (IMOT as CSV), page by page; resident codes under a grant of the item, individual numbers under a grant of that alone. The header Link names the next page',
  input: z.strictObject({ matchId: z.uuid(), grantId: z.uuid().optional(), after: afterLine, limit: z.coerce.number().int().min(1).max(10_000).default(5_000) }),
  output: z.custom<BinaryAnswer>(),
  refusals: [...notYours, ...refusals(jukiNetProblems, 'MATCH_STATE', 'GRANT_NOT_ACTIVE', 'MODE_NOT_GRANTED', 'KEY_KIND_NOT_GRANTED', 'ITEM_NOT_GRANTED')],
});

type Input = InputOf<typeof resultSpec>;

/** JUKI-5.3: the file for the agency; a code that is told leaves a use record of its person (JUKI-3.5). */
export class ReadMatchResult implements UseCase<typeof resultSpec> {
  readonly spec = resultSpec;
  constructor(
    private readonly matches: InitialMatchStore,
    private readonly cases: MatchCaseStore,
    private readonly grants: GrantStore,
  ) {}

  async execute(ctx: Ctx, input: Input): Promise<BinaryAnswer> {
    const { matchId, grantId, after, limit } = input;
    const { lines, last, next, namedBy } = await this.page(ctx, input);
    const query = `${grantId === undefined ? '' : `grantId=${grantId}&`}after=${last}&limit=${limit}`;
    const link = `</api/juki-net/v1/initial-matches/${matchId}/result?${query}>; rel="next"`;
    const body = Buffer.from((after === 0 ? `ref,outcome,tier,${namedBy}\r\n` : '') + lines.map((line) => `${line}\r\n`).join(''));
    return { contentType: 'text/csv; charset=utf-8', body, headers: { 'cache-control': 'no-store', ...(next === undefined ? {} : { link }) } };
  }

  /** A page of lines, the last case on it, and after which the next begins; the automatic exchange puts them into one file. */
  async page(ctx: Ctx, { matchId, grantId, after, limit }: Input): Promise<{ readonly lines: readonly string[]; readonly last: number; readonly next: number | undefined; readonly namedBy: string }> {
    matchWithOutcome(ctx, await this.matches.find(ctx.db, matchId));
    const grant = grantId === undefined ? undefined : await this.granted(ctx, grantId);
    const namedBy = NAMED_BY.find((item) => grant?.items.includes(item)) ?? 'residentCode';
    const found = await this.cases.results(ctx.db, matchId, { after, limit: limit + 1 });
    const page = found.slice(0, limit);
    const told = page.map((entry) => ({ ...entry, ...toldOutcome(entry) }));
    ctx.audit({ object: `initial-match:${matchId}`, subjects: told.flatMap(({ person }) => person ?? []), facts: { after, lines: page.length, codes: grant !== undefined } });
    const lines = told.map(({ row, told: outcome, tier, person, [namedBy]: read }) => {
      if (grant === undefined || person === undefined) return csvRecord([row.ref, outcome, String(tier ?? ''), '']);
      const name = read();
      if (name !== '') recordUse(ctx, { grant, namedBy }, person);
      return csvRecord([row.ref, outcome, String(tier ?? ''), name]);
    });
    const last = page.at(-1)?.line ?? after;
    return { lines, last, next: found.length > limit ? last : undefined, namedBy };
  }

  /** The grant under which the caller may be told codes, or numbers; refuses GRANT_NOT_ACTIVE and the like. */
  async granted(ctx: Ctx, grantId: string): Promise<Grant> {
    const grant = await this.grants.recent(ctx.db, grantId, ctx.now);
    const { kind: institution, organisation } = ctx.actor;
    const asked = { institution, organisation, purpose: ctx.permission.purpose, mode: MODE, keyKind: KEY_KIND, items: [NAMED_BY.find((item) => grant?.items.includes(item)) ?? 'residentCode'], day: localDateInJapan(ctx.now) } as const;
    const permitted = itemsUnderGrant(grant, asked);
    if ('refusal' in permitted || grant === undefined) throw jukiNetProblems.refuse('refusal' in permitted ? permitted.refusal : 'GRANT_NOT_ACTIVE');
    return grant;
  }
}

/** Read again, whatever its file, it is told of that moment and is another provision: the present code is read anew, unlike the answers of a batch, which are kept. */
function recordUse(ctx: Ctx, { grant, namedBy }: { readonly grant: Grant; readonly namedBy: string }, personKey: string): void {
  ctx.journal(useRecords, {
    at: ctx.now, use_id: uuidv7(), person_key: personKey, grant_id: grant.grantId, organisation: grant.organisation, affair: grant.affair, mode: MODE, key_kind: KEY_KIND,
    items: [namedBy], result_code: '00', correlation_id: ctx.correlationId,
  });
}
