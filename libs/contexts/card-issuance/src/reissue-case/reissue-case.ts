import { addDays, type LocalDate } from '#kernel';
import { cardIssuanceProblems, reissueCaseAssessed, reissueCaseClosed, reissueCaseLinked, reissueCaseOpened } from '#contracts/card-issuance';
import type { Card, CardState } from '../card/card.js';
import { FACE_ADDITIONS } from '../card/continued-use.js';
import type { ReissueCause } from '../fee/ordinance.js';

/** States of a re-issue (CARD-3.7). */
export const REISSUE_STATES = ['OPEN', 'FEE_ASSESSED', 'APPLICATION_LINKED', 'CLOSED'] as const;
export type ReissueState = (typeof REISSUE_STATES)[number];
export const REISSUE_EVENTS = { OPEN: reissueCaseOpened, FEE_ASSESSED: reissueCaseAssessed, APPLICATION_LINKED: reissueCaseLinked, CLOSED: reissueCaseClosed } as const;

export const LOSS_PLACES = ['HOME', 'OUTSIDE'] as const;
export const OUTCOMES = ['HANDED_OVER', 'FOUND', 'ABANDONED'] as const;

export interface ReissueCase {
  readonly caseId: string;
  /** The card that another is to replace. */
  readonly cardSerial: string;
  readonly personKey: string;
  readonly municipalityCode: string;
  readonly cause: ReissueCause;
  readonly lossPlace: (typeof LOSS_PLACES)[number] | null;
  readonly state: ReissueState;
  readonly outcome: (typeof OUTCOMES)[number] | null;
  readonly cardYen: number | null;
  readonly certificatesYen: number | null;
  readonly waiver: string | null;
  readonly applicationId: string | null;
  readonly paidYen: number | null;
  readonly receiptNo: string | null;
  readonly version: number;
}

/** The way of a case, each step once; it may be closed from everywhere. */
const NEXT: Readonly<Record<ReissueState, readonly ReissueState[]>> = { OPEN: ['FEE_ASSESSED', 'CLOSED'], FEE_ASSESSED: ['APPLICATION_LINKED', 'CLOSED'], APPLICATION_LINKED: ['CLOSED'], CLOSED: [] };

/** The case in its next state. Refuses BAD_STATE. */
export function advance(found: ReissueCase, to: ReissueState, what: Partial<ReissueCase> = {}): ReissueCase {
  if (!NEXT[found.state].includes(to)) throw cardIssuanceProblems.refuse('BAD_STATE', { facts: { state: found.state, to } });
  return { ...found, ...what, state: to, version: found.version + 1 };
}

/** Days before its end in which an expiring card may be replaced free of charge [L]. */
const RENEWAL_DAYS = 90;
const HELD_ONCE: readonly CardState[] = ['ACTIVE', 'SUSPENDED', 'EXPIRED', 'ABOLISHED', 'COLLECTED', 'DESTROYED'];

/**
 * Refuses BAD_STATE where the cause does not fit the card: one never handed over is not re-issued, a lost one is stopped or abolished
 * first, and the causes that are free are proven by the ledger; POLICE_REPORT_REQUIRED where a loss outside the home has no report (CARD-4.9).
 */
export function checkCause(cause: ReissueCause, card: Pick<Card, 'state' | 'chipState' | 'additions'> & { readonly expiryDate: string }, loss: { readonly place: string | undefined; readonly policeReport: boolean; readonly today: LocalDate }): void {
  const lost = cause === 'LOST' || cause === 'STOLEN';
  const fits = HELD_ONCE.includes(card.state) && card.chipState !== 'PERSONALISED' && !(lost && card.state === 'ACTIVE')
    && (cause !== 'EXPIRED' || card.state === 'EXPIRED' || card.expiryDate <= addDays(loss.today, RENEWAL_DAYS))
    && (cause !== 'NO_SPACE_ON_FACE' || card.additions >= FACE_ADDITIONS);
  if (!fits) throw cardIssuanceProblems.refuse('BAD_STATE', { facts: { state: card.state, cause } });
  if (lost && loss.place === 'OUTSIDE' && !loss.policeReport) throw cardIssuanceProblems.refuse('POLICE_REPORT_REQUIRED');
}

/** Yen to be paid for the card of a case; the certificates' part is struck when the application wishes none (CARD-4.9). */
export function caseDueYen({ cardYen, certificatesYen }: Pick<ReissueCase, 'cardYen' | 'certificatesYen'>): number {
  return (cardYen ?? 0) + (certificatesYen ?? 0);
}
