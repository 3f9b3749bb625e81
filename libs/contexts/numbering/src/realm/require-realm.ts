import { numberingProblems } from '#contracts/numbering';
import { isForeign, type Realm } from './realm.js';

/** Refuses TRAINING_REALM when one of these numbers or codes is of the other realm (NUM-8). */
export function requireRealm(realm: Realm, ...digits: readonly string[]): void {
  if (digits.some((text) => isForeign(realm, text))) throw numberingProblems.refuse('TRAINING_REALM');
}
