import { cardIssuanceProblems, productionBatchAlarm } from '#contracts/card-issuance';
import { platformProblems, refusals, useCase, type Ctx, type InputOf, type OutputOf, type UseCase } from '#platform';
import { z } from 'zod';
import type { Card, CardState } from '../card/card.js';
import { moveCards } from '../card/move-cards.js';
import { reorderApplications } from './reorder-applications.js';
import { acknowledgementFault, BATCH_STATES, DEFECT_CODES, requireBatchState, stopsLine, type Batch } from './production-batch.js';
import type { ProductionStore } from './production.store.js';
import { lockBatch, type ProductionStores } from './require-batch.js';

const batchInput = z.strictObject({ batchId: z.uuid() });
const output = z.object({ batchId: z.uuid(), state: z.enum(BATCH_STATES) });

const acknowledgeSpec = useCase({
  action: 'card-issuance.production-batch.acknowledge',
  kind: 'process',
  summary: 'The maker confirms count and hash of what it received; any difference leaves the batch SENT and raises an alarm',
  input: batchInput.extend({ count: z.number().int().min(0), hash: z.string().regex(/^[0-9a-f]{64}$/) }),
  output,
  refusals: [...refusals(cardIssuanceProblems, 'BAD_STATE', 'COUNT_MISMATCH', 'HASH_MISMATCH'), ...refusals(platformProblems, 'NOT_FOUND')],
});

/** No partial acceptance (CARD-7): the alarm is committed before the refusal leaves. The same confirmation again is the first. */
export class AcknowledgeBatch implements UseCase<typeof acknowledgeSpec> {
  readonly spec = acknowledgeSpec;

  constructor(private readonly production: ProductionStore) {}

  async execute(ctx: Ctx, received: InputOf<typeof acknowledgeSpec>): Promise<OutputOf<typeof acknowledgeSpec>> {
    const { batchId, count } = received;
    const refusal = await ctx.transaction(async (tx) => {
      const batch = await lockBatch(tx, this.production, batchId);
      if (batch.state === 'ACKNOWLEDGED' && batch.count === count && batch.hash === received.hash) return undefined;
      const fault = acknowledgementFault(batch, received);
      tx.audit({ object: `production-batch:${batchId}`, facts: { state: fault === undefined ? 'ACKNOWLEDGED' : 'SENT', count } });
      if (fault === undefined) {
        await this.production.moveTo(tx.db, batchId, 'ACKNOWLEDGED', tx.now);
        return undefined;
      }
      await raiseAlarm(tx, this.production, batch, { reason: fault, expected: batch.count ?? 0, reported: count });
      return cardIssuanceProblems.refuse(fault, { facts: { sent: batch.count ?? 0, received: count } });
    });
    if (refusal !== undefined) throw refusal;
    return { batchId, state: 'ACKNOWLEDGED' };
  }
}

async function raiseAlarm(ctx: Ctx, store: ProductionStore, { batchId, maker }: Batch, alarm: { readonly reason: 'COUNT_MISMATCH' | 'HASH_MISMATCH' | 'QUARANTINED'; readonly expected?: number; readonly reported?: number }): Promise<void> {
  ctx.emit(productionBatchAlarm, { aggregateId: batchId, sequence: await store.nextSequence(ctx.db, batchId), data: { batchId, maker, ...alarm } });
}

const manufactureSpec = useCase({
  action: 'card-issuance.production-batch.manufacture',
  kind: 'command',
  summary: 'The maker reports that the cards of a batch were made',
  input: batchInput,
  output,
  refusals: [...refusals(cardIssuanceProblems, 'BAD_STATE'), ...refusals(platformProblems, 'NOT_FOUND')],
});

/** Cards that were withheld meanwhile are made all the same; the ledger keeps them withheld. */
export class ReportManufacture implements UseCase<typeof manufactureSpec> {
  readonly spec = manufactureSpec;

  constructor(private readonly stores: ProductionStores) {}

  async execute(ctx: Ctx, { batchId }: InputOf<typeof manufactureSpec>): Promise<OutputOf<typeof manufactureSpec>> {
    requireBatchState(await lockBatch(ctx, this.stores.production, batchId), 'ACKNOWLEDGED');
    await moveCards(ctx, this.stores.cards, inState(await this.stores.cards.lockOfBatch(ctx.db, batchId), 'ORDERED'), { to: 'MANUFACTURED' });
    await this.stores.production.moveTo(ctx.db, batchId, 'MANUFACTURED', ctx.now);
    ctx.audit({ object: `production-batch:${batchId}`, facts: { state: 'MANUFACTURED' } });
    return { batchId, state: 'MANUFACTURED' };
  }
}

function namesEachOnce(defects: readonly { readonly cardSerial: string }[]): boolean {
  return new Set(defects.map((defect) => defect.cardSerial)).size === defects.length;
}

const inspectionSpec = useCase({
  action: 'card-issuance.production-batch.inspect',
  kind: 'command',
  summary: 'The maker\'s inspection of every card; one chip-data defect (Q01) quarantines the whole batch',
  input: batchInput.extend({ defects: z.array(z.strictObject({ cardSerial: z.string(), code: z.enum(DEFECT_CODES) })).max(1_000).default([]).refine(namesEachOnce, { params: { code: 'CARD_TWICE' } }) }),
  output: output.extend({ quarantined: z.boolean() }),
  refusals: [...refusals(cardIssuanceProblems, 'BAD_STATE', 'PRODUCTION_QUARANTINED'), ...refusals(platformProblems, 'NOT_FOUND')],
});

