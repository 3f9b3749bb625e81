import { localDateInJapan, type LocalDate } from '#kernel';
import { daily, queueJob, type Ctx, type Job, type JobKind, type Schedule, type StepOutcome } from '#platform';
import { NATIONAL_DEFAULT } from '../fee/ordinance.js';
import { isInUse } from './card.js';
import { DEADLINE_KINDS, LAPSE_REASONS } from './continued-use.js';
import { endCards, type EndStores } from './end-card.js';
import { moveCards } from './move-cards.js';

const KIND = 'card-timers';
const CHUNK = 200;

/** What the start of a day does to cards (CARD-3.5, 4.10): validity over, deadlines of moves passed, nobody came; a chunk a step, each by the state of the rows. */
export class RunCardTimers implements JobKind {
  readonly kind = KIND;

  constructor(private readonly stores: EndStores) {}

  async step(ctx: Ctx, job: Job): Promise<StepOutcome> {
    const today = localDateInJapan(ctx.now);
    const moved = [...(await this.expire(ctx, today)), ...(await this.lapse(ctx, today)), ...(await this.giveUp(ctx, today))];
    if (moved.length > 0) ctx.audit({ object: `cards:${today}`, subjects: moved });
    const done = job.done + moved.length;
    return { cursor: done, done, ...(moved.length === 0 ? { result: { moved: done } } : {}) };
  }

  private async expire(ctx: Ctx, today: LocalDate): Promise<string[]> {
    const cards = await this.stores.cards.lockExpired(ctx.db, today, CHUNK);
    await endCards(ctx, this.stores, cards, { to: 'EXPIRED', reason: 'VALIDITY_OVER' });
    return cards.map((card) => card.personKey);
  }

  private async lapse(ctx: Ctx, today: LocalDate): Promise<string[]> {
    const { cards, deadlines } = this.stores;
    const locked = await cards.lockMany(ctx.db, (await deadlines.overdue(ctx.db, today, CHUNK)).map(({ cardSerial }) => cardSerial));
    // Looked at again under the locks: a counter may have been quicker.
    const kinds = new Map((await deadlines.overdue(ctx.db, today, CHUNK, locked.map(({ cardSerial }) => cardSerial))).map(({ cardSerial, kind }) => [cardSerial, kind]));
    for (const kind of DEADLINE_KINDS) {
      const late = locked.filter(({ cardSerial }) => kinds.get(cardSerial) === kind);
      await endCards(ctx, this.stores, late.filter(({ state }) => isInUse(state)), { to: 'ABOLISHED', reason: LAPSE_REASONS[kind] });
      await deadlines.end(ctx.db, late.map(({ cardSerial }) => cardSerial), DEADLINE_KINDS, { outcome: 'CARD_ENDED', now: ctx.now });
    }
    return locked.filter(({ cardSerial }) => kinds.has(cardSerial)).map(({ personKey }) => personKey);
  }

  private async giveUp(ctx: Ctx, today: LocalDate): Promise<string[]> {
    const cards = await this.stores.cards.lockUncollected(ctx.db, today, { months: NATIONAL_DEFAULT.uncollectedMonths, limit: CHUNK });
    await moveCards(ctx, this.stores.cards, cards, { to: 'UNCOLLECTED', reason: 'NOBODY_CAME' });
    return cards.map((card) => card.personKey);
  }
}

/** Begins with the day in Japan; a day that was missed is made up for by the next. */
export const cardTimersSchedule: Schedule = daily(KIND, async (ctx) => {
  await queueJob(ctx, KIND, {});
});
