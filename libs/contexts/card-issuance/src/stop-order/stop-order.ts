import { addressKey, kanaKeyStrict } from '#kernel';
import { cardIssuanceProblems } from '#contracts/card-issuance';
import type { CardState } from '../card/card.js';

export const STOP_CHANNELS = ['PHONE', 'WEB', 'COUNTER'] as const;
/** From the end of the call to the ledger, for 95 of 100 (CARD-4.9). */
export const STOP_SECONDS = 5;
export const LOSS_PLACES = ['HOME', 'OUTSIDE', 'UNKNOWN'] as const;
export type Confidence = 'HIGH' | 'LOW';

/** What the caller says of the holder. */
export interface CallerFacts {
  readonly nameKana: string;
  readonly birthDate: string;
  readonly address?: string | undefined;
}

/** What the register says. */
export interface RegisteredFacts {
  readonly nameKana: string;
  readonly birthDate: string;
  readonly address: string;
}

/** How many of name, birth date and address agree, compared as the register compares (JUKI-4.8); 0 to 3. */
export function matchingFacts(caller: CallerFacts, registered: RegisteredFacts): number {
  const sameName = kanaKeyStrict(caller.nameKana) === kanaKeyStrict(registered.nameKana);
  const sameBirthDate = caller.birthDate.replaceAll('-', '') === registered.birthDate;
  const sameAddress = caller.address !== undefined && addressKey(caller.address) === addressKey(registered.address);
  return [sameName, sameBirthDate, sameAddress].filter(Boolean).length;
}

/**
 * How sure it is that the caller is the holder (CARD-4.9): three of three, or two with a detail of the card or of the notice.
 * A weaker match stops all the same, because a false stop is cheap and a missed one is not; `matched` is undefined when the
 * register did not answer. Refuses NO_MATCH when nothing at all agrees.
 */
export function confidenceOf(matched: number | undefined, knowsCardDetail: boolean): Confidence {
  if (matched === undefined) return 'LOW';
  if (matched === 3 || (matched === 2 && knowsCardDetail)) return 'HIGH';
  if (matched === 0) throw cardIssuanceProblems.refuse('NO_MATCH');
  return 'LOW';
}

/** What a stop order does to the card. Refuses ALREADY_ABOLISHED, BAD_STATE for a card that nobody holds. */
export function decideStop(state: CardState): 'SUSPEND' | 'NOTHING' {
  if (state === 'ACTIVE') return 'SUSPEND';
  if (state === 'SUSPENDED') return 'NOTHING';
  if (state === 'ABOLISHED') throw cardIssuanceProblems.refuse('ALREADY_ABOLISHED');
  throw cardIssuanceProblems.refuse('BAD_STATE', { facts: { state } });
}
