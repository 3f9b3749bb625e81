import type { DifferenceClass } from '../reconciliation/reconciliation.js';

export const CHAIN_RUN_STATES = ['COMPARING', 'COMPLETED', 'ABANDONED'] as const;
export type ChainRunState = (typeof CHAIN_RUN_STATES)[number];

/** What a prefecture says of a difference; it is repaired by the municipality's notices alone (JUKI-4.6). */
export const CHAIN_EXPLANATIONS = ['RESEND_ORDERED', 'NOTICE_UNDER_WAY', 'UNDER_SURVEY', 'SYSTEM_FAULT'] as const;
export type ChainExplanation = (typeof CHAIN_EXPLANATIONS)[number];

/** One stay of a person as two copies have it; a version is missing where the copy has no present record of it. */
export interface TwoCopies {
  readonly municipalityCode: string;
  readonly personKey: string;
  readonly stay: number;
  readonly prefectureVersion: number | null;
  readonly nationalVersion: number | null;
}

/** The class of a stay whose two copies are not equal (JUKI-4.6); the national one is above. */
export function chainClass({ prefectureVersion, nationalVersion }: Pick<TwoCopies, 'prefectureVersion' | 'nationalVersion'>): DifferenceClass {
  if (nationalVersion === null) return 'MISSING_UP';
  if (prefectureVersion === null) return 'MISSING_DOWN';
  return prefectureVersion === nationalVersion ? 'CONTENT' : 'STALE';
}

/** That a resend is ordered can be said only of an order that was given. */
export function chainExplainFault(reason: ChainExplanation, wasOrdered: boolean): 'RESEND_NOT_ORDERED' | undefined {
  return reason === 'RESEND_ORDERED' && !wasOrdered ? 'RESEND_NOT_ORDERED' : undefined;
}
