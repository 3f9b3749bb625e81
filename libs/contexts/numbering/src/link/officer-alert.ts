/** Stands for whoever was asked for and is not there: a guess is a question. */
export const NOBODY = 'nobody';

export const HOUR_MS = 3_600_000;
export const DAY_MS = 24 * HOUR_MS;

/** Questions of one officer: a full hour at a counter stays below the first, an affair of one person below the second. */
export const MOST_AN_HOUR = 60;
export const MOST_FOR_ONE = 5;

/** What the officer has asked before: within an hour, and for the same person within a day. */
export interface OfficerCount {
  readonly asked: number;
  readonly samePerson: number;
}

/** The alert that this question raises, each once as its limit is reached (NUM-7: one's own or a neighbour's number). */
export function alertOf({ asked, samePerson }: OfficerCount, person: string): 'SAME_PERSON' | 'VOLUME_OFFICER' | undefined {
  if (person !== NOBODY && samePerson + 1 === MOST_FOR_ONE) return 'SAME_PERSON';
  return asked + 1 === MOST_AN_HOUR ? 'VOLUME_OFFICER' : undefined;
}
