export const ATTEMPT_STATES = ['OPEN', 'SUBMITTED', 'GRADED'] as const;
export type AttemptState = (typeof ATTEMPT_STATES)[number];

/** After so many attempts comes the lock (TRN-4.7). */
export const ATTEMPTS = 3;
const LOCK_MS = 24 * 3_600_000;
const GRACE_MS = 30_000;

/** Until when no further attempt may be opened: for 24 hours after each third one; undefined when one may be. */
export function lockedUntil(ended: readonly Date[], now: Date): Date | undefined {
  if (ended.length === 0 || ended.length % ATTEMPTS !== 0) return undefined;
  const until = new Date(Math.max(...ended.map((at) => at.getTime())) + LOCK_MS);
  return now < until ? until : undefined;
}

/** Whether the time limit is over, 30 seconds of grace included, by the server's clock. */
export function isTimeOver(dueAt: Date, now: Date): boolean {
  return now.getTime() > dueAt.getTime() + GRACE_MS;
}

/** The latest `dueAt` of attempts whose time is over at `now`. */
export function overdueBefore(now: Date): Date {
  return new Date(now.getTime() - GRACE_MS);
}
