import { z } from 'zod';
import { afterLine, numberingProblems } from '#contracts/numbering';
import { csvLine } from '#kernel';
import { platformProblems, refusals, useCase, type BinaryAnswer, type Ctx, type InputOf, type UseCase } from '#platform';
import { stateOnDelivery } from '../assignment/assignment.js';
import type { AssignmentStore } from '../assignment/assignment.store.js';
import type { FileExchange } from '../exchange/file-exchange.js';
import { RESULT_COLUMNS } from './batch.js';
import { permittedBatch, type BatchStore, type ResultRow } from './batch.store.js';

const spec = useCase({
  action: 'numbering.batch.read-result',
  kind: 'question',
  summary: 'The result of a batch (NRES, as CSV or sealed) with the numbers, page by page; the header Link names the next page',
  input: z.object({
    batchId: z.uuid(),
    after: afterLine.default(0).describe('last line of the page before'),
    limit: z.coerce.number().int().min(1).max(20_000).default(10_000),
  }),
  output: z.custom<BinaryAnswer>(),
  refusals: [...refusals(platformProblems, 'NOT_FOUND', 'OUT_OF_JURISDICTION'), ...refusals(numberingProblems, 'BATCH_NOT_DELIVERED', 'EXCHANGE_CERTIFICATE')],
});

/** NUM-5.3: the mayor reads what was delivered, as often as needed; it is always the same. */
export class ReadResult implements UseCase<typeof spec> {
  readonly spec = spec;

  constructor(private readonly parts: { readonly batches: BatchStore; readonly assignments: AssignmentStore; readonly files: FileExchange }) {}

  async execute(ctx: Ctx, { batchId, after, limit }: InputOf<typeof spec>): Promise<BinaryAnswer> {
    const batch = permittedBatch(ctx, await this.parts.batches.find(ctx.db, batchId));
    if (batch.delivered_at === null) throw numberingProblems.refuse('BATCH_NOT_DELIVERED', { facts: { state: batch.state } });
    const found = await this.parts.batches.results(ctx.db, batchId, { after, limit: limit + 1 });
    const rows = found.slice(0, limit);
    ctx.audit({ object: `batch:${batchId}`, subjects: rows.flatMap((row) => row.person_key ?? []), facts: { after, lines: rows.length } });
    const next = `</api/numbering/v1/batches/${batchId}/result?after=${rows.at(-1)?.line ?? after}&limit=${limit}>; rel="next"`;
    const form = { kind: 'NRES', columns: RESULT_COLUMNS, municipalityCode: batch.municipality_code, batchId } as const;
    const headers = { 'cache-control': 'no-store', ...(found.length > limit ? { link: next } : {}) };
    return this.parts.files.answer(ctx, form, rows.map((row) => this.line(row, ctx.now)), { later: after > 0, headers });
  }

  /** The state is the one that the receipt brings. */
  private line(row: ResultRow, now: Date): string {
    const { result_code: result, since, reference } = row;
    const number = row.number === null ? '' : this.parts.assignments.openNumber(row.number);
    const state = number === '' ? '' : stateOnDelivery(now) === 'TENTATIVE' ? 'T' : 'D';
    const code = result === '90' ? '' : this.parts.assignments.openCode(row.code);
    return csvLine([String(row.line), row.request_id, result, code, number, state, row.generated_at?.toISOString() ?? '', since ?? '', reference ?? '']);
  }
}
