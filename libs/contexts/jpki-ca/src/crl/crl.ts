const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const JAPAN = 9 * HOUR;

/** A list of revoked holder certificates lives 48 hours, one of authorities 35 days (JPKI 4.8). */
export const CRL_LIFE_MS = 48 * HOUR;
export const ARL_LIFE_MS = 35 * DAY;
/** Former issues that stay readable (JPKI 4.8: at least 14). */
export const KEPT_ISSUES = 20;
const RUN_HOUR = 2;

/** The daily run that should have been done by now, as the day in Japan on which it fell due at 02:00. */
export function dailyRun(now: Date): string {
  return new Date(now.getTime() + JAPAN - RUN_HOUR * HOUR).toISOString().slice(0, 10);
}

/** The monthly run of the lists of authorities, as year and month in Japan. */
export function monthlyRun(now: Date): string {
  return new Date(now.getTime() + JAPAN).toISOString().slice(0, 7);
}

/**
 * Certificates that ended at or before this instant are left out: each entry stays through one regularly scheduled list after
 * its certificate's end (RFC 5280 3.3). `lastScheduled` is the thisUpdate of the last regular list.
 */
export function entryCutoff(lastScheduled: Date | null): Date {
  return lastScheduled ?? new Date(0);
}

/** Entries of 37 octets with which a list comes to 10 MB (JPKI 4.18). */
const MOST_ENTRIES = 270_000;
/**
 * Entries expected of a certificate, at 0.095 changes of the four attributes a year (JPKI 4.18). The certificates of one list grow old together: at the end of their five
 * years all that were ever revoked stand in it, more than the 0.257 of a list that certificates of all ages go on coming to.
 */
export const STANDING_ENTRIES = 1 - Math.exp(-0.095 * 5);

/** Whether a list to which so many certificates were assigned is to get no more (JPKI 4.8, 4.18). */
export function isListFull(issued: number): boolean {
  return issued * STANDING_ENTRIES >= MOST_ENTRIES;
}

/** By how much of its life a list that has no successor yet is late: 26 and 36 hours after its thisUpdate where it lives 48 (JPKI 4.8). */
export const LATENESS = ['ALARM', 'PAGE', 'STALE'] as const;
export type Lateness = (typeof LATENESS)[number];
const LEFT_MS: Readonly<Record<Lateness, number>> = { ALARM: 22 * HOUR, PAGE: 12 * HOUR, STALE: 0 };

export function lateness(nextUpdate: Date, now: Date): Lateness | undefined {
  return LATENESS.findLast((level) => nextUpdate.getTime() - now.getTime() <= LEFT_MS[level]);
}

/** A partition that was frozen before this instant has no certificate left, and had one list after the last (JPKI 3.7, 4.5): six years and a list's life. */
export function frozenLongEnough(now: Date): Date {
  return new Date(Date.UTC(now.getUTCFullYear() - 6, now.getUTCMonth(), now.getUTCDate()) - CRL_LIFE_MS);
}
