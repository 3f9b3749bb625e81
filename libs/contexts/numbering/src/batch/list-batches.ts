import { z } from 'zod';
import { useCase, type Ctx, type InputOf, type OutputOf, type UseCase } from '#platform';
import { codePrefix } from '../wave/reach.js';
import { BATCH_STATES, tentativeLines } from './batch.js';
import type { BatchStore } from './batch.store.js';

const count = z.number().int();

const spec = useCase({
  action: 'numbering.batch.list',
  kind: 'question',
  summary: 'Batches with their counters, the newest first: a municipality sees its own',
  input: z.strictObject({ state: z.enum(BATCH_STATES).optional(), before: z.uuid().optional(), limit: z.coerce.number().int().min(1).max(1_000).default(100) }),
  output: z.object({
    items: z.array(z.object({
      batchId: z.uuid(), municipalityCode: z.string(), state: z.string(), jobId: z.string().nullable(), lines: count, designated: count, tentative: count, refused: count, pending: count, openedAt: z.string(),
    })),
    next: z.uuid().optional().describe('`before` of the next page'),
  }),
  refusals: [],
});

export class ListBatches implements UseCase<typeof spec> {
  readonly spec = spec;

  constructor(private readonly batches: BatchStore) {}

  async execute(ctx: Ctx, { state, before, limit }: InputOf<typeof spec>): Promise<OutputOf<typeof spec>> {
    const batches = await this.batches.list(ctx.db, { prefix: codePrefix(ctx), state, before, limit });
    const last = batches.at(-1);
    return {
      items: batches.map((batch) => {
        const { batch_id: batchId, municipality_code: municipalityCode, job_id: jobId, state: at, lines, designated, refused, withdrawn, opened_at: openedAt } = batch;
        const tentative = tentativeLines(batch, ctx.now);
        const pending = (lines ?? 0) - designated - refused;
        return { batchId, municipalityCode, state: at, jobId, lines: lines ?? 0, designated: designated - withdrawn - tentative, tentative, refused: refused + withdrawn, pending, openedAt: openedAt.toISOString() };
      }),
      ...(batches.length < limit || last === undefined ? {} : { next: last.batch_id }),
    };
  }
}
