import { addDays, localDateInJapan, type LocalDate } from '#kernel';
import { cardIssuanceProblems } from '#contracts/card-issuance';
import { decisiveBirthDate, needsRepresentative } from '../card/validity.js';

/** States of an application (CARD-3.3). */
export const APPLICATION_STATES = ['RECEIVED', 'UNDER_REVIEW', 'DEFICIENT', 'APPROVED', 'REFUSED', 'ORDERED', 'FULFILLED', 'WITHDRAWN', 'INVALIDATED', 'LAPSED'] as const;
export type ApplicationState = (typeof APPLICATION_STATES)[number];

/** States in which a second application of the person is a duplicate (CARD-4.3). */
export const OPEN_STATES: readonly ApplicationState[] = ['RECEIVED', 'UNDER_REVIEW', 'DEFICIENT', 'APPROVED', 'ORDERED'];

export const CHANNELS = ['MAIL', 'PC', 'SMARTPHONE', 'PHOTO_BOOTH', 'COUNTER', 'VISIT_AT_APPLICATION'] as const;

/** Where an official stands before the applicant: only a municipality may say so (CARD-4.3). Refuses CHANNEL_NOT_PERMITTED. */
export function requireChannel(channel: (typeof CHANNELS)[number], institution: string): void {
  const faceToFace = channel === 'COUNTER' || channel === 'VISIT_AT_APPLICATION';
  if (faceToFace && institution !== 'municipality') throw cardIssuanceProblems.refuse('CHANNEL_NOT_PERMITTED', { facts: { channel } });
}

/** Deficiencies of photo and form that a person finds (CARD-4.3); P02 is found by machine at intake. */
export const DEFICIENCIES = [
  'P01', 'P02', 'P03', 'P04', 'P05', 'P06', 'P07', 'P08', 'P09', 'P10', 'F01', 'F02', 'F03', 'F04', 'F05', 'F06', 'F07', 'F08',
] as const;

/** What the register says of the applicant. */
export interface Applicant {
  readonly factVersion: number;
  readonly status: string;
  readonly municipalityCode: string;
  readonly birthDate: string;
}

/** What intake knows when it decides. */
export interface Intake {
  readonly formMunicipality: string;
  readonly wishSign: boolean;
  readonly representative: boolean;
  readonly holdsValidCard: boolean;
  readonly person: Applicant | undefined;
}

/** The automatic checks of CARD-4.3, in the order in which an applicant can mend them; gives the version of the facts that were checked. Refuses F07, F05, FORM_OUTDATED, F06, F01, WISH_NOT_ALLOWED. */
export function decideIntake(intake: Intake, now: Date): number {
  const { person } = intake;
  if (person?.status === 'DECEASED') throw cardIssuanceProblems.refuse('F07');
  if (person === undefined || person.status !== 'RESIDENT') throw cardIssuanceProblems.refuse('F05');
  // A form printed before a move is of no use (CARD-4.3).
  if (person.municipalityCode !== intake.formMunicipality) throw cardIssuanceProblems.refuse('FORM_OUTDATED');
  if (intake.holdsValidCard) throw cardIssuanceProblems.refuse('F06');
  if (!needsRepresentative(decisiveBirthDate(person.birthDate), localDateInJapan(now))) return person.factVersion;
  if (!intake.representative) throw cardIssuanceProblems.refuse('F01');
  if (intake.wishSign) throw cardIssuanceProblems.refuse('WISH_NOT_ALLOWED');
  return person.factVersion;
}

const SAME_SUBMISSION_HOURS = 24;

