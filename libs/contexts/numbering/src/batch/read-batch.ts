import { z } from 'zod';
import { platformProblems, refusals, useCase, type Ctx, type InputOf, type OutputOf, type UseCase } from '#platform';
import { tentativeLines } from './batch.js';
import { permittedBatch, type BatchStore, type CountedBatchRow } from './batch.store.js';

const instant = z.string().nullable();

const spec = useCase({
  action: 'numbering.batch.read',
  kind: 'question',
  summary: 'State and counters of a batch; lines = designated + tentative + refused + pending at every moment',
  input: z.object({ batchId: z.uuid() }),
  output: z.object({
    batchId: z.uuid(),
    municipalityCode: z.string(),
    state: z.string(),
    lines: z.number().int(),
    designated: z.number().int().describe('lines that have a number, new ones and repeated ones; designated with the receipt, at `designatedAt`'),
    tentative: z.number().int().describe('those instead whose result is ready before the Act is in force'),
    repeated: z.number().int().describe('of both, lines whose number an earlier request with the same id had brought'),
    refused: z.number().int(),
    pending: z.number().int().describe('counted from the lines, but for a batch that is being drawn: each chunk holds its lines against the counters'),
    rounds: z.number().int().describe('most draws that a chunk needed until every line had won'),
    jobId: z.string().nullable(),
    openedAt: instant, sealedAt: instant, deliveredAt: instant, designatedAt: instant, confirmedAt: instant,
  }),
  refusals: refusals(platformProblems, 'NOT_FOUND', 'OUT_OF_JURISDICTION'),
});

export class ReadBatch implements UseCase<typeof spec> {
  readonly spec = spec;

  constructor(private readonly batches: BatchStore) {}

  async execute(ctx: Ctx, { batchId }: InputOf<typeof spec>): Promise<OutputOf<typeof spec>> {
    const batch = permittedBatch(ctx, await this.batches.findCounted(ctx.db, batchId));
    const { municipality_code: municipalityCode, state, designated, repeated, withdrawn, rounds, job_id: jobId } = batch;
    const [lines, tentative] = [batch.lines ?? 0, tentativeLines(batch, ctx.now)];
    const { refused, pending } = restOf(batch);
    const iso = (instantOf: Date | null): string | null => instantOf?.toISOString() ?? null;
    return {
      batchId, municipalityCode, state, lines, designated: designated - withdrawn - tentative, tentative, repeated, refused: refused + withdrawn, pending, rounds, jobId,
      openedAt: iso(batch.opened_at), sealedAt: iso(batch.sealed_at), deliveredAt: iso(batch.delivered_at),
      designatedAt: iso(batch.designated_at), confirmedAt: iso(batch.confirmed_at),
    };
  }
}

function restOf({ state, lines, designated, refused, refused_lines: refusedLines, pending_lines: pendingLines }: CountedBatchRow): { readonly refused: number; readonly pending: number } {
  if (lines === null) return { refused, pending: 0 };
  return state === 'VALIDATED' || state === 'DRAWING' ? { refused, pending: lines - designated - refused } : { refused: refusedLines, pending: pendingLines };
}
