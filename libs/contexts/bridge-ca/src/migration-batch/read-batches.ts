import { z } from 'zod';
import { bridgeCaProblems } from '#contracts/bridge-ca';
import { nextOf, pageLimit, platformProblems, refusals, useCase, type BinaryAnswer, type Ctx, type InputOf, type OutputOf, type UseCase } from '#platform';
import { batchId, batchView, byBatch, permittedBatch, prefecture, viewOf } from './batch-view.js';
import type { BatchStore } from './migration-batch.store.js';

const found = refusals(platformProblems, 'NOT_FOUND', 'OUT_OF_JURISDICTION');
const count = z.number().int();

const listSpec = useCase({
  action: 'bridge-ca.migration-batch.list',
  kind: 'question',
  summary: 'Batches of migration, the newest first: all for the agency, its own for a prefecture',
  input: z.strictObject({ prefecture: prefecture.optional(), before: batchId.optional(), limit: pageLimit }),
  output: z.object({ items: z.array(batchView), next: batchId.optional() }),
  refusals: [],
});

export class ListBatches implements UseCase<typeof listSpec> {
  readonly spec = listSpec;

  constructor(private readonly batches: BatchStore) {}

  async execute(ctx: Ctx, { prefecture: wanted, before, limit }: InputOf<typeof listSpec>): Promise<OutputOf<typeof listSpec>> {
    const own = ctx.permission.scope === 'nation' ? wanted : ctx.actor.organisation;
    const page = await this.batches.list(ctx.db, { prefecture: own, before, limit });
    ctx.audit({ object: 'migration-batches', facts: { batches: page.length } });
    return { items: page.map(viewOf), ...nextOf(page, limit, ({ id }) => id) };
  }
}

const getSpec = useCase({
  action: 'bridge-ca.migration-batch.read',
  kind: 'question',
  summary: 'A batch of migration with the days of its double run',
  input: byBatch,
  output: batchView.extend({ doubleRun: z.array(z.object({ day: z.iso.date(), listNumber: count, entries: count, differences: count })) }),
  refusals: found,
});

export class GetBatch implements UseCase<typeof getSpec> {
  readonly spec = getSpec;

  constructor(private readonly batches: BatchStore) {}

  async execute(ctx: Ctx, { batchId: id }: InputOf<typeof getSpec>): Promise<OutputOf<typeof getSpec>> {
    const batch = permittedBatch(ctx, await this.batches.find(ctx.db, id));
    ctx.audit({ object: `migration-batch:${id}` });
    const runs = await this.batches.doubleRuns(ctx.db, id);
    return { ...viewOf(batch), doubleRun: runs.map(({ day, listNumber, entries, differences }) => ({ day, listNumber, entries, differences })) };
  }
}

const faultsSpec = useCase({
  action: 'bridge-ca.migration-batch.list-faults',
  kind: 'question',
  summary: 'The first 1,000 differences of a batch in the order in which they were found, page by page',
  input: byBatch.extend({ after: z.coerce.number().int().min(0).max(1_000).default(0), limit: pageLimit }),
  output: z.object({
    items: z.array(z.object({ number: count, line: count.nullable(), column: z.string().nullable(), code: z.string(), serial: z.string().nullable() })),
    next: count.optional().describe('`after` of the next page'),
  }),
  refusals: found,
});

export class ListBatchFaults implements UseCase<typeof faultsSpec> {
  readonly spec = faultsSpec;

  constructor(private readonly batches: BatchStore) {}

  async execute(ctx: Ctx, { batchId: id, after, limit }: InputOf<typeof faultsSpec>): Promise<OutputOf<typeof faultsSpec>> {
    permittedBatch(ctx, await this.batches.find(ctx.db, id));
    ctx.audit({ object: `migration-batch:${id}` });
    const items = await this.batches.faults(ctx.db, id, { after, limit });
    return { items, ...nextOf(items, limit, ({ number }) => number) };
  }
}

const statementSpec = useCase({
  action: 'bridge-ca.migration-batch.read-statement',
  kind: 'question',
  summary: 'The statement of the reconciliation, which the prefecture signs octet for octet',
  input: byBatch,
  output: z.custom<BinaryAnswer>(),
  refusals: [...refusals(bridgeCaProblems, 'NOT_IN_STATE'), ...found],
});

export class GetStatement implements UseCase<typeof statementSpec> {
  readonly spec = statementSpec;

  constructor(private readonly batches: BatchStore) {}

  async execute(ctx: Ctx, { batchId: id }: InputOf<typeof statementSpec>): Promise<BinaryAnswer> {
    const { statement, state } = permittedBatch(ctx, await this.batches.find(ctx.db, id));
    if (statement === null) throw bridgeCaProblems.refuse('NOT_IN_STATE', { facts: { state } });
    ctx.audit({ object: `migration-batch:${id}` });
    return { contentType: 'application/json', body: Buffer.from(statement) };
  }
}
