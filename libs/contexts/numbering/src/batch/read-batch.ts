import { z } from 'zod';
import { platformProblems, refusals, useCase, type Ctx, type InputOf, type OutputOf, type UseCase } from '#platform';
import { permittedBatch, type BatchStore } from './batch.store.js';

const instant = z.string().nullable();

const spec = useCase({
  action: 'numbering.batch.read',
  kind: 'question',
  summary: 'State and counters of a batch; lines = designated + refused + pending at every moment',
  input: z.object({ batchId: z.uuid() }),
  output: z.object({
    batchId: z.uuid(),
    municipalityCode: z.string(),
    state: z.string(),
    lines: z.number().int(),
    designated: z.number().int().describe('lines that have a number: new ones and repeated ones'),
    repeated: z.number().int().describe('of these, lines whose number an earlier request with the same id had brought'),
    refused: z.number().int(),
    pending: z.number().int(),
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
    const batch = permittedBatch(ctx, await this.batches.find(ctx.db, batchId));
    const { municipality_code: municipalityCode, state, designated, repeated, refused, rounds, job_id: jobId } = batch;
    const lines = batch.lines ?? 0;
    const iso = (instantOf: Date | null): string | null => instantOf?.toISOString() ?? null;
    return {
      batchId, municipalityCode, state, lines, designated, repeated, refused, pending: lines - designated - refused, rounds, jobId,
      openedAt: iso(batch.opened_at), sealedAt: iso(batch.sealed_at), deliveredAt: iso(batch.delivered_at),
      designatedAt: iso(batch.designated_at), confirmedAt: iso(batch.confirmed_at),
    };
  }
}
