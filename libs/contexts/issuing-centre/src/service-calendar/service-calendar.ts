import { isBusinessDay, localDateInJapan, startOfDayInJapan, type LocalDate } from '#kernel';
import type { CertificateType } from '#contracts/municipal-issuer';

/** 06:30 to 23:00 and the grace for sessions that run, in minutes of the day in Japan (CARD-4.15). */
const [OPENS, CLOSES, GRACE_ENDS] = [6 * 60 + 30, 23 * 60, 23 * 60 + 5];

/** Served while the register offices work (CARD-4.15). */
const REGISTER_TYPES: readonly CertificateType[] = ['FAMILY_REGISTER_FULL', 'FAMILY_REGISTER_INDIVIDUAL', 'REGISTER_ADDENDUM'];

export function isRegisterType(type: CertificateType): boolean {
  return REGISTER_TYPES.includes(type);
}

/** `HH:MM`, from and until, half-open. */
export interface RegisterHours {
  readonly registerFrom: string;
  readonly registerUntil: string;
}

export interface Maintenance {
  readonly fromAt: Date;
  readonly untilAt: Date;
}

/** Whether a new session may begin: half-open hours, not from 29 December to 3 January, not in maintenance (CARD-4.15). */
export function isOpen(now: Date, maintenances: readonly Maintenance[]): boolean {
  const minute = minuteInJapan(now);
  return minute >= OPENS && minute < CLOSES && !isYearEnd(localDateInJapan(now)) && !maintenances.some(({ fromAt, untilAt }) => fromAt <= now && now < untilAt);
}

/** Certificates of the family register on business days, in the hours of the municipality; all others whenever the service is open. */
export function isTypeServed(type: CertificateType, hours: RegisterHours, now: Date): boolean {
  if (!isRegisterType(type)) return true;
  const minute = minuteInJapan(now);
  return isBusinessDay(localDateInJapan(now)) && minute >= minuteOf(hours.registerFrom) && minute < minuteOf(hours.registerUntil);
}

/** 23:05 of the day in Japan: sessions that nobody paid for end then. */
export function graceEndOf(now: Date): Date {
  return new Date(startOfDayInJapan(localDateInJapan(now)).getTime() + GRACE_ENDS * 60_000);
}

function minuteInJapan(now: Date): number {
  return (now.getTime() - startOfDayInJapan(localDateInJapan(now)).getTime()) / 60_000;
}

function minuteOf(time: string): number {
  return Number(time.slice(0, 2)) * 60 + Number(time.slice(3));
}

function isYearEnd(day: LocalDate): boolean {
  return day.slice(5) >= '12-29' || day.slice(5) <= '01-03';
}
