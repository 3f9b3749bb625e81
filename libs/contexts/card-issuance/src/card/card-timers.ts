import { localDateInJapan, type LocalDate } from '#kernel';
import { daily, queueJob, type Ctx, type Job, type JobKind, type Schedule, type StepOutcome } from '#platform';
import { NATIONAL_DEFAULT } from '../fee/ordinance.js';
import { isInUse } from './card.js';
import { LAPSE_REASONS } from './continued-use.js';
import { endCard, type EndStores } from './end-card.js';
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
    for (const card of cards) await endCard(ctx, this.stores, card, { to: 'EXPIRED', reason: 'VALIDITY_OVER' });
    return cards.map((card) => card.personKey);
  }

  private async lapse(ctx: Ctx, today: LocalDate): Promise<string[]> {
    const overdue = await this.stores.deadlines.overdue(ctx.db, today, CHUNK);
    const subjects: string[] = [];
    for (const { cardSerial, kind } of overdue) {
      const card = await this.stores.cards.lock(ctx.db, cardSerial);
      // Looked at again under the lock: the counter may have been quicker.
      if (card === undefined || !(await this.stores.deadlines.open(ctx.db, cardSerial)).some((open) => open.kind === kind && open.lastDay < today)) continue;
      if (isInUse(card.state)) await endCard(ctx, this.stores, card, { to: 'ABOLISHED', reason: LAPSE_REASONS[kind] });
      else await this.stores.deadlines.end(ctx.db, cardSerial, [kind], { outcome: card.state, now: ctx.now });
      subjects.push(card.personKey);
    }
    return subjects;
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
