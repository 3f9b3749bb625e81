import type { PersonView } from '#contracts/juki-net';
import { addressKey, gaijiCount, kanaKeyStrict, kanjiKey } from '#kernel';
import { EFFECTIVE_FROM, type AssignmentState } from '../assignment/assignment.js';
import { isForeign, type Realm } from '../realm/realm.js';

/** What a form says of a person: the four items. */
export interface FourItems {
  readonly nameKanji: string;
  readonly nameKana?: string | undefined;
  readonly birthDate: string;
  readonly sex: string;
  readonly address: string;
}

export type VerificationResult = 'MATCH' | 'NO_MATCH' | 'UNKNOWN';

/**
 * Whether number and items are of one person (NUM-5.1). Before the Act is in force no number is anybody's. A number that nobody has, a
 * former one and wrong items have the same answer, so that guessing tells nothing of which numbers live; a disputed one is not
 * vouched for (NUM-4.8).
 */
export function verify(state: AssignmentState | undefined, person: PersonView | undefined, items: FourItems, now: Date): VerificationResult {
  if (now.toISOString() < EFFECTIVE_FROM) return 'UNKNOWN';
  if (state !== 'DESIGNATED' && state !== 'DORMANT' && state !== 'CLOSED' && state !== 'DISPUTED') return 'NO_MATCH';
  if (person === undefined || !sameItems(person, items)) return 'NO_MATCH';
  return state === 'DISPUTED' ? 'UNKNOWN' : 'MATCH';
}

function sameItems(person: PersonView, items: FourItems): boolean {
  return person.birthDate === items.birthDate && person.sex === items.sex && sameName(person, items) && addressKey(person.address) === addressKey(items.address);
}

/** By the keys of JUKI-4.8, the alias too. Where a character of the name is in no standard the reading decides, or nothing does. */
function sameName(person: PersonView, { nameKanji, nameKana }: FourItems): boolean {
  const sameReading = nameKana !== undefined && person.nameKana !== '' && kanaKeyStrict(person.nameKana) === kanaKeyStrict(nameKana);
  if (nameKana !== undefined && person.nameKana !== '' && !sameReading) return false;
  const written = [person.nameKanji, ...(person.aliasName === undefined ? [] : [person.aliasName])];
  return written.some((name) => (gaijiCount(name) + gaijiCount(nameKanji) > 0 ? sameReading : kanjiKey(name) === kanjiKey(nameKanji)));
}

export const REALM_HINTS = ['TRAINING_NUMBER', 'NOT_A_TRAINING_NUMBER'] as const;

/** What is said beside UNKNOWN about a number of the other realm, which is not looked for (NUM-8). */
export function realmHint(realm: Realm, number: string): (typeof REALM_HINTS)[number] | undefined {
  if (!isForeign(realm, number)) return undefined;
  return realm === 'training' ? 'NOT_A_TRAINING_NUMBER' : 'TRAINING_NUMBER';
}

/** Questions of a client in an hour, and how many of them may be without a match: a guess hits a live number once in 7,700 (NUM-4.5). */
export const MOST_ASKED = 1_000;
export const MOST_MISSED = 100;
