import { addDays, localDateInJapan } from '#kernel';
import { cardIssuanceProblems } from '#contracts/card-issuance';
import { platformProblems, refusals, useCase, type Ctx, type InputOf, type OutputOf, type UseCase } from '#platform';
import { z } from 'zod';
import type { MakerKeyStore } from './maker-key.store.js';
import { manifestHash } from './manifest.js';
import { BATCH_STATES, packBoxes, requireBatchState } from './production-batch.js';
import type { ProductionStore } from './production.store.js';
import { lockBatch } from './require-batch.js';

/** Making takes ten days and shipping three (CARD-4.11). */
const DAYS_TO_SHIP = 13;

const output = z.object({ batchId: z.uuid(), state: z.enum(BATCH_STATES), count: z.number(), hash: z.string() });

const spec = useCase({
  action: 'card-issuance.production-batch.seal',
  kind: 'command',
  summary: 'Closes a filled batch: boxes, count, hash and the maker\'s key are fixed; the keys of its cards are awaited from the card maker',
  input: z.strictObject({ batchId: z.uuid() }),
  output,
  refusals: [...refusals(cardIssuanceProblems, 'BAD_STATE', 'EMPTY_BATCH'), ...refusals(platformProblems, 'NOT_FOUND')],
});

/** Sealing (CARD-3.4). A batch in which nobody wishes a certificate is certified at once. */
export class SealBatch implements UseCase<typeof spec> {
  readonly spec = spec;

  constructor(
    private readonly production: ProductionStore,
    private readonly keys: MakerKeyStore,
  ) {}

  async execute(ctx: Ctx, { batchId }: InputOf<typeof spec>): Promise<OutputOf<typeof spec>> {
    const batch = await lockBatch(ctx, this.production, batchId);
    requireBatchState(batch, 'OPEN');
    if (!batch.filled) throw cardIssuanceProblems.refuse('BAD_STATE', { facts: { state: 'OPEN', filled: false } });
    const records = await this.production.records(ctx.db, batchId);
    if (records.length === 0) throw cardIssuanceProblems.refuse('EMPTY_BATCH');
    await this.production.pack(ctx.db, batchId, packBoxes(records), ctx.now);
    const manifest = { count: records.length, hash: manifestHash(await this.production.records(ctx.db, batchId)) };
    await this.production.setManifest(ctx.db, batchId, manifest);
    await this.production.fixKey(ctx.db, batchId, { keyId: await this.keys.newest(ctx.db, batch.maker), plannedShipDate: addDays(localDateInJapan(ctx.now), DAYS_TO_SHIP) });
    const requests = records.filter((record) => record.wishSign || record.wishAuth).length;
    await this.production.setMissing(ctx.db, batchId, { requests, certificates: null });
    const state = requests === 0 ? 'CERTIFIED' : 'SEALED';
    await this.production.moveTo(ctx.db, batchId, state, ctx.now);
    ctx.audit({ object: `production-batch:${batchId}`, facts: { state, count: manifest.count } });
    return { batchId, state, ...manifest };
  }
}

const dispatchSpec = useCase({
  action: 'card-issuance.production-batch.dispatch',
  kind: 'command',
  summary: 'Sends a certified batch to its maker: count and hash are those of the records that kept their place',
  input: z.strictObject({ batchId: z.uuid() }),
  output,
  refusals: [...refusals(cardIssuanceProblems, 'BAD_STATE', 'EMPTY_BATCH'), ...refusals(platformProblems, 'NOT_FOUND')],
});

/** Sending (CARD-3.4): rejected records are out, so the manifest is made again. */
export class DispatchBatch implements UseCase<typeof dispatchSpec> {
  readonly spec = dispatchSpec;

  constructor(private readonly production: ProductionStore) {}

  async execute(ctx: Ctx, { batchId }: InputOf<typeof dispatchSpec>): Promise<OutputOf<typeof dispatchSpec>> {
    const batch = await lockBatch(ctx, this.production, batchId);
    requireBatchState(batch, 'CERTIFIED');
    const records = await this.production.records(ctx.db, batchId);
    if (records.length === 0) throw cardIssuanceProblems.refuse('EMPTY_BATCH');
    const manifest = { count: records.length, hash: manifestHash(records) };
    await this.production.setManifest(ctx.db, batchId, manifest);
    await this.production.moveTo(ctx.db, batchId, 'SENT', ctx.now);
    ctx.audit({ object: `production-batch:${batchId}`, facts: { state: 'SENT', count: manifest.count } });
    return { batchId, state: 'SENT', ...manifest };
  }
}
