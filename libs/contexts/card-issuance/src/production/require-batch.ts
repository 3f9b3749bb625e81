import { cardIssuanceProblems } from '#contracts/card-issuance';
import { platformProblems, type Ctx } from '#platform';
import type { ApplicationStore } from '../application/application.store.js';
import type { CardStore } from '../card/card.store.js';
import type { Batch } from './production-batch.js';
import type { ProductionStore } from './production.store.js';

/** What the making of cards touches. */
export interface ProductionStores {
  readonly applications: ApplicationStore;
  readonly cards: CardStore;
  readonly production: ProductionStore;
}

/** The batch, locked; a card maker sees only its own. Refuses NOT_FOUND. */
export async function lockBatch(ctx: Ctx, store: ProductionStore, batchId: string): Promise<Batch> {
  return visible(ctx, await store.lock(ctx.db, batchId));
}

/** The batch as it is now; a card maker sees only its own. Refuses NOT_FOUND. */
export async function findBatch(ctx: Ctx, store: ProductionStore, batchId: string): Promise<Batch> {
  return visible(ctx, await store.find(ctx.db, batchId));
}

/** Whatever shows who is in the batch leaves for its maker only once two officers released the key; a maker without one has no file (CARD-4.4). Refuses KEY_NOT_RELEASED. */
export function requireKeyReleased({ keyId, keyReleasedAt }: Batch): void {
  if (keyId !== null && keyReleasedAt === null) throw cardIssuanceProblems.refuse('KEY_NOT_RELEASED');
}

function visible(ctx: Ctx, batch: Batch | undefined): Batch {
  if (batch === undefined) throw platformProblems.refuse('NOT_FOUND');
  if (ctx.actor.kind === 'card-maker' && batch.maker !== ctx.actor.organisation) throw platformProblems.refuse('NOT_FOUND');
  return batch;
}