/** What to do when the person has an open application already. */
export function decideRepetition(
  open: { readonly applicationId: string; readonly state: ApplicationState; readonly channel: string; readonly photoHash: Buffer; readonly receivedAt: Date },
  submitted: { readonly applicationId: string; readonly channel: string; readonly photoHash: Buffer },
  now: Date,
): 'FIRST_ANSWER' | 'RESUBMISSION' {
  const hours = (now.getTime() - open.receivedAt.getTime()) / 3_600_000;
  if (open.channel === submitted.channel && open.photoHash.equals(submitted.photoHash) && hours <= SAME_SUBMISSION_HOURS) return 'FIRST_ANSWER';
  if (open.state === 'DEFICIENT' && open.applicationId === submitted.applicationId) return 'RESUBMISSION';
  throw cardIssuanceProblems.refuse('DUPLICATE');
}

const RESUBMISSION_DAYS = 90;

/** Last day on which a deficient application may be sent in again (CARD-3.3). */
export function resubmissionEnd(now: Date): LocalDate {
  return addDays(localDateInJapan(now), RESUBMISSION_DAYS);
}

/** Whether a token lets a deficient application in again. Refuses BAD_STATE, TOKEN_INVALID, also when its time is over. */
export function decideResubmission(application: { readonly state: ApplicationState; readonly tokenHash: Buffer | null; readonly deficientUntil: string | null }, shown: Buffer, now: Date): void {
  const { state, tokenHash, deficientUntil } = application;
  if (tokenHash === null || !tokenHash.equals(shown) || deficientUntil === null || localDateInJapan(now) > deficientUntil) throw cardIssuanceProblems.refuse('TOKEN_INVALID');
  if (state !== 'DEFICIENT') throw cardIssuanceProblems.refuse('BAD_STATE', { facts: { state } });
}

/** Until its card is ordered an application may be withdrawn, for instance because the lost card was found (CARD-3.3, CARD-4.9), and the end of a stay told (CARD-4.6). Refuses BAD_STATE. */
export function requireNotOrdered(state: ApplicationState): void {
  if (!['RECEIVED', 'UNDER_REVIEW', 'DEFICIENT', 'APPROVED'].includes(state)) throw cardIssuanceProblems.refuse('BAD_STATE', { facts: { state } });
}

/** Whether the municipality has yet to tell until when a foreign resident may stay: it was never told, or is over by now (CARD-4.6). */
export function awaitsStay({ stayAwaited, stayEnd }: { readonly stayAwaited: boolean; readonly stayEnd: string | null }, today: LocalDate): boolean {
  return stayAwaited || (stayEnd !== null && stayEnd < today);
}

/** While one examiner has it, no other decides. Refuses ASSIGNED_TO_OTHER. */
export function requireExaminer(application: { readonly assignedTo: string | null; readonly assignedUntil: Date | null }, examiner: string, now: Date): void {
  const { assignedTo, assignedUntil } = application;
  if (assignedTo !== null && assignedTo !== examiner && assignedUntil !== null && assignedUntil > now) throw cardIssuanceProblems.refuse('ASSIGNED_TO_OTHER');
}

export interface Review {
  readonly decision: 'APPROVED' | 'DEFICIENT' | 'REFUSED';
  readonly examiner: string;
}

export type ReviewOutcome = { readonly state: 'APPROVED' | 'DEFICIENT' | 'REFUSED' } | { readonly state: 'UNDER_REVIEW'; readonly refusalProposedBy: string };

/** A refusal counts when a second examiner says the same (CARD-3.3). Refuses BAD_STATE, SAME_EXAMINER. */
export function decideReview(application: { readonly state: ApplicationState; readonly refusalProposedBy: string | null }, review: Review): ReviewOutcome {
  if (application.state !== 'RECEIVED' && application.state !== 'UNDER_REVIEW') throw cardIssuanceProblems.refuse('BAD_STATE', { facts: { state: application.state } });
  if (review.decision !== 'REFUSED') return { state: review.decision };
  if (application.refusalProposedBy === null) return { state: 'UNDER_REVIEW', refusalProposedBy: review.examiner };
  if (application.refusalProposedBy === review.examiner) throw cardIssuanceProblems.refuse('SAME_EXAMINER');
  return { state: 'REFUSED' };
}
