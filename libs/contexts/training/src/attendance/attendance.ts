import { createHmac } from 'node:crypto';
import { addDays, localDateInJapan, startOfDayInJapan } from '#kernel';

/** A half-day of a session, by which attendance is taken (TRN-4.5). */
export interface HalfDay {
  readonly startsAt: Date;
  readonly endsAt: Date;
}

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const NOON_HOURS = [12, 13] as const;
const DOOR_MINUTES = 30;
const NEEDED_PERCENT = 80;

/** The half-days of a session: each of its days between its times of the day, without the hour from noon in Japan (TRN-4.5; own decision). */
export function halfDaysOf({ startsAt, endsAt }: HalfDay): HalfDay[] {
  const opens = startsAt.getTime() - startOfDayInJapan(localDateInJapan(startsAt)).getTime();
  const closes = endsAt.getTime() - startOfDayInJapan(localDateInJapan(endsAt)).getTime();
  const halves: HalfDay[] = [];
  for (let day = localDateInJapan(startsAt); day <= localDateInJapan(endsAt); day = addDays(day, 1)) {
    const [midnight, [noon, one]] = [startOfDayInJapan(day).getTime(), NOON_HOURS];
    for (const [from, to] of [[opens, Math.min(closes, noon * HOUR_MS)], [Math.max(opens, one * HOUR_MS), closes]] as const) {
      if (from < to) halves.push({ startsAt: new Date(midnight + from), endsAt: new Date(midnight + to) });
    }
  }
  return halves;
}

/** Whole minutes of a half-day. */
export function plannedMinutes({ startsAt, endsAt }: HalfDay): number {
  return Math.floor((endsAt.getTime() - startsAt.getTime()) / MINUTE_MS);
}

/** The half-day at whose door somebody is: from 30 minutes before its beginning to 30 minutes after it (TRN-4.5); its index. */
export function halfDayAtDoor(halfDays: readonly HalfDay[], now: Date): number | undefined {
  const index = halfDays.findIndex(({ startsAt }) => Math.abs(now.getTime() - startsAt.getTime()) <= DOOR_MINUTES * MINUTE_MS);
  return index < 0 ? undefined : index;
}

/** Whole minutes from the arrival to the end of the half-day; who comes early has all of it. */
export function minutesFrom(halfDay: HalfDay, arrivedAt: Date): number {
  const late = Math.max(0, Math.ceil((arrivedAt.getTime() - halfDay.startsAt.getTime()) / MINUTE_MS));
  return Math.max(0, plannedMinutes(halfDay) - late);
}

/** Completion by presence: attended ÷ planned ≥ 0.80, in whole numbers (TRN-4.5). */
export function isPresentEnough(attended: number, planned: number): boolean {
  return planned > 0 && attended * 100 >= planned * NEEDED_PERCENT;
}

export interface Performance {
  readonly attended: number;
  readonly planned: number;
  readonly hasAnsweredQuestionnaire: boolean;
  /** NONE where the course has no test. */
  readonly test: 'NONE' | 'PASSED' | 'OPEN';
}

/** The completion of a classroom course (TRN-4.5): presence decides at once, questionnaire and test may still come. */
export function completionOf({ attended, planned, hasAnsweredQuestionnaire, test }: Performance): 'COMPLETE' | 'FAIL' | 'OPEN' {
  if (!isPresentEnough(attended, planned)) return 'FAIL';
  return hasAnsweredQuestionnaire && test !== 'OPEN' ? 'COMPLETE' : 'OPEN';
}

/** The proof in a door token: bound to session and learner (TRN-4.5). 16 bytes. */
export function doorProof(key: Buffer, sessionId: string, enrolmentId: string): Buffer {
  return createHmac('sha256', key).update(`door\0${sessionId}\0${enrolmentId}`).digest().subarray(0, 16);
}
