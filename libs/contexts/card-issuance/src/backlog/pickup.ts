import { localDateInJapan, toLocalDate, type LocalDate } from '#kernel';
import { cardIssuanceProblems, pickupRebooked } from '#contracts/card-issuance';
import { found, platformProblems, refusals, requireJurisdiction, useCase, uuidv7, type Ctx, type InputOf, type OutputOf, type Schedule, type UseCase } from '#platform';
import { z } from 'zod';
import type { Card } from '../card/card.js';
import { cardSerialInput } from '../card/card-serial.js';
import type { CardStore } from '../card/card.store.js';
import { occasionEvery } from '../handover/occasion.js';
import { pickupHours, pickupPeriod, type CounterPlan } from './counter-plan.js';
import type { PickupStore, Place, Wanted } from './pickup.store.js';

const SECONDS = 60;
const CHUNK = 200;
const pickup = z.object({ cardSerial: z.string(), day: z.iso.date(), hour: z.number().int() });

/** The whole pick-up period of those who are invited today. */
export function periodOf(municipalityCode: string, plan: CounterPlan, today: LocalDate): Wanted {
  return { municipalityCode, days: pickupPeriod(today, plan.pickupDays), ...pickupHours(plan) };
}

/**
 * An invitation holds a place at the counter (CARD-4.11 noticeBudget); gives the place, or undefined for a municipality that stated no counters.
 * Refuses NOTICE_BUDGET_SPENT: as many are invited as the counters can serve in the pick-up period.
 */
export async function requireNoticeBudget(ctx: Ctx, pickups: PickupStore, { cardSerial, municipalityCode }: Pick<Card, 'cardSerial' | 'municipalityCode'>): Promise<Place | undefined> {
  const plan = await pickups.plan(ctx.db, municipalityCode);
  if (plan === undefined) return undefined;
  const place = await pickups.hold(ctx.db, cardSerial, periodOf(municipalityCode, plan, localDateInJapan(ctx.now)), ctx.now);
  if (place === undefined) throw cardIssuanceProblems.refuse('NOTICE_BUDGET_SPENT', { facts: { municipalityCode } });
  return place;
}

const moveSpec = useCase({
  action: 'card-issuance.pickup.move', kind: 'command', summary: 'Moves the pick-up of an invited resident to another hour',
  input: z.strictObject({ cardSerial: cardSerialInput, day: z.iso.date(), hour: z.int().min(0).max(23) }), output: pickup,
  refusals: [...refusals(cardIssuanceProblems, 'BAD_STATE', 'NO_PLACE'), ...refusals(platformProblems, 'NOT_FOUND', 'OUT_OF_JURISDICTION')],
});

/** At the wish of the resident. */
export class MovePickup implements UseCase<typeof moveSpec> {
  readonly spec = moveSpec;

  constructor(
    private readonly pickups: PickupStore,
    private readonly cards: CardStore,
  ) {}

  async execute(ctx: Ctx, { cardSerial, day, hour }: InputOf<typeof moveSpec>): Promise<OutputOf<typeof moveSpec>> {
    const card = found(await this.cards.lock(ctx.db, cardSerial));
    requireJurisdiction(ctx, card.municipalityCode);
    const plan = found(await this.pickups.plan(ctx.db, card.municipalityCode));
    if (card.state !== 'NOTIFIED') throw cardIssuanceProblems.refuse('BAD_STATE', { facts: { state: card.state } });
    const { hours, places } = pickupHours(plan);
    const days = pickupPeriod(localDateInJapan(ctx.now), plan.pickupDays).filter((one) => one === day);
    const place = await this.pickups.hold(ctx.db, cardSerial, { municipalityCode: card.municipalityCode, days, hours: hours.filter((one) => one === hour), places }, ctx.now);
    if (place === undefined) throw cardIssuanceProblems.refuse('NO_PLACE');
    ctx.audit({ object: `card:${cardSerial}`, subjects: [card.personKey], facts: { day, hour } });
    return { cardSerial, ...place };
  }
}

const listSpec = useCase({
  action: 'card-issuance.pickup.list', kind: 'question', summary: 'Who comes to the counters on a day: cards by hour, nothing about people',
  input: z.strictObject({ municipalityCode: z.string().regex(/^\d{6}$/), day: z.iso.date() }), output: z.object({ items: z.array(pickup.omit({ day: true })) }), refusals: refusals(platformProblems, 'OUT_OF_JURISDICTION'),
});

/** A day at the counter. */
export class ListPickups implements UseCase<typeof listSpec> {
  readonly spec = listSpec;

  constructor(private readonly pickups: PickupStore) {}

  async execute(ctx: Ctx, { municipalityCode, day }: InputOf<typeof listSpec>): Promise<OutputOf<typeof listSpec>> {
    requireJurisdiction(ctx, municipalityCode);
    return { items: await this.pickups.held(ctx.db, municipalityCode, toLocalDate(day)) };
  }
}

/** Pick-ups that a stop or an incident touches get the next free hour; where none is left the place is given up, and both is told (CARD-8). */
export function rebookingSchedule(pickups: PickupStore): Schedule {
  return {
    name: 'pickup-rebooking',
    due: occasionEvery(SECONDS),
    hasWork: async (ctx) => (await pickups.touched(ctx.db, ctx.now, 1)).length > 0,
    run: async (ctx) => {
      for (const { cardSerial, municipalityCode, at } of await pickups.touched(ctx.db, ctx.now, CHUNK)) {
        const plan = await pickups.plan(ctx.db, municipalityCode);
        const place = plan === undefined ? undefined : await pickups.hold(ctx.db, cardSerial, periodOf(municipalityCode, plan, localDateInJapan(ctx.now)), ctx.now);
        if (place === undefined) await pickups.release(ctx.db, cardSerial);
        const to = place === undefined ? null : `${place.day}T${String(place.hour).padStart(2, '0')}:00:00+09:00`;
        ctx.emit(pickupRebooked, { aggregateId: uuidv7(), sequence: 1, data: { cardSerial, municipalityCode, from: at.toISOString(), to } });
        ctx.audit({ object: `card:${cardSerial}`, facts: { rebooked: to ?? 'NO_PLACE' } });
      }
    },
  };
}
