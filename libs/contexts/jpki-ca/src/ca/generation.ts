import { addDays, addYears, endOfDayInJapan, localDateInJapan, type LocalDate } from '#kernel';

/** From the plan of a key to its destruction (JPKI 3.1). */
export const GENERATION_STATES = ['PLANNED', 'KEY_GENERATED', 'CERTIFIED', 'ACTIVE', 'RETIRING', 'COMPROMISED', 'CLOSED'] as const;
export type GenerationState = (typeof GENERATION_STATES)[number];

/** A key of a ceremony that was aborted is destroyed, and its generation planned again; one that leaks before it begins to issue never does. */
export const NEXT_GENERATION_STATES: Readonly<Record<GenerationState, readonly GenerationState[]>> = {
  PLANNED: ['KEY_GENERATED'],
  KEY_GENERATED: ['CERTIFIED', 'PLANNED'],
  CERTIFIED: ['ACTIVE', 'COMPROMISED'],
  ACTIVE: ['RETIRING', 'COMPROMISED'],
  RETIRING: ['CLOSED', 'COMPROMISED'],
  COMPROMISED: ['CLOSED'],
  CLOSED: [],
};

/** Certificates are public from the end of the ceremony on, and stay so (JPKI 3.1). */
export const PUBLISHED_STATES: readonly GenerationState[] = ['CERTIFIED', 'ACTIVE', 'RETIRING', 'COMPROMISED', 'CLOSED'];
/** Sign revocation lists and certificates of responders. */
export const ANSWERING_STATES: readonly GenerationState[] = ['ACTIVE', 'RETIRING', 'COMPROMISED'];

const LONGEST_YEARS = 6;
const PLANNING_DAYS = 90;
const NOTICE_DAYS = 30;
const DAY_MS = 86_400_000;

/** A generation issues no later than this, so that no certificate outlives its root (JPKI 4.11). */
export function lastIssuing(rootEnd: Date): Date {
  return endOfDayInJapan(addYears(localDateInJapan(rootEnd), -LONGEST_YEARS));
}

/** The ceremony of the next generation is held no later than on this day (JPKI 4.11). */
export function nextCeremonyBy(rootEnd: Date): LocalDate {
  return addDays(addYears(localDateInJapan(rootEnd), -LONGEST_YEARS), -PLANNING_DAYS);
}

export interface IssuingGeneration {
  readonly notAfter: Date;
  /** Somebody has reported its key as leaked; until that is settled nothing is issued. */
  readonly reportedBy: string | null;
}

export function mayIssue({ notAfter, reportedBy }: IssuingGeneration, now: Date): boolean {
  return reportedBy === null && now.getTime() <= lastIssuing(notAfter).getTime();
}

/**
 * When a certified generation may begin: as planned, and not before everybody had 30 days to take its root over (JPKI 4.11). Where no
 * generation issues, at the beginning or after a compromise, nobody waits.
 */
export function activationFrom(planned: Date, certifiedAt: Date, succeeds: boolean): Date {
  const noticed = succeeds ? certifiedAt.getTime() + NOTICE_DAYS * DAY_MS : 0;
  return new Date(Math.max(planned.getTime(), noticed));
}

export interface ClosingGeneration {
  readonly state: GenerationState;
  /** End of the last certificate of it that was issued; of a compromised one, of the last that is not revoked. */
  readonly lastEnd: Date | undefined;
}

/** RETIRING ends with the last subordinate certificate and the lists that may still name it; COMPROMISED as soon as all is revoked (JPKI 3.1). */
export function isClosable({ state, lastEnd }: ClosingGeneration, crlLifeMs: number, now: Date): boolean {
  if (!NEXT_GENERATION_STATES[state].includes('CLOSED')) return false;
  return lastEnd === undefined || now.getTime() > lastEnd.getTime() + (state === 'RETIRING' ? crlLifeMs : 0);
}
