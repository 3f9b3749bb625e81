import { platformProblems, refusals, useCase, type Ctx, type InputOf, type OutputOf, type UseCase } from '#platform';
import { z } from 'zod';
import { YEN_PER_LINE } from '../inquiry/grant.js';
import { BATCH_STATES } from './batch.js';
import type { Batch, BatchStore } from './batch.store.js';

/** Without a receipt for so long after delivery both sides are told (JUKI-5.3). */
const RECEIPT_HOURS = 24;

const view = z.object({
  batchId: z.uuid(), organisation: z.string(), grantId: z.uuid(), reference: z.string(), jobId: z.uuid(), state: z.enum(BATCH_STATES), receivedAt: z.iso.datetime(), stateChangedAt: z.iso.datetime(),
  lines: z.number(), answered: z.number(), hits: z.number(), faulty: z.number(),
  unchanged: z.number().describe('lines with the same answer as on their sinceDate: a change subscription would have saved them'),
  unchangedLines: z.number().describe('lines that repeat what a batch of the grant told within the month before; a change subscription would have saved them'),
  postponed: z.number().describe('lines answered 90 while the national server was closed; not in the fee, answered when the batch is resumed'),
  asOf: z.iso.datetime().optional().describe('of which moment what a prefecture’s copy told is'),
  feeYen: z.number().describe('for the lines answered, by the fee class of the grant'),
  subscriptionId: z.uuid().optional().describe('of a file of changes (CFED)'),
  resultSha256: z.string().optional().describe('of the detail records with their line ends; the receipt names it'),
  receiptOverdue: z.boolean(),
});

const showSpec = useCase({
  action: 'juki-net.batch.get', kind: 'question', summary: 'A batch: state, counts, and whether its receipt is overdue',
  input: z.strictObject({ batchId: z.uuid() }), output: view, refusals: refusals(platformProblems, 'NOT_FOUND'),
});

export class ShowBatch implements UseCase<typeof showSpec> {
  readonly spec = showSpec;
  constructor(private readonly batches: BatchStore) {}

  async execute(ctx: Ctx, { batchId }: InputOf<typeof showSpec>): Promise<OutputOf<typeof showSpec>> {
    const batch = requireOwn(ctx, await this.batches.find(ctx.db, batchId));
    ctx.audit({ object: `batch:${batchId}` });
    return viewOf(batch, ctx.now);
  }
}

const listSpec = useCase({
  action: 'juki-net.batch.list', kind: 'question', summary: 'Batches, newest first: an organisation sees its own, an operator all',
  input: z.strictObject({ subscriptionId: z.uuid().optional(), state: z.enum(BATCH_STATES).optional(), before: z.uuid().optional(), limit: z.coerce.number().int().min(1).max(1_000).default(100) }),
  output: z.object({ items: z.array(view), next: z.uuid().optional() }),
  refusals: [],
});

export class ListBatches implements UseCase<typeof listSpec> {
  readonly spec = listSpec;
  constructor(private readonly batches: BatchStore) {}

  async execute(ctx: Ctx, { subscriptionId, state, before, limit }: InputOf<typeof listSpec>): Promise<OutputOf<typeof listSpec>> {
    const { kind: institution, organisation } = ctx.actor;
    const owner = institution === 'operator' ? undefined : { institution, organisation };
    const batches = await this.batches.list(ctx.db, { owner, subscriptionId, state, before, limit });
    const last = batches.at(-1);
    return { items: batches.map((batch) => viewOf(batch, ctx.now)), ...(batches.length === limit && last !== undefined ? { next: last.batch_id } : {}) };
  }
}

const faultsSpec = useCase({
  action: 'juki-net.batch.list-faults', kind: 'question', summary: 'Lines of a batch that are no questions, with column and reason',
  input: z.strictObject({ batchId: z.uuid(), after: z.coerce.number().int().min(0).default(0), limit: z.coerce.number().int().min(1).max(1_000).default(100) }),
  output: z.object({ items: z.array(z.object({ line: z.number(), column: z.string().optional(), code: z.string() })), next: z.number().optional() }),
  refusals: refusals(platformProblems, 'NOT_FOUND'),
});

export class ListBatchFaults implements UseCase<typeof faultsSpec> {
  readonly spec = faultsSpec;
  constructor(private readonly batches: BatchStore) {}

  async execute(ctx: Ctx, { batchId, ...page }: InputOf<typeof faultsSpec>): Promise<OutputOf<typeof faultsSpec>> {
    requireOwn(ctx, await this.batches.find(ctx.db, batchId));
    const faults = await this.batches.faults(ctx.db, batchId, page);
    const last = faults.at(-1);
    return { items: faults.map(({ column, ...fault }) => ({ ...fault, ...(column === null ? {} : { column }) })), ...(faults.length === page.limit && last !== undefined ? { next: last.line } : {}) };
  }
}

/** Another organisation's batch is as if there were none; operators see states and counts. Refuses NOT_FOUND. */
export function requireOwn(ctx: Ctx, batch: Batch | undefined): Batch {
  const { kind, organisation } = ctx.actor;
  const reached = kind === 'operator' || (batch?.institution === kind && batch.organisation === organisation);
  if (batch === undefined || !reached) throw platformProblems.refuse('NOT_FOUND');
  return batch;
}

function viewOf(batch: Batch, now: Date): z.input<typeof view> {
  const { state, lines, answered, hits, faulty, unchanged, repeated } = batch;
  const overdueSince = batch.state_changed_at.getTime() + RECEIPT_HOURS * 3_600_000;
  return {
    batchId: batch.batch_id, organisation: batch.organisation, grantId: batch.grant_id, reference: batch.reference, jobId: batch.job_id, state, lines, answered, hits, faulty, unchanged,
    unchangedLines: repeated, postponed: batch.postponed, ...(batch.as_of === null ? {} : { asOf: batch.as_of.toISOString() }), feeYen: answered * YEN_PER_LINE[batch.fee_class], ...(batch.subscription_id === null ? {} : { subscriptionId: batch.subscription_id }),
    receivedAt: batch.received_at.toISOString(), stateChangedAt: batch.state_changed_at.toISOString(),
    ...(batch.result_sha256 === null ? {} : { resultSha256: batch.result_sha256.toString('hex') }),
    receiptOverdue: state === 'DELIVERED' && overdueSince <= now.getTime(),
  };
}
