import { boxShort, cardIssuanceProblems } from '#contracts/card-issuance';
import { platformProblems, refusals, requireJurisdiction, useCase, uuidv7, type Ctx, type InputOf, type OutputOf, type UseCase } from '#platform';
import { z } from 'zod';
import { moveCards } from '../card/move-cards.js';
import { decideReceipt } from './production-batch.js';
import type { Box } from './production.store.js';
import { reorderApplications } from './reorder-applications.js';
import type { ProductionStores } from './require-batch.js';

const spec = useCase({
  action: 'card-issuance.box.receive',
  kind: 'command',
  summary: 'Every card of a box was scanned at the municipality; missing ones open a discrepancy and are made anew',
  input: z.strictObject({ boxNo: z.string().regex(/^BX\d{9,18}$/), municipalityCode: z.string().regex(/^\d{6}$/), serials: z.array(z.string().regex(/^[0-9A-Z]{16}$/)).max(1_000) }),
  output: z.object({ boxNo: z.string(), state: z.enum(['RECEIVED', 'SHORT']), missing: z.array(z.string()) }),
  refusals: [...refusals(cardIssuanceProblems, 'BAD_STATE', 'UNEXPECTED'), ...refusals(platformProblems, 'NOT_FOUND', 'OUT_OF_JURISDICTION')],
});

/** Receipt (CARD-3.4, CARD-7). */
export class ReceiveBox implements UseCase<typeof spec> {
  readonly spec = spec;

  constructor(private readonly stores: ProductionStores) {}

  async execute(ctx: Ctx, { boxNo, municipalityCode, serials }: InputOf<typeof spec>): Promise<OutputOf<typeof spec>> {
    requireJurisdiction(ctx, municipalityCode);
    const { production } = this.stores;
    const box = await production.lockBox(ctx.db, boxNo);
    if (box === undefined || box.municipalityCode !== municipalityCode) throw platformProblems.refuse('NOT_FOUND');
    if (box.state !== 'SHIPPED') throw cardIssuanceProblems.refuse('BAD_STATE', { facts: { state: box.state } });
    const receipt = decideReceipt(await production.serialsInBoxes(ctx.db, box.batchId, [boxNo]), serials);
    const state = receipt.missing.length === 0 ? 'RECEIVED' : 'SHORT';
    await production.moveBoxes(ctx.db, [boxNo], state, ctx.now);
    const present = await this.stores.cards.lockMany(ctx.db, receipt.present);
    await moveCards(ctx, this.stores.cards, present.filter((card) => card.state === 'SHIPPED'), { to: 'RECEIVED' });
    if (receipt.missing.length > 0) await this.openDiscrepancy(ctx, box, receipt.missing);
    await this.finishBatch(ctx, box.batchId);
    ctx.audit({ object: `box:${boxNo}`, subjects: present.map((card) => card.personKey), facts: { state, missing: receipt.missing.length } });
    return { boxNo, state, missing: [...receipt.missing] };
  }

  private async openDiscrepancy(ctx: Ctx, box: Box, missing: readonly string[]): Promise<void> {
    const cards = await this.stores.cards.lockMany(ctx.db, missing);
    await this.stores.production.openDiscrepancy(ctx.db, { discrepancyId: uuidv7(), box, missing }, ctx.now);
    await moveCards(ctx, this.stores.cards, cards, { to: 'MISSING', reason: 'SHORT' });
    ctx.emit(boxShort, { aggregateId: box.boxNo, sequence: 1, data: { boxNo: box.boxNo, batchId: box.batchId, municipalityCode: box.municipalityCode, missing: [...missing] } });
    await reorderApplications(ctx, this.stores.applications, cards.map((card) => card.applicationId));
  }

  private async finishBatch(ctx: Ctx, batchId: string): Promise<void> {
    const batch = await this.stores.production.lock(ctx.db, batchId);
    const boxes = await this.stores.production.boxes(ctx.db, batchId);
    const open = boxes.some((box) => box.cards > 0 && (box.state === 'PLANNED' || box.state === 'SHIPPED'));
    if (batch?.state === 'SHIPPED' && !open) await this.stores.production.moveTo(ctx.db, batchId, 'RECEIVED', ctx.now);
  }
}
