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
const SMALL_PRIMES = primesBelow(752);

/** The small primes in products that a number holds exactly: one long division for several of them. */
const PRIME_PRODUCTS = inProducts(SMALL_PRIMES);

function inProducts(primes: readonly number[]): { readonly product: bigint; readonly primes: readonly number[] }[] {
  const products: { product: bigint; primes: number[] }[] = [];
  let last = { product: 1n, primes: [] as number[] };
  for (const prime of primes) {
    if (last.primes.length === 0 || last.product * BigInt(prime) > BigInt(Number.MAX_SAFE_INTEGER)) products.push((last = { product: 1n, primes: [] }));
    last.product *= BigInt(prime);
    last.primes.push(prime);
  }
  return products;
}

/** Modulo each small prime, in their order. */
function smallResidues(modulus: bigint): number[] {
  return PRIME_PRODUCTS.flatMap(({ product, primes }) => {
    const rest = Number(modulus % product);
    return primes.map((prime) => rest % prime);
  });
}

/** Residues 65537^k mod p for the primes of the ROCA fingerprint (CVE-2017-15361, primes 3..167), the first of the small ones. */
const ROCA_RESIDUES = primesBelow(168).map((p) => {
  const residues = new Set<number>();
  for (let value = 1; !residues.has(value); value = (value * 65537) % p) residues.add(value);
  return residues;
});

function squareRoot(n: bigint): bigint {
  let root = 1n << BigInt(Math.ceil(n.toString(2).length / 2));
  for (;;) {
    const next = (root + n / root) >> 1n;
    if (next >= root) return root;
    root = next;
  }
}

/** Residues of squares by modulus; the moduli are coprime and their product is small, so one long division tells all of them. */
const SQUARES = [16, 9, 5, 7, 11, 13, 17, 19].map((modulus) => ({ modulus, residues: new Set(Array.from({ length: modulus }, (_, n) => (n * n) % modulus)) }));
const SQUARE_MODULI = BigInt(SQUARES.reduce((product, { modulus }) => product * modulus, 1));

/** Spares nearly all of the square roots. */
function maybeSquare(n: bigint): boolean {
  const rest = Number(n % SQUARE_MODULI);
  return SQUARES.every(({ modulus, residues }) => residues.has(rest % modulus));
}

/** Fermat factorisation in 100 rounds (BR 6.1.6): finds primes generated too close to each other. */
function hasClosePrimes(modulus: bigint): boolean {
  const floor = squareRoot(modulus);
  if (floor * floor === modulus) return true;
  for (let a = floor + 1n, rest = a * a - modulus; a <= floor + 100n; rest += 2n * a + 1n, a += 1n) {
    if (maybeSquare(rest) && squareRoot(rest) ** 2n === rest) return true;
  }
  return false;
}

/** First weakness of the key, or undefined. The length is looked at first: the costs of the other tests are bounded by it. */
export function rsaWeaknessOf({ modulus, exponent }: RsaPublicKey, { modulusBits }: RsaRequirement): RsaWeakness | undefined {
  if (modulus >> BigInt(modulusBits) !== 0n || modulus >> BigInt(modulusBits - 1) !== 1n) return 'MODULUS_BITS';
  if ((modulus & 1n) === 0n) return 'EVEN_MODULUS';
  if (exponent !== 65537n) return 'EXPONENT';
  const residues = smallResidues(modulus);
  if (ROCA_RESIDUES.every((fingerprint, index) => fingerprint.has(residues[index] ?? 0))) return 'ROCA';
  if (residues.includes(0)) return 'SMALL_FACTOR';
  return hasClosePrimes(modulus) ? 'CLOSE_PRIMES' : undefined;
}

/** Faults `WEAK_KEY` (message = the weakness) by the key rules of JPKI 4.6 no. 5. Keys seen before are the caller's table to look up. */
export function checkRsaKey(key: RsaPublicKey, requirement: RsaRequirement): void {
  const weakness = rsaWeaknessOf(key, requirement);
  if (weakness !== undefined) throw new PkiError('WEAK_KEY', weakness);
}
