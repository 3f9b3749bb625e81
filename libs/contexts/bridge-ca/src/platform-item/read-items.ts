import { z } from 'zod';
import { found, nextOf, pageLimit, platformProblems, refusals, useCase, type Ctx, type InputOf, type OutputOf, type UseCase } from '#platform';
import { byItem, itemId, itemView, viewOf } from './item-view.js';
import { ITEM_KINDS, ITEM_STATES } from './platform-item.js';
import type { ItemStore } from './platform-item.store.js';

const page = z.strictObject({ kind: z.enum(ITEM_KINDS).optional(), before: itemId.optional(), limit: pageLimit });
const answer = z.object({ items: z.array(itemView), next: itemId.optional() });

const listSpec = useCase({
  action: 'bridge-ca.platform-item.list', kind: 'question', summary: 'Items of the common platform in any state, the newest first',
  input: page.extend({ state: z.enum(ITEM_STATES).optional() }), output: answer, refusals: [],
});

export class ListItems implements UseCase<typeof listSpec> {
  readonly spec = listSpec;

  constructor(private readonly items: ItemStore) {}

  async execute(ctx: Ctx, { kind, state, before, limit }: InputOf<typeof listSpec>): Promise<OutputOf<typeof listSpec>> {
    const rows = await this.items.list(ctx.db, { kind, state, before, limit });
    ctx.audit({ object: 'platform-items', facts: { items: rows.length } });
    return { items: rows.map(viewOf), ...nextOf(rows, limit, ({ id }) => id) };
  }
}

const getSpec = useCase({ action: 'bridge-ca.platform-item.read', kind: 'question', summary: 'An item of the common platform', input: byItem, output: itemView, refusals: refusals(platformProblems, 'NOT_FOUND') });

export class GetItem implements UseCase<typeof getSpec> {
  readonly spec = getSpec;

  constructor(private readonly items: ItemStore) {}

  async execute(ctx: Ctx, { itemId: id }: InputOf<typeof getSpec>): Promise<OutputOf<typeof getSpec>> {
    const item = found(await this.items.find(ctx.db, id));
    ctx.audit({ object: `platform-item:${id}` });
    return viewOf(item);
  }
}

const releasedSpec = useCase({ action: 'bridge-ca.released-item.list', kind: 'question', summary: 'What is released now: client software, notices, maintenance, certified readers; the newest first', input: page, output: answer, refusals: [] });

/** For residents' portals, windows and verifiers alike. */
export class ListReleasedItems implements UseCase<typeof releasedSpec> {
  readonly spec = releasedSpec;

  constructor(private readonly items: ItemStore) {}

  async execute(ctx: Ctx, { kind, before, limit }: InputOf<typeof releasedSpec>): Promise<OutputOf<typeof releasedSpec>> {
    const rows = await this.items.list(ctx.db, { kind, state: 'RELEASED', before, limit });
    ctx.audit({ object: 'platform-items', facts: { items: rows.length } });
    return { items: rows.map(viewOf), ...nextOf(rows, limit, ({ id }) => id) };
  }
}
