import { addYears, compareDates, daysBetween, localDateInJapan, toLocalDate, type LocalDate } from '#kernel';

/** NUM-3.7. */
export const CEREMONY_STATES = ['PLANNED', 'WITNESSED', 'KEY_ACTIVE', 'ROTATED', 'DESTROYED'] as const;
export type CeremonyState = (typeof CEREMONY_STATES)[number];

/** EMBEDDED_DEFAULT: the software store's key of the first start, without any ceremony; not for production. */
export const ORIGINS = ['CEREMONY', 'EMBEDDED_DEFAULT'] as const;

/** An officer who is to witness the ceremony; `attendedAt` once he has said so himself. */
export interface Custodian {
  readonly officer: string;
  readonly unit: string;
  readonly attendedAt: string | null;
}

/** NUM-4.9: three of five officers, from three units. */
const OFFICERS = 5;
const QUORUM = 3;
const UNITS = 3;

/** What is wrong with the officers of a plan. */
export function custodianFault(custodians: readonly Omit<Custodian, 'attendedAt'>[]): 'OFFICERS' | 'UNITS' | undefined {
  if (custodians.length !== OFFICERS || new Set(custodians.map(({ officer }) => officer)).size !== OFFICERS) return 'OFFICERS';
  return unitsOf(custodians) < UNITS ? 'UNITS' : undefined;
}

/** Whether enough of them were there. */
export function isWitnessed(custodians: readonly Custodian[]): boolean {
  const present = custodians.filter(({ attendedAt }) => attendedAt !== null);
  return present.length >= QUORUM && unitsOf(present) >= UNITS;
}

function unitsOf(custodians: readonly { readonly unit: string }[]): number {
  return new Set(custodians.map(({ unit }) => unit)).size;
}

export interface Ceremony {
  readonly state: CeremonyState;
  readonly heldOn: string;
  readonly custodians: readonly Custodian[];
  readonly minutesBy: string | null;
  readonly activatedAt: Date | null;
  readonly rotatedAt: Date | null;
  /** The officer who has asked for the destruction. */
  readonly destructionBy: string | null;
}

export type CeremonyStep = 'ATTEND' | 'RECORD' | 'ACTIVATE' | 'ASK_DESTRUCTION' | 'DESTROY';
export type CeremonyFault = 'CEREMONY_DAY' | 'CEREMONY_STATE' | 'KEY_IN_USE' | 'MINUTES_MISSING' | 'NOT_CUSTODIAN' | 'SAME_OFFICER';

/** ROTATED follows from the activation of the next key. */
export const CEREMONY_STEPS: Readonly<Record<CeremonyStep, { readonly from: readonly CeremonyState[]; readonly by: 'CUSTODIAN' | 'WITNESS' | 'OFFICER' }>> = {
  ATTEND: { from: ['PLANNED', 'WITNESSED'], by: 'CUSTODIAN' },
  RECORD: { from: ['WITNESSED'], by: 'WITNESS' },
  ACTIVATE: { from: ['WITNESSED'], by: 'WITNESS' },
  ASK_DESTRUCTION: { from: ['ROTATED'], by: 'OFFICER' },
  DESTROY: { from: ['ROTATED'], by: 'OFFICER' },
};

/** By then every process has forgotten a key that it may not draw with any more. */
const REST_MS = 3_600_000;

/**
 * Why an officer may not take the step now (NUM-3.7, NUM-4.9). A ceremony is held on its day, before its witnesses; the key is made by
 * another witness than the one who wrote the minutes, and destroyed by another officer than the one who asked for it.
 */
export function ceremonyFault(ceremony: Ceremony, step: CeremonyStep, { officer, now }: { readonly officer: string; readonly now: Date }): CeremonyFault | undefined {
  const { from, by } = CEREMONY_STEPS[step];
  if (!from.includes(ceremony.state)) return 'CEREMONY_STATE';
  if (by !== 'OFFICER') {
    if (localDateInJapan(now) !== ceremony.heldOn) return 'CEREMONY_DAY';
    const custodian = ceremony.custodians.find((candidate) => candidate.officer === officer);
    if (custodian === undefined || (by === 'WITNESS' && custodian.attendedAt === null)) return 'NOT_CUSTODIAN';
    if (step !== 'ACTIVATE') return undefined;
    if (ceremony.minutesBy === null) return 'MINUTES_MISSING';
    return ceremony.minutesBy === officer ? 'SAME_OFFICER' : undefined;
  }
  if (now.getTime() - (ceremony.rotatedAt?.getTime() ?? 0) < REST_MS) return 'KEY_IN_USE';
  if (step === 'ASK_DESTRUCTION') return undefined;
  if (ceremony.destructionBy === null) return 'CEREMONY_STATE';
  return ceremony.destructionBy === officer ? 'SAME_OFFICER' : undefined;
}

/** A key is used for a year (NUM-4.9). */
export function rotationDueOn(activatedAt: Date): LocalDate {
  return addYears(localDateInJapan(activatedAt), 1);
}

export type Reminder = 'ROTATION_DUE' | 'ROTATION_OVERDUE' | 'DESTRUCTION_DUE';

/** The officers are told from so many days before. */
const NOTICE_DAYS = 30;

/** What is to be done about a key, as far as it is time; an old key has no use, since nothing is ever computed again. */
export function reminderOf({ state, activatedAt }: Pick<Ceremony, 'state' | 'activatedAt'>, today: string): Reminder | undefined {
  if (state === 'ROTATED') return 'DESTRUCTION_DUE';
  if (state !== 'KEY_ACTIVE' || activatedAt === null) return undefined;
  const dueOn = rotationDueOn(activatedAt);
  if (compareDates(toLocalDate(today), dueOn) >= 0) return 'ROTATION_OVERDUE';
  return daysBetween(toLocalDate(today), dueOn) <= NOTICE_DAYS ? 'ROTATION_DUE' : undefined;
}
