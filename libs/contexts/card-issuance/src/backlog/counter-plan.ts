import { addDays, isBusinessDay, localDateInJapan, startOfDayInJapan, type LocalDate } from '#kernel';
import { counterCapacity, type Counter } from './backlog.js';

/** The counters of a municipality as it stated them; times of the day as HH:MM. */
export interface CounterPlan extends Omit<Counter, 'hours'> {
  readonly opens: string;
  readonly closes: string;
  /** Business days ahead for which residents are invited. */
  readonly pickupDays: number;
}

/** Where a municipality stated none. */
export const USUAL_HOURS = { opens: '08:30', closes: '17:15' } as const;

const hoursOf = (time: string): number => Number(time.slice(0, 2)) + Number(time.slice(3, 5)) / 60;

/** Hand-overs a day. */
export function dayCapacity(plan: CounterPlan): number {
  return counterCapacity({ ...plan, hours: hoursOf(plan.closes) - hoursOf(plan.opens) });
}

/** Whole hours within opening hours, each with its places: together never more than the day's capacity. */
export function pickupHours(plan: CounterPlan): { readonly hours: readonly number[]; readonly places: number } {
  const [first, last] = [Math.ceil(hoursOf(plan.opens)), Math.floor(hoursOf(plan.closes))];
  return { hours: Array.from({ length: Math.max(0, last - first) }, (_, index) => first + index), places: Math.floor(counterCapacity({ ...plan, hours: 1 })) };
}

/** The business days of the pick-up period, which begins a week after the invitation is sent (our own: it comes by post). */
export function pickupPeriod(from: LocalDate, days: number): LocalDate[] {
  const period: LocalDate[] = [];
  for (let day = addDays(from, 7); period.length < days; day = addDays(day, 1)) if (isBusinessDay(day)) period.push(day);
  return period;
}

/** Whether a stop falls into opening hours of any business day (CARD-4.12 Q11). */
export function overlapsOpening(stop: { readonly startsAt: Date; readonly endsAt: Date }, hours: { readonly opens: string; readonly closes: string }): boolean {
  for (let day = localDateInJapan(stop.startsAt); startOfDayInJapan(day) < stop.endsAt; day = addDays(day, 1)) {
    const at = (time: string): number => startOfDayInJapan(day).getTime() + hoursOf(time) * 3_600_000;
    if (isBusinessDay(day) && stop.startsAt.getTime() < at(hours.closes) && stop.endsAt.getTime() > at(hours.opens)) return true;
  }
  return false;
}
