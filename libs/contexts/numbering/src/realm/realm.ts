/** Whom the estate is for; without one, for demonstration: fictional people have codes of the prefix 99 and numbers like residents. */
export type Realm = 'production' | 'training' | undefined;

/** Prefix of what is for tests and training (NUM-4.3, NUM-8). */
const TRAINING = '99';

/** Whether a number, a resident code or a code of a municipality is of the other realm (NUM-8). */
export function isForeign(realm: Realm, digits: string): boolean {
  return realm !== undefined && digits.startsWith(TRAINING) !== (realm === 'training');
}

/** A number for training: the body that the construction offers, with the reserved prefix. It never leads to the code, and all-equal digits stay refused. */
export function trainingBody(body: string, residentCode: string): string | undefined {
  const moved = TRAINING + body.slice(TRAINING.length);
  return moved === residentCode || moved === '9'.repeat(moved.length) ? undefined : moved;
}
