import { z } from 'zod';
import { numberingProblems } from '#contracts/numbering';
import { csvLine, isSameOfficer } from '#kernel';
import { officerOf, platformProblems, refusals, useCase, type BinaryAnswer, type Ctx, type InputOf, type UseCase } from '#platform';
import { CATCH_UP_COLUMNS, restoredState } from './catch-up.js';
import type { DrawnNumber, LedgerListStore } from './ledger-list.store.js';

const VALID_MS = 24 * 3_600_000;
/** Lines before the page, moment and assignment of the last of them. */
const PLACE = /^(\d{1,7})_(\d{4}-\d\d-\d\dT[\d:.]+Z)_([0-9a-f-]{36})$/;

const spec = useCase({
  action: 'numbering.ledger.read-list',
  kind: 'question',
  summary: 'The numbers of a list that another officer asked for within a day (CSV of a catch-up), page by page; the header Link names the next page',
  input: z.object({
    listId: z.uuid(),
    after: z.string().regex(PLACE).optional().describe('where the page before ended'),
    limit: z.coerce.number().int().min(1).max(20_000).default(10_000),
  }),
  output: z.custom<BinaryAnswer>(),
  refusals: [...refusals(platformProblems, 'NOT_FOUND'), ...refusals(numberingProblems, 'SAME_OFFICER')],
});

/** NUM-7: what is sent to `POST /ledger/catch-ups` of the restored estate; lines that it has already change nothing there. */
export class ReadLedgerList implements UseCase<typeof spec> {
  readonly spec = spec;

  constructor(private readonly lists: LedgerListStore) {}

  async execute(ctx: Ctx, { listId, after, limit }: InputOf<typeof spec>): Promise<BinaryAnswer> {
    const list = await this.lists.find(ctx.db, listId, new Date(ctx.now.getTime() - VALID_MS));
    if (list === undefined) throw platformProblems.refuse('NOT_FOUND');
    if (isSameOfficer(list.askedBy, officerOf(ctx))) throw numberingProblems.refuse('SAME_OFFICER');
    const [, before = '0', at = '', assignmentId = ''] = PLACE.exec(after ?? '') ?? [];
    const found = await this.lists.page(ctx.db, list, { after: after === undefined ? undefined : { at, assignmentId }, limit: limit + 1 });
    const rows = found.slice(0, limit);
    ctx.audit({ object: `ledger-list:${listId}`, subjects: rows.map(({ personKey }) => personKey), facts: { before: Number(before), lines: rows.length } });
    const lines = rows.map((row, index) => lineOf(row, Number(before) + index + 1));
    const last = rows.at(-1);
    const next = `</api/numbering/v1/ledger/lists/${listId}/lines?after=${Number(before) + rows.length}_${last?.generatedAt}_${last?.assignmentId}&limit=${limit}>; rel="next"`;
    return {
      contentType: 'text/csv; charset=utf-8', body: Buffer.from([...(after === undefined ? [csvLine(CATCH_UP_COLUMNS)] : []), ...lines].join('')),
      headers: { 'cache-control': 'no-store', ...(found.length > limit ? { link: next } : {}) },
    };
  }
}

function lineOf({ number, residentCode, municipalityCode, requestId, assignmentId, generatedAt, seq, state }: DrawnNumber, line: number): string {
  return csvLine([String(line), number, residentCode, municipalityCode, requestId, assignmentId, generatedAt, String(seq), restoredState(state)]);
}
