import type { Organisation } from '../ca/ca.js';
import type { ResponderLife } from '../ocsp/ocsp.js';

/** Who seals the agency's records: the time-stamp authority, and the audit trail, whose key is not the authorities' (JPKI 4.14). */
export const SEALING_ROLES = ['tsa', 'audit'] as const;
export type SealingRole = (typeof SEALING_ROLES)[number];

/** Time-stamp policy of each organisation, beside its certificate policies. */
export const TIMESTAMP_POLICY: Readonly<Record<Organisation, string>> = {
  'JPKI': '1.2.392.200149.8.5.1.1.90',
  'JPKI-TEST': '1.2.392.200149.8.5.1.0.90',
};

/** Accuracy of the times: a second (JPKI 4.3). */
export const ACCURACY_MICROS = 1_000_000;

const LIFE_DAYS = 365;
const DAY_MS = 86_400_000;

/** A year, and no longer than the authority. */
export function sealingLife(now: Date, authorityEnd: Date): ResponderLife {
  const notBefore = new Date(Math.floor(now.getTime() / 1000) * 1000);
  return { notBefore, notAfter: new Date(Math.min(notBefore.getTime() + LIFE_DAYS * DAY_MS, authorityEnd.getTime())) };
}
