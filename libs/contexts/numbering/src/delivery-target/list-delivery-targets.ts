import { listDeliveryTargets } from '#contracts/numbering';
import { platformProblems, refusals, useCase, type Ctx, type InputOf, type OutputOf, type UseCase } from '#platform';
import type { DeliveryTargetStore } from './delivery-target.store.js';

const PAGE = 1_000;

const spec = useCase({
  action: 'numbering.delivery-target.list',
  kind: 'question',
  summary: 'Addressees of the notification cards, page by page (番号法7条1項)',
  input: listDeliveryTargets.input,
  output: listDeliveryTargets.output,
  refusals: refusals(platformProblems, 'NOT_FOUND'),
});

/** NUM-5.4: what `notification-list.prepared` points to. */
export class ListDeliveryTargets implements UseCase<typeof spec> {
  readonly spec = spec;

  constructor(private readonly targets: DeliveryTargetStore) {}

  async execute(ctx: Ctx, { setId, after = 0, limit = PAGE }: InputOf<typeof spec>): Promise<OutputOf<typeof spec>> {
    const set = await this.targets.find(ctx.db, setId);
    if (set === undefined || set.handed_at === null) throw platformProblems.refuse('NOT_FOUND');
    const found = await this.targets.targets(ctx.db, setId, { after, limit: limit + 1 });
    const targets = found.slice(0, limit);
    ctx.audit({ object: `delivery-target-set:${setId}`, subjects: targets.map(({ personKey }) => personKey), facts: { after, found: targets.length } });
    const last = targets.at(-1);
    return { targets, ...(found.length > limit && last !== undefined ? { next: last.position } : {}) };
  }
}
