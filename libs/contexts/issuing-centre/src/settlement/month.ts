import { z } from 'zod';
import { addMonths, localDateInJapan, startOfDayInJapan, toLocalDate } from '#kernel';
import type { Month } from './settlement.store.js';

export const month = z.string().regex(/^20\d{2}-(0[1-9]|1[0-2])$/);

/** The instants of a month in Japan. */
export function monthOf(text: string): Month {
  const first = toLocalDate(`${text}-01`);
  return { month: text, from: startOfDayInJapan(first), until: startOfDayInJapan(addMonths(first, 1)) };
}

/** The month before the one it is in Japan, from its fifth day on: journals have come by then. */
export function monthDue(last: string | undefined, now: Date): string | undefined {
  const today = localDateInJapan(now);
  const due = addMonths(today, today.slice(8) < '05' ? -2 : -1).slice(0, 7);
  return last !== undefined && last >= due ? undefined : due;
}
