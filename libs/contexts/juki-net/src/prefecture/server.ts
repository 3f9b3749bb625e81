import { isPrefectureNumber, PREFECTURES, type PrefectureNumber, toPrefectureNumber } from '#kernel';
import type { PersonStatus } from '../resident/person-status.js';

export const NATIONAL = 'NATIONAL';
/** A prefecture's server, by the number of the prefecture, or the national one. */
export type Server = PrefectureNumber | typeof NATIONAL;

/** All servers: those of the prefectures (47 and the fictional one), then the national one. */
export const SERVERS: readonly Server[] = [...PREFECTURES.map(({ number }) => number), NATIONAL];

export const SERVER_STATES = ['OPEN', 'CLOSED'] as const;
export type ServerState = (typeof SERVER_STATES)[number];

/** A server that is closed for maintenance, and since when. */
export interface Closure {
  readonly server: string;
  readonly since: Date;
}

export function isServer(text: string): text is Server {
  return text === NATIONAL || isPrefectureNumber(text);
}

/** The server that keeps a municipality's records. */
export function serverOf(municipalityCode: string): PrefectureNumber {
  return toPrefectureNumber(municipalityCode.slice(0, 2));
}

/** A server is opened or closed, never set to what it is: the note would tell of an outage that there was not. */
export function stateFault(before: ServerState, after: ServerState): 'SERVER_STATE' | undefined {
  return before === after ? 'SERVER_STATE' : undefined;
}

/** Why a notice of a municipality must wait: both of its servers apply it, or neither (JUKI-3.3, 7). */
export function noticeFault(closed: readonly string[]): 'PREFECTURE_CLOSED' | 'NATIONAL_CLOSED' | undefined {
  if (closed.some((server) => server !== NATIONAL)) return 'PREFECTURE_CLOSED';
  return closed.includes(NATIONAL) ? 'NATIONAL_CLOSED' : undefined;
}

/**
 * Of which moment an answer is (JUKI-7): what a closed server did not take in any more is not in it. `told` are the municipalities of the
 * persons told; an answer that names nobody may be wrong by any server within the asker's reach.
 */
export function asOf(now: Date, closures: readonly Closure[], { told, within }: { readonly told: readonly string[]; readonly within: string }): Date {
  const isTold = (server: string): boolean => (told.length > 0 ? told.some((code) => code.startsWith(server)) : server.startsWith(within.slice(0, 2)));
  const concerned = closures.filter(({ server }) => server === NATIONAL || isTold(server));
  return concerned.reduce((earliest, { since }) => (since < earliest ? since : earliest), now);
}

/** While the national server is closed, organs of a prefecture and of its municipalities are answered by their prefecture's copy, others not at all (JUKI-7). */
export function isAnsweredByCopy(institution: string): boolean {
  return institution === 'prefecture' || institution === 'municipality';
}

/** Of whom a prefecture's copy can speak alone: whoever lives there by it. What became of others the national server knows. */
export function isOwnResident(status: PersonStatus): boolean {
  return status === 'RESIDENT' || status === 'CONFLICT';
}
