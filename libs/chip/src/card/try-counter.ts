import { TRIES, type Secret } from './layout.js';

/** A secret in the chip: unset until a maker or a counter gives it a value. */
export interface StoredSecret {
  /** Base64; what a chip keeps inside. */
  readonly value: string | undefined;
  readonly left: number;
}

/** A secret that nobody has set: it verifies nothing. */
export const UNSET: StoredSecret = { value: undefined, left: 0 };

/** The tries shown to the outside; none for an unset secret. */
export function triesShown(secret: StoredSecret): number {
  return secret.value === undefined ? 0 : secret.left;
}

/** To be kept before the comparison, so that a cut of power never gives a try back (CARD-4.8). Undefined: blocked, nothing is compared. */
export function afterTry(secret: StoredSecret): StoredSecret | undefined {
  return triesShown(secret) === 0 ? undefined : { ...secret, left: secret.left - 1 };
}

/** A right presentation gives all tries back. */
export function afterMatch(name: Secret, secret: StoredSecret): StoredSecret {
  return { ...secret, left: TRIES[name] };
}
