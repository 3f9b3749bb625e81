import type { REGISTRATION_STATES } from '#contracts/training';
import { addDays, startOfDayInJapan, type LocalDate } from '#kernel';

export type RegistrationState = (typeof REGISTRATION_STATES)[number];

/** The period of an e-learning course, days in Japan, both included. */
export interface Period {
  readonly opensOn: LocalDate;
  readonly closesOn: LocalDate;
}

/** From this instant on unused places are everybody's (TRN-4.2). */
export function midPoint({ opensOn, closesOn }: Period): Date {
  const [from, to] = [startOfDayInJapan(opensOn).getTime(), startOfDayInJapan(addDays(closesOn, 1)).getTime()];
  return new Date(from + (to - from) / 2);
}

/** Why it may not be used now. */
export function periodFault({ opensOn, closesOn }: Period, now: Date): 'NOT_STARTED_YET' | 'EXPIRED' | undefined {
  if (now < startOfDayInJapan(opensOn)) return 'NOT_STARTED_YET';
  return now < startOfDayInJapan(addDays(closesOn, 1)) ? undefined : 'EXPIRED';
}

/** Whether a registration still holds its place for use (TRN-3.4). */
export function isRunning(state: RegistrationState): boolean {
  return state === 'REGISTERED' || state === 'STARTED';
}