/** Inspection (CARD-4.5). A defective card's application waits for the next batch, where it gets a new serial. */
export class ReportInspection implements UseCase<typeof inspectionSpec> {
  readonly spec = inspectionSpec;

  constructor(private readonly stores: ProductionStores) {}

  async execute(ctx: Ctx, { batchId, defects }: InputOf<typeof inspectionSpec>): Promise<OutputOf<typeof inspectionSpec>> {
    const batch = await lockBatch(ctx, this.stores.production, batchId);
    requireBatchState(batch, 'MANUFACTURED');
    const quarantined = stopsLine(batch, defects);
    ctx.audit({ object: `production-batch:${batchId}`, facts: { defects: defects.length, quarantined } });
    if (quarantined) {
      await this.stores.production.quarantine(ctx.db, batchId, defects.filter(({ code }) => code === 'Q01').map(({ cardSerial }) => cardSerial));
      await raiseAlarm(ctx, this.stores.production, batch, { reason: 'QUARANTINED' });
      return { batchId, state: 'MANUFACTURED', quarantined };
    }
    const cards = await this.stores.cards.lockOfBatch(ctx.db, batchId);
    await this.takeOut(ctx, cards, defects);
    const faulty = new Set(defects.map((defect) => defect.cardSerial));
    await moveCards(ctx, this.stores.cards, inState(cards, 'MANUFACTURED').filter((card) => !faulty.has(card.cardSerial)), { to: 'INSPECTED' });
    await this.stores.production.moveTo(ctx.db, batchId, 'INSPECTED', ctx.now);
    return { batchId, state: 'INSPECTED', quarantined };
  }

  private async takeOut(ctx: Ctx, cards: readonly Card[], defects: readonly { readonly cardSerial: string; readonly code: string }[]): Promise<void> {
    const bySerial = new Map(cards.map((card) => [card.cardSerial, card]));
    for (const { cardSerial, code } of defects) {
      const card = bySerial.get(cardSerial);
      if (card === undefined) throw platformProblems.refuse('NOT_FOUND', { fields: [{ pointer: '/defects', code: 'NOT_IN_BATCH' }] });
      await moveCards(ctx, this.stores.cards, [card], { to: 'DEFECTIVE', reason: code });
      await this.stores.production.leave(ctx.db, [cardSerial], 'DEFECTIVE', code);
      await reorderApplications(ctx, this.stores.applications, [card.applicationId]);
    }
  }
}

const shipmentSpec = useCase({
  action: 'card-issuance.production-batch.ship',
  kind: 'command',
  summary: 'The maker hands boxes over to the carrier',
  input: batchInput.extend({ boxes: z.array(z.string()).min(1).max(1_000) }),
  output,
  refusals: [...refusals(cardIssuanceProblems, 'BAD_STATE', 'PRODUCTION_QUARANTINED'), ...refusals(platformProblems, 'NOT_FOUND')],
});

/** Boxes leave one by one or together; with the last the batch is shipped. */
export class ReportShipment implements UseCase<typeof shipmentSpec> {
  readonly spec = shipmentSpec;

  constructor(private readonly stores: ProductionStores) {}

  async execute(ctx: Ctx, { batchId, boxes }: InputOf<typeof shipmentSpec>): Promise<OutputOf<typeof shipmentSpec>> {
    requireBatchState(await lockBatch(ctx, this.stores.production, batchId), 'INSPECTED');
    const all = await this.stores.production.boxes(ctx.db, batchId);
    const leaving = new Set(boxes);
    const chosen = all.filter((box) => leaving.has(box.boxNo));
    if (chosen.length !== leaving.size) throw platformProblems.refuse('NOT_FOUND', { fields: [{ pointer: '/boxes', code: 'NOT_IN_BATCH' }] });
    if (chosen.some((box) => box.state !== 'PLANNED')) throw cardIssuanceProblems.refuse('BAD_STATE', { facts: { box: 'SHIPPED' } });
    const serials = await this.stores.production.serialsInBoxes(ctx.db, batchId, boxes);
    await moveCards(ctx, this.stores.cards, inState(await this.stores.cards.lockMany(ctx.db, serials), 'INSPECTED'), { to: 'SHIPPED' });
    await this.stores.production.moveBoxes(ctx.db, boxes, 'SHIPPED', ctx.now);
    const waiting = all.some((box) => box.state === 'PLANNED' && box.cards > 0 && !leaving.has(box.boxNo));
    if (!waiting) await this.stores.production.moveTo(ctx.db, batchId, 'SHIPPED', ctx.now);
    ctx.audit({ object: `production-batch:${batchId}`, facts: { boxes: boxes.length, cards: serials.length } });
    return { batchId, state: waiting ? 'INSPECTED' : 'SHIPPED' };
  }
}

function inState(cards: readonly Card[], state: CardState): Card[] {
  return cards.filter((card) => card.state === state);
}
