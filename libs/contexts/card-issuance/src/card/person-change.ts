import type { LocalDate } from '#kernel';
import type { AbolishReason, Card } from './card.js';
import { BEFORE_HANDOVER, isInUse } from './card.js';

/** What a fact about a person means for their cards and applications (CARD-4.13). */
export interface PersonChange {
  readonly personKey: string;
  readonly factVersion: number;
  /** Where the fact was registered. */
  readonly municipalityCode: string;
  /** DEPARTING: leaves the country on a day to come. RETURNED: a mistaken record was struck, another stands. RESTORED: a closed record was opened again. */
  readonly kind: 'MOVED_IN' | 'MOVED_OUT' | 'DEPARTING' | 'RETURNED' | 'RESTORED' | 'FACE_CHANGED' | 'ENDED' | 'NO_EFFECT';
  /** Why a card in use ends; undefined when it goes on. */
  readonly abolish?: AbolishReason;
  /** Day on which the fact was told, for the deadline of continued use. */
  readonly toldOn: LocalDate;
  /** Legal day of the fact: the planned day of a move-out, the actual one of a move-in. */
  readonly on: LocalDate;
}

/** A deleted record ends everything, unless another one of the person stands: to card and application that is a move there (CARD-4.9; JUKI-4.3, 26). */
export function afterDeletion(municipalityCode: string, returnsTo: string | undefined): Pick<PersonChange, 'kind' | 'abolish' | 'municipalityCode'> {
  return returnsTo === undefined ? { kind: 'ENDED', abolish: 'RECORD_DELETED', municipalityCode } : { kind: 'RETURNED', municipalityCode: returnsTo };
}

/** Who leaves the country ends the card on the planned day; told on it or later, at once (CARD-4.9, 4.10). */
export function afterDeparture(abroad: boolean, on: LocalDate, toldOn: LocalDate): Pick<PersonChange, 'kind' | 'abolish'> {
  if (!abroad) return { kind: 'MOVED_OUT' };
  return on >= toldOn ? { kind: 'DEPARTING' } : { kind: 'ENDED', abolish: 'MOVED_ABROAD' };
}

/** Whether an application made for this municipality loses its ground: a move or an end does that, a change of name does not (CARD-4.3). */
export function invalidates(change: PersonChange, applicationMunicipality: string): boolean {
  switch (change.kind) {
    case 'MOVED_IN':
    case 'RETURNED':
      return applicationMunicipality !== change.municipalityCode;
    case 'MOVED_OUT':
      return applicationMunicipality === change.municipalityCode;
    case 'DEPARTING':
    case 'ENDED':
      return true;
    case 'RESTORED':
    case 'FACE_CHANGED':
    case 'NO_EFFECT':
      return false;
  }
}

/** A card and the version of the facts it was made of: number and code among them, which no comparison of faces looks at. */
export type MadeCard = Card & { readonly madeOf: number };

/** Whether a card not yet handed over shows facts that are no more true, or holds a number or code that is not. */
export function withholds(change: PersonChange, card: MadeCard): boolean {
  if (change.kind === 'NO_EFFECT' || change.kind === 'RESTORED' || !BEFORE_HANDOVER.includes(card.state)) return false;
  return (change.abolish === undefined ? card.factVersion : card.madeOf) < change.factVersion;
}

/** Whether a card in use ends with the change; a card made of later facts knows of it (CARD-4.13). */
export function abolishes(change: PersonChange, card: MadeCard): boolean {
  return change.abolish !== undefined && isInUse(card.state) && card.madeOf < change.factVersion;
}
