import { localDateInJapan } from '#kernel';
import type { Ceremony } from './custody.js';

/** NUM-4.9: three of the five officers of the ceremony. */
export const SHARES = { count: 5, quorum: 3 } as const;

/** A use of the shares by three officers, each in person: RESTORED, or a DRILL when the kept key was whole. Open until the third. */
export interface Restoration {
  readonly openedAt: string;
  readonly officers: readonly string[];
  readonly outcome: 'RESTORED' | 'DRILL' | null;
}

/** What is under way today; shares of another day do not count, as with a ceremony. */
export function openRestoration(restorations: readonly Restoration[], now: Date): Restoration | undefined {
  const last = restorations.at(-1);
  return last?.outcome === null && localDateInJapan(new Date(last.openedAt)) === localDateInJapan(now) ? last : undefined;
}

/** Only the key that draws is backed up, by the five officers of its ceremony. */
export function holderFault({ state, custodians }: Ceremony, officer: string): 'CEREMONY_STATE' | 'NOT_CUSTODIAN' | undefined {
  if (state !== 'KEY_ACTIVE') return 'CEREMONY_STATE';
  return custodians.some((custodian) => custodian.officer === officer) ? undefined : 'NOT_CUSTODIAN';
}
