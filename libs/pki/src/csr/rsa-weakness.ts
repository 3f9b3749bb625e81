import { BoundedCache } from '../bounded-cache.js';
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

/** Their product, and the product in parts that a number holds exactly: one long division, then a short one for several primes. */
const PRIME_PRODUCT = SMALL_PRIMES.reduce((product, prime) => product * BigInt(prime), 1n);
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
  const short = modulus % PRIME_PRODUCT;
  const residues: number[] = [];
  for (const { product, primes } of PRIME_PRODUCTS) {
    const rest = Number(short % product);
    for (const prime of primes) residues.push(rest % prime);
  }
  return residues;
}

/** Residues 65537^k mod p for the primes of the ROCA fingerprint (CVE-2017-15361, primes 3..167), the first of the small ones. */
const ROCA_RESIDUES = primesBelow(168).map((p) => {
  const residues = new Set<number>();
  for (let value = 1; !residues.has(value); value = (value * 65537) % p) residues.add(value);
  return residues;
});

/** Newton's method from above; the first fifty bits are those of the machine's own root. */
function squareRoot(n: bigint): bigint {
  const half = BigInt(Math.max(0, Math.floor((4 * n.toString(16).length - 100) / 2)));
  let root = BigInt(Math.ceil(Math.sqrt(Number(n >> (2n * half)))) + 2) << half;
  for (;;) {
    const next = (root + n / root) >> 1n;
    if (next >= root) return root;
    root = next;
  }
}

/** Residues of squares by modulus; the moduli are coprime, and a number holds their product exactly. */
const SQUARES = [16, 9, 5, 7, 11, 13, 17, 19, 23, 29].map((modulus) => ({ modulus, residues: new Set(Array.from({ length: modulus }, (_, n) => (n * n) % modulus)) }));
const SQUARE_MODULI = SQUARES.reduce((product, { modulus }) => product * modulus, 1);

function maybeSquare(rest: number): boolean {
  return SQUARES.every(({ modulus, residues }) => residues.has(rest % modulus));
}

/** Fermat factorisation in 100 rounds (BR 6.1.6): finds primes generated too close to each other. Residues tell nearly all rounds without the long numbers. */
function hasClosePrimes(modulus: bigint): boolean {
  const floor = squareRoot(modulus);
  if (floor * floor === modulus) return true;
  const first = floor + 1n;
  let step = Number(first % BigInt(SQUARE_MODULI));
  let rest = Number((first * first - modulus) % BigInt(SQUARE_MODULI));
  for (let round = 0n; round < 100n; round += 1n) {
    if (maybeSquare(rest)) {
      const square = (first + round) ** 2n - modulus;
      if (squareRoot(square) ** 2n === square) return true;
    }
    rest = (rest + 2 * step + 1) % SQUARE_MODULI;
    step += 1;
  }
  return false;
}

/** A key is judged when it is asked for and once more in the certificate. */
const judged = new BoundedCache<RsaWeakness | 'NONE', bigint>(1_000);

/** Weaknesses that a bad key generator leaves in a modulus. */
function generatorFault(modulus: bigint): RsaWeakness | undefined {
  let known = judged.get(modulus);
  if (known === undefined) judged.set(modulus, (known = findGeneratorFault(modulus) ?? 'NONE'));
  return known === 'NONE' ? undefined : known;
}

function findGeneratorFault(modulus: bigint): RsaWeakness | undefined {
  const residues = smallResidues(modulus);
  if (ROCA_RESIDUES.every((fingerprint, index) => fingerprint.has(residues[index] ?? 0))) return 'ROCA';
  if (residues.includes(0)) return 'SMALL_FACTOR';
  return hasClosePrimes(modulus) ? 'CLOSE_PRIMES' : undefined;
}

/** First weakness of the key, or undefined. The length is looked at first: the costs of the other tests are bounded by it. */
export function rsaWeaknessOf({ modulus, exponent }: RsaPublicKey, { modulusBits }: RsaRequirement): RsaWeakness | undefined {
  if (modulus >> BigInt(modulusBits) !== 0n || modulus >> BigInt(modulusBits - 1) !== 1n) return 'MODULUS_BITS';
  if ((modulus & 1n) === 0n) return 'EVEN_MODULUS';
  if (exponent !== 65537n) return 'EXPONENT';
  return generatorFault(modulus);
}

/** Faults `WEAK_KEY` (message = the weakness) by the key rules of JPKI 4.6 no. 5. Keys seen before are the caller's table to look up. */
export function checkRsaKey(key: RsaPublicKey, requirement: RsaRequirement): void {
  const weakness = rsaWeaknessOf(key, requirement);
  if (weakness !== undefined) throw new PkiError('WEAK_KEY', weakness);
}
