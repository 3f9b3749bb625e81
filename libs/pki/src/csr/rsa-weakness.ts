import { PkiError } from '../pki-error.js';
import type { RsaPublicKey } from '../key/public-key.js';

export type RsaWeakness = 'MODULUS_BITS' | 'EVEN_MODULUS' | 'EXPONENT' | 'ROCA' | 'SMALL_FACTOR' | 'CLOSE_PRIMES';

export interface RsaRequirement {
  /** Exact modulus length in bits. */
  readonly modulusBits: number;
}

function primesBelow(limit: number): number[] {
  const primes: number[] = [];
  for (let n = 3; n < limit; n += 2) if (primes.every((p) => n % p !== 0)) primes.push(n);
  return primes;
}

/** Factors that a sound generator never leaves (CA/Browser Forum BR 6.1.6 advises primes below 752). */
const SMALL_PRIMES = primesBelow(752).map(BigInt);

/** Residues 65537^k mod p for the primes of the ROCA fingerprint (CVE-2017-15361, primes 3..167). */
const ROCA_RESIDUES = primesBelow(168).map((p) => {
  const residues = new Set<number>();
  for (let value = 1; !residues.has(value); value = (value * 65537) % p) residues.add(value);
  return { prime: BigInt(p), residues };
});

function hasRocaFingerprint(modulus: bigint): boolean {
  return ROCA_RESIDUES.every(({ prime, residues }) => residues.has(Number(modulus % prime)));
}

function squareRoot(n: bigint): bigint {
  let root = 1n << BigInt(Math.ceil(n.toString(2).length / 2));
  for (;;) {
    const next = (root + n / root) >> 1n;
    if (next >= root) return root;
    root = next;
  }
}

/** Squares are 0, 1, 4 or 9 modulo 16: spares most of the square roots. */
const SQUARES_MOD_16 = new Set([0n, 1n, 4n, 9n]);

/** Fermat factorisation in 100 rounds (BR 6.1.6): finds primes generated too close to each other. */
function hasClosePrimes(modulus: bigint): boolean {
  const floor = squareRoot(modulus);
  if (floor * floor === modulus) return true;
  for (let a = floor + 1n; a <= floor + 100n; a += 1n) {
    const rest = a * a - modulus;
    if (SQUARES_MOD_16.has(rest & 15n) && squareRoot(rest) ** 2n === rest) return true;
  }
  return false;
}

/** First weakness of the key, or undefined. The length is looked at first: the costs of the other tests are bounded by it. */
export function rsaWeaknessOf({ modulus, exponent }: RsaPublicKey, { modulusBits }: RsaRequirement): RsaWeakness | undefined {
  if (modulus >> BigInt(modulusBits) !== 0n || modulus >> BigInt(modulusBits - 1) !== 1n) return 'MODULUS_BITS';
  if ((modulus & 1n) === 0n) return 'EVEN_MODULUS';
  if (exponent !== 65537n) return 'EXPONENT';
  if (hasRocaFingerprint(modulus)) return 'ROCA';
  if (SMALL_PRIMES.some((p) => modulus % p === 0n)) return 'SMALL_FACTOR';
  return hasClosePrimes(modulus) ? 'CLOSE_PRIMES' : undefined;
}

/** Faults `WEAK_KEY` (message = the weakness) by the key rules of JPKI 4.6 no. 5. Keys seen before are the caller's table to look up. */
export function checkRsaKey(key: RsaPublicKey, requirement: RsaRequirement): void {
  const weakness = rsaWeaknessOf(key, requirement);
  if (weakness !== undefined) throw new PkiError('WEAK_KEY', weakness);
}
