import { createPrivateKey, type KeyObject } from 'node:crypto';
import { createCsr, generateRsaKey } from '#pki';

/**
 * PKCS#10 requests (DER) of as many different RSA keys, as the chips of cards make them. Finding prime numbers is the dear part of a key: any two
 * of a few make one here, which no check of one key by itself can see.
 */
export async function cardRequests(count: number): Promise<Buffer<ArrayBuffer>[]> {
  const primes: bigint[] = [];
  while ((primes.length * (primes.length - 1)) / 2 < count) {
    const { p, q } = (await generateRsaKey(2048)).export({ format: 'jwk' });
    primes.push(numberOf(p), numberOf(q));
  }
  const pairs = primes.flatMap((p, index) => primes.slice(0, index).map((q) => [p, q] as const));
  return pairs.slice(0, count).map(([p, q]) => Buffer.from(createCsr(keyOf(p, q), [{ type: 'CN', value: 'card' }])));
}

function numberOf(text = ''): bigint {
  return BigInt(`0x${Buffer.from(text, 'base64url').toString('hex')}`);
}

/** RSA key of two prime numbers (RFC 8017 3.2), by the exponent 65537. */
function keyOf(p: bigint, q: bigint): KeyObject {
  const d = inverse(65_537n, (p - 1n) * (q - 1n));
  const parts = { n: p * q, e: 65_537n, d, p, q, dp: d % (p - 1n), dq: d % (q - 1n), qi: inverse(q, p) };
  const texts = Object.entries(parts).map(([name, value]) => {
    const hex = value.toString(16);
    return [name, Buffer.from(hex.padStart(hex.length + (hex.length % 2), '0'), 'hex').toString('base64url')] as const;
  });
  return createPrivateKey({ key: { kty: 'RSA', ...Object.fromEntries(texts) }, format: 'jwk' });
}

/** Of `value` modulo `modulus`, which have no common factor (Euclid). */
function inverse(value: bigint, modulus: bigint): bigint {
  let [rest, next, factor, nextFactor] = [modulus, value % modulus, 0n, 1n];
  while (next !== 0n) {
    const quotient = rest / next;
    [rest, next, factor, nextFactor] = [next, rest - quotient * next, nextFactor, factor - quotient * nextFactor];
  }
  return factor < 0n ? factor + modulus : factor;
}
