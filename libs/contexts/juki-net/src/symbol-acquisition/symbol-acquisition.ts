import type { FoundPerson } from '../inquiry/inquiry.js';
import type { ProvisionGrant } from '../inquiry/grant.js';

export const ACQUISITION_STATES = ['RECEIVED', 'CODE_RESOLVED', 'FORWARDED', 'CONFIRMED', 'REFUSED'] as const;
export type AcquisitionState = (typeof ACQUISITION_STATES)[number];
/** Why the exchange network makes no symbol. */
export const REFUSAL_REASONS = ['ALREADY_HAS_SYMBOL', 'CODE_UNKNOWN', 'OTHER'] as const;
export type RefusalReason = (typeof REFUSAL_REASONS)[number];

/** A request for a linkage symbol of a person (符号取得依頼, JUKI-3.7). */
export interface SymbolAcquisition {
  readonly requestId: string;
  readonly institution: string;
  readonly organisation: string;
  /** 取得番号: the organisation's own name of the request. */
  readonly acquisitionNo: string;
  readonly personKey: string;
  readonly state: AcquisitionState;
  readonly reason?: RefusalReason | undefined;
  readonly receivedAt: Date;
}

/** What may follow; RECEIVED never rests, since the person is found or not while the organisation waits. */
const NEXT: Readonly<Record<AcquisitionState, readonly AcquisitionState[]>> = {
  RECEIVED: ['CODE_RESOLVED'],
  CODE_RESOLVED: ['FORWARDED'],
  FORWARDED: ['CONFIRMED', 'REFUSED'],
  CONFIRMED: [],
  REFUSED: [],
};
const OVERDUE_HOURS = 24;

/** The acquisition number must be neither individual number nor resident code (番号法21条の2): 11 to 13 digits are refused, right or not, however they are grouped. */
export function isNumberLike(acquisitionNo: string): boolean {
  return /^\d{11,13}$/.test(acquisitionNo.replaceAll('-', ''));
}

/** The number-using affairs (番号利用事務) are those whose grant knows the number: as a key or as an item. */
export function usesNumbers({ keyKinds, items }: Pick<ProvisionGrant, 'items' | 'keyKinds'>): boolean {
  return keyKinds.includes('INDIVIDUAL_NUMBER') || items.includes('individualNumber');
}

/** The one person whom a request means; somebody recorded in two places is not certain either until that is solved (JUKI-7). */
export function personMeant(found: readonly FoundPerson[]): { readonly person: FoundPerson } | { readonly refusal: 'AMBIGUOUS' | 'NOT_FOUND' } {
  const [person, ...others] = found;
  if (person === undefined) return { refusal: 'NOT_FOUND' };
  return others.length > 0 || person.status === 'CONFLICT' ? { refusal: 'AMBIGUOUS' } : { person };
}

/** The next state; undefined when it has been reached before with the same result, so that nothing happens. */
export function stepAcquisition(
  { state, reason }: Pick<SymbolAcquisition, 'reason' | 'state'>, to: AcquisitionState, because?: RefusalReason,
): { readonly state: AcquisitionState } | { readonly refusal: 'ACQUISITION_STATE' } | undefined {
  if (state === to && reason === because) return undefined;
  return NEXT[state].includes(to) ? { state: to } : { refusal: 'ACQUISITION_STATE' };
}

/** Without a word of the exchange network for a day it is to be looked into. */
export function isOverdue({ state, receivedAt }: Pick<SymbolAcquisition, 'receivedAt' | 'state'>, now: Date): boolean {
  return (state === 'CODE_RESOLVED' || state === 'FORWARDED') && receivedAt.getTime() + OVERDUE_HOURS * 3_600_000 <= now.getTime();
}
