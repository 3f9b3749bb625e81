import { isSameOfficer } from '#kernel';
import { registerFault, type EarlierAssignment, type NumberRequest, type RegisterEntry, type RequestFault } from '../assignment/assignment.js';

/** Change of a number because of a leak (番号法7条2項), from the filing to its last consequence (NUM-3.3). */
export const CASE_STATES = ['FILED', 'OPENED_EX_OFFICIO', 'EVIDENCE', 'GRANTED', 'DENIED', 'NEW_NUMBER_DESIGNATED', 'CONSEQUENCES_DONE', 'CLOSED'] as const;
export type CaseState = (typeof CASE_STATES)[number];

export const CASE_KINDS = ['ON_REQUEST', 'EX_OFFICIO'] as const;
export type CaseKind = (typeof CASE_KINDS)[number];

/** What the case is about in the words of the form; those of the second list never lead to another number. */
export const LEAKS = ['CARD_LOST', 'CARD_STOLEN', 'NOTICE_LOST', 'DISCLOSED', 'OTHER_LEAK'] as const;
export const NO_GROUNDS = ['MARRIAGE', 'MOVE', 'NATURALISATION', 'DISLIKE'] as const;
export const OCCASIONS = [...LEAKS, ...NO_GROUNDS] as const;
export type Occasion = (typeof OCCASIONS)[number];

/** Documents by which the mayor made sure who asks (番号法16条). */
export const IDENTITY_CHECKS = ['NUMBER_CARD', 'NOTICE_AND_PHOTO', 'NOTICE_AND_TWO_PAPERS'] as const;

/** Why no card with the former number can come back, as an officer states it. */
export const NO_CARD = ['NEVER_ISSUED', 'LOST', 'DESTROYED'] as const;

/** The card with the former number is back, or there is none (NUM-3.3). */
export interface CardProof {
  readonly cardSerial?: string | undefined;
  readonly noCard?: (typeof NO_CARD)[number] | undefined;
}

export interface ChangeCase {
  readonly kind: CaseKind;
  readonly occasion: Occasion;
  readonly state: CaseState;
  readonly filedBy: string;
  /** What the evidence has shown; null before it. */
  readonly leaked: boolean | null;
  readonly misuseRisk: boolean | null;
}

export type CaseStep = 'EXAMINE' | 'GRANT' | 'DENY' | 'DESIGNATE' | 'SETTLE' | 'CLOSE';

export const CASE_STEPS: Readonly<Record<CaseStep, { readonly from: readonly CaseState[]; readonly to: CaseState }>> = {
  EXAMINE: { from: ['FILED', 'OPENED_EX_OFFICIO', 'EVIDENCE'], to: 'EVIDENCE' },
  GRANT: { from: ['EVIDENCE'], to: 'GRANTED' },
  // A grant is taken back as long as no number is drawn, or the person could file no other case.
  DENY: { from: ['EVIDENCE', 'GRANTED'], to: 'DENIED' },
  DESIGNATE: { from: ['GRANTED'], to: 'NEW_NUMBER_DESIGNATED' },
  SETTLE: { from: ['NEW_NUMBER_DESIGNATED'], to: 'CONSEQUENCES_DONE' },
  CLOSE: { from: ['CONSEQUENCES_DONE'], to: 'CLOSED' },
};

export function firstState(kind: CaseKind): CaseState {
  return kind === 'ON_REQUEST' ? 'FILED' : 'OPENED_EX_OFFICIO';
}

/** The next state or why not. A leak alone is no ground, nor a fear without a leak; another officer than the one who filed decides. */
export function stepCase(found: ChangeCase, step: CaseStep, officer: string): { readonly state: CaseState } | { readonly refusal: 'CASE_STATE' | 'SAME_OFFICER' | 'NO_GROUND' } {
  const { from, to } = CASE_STEPS[step];
  if (!from.includes(found.state)) return { refusal: 'CASE_STATE' };
  const decides = step === 'GRANT' || step === 'DENY';
  if (decides && isSameOfficer(officer, found.filedBy)) return { refusal: 'SAME_OFFICER' };
  if (step === 'GRANT' && !hasGround(found)) return { refusal: 'NO_GROUND' };
  return { state: to };
}

function hasGround({ occasion, leaked, misuseRisk }: ChangeCase): boolean {
  return leaked === true && misuseRisk === true && LEAKS.some((leak) => leak === occasion);
}

/** Whether this ends the matter of the card: where card-issuance has told which one the change ended, that one alone counts, and it was issued. */
export function provesCard(formerCard: string | null, { cardSerial, noCard }: CardProof): boolean {
  return cardSerial === undefined ? noCard !== undefined && (formerCard === null || noCard !== 'NEVER_ISSUED') : formerCard === null || cardSerial === formerCard;
}

export function groundOf(kind: CaseKind): 'CHANGE_ON_REQUEST' | 'CHANGE_EX_OFFICIO' {
  return kind === 'ON_REQUEST' ? 'CHANGE_ON_REQUEST' : 'CHANGE_EX_OFFICIO';
}

export type ChangeFinding =
  | { readonly outcome: 'DRAW' | 'REPEATED'; readonly personKey: string }
  | { readonly outcome: 'REFUSED'; readonly fault: RequestFault | 'CASE_NOT_GRANTED' };

/** Decides about a request for another number (NUM-5.1): for a present resident of the municipality, under its own granted case about this person. */
export function decideChange(
  entry: RegisterEntry,
  latest: EarlierAssignment | undefined,
  found: { readonly state: CaseState; readonly personKey: string; readonly municipalityCode: string } | undefined,
  request: NumberRequest,
): ChangeFinding {
  const { personKey } = entry;
  const { municipalityCode, requestId } = request;
  if (entry.found && latest !== undefined && latest.requestId === requestId && latest.municipalityCode === municipalityCode && !latest.replaceable) {
    return latest.disputed === true ? { outcome: 'REFUSED', fault: 'NUMBER_DISPUTED' } : { outcome: 'REPEATED', personKey };
  }
  const fault = registerFault(entry, municipalityCode);
  if (fault !== undefined) return { outcome: 'REFUSED', fault };
  if (found?.state !== 'GRANTED' || found.personKey !== personKey || found.municipalityCode !== municipalityCode) return { outcome: 'REFUSED', fault: 'CASE_NOT_GRANTED' };
  return { outcome: 'DRAW', personKey };
}
