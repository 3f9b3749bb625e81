import { z } from 'zod';
import { bridgeCaProblems, platformItemReleased, platformItemRetired } from '#contracts/bridge-ca';
import { endOfDayInJapan, toLocalDate } from '#kernel';
import { daily, officerOf, platformProblems, refusals, useCase, uuidv7, type Ctx, type InputOf, type OutputOf, type Schedule, type UseCase, type UseCaseSpec } from '#platform';
import { namedOfficer } from '../authority/generations.js';
import { byItem, itemId, itemView, viewOf } from './item-view.js';
import { itemDetails, itemTexts } from './platform-item.input.js';
import { endsAt, stepItem, type ItemStep } from './platform-item.js';
import type { ItemRow, ItemStore } from './platform-item.store.js';

const proposeSpec = useCase({
  action: 'bridge-ca.platform-item.propose',
  kind: 'command',
  summary: 'Proposes a change of the common platform to the council',
  input: z.strictObject({ details: itemDetails, texts: itemTexts }),
  output: z.object({ itemId, state: z.literal('PROPOSED') }),
  refusals: refusals(bridgeCaProblems, 'OPERATOR_NOT_ASSERTED'),
});

/** JPKI-3.15. */
export class ProposeItem implements UseCase<typeof proposeSpec> {
  readonly spec = proposeSpec;

  constructor(private readonly items: ItemStore) {}

  async execute(ctx: Ctx, { details, texts }: InputOf<typeof proposeSpec>): Promise<OutputOf<typeof proposeSpec>> {
    const id = uuidv7();
    const ends = endsAt(details, (day) => endOfDayInJapan(toLocalDate(day)));
    await this.items.add(ctx.db, { id, details, texts, proposedBy: namedOfficer(ctx), proposedAt: ctx.now, endsAt: ends });
    ctx.audit({ object: `platform-item:${id}`, facts: { to: 'PROPOSED', kind: details.kind } });
    return { itemId: id, state: 'PROPOSED' };
  }
}

type StepSpec = UseCaseSpec<'command', typeof byItem, typeof itemView>;

function stepSpec(verb: string, summary: string, ...codes: readonly ('SAME_OFFICER' | 'WINDOW_BEGUN')[]): StepSpec {
  return useCase({
    action: `bridge-ca.platform-item.${verb}`, kind: 'command', summary, input: byItem, output: itemView,
    refusals: [...refusals(bridgeCaProblems, 'NOT_IN_STATE', 'OPERATOR_NOT_ASSERTED', ...codes), ...refusals(platformProblems, 'NOT_FOUND')],
  });
}

const SPECS: Readonly<Record<ItemStep, StepSpec>> = {
  AGREE: stepSpec('agree', 'One of two named officers of the platform council agrees', 'SAME_OFFICER'),
  RELEASE: stepSpec('release', 'Releases what the council agreed on: everybody may read it', 'WINDOW_BEGUN'),
  RETIRE: stepSpec('retire', 'Ends an item'),
};

export class StepItem implements UseCase<StepSpec> {
  readonly spec: StepSpec;

  constructor(
    private readonly items: ItemStore,
    private readonly step: ItemStep,
  ) {
    this.spec = SPECS[step];
  }

  async execute(ctx: Ctx, { itemId: id }: InputOf<StepSpec>): Promise<OutputOf<StepSpec>> {
    namedOfficer(ctx);
    const held = await this.items.lock(ctx.db, id);
    if (held === undefined) throw platformProblems.refuse('NOT_FOUND');
    return viewOf(await take(ctx, this.items, held, this.step));
  }
}

/** On the day after its end: a maintenance that is over, a reader whose certification has ended. */
export function retireEndedDaily(items: ItemStore): Schedule {
  return daily('platform-items', async (ctx) => {
    for (const held of await items.lockEnded(ctx.db, ctx.now)) await take(ctx, items, held, 'RETIRE');
  });
}

async function take(ctx: Ctx, items: ItemStore, held: ItemRow, step: ItemStep): Promise<ItemRow> {
  const outcome = stepItem(held, step, { officer: officerOf(ctx), now: ctx.now });
  if ('refusal' in outcome) throw bridgeCaProblems.refuse(outcome.refusal, { facts: { state: held.state } });
  const event = { AGREE: undefined, RELEASE: platformItemReleased, RETIRE: platformItemRetired }[step];
  const taken: ItemRow = {
    ...held, ...outcome.changes, told: held.told + (event === undefined ? 0 : 1), releasedAt: step === 'RELEASE' ? ctx.now : held.releasedAt, retiredAt: step === 'RETIRE' ? ctx.now : held.retiredAt,
  };
  await items.save(ctx.db, taken);
  ctx.audit({ object: `platform-item:${held.id}`, facts: { step, from: held.state, to: taken.state } });
  if (event !== undefined) ctx.emit(event, { aggregateId: held.id, sequence: taken.told, data: { itemId: held.id, kind: held.details.kind, at: ctx.now.toISOString() } });
  return taken;
}
