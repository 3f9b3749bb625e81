const HOUR = 3_600_000;
const JAPAN = 9 * HOUR;
const RUN_HOUR = 2;

/** Lists of an authority: of the certificates it issued to authorities, and to holders (JPKI 4.3). */
export const LISTS = ['ARL', 'CRL'] as const;
export type List = (typeof LISTS)[number];

/** A list of authority certificates lives 35 days, one of holder certificates 48 hours (JPKI 4.8). */
export const LIST_LIFE_MS: Readonly<Record<List, number>> = { ARL: 35 * 24 * HOUR, CRL: 48 * HOUR };
/** Former issues that stay readable (JPKI 4.8: at least 14). */
export const KEPT_ISSUES = 20;

/** The regular run that should have been done by now: of holders' lists the day in Japan on which it fell due at 02:00, of the others the month. */
export function regularRun(list: List, now: Date): string {
  if (list === 'CRL') return new Date(now.getTime() + JAPAN - RUN_HOUR * HOUR).toISOString().slice(0, 10);
  return new Date(now.getTime() + JAPAN).toISOString().slice(0, 7);
}

/** Certificates that ended until then are left out: an entry stays through one regular list after its certificate's end (RFC 5280 3.3). */
export function cutoffOf(lastRegular: Date | null): Date {
  return lastRegular ?? new Date(0);
}
