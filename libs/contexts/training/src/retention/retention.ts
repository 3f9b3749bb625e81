/** Kinds of records that are forgotten, in this order: what others count from comes before what they count by (TRN-9). */
export const PURGED = ['STATEMENT', 'SESSION', 'REGISTRATION', 'VIEWING', 'EXTERNAL_COMPLETION', 'MESSAGE'] as const;
export type Purged = (typeof PURGED)[number];

const STATEMENT_YEARS = 2;
const RECORD_YEARS = 5;

/** Records of this kind from before it are forgotten: statements after two years, all others of learning after five (TRN-9, own decision). */
export function forgottenBefore(kind: Purged, now: Date): Date {
  const before = new Date(now);
  before.setUTCFullYear(before.getUTCFullYear() - (kind === 'STATEMENT' ? STATEMENT_YEARS : RECORD_YEARS));
  return before;
}
