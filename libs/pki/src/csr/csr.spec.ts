import { type KeyObject, checkPrimeSync, createPublicKey, generateKeyPairSync, generatePrimeSync, randomBytes, sign } from 'node:crypto';
import { beforeAll, describe, expect, it } from 'vitest';
import { encodeName } from '../der/name.js';
import { pemEncode } from '../der/pem.js';
import { bitString, contextConstructed, integer, sequence } from '../der/write.js';
import { encodeRsaSpki } from '../key/public-key.js';
import { generateRsaKey, signatureAlgorithmIdentifier } from '../key/signing-key.js';
import { PkiError } from '../pki-error.js';
import { createCsr, parseCsr } from './csr.js';
import { type RsaWeakness, checkRsaKey, rsaWeaknessOf } from './rsa-weakness.js';

const SUBJECT = [
  { type: 'C', value: 'JP' },
  { type: 'CN', value: '基盤カード' },
] as const;

/** A request whose public key is not the signer's: what a thief of somebody else's public key could send. */
function requestFor(spki: Buffer, signer: KeyObject): Buffer {
  const info = sequence(integer(0), encodeName(SUBJECT), spki, contextConstructed(0));
  return sequence(info, signatureAlgorithmIdentifier('sha256WithRSAEncryption'), bitString(sign('sha256', info, signer)));
}

function faultOf(run: () => unknown): string | undefined {
  try {
    run();
    return undefined;
  } catch (error) {
    if (error instanceof PkiError) return error.code === 'WEAK_KEY' ? `${error.code} ${error.message}` : error.code;
    throw error;
  }
}

describe('PKCS#10 (JPKI 4.6 no. 5)', () => {
  let key: KeyObject;
  let csr: Buffer;

  beforeAll(async () => {
    key = await generateRsaKey(2048);
    csr = createCsr(key, SUBJECT);
  });

  it('reads what createCsr made, as DER and PEM', () => {
    const spki = createPublicKey(key).export({ type: 'spki', format: 'der' });
    for (const input of [csr, pemEncode('CERTIFICATE REQUEST', csr), Buffer.from(pemEncode('NEW CERTIFICATE REQUEST', csr))]) {
      const request = parseCsr(input);
      expect(request.subject).toEqual(SUBJECT);
      expect(request.spki).toEqual(spki);
      expect(request.rsa.exponent).toBe(65537n);
    }
  });

  it('refuses a public key whose private key the sender does not hold', async () => {
    const victim = createPublicKey(await generateRsaKey(2048)).export({ type: 'spki', format: 'der' });
    expect(faultOf(() => parseCsr(requestFor(victim, key)))).toBe('BAD_CSR');
  });

  it('refuses another length, another exponent and keys that are not RSA', async () => {
    expect(faultOf(() => parseCsr(createCsr(key, SUBJECT), { modulusBits: 3072 }))).toBe('WEAK_KEY MODULUS_BITS');
    const cubic = generateKeyPairSync('rsa', { modulusLength: 2048, publicExponent: 3 }).privateKey;
    expect(faultOf(() => parseCsr(createCsr(cubic, SUBJECT)))).toBe('WEAK_KEY EXPONENT');
    const curve = generateKeyPairSync('ec', { namedCurve: 'P-256' }).publicKey.export({ type: 'spki', format: 'der' });
    expect(faultOf(() => parseCsr(requestFor(curve, key)))).toBe('BAD_CSR');
    const huge = encodeRsaSpki({ modulus: (1n << 200_000n) + 1n, exponent: 1n << 200_000n });
    expect(faultOf(() => parseCsr(requestFor(huge, key)))).toBe('WEAK_KEY MODULUS_BITS');
  });

  it('has a typed answer for every flipped octet, every cut, and BER', () => {
    for (let at = 0; at < csr.length; at += 1) {
      const damaged = Buffer.from(csr);
      damaged[at] = (damaged[at] ?? 0) ^ 0x01;
      expect(
        faultOf(() => parseCsr(damaged)),
        `octet ${at}`,
      ).toMatch(/^(BAD_CSR|WEAK_KEY .*)$/);
      expect(faultOf(() => parseCsr(csr.subarray(0, at)))).toBe('BAD_CSR');
    }
    const indefinite = Buffer.concat([Buffer.from([0x30, 0x80]), csr.subarray(4), Buffer.from([0, 0])]);
    for (const bad of [indefinite, Buffer.concat([csr, Buffer.from([0])]), Buffer.alloc(0), '-----BEGIN X-----']) {
      expect(faultOf(() => parseCsr(bad))).toBe('BAD_CSR');
    }
  });
});

describe('weak RSA keys', () => {
  const exponent = 65537n;

  /** Modulus of the form k*M + 65537^c mod M, M the product of the primes to 167: the ROCA structure (CVE-2017-15361). */
  function rocaModulus(): bigint {
    let product = 1n;
    for (let n = 2n; n < 168n; n += 1n) if (isPrime(n)) product *= n;
    let power = 1n;
    for (let count = 0; count < 12345; count += 1) power = (power * exponent) % product;
    const factor = (BigInt(`0x${randomBytes(256).toString('hex')}`) | (1n << 2047n)) / product;
    const modulus = factor * product + power;
    return (modulus & 1n) === 1n && modulus >> 2047n === 1n ? modulus : rocaModulus();
  }

  function isPrime(n: bigint): boolean {
    for (let d = 2n; d * d <= n; d += 1n) if (n % d === 0n) return false;
    return true;
  }

  function multipleOf751(): bigint {
    const multiple = ((1n << 2047n) / 751n + 2n) * 751n;
    return (multiple & 1n) === 1n ? multiple : multiple + 751n;
  }

  it.each<readonly [RsaWeakness, () => bigint, bigint]>([
    ['MODULUS_BITS', () => (1n << 2048n) + 1n, exponent],
    ['MODULUS_BITS', () => (1n << 2047n) - 1n, exponent],
    ['EVEN_MODULUS', () => (1n << 2047n) + 2n, exponent],
    ['EXPONENT', () => (1n << 2047n) + 1n, 3n],
    ['ROCA', rocaModulus, exponent],
    ['SMALL_FACTOR', multipleOf751, exponent],
  ])('%s is found', (weakness, modulus, e) => {
    expect(rsaWeaknessOf({ modulus: modulus(), exponent: e }, { modulusBits: 2048 })).toBe(weakness);
  });

  it('finds primes generated next to each other (Fermat)', () => {
    const p = generatePrimeSync(1024, { bigint: true });
    let q = p + 2n;
    while (!checkPrimeSync(q)) q += 2n;
    expect((p * q) >> 2047n).toBe(1n);
    expect(rsaWeaknessOf({ modulus: p * q, exponent }, { modulusBits: 2048 })).toBe('CLOSE_PRIMES');
    expect(rsaWeaknessOf({ modulus: p * p, exponent }, { modulusBits: 2048 })).toBe('CLOSE_PRIMES');
  });

  it('looks a hundred rounds far for close primes, and no further (Fermat)', () => {
    const root = (n: bigint): bigint => {
      let found = 1n << 1024n;
      for (let next = found; (next = (found + n / found) >> 1n) < found; ) found = next;
      return found;
    };
    /** The distance between the factors by which they are found in about this round, counted from 0; the round itself. */
    const found = (wanted: bigint): { readonly round: bigint; readonly weakness: RsaWeakness | undefined } => {
      const middle = (BigInt(`0x${randomBytes(128).toString('hex')}`) | (3n << 1022n)) & ~1n;
      const half = root(2n * middle * wanted + middle) | 1n;
      const modulus = middle * middle - half * half;
      return { round: middle - root(modulus) - 1n, weakness: rsaWeaknessOf({ modulus, exponent }, { modulusBits: 2048 }) };
    };
    for (const wanted of [0n, 1n, 57n, 98n, 99n, 100n, 101n, 150n]) {
      let judged = found(wanted);
      for (let tries = 0; tries < 2_000 && judged.weakness === 'SMALL_FACTOR'; tries += 1) judged = found(wanted);
      expect(judged, `round ${wanted}`).toEqual({ round: wanted, weakness: wanted < 100n ? 'CLOSE_PRIMES' : undefined });
    }
  });

  it('judges a modulus that was judged before by every length and exponent anew', async () => {
    const { rsa } = parseCsr(createCsr(await generateRsaKey(2048), SUBJECT));
    const verdicts = [exponent, 3n].flatMap((e) => [2048, 3072].map((modulusBits) => rsaWeaknessOf({ ...rsa, exponent: e }, { modulusBits })));
    expect(verdicts).toEqual([undefined, 'MODULUS_BITS', 'EXPONENT', 'MODULUS_BITS']);
  });

  it('lets sound keys pass', async () => {
    for (let count = 0; count < 3; count += 1) {
      const request = parseCsr(createCsr(await generateRsaKey(2048), SUBJECT));
      expect(() => checkRsaKey(request.rsa, { modulusBits: 2048 })).not.toThrow();
    }
  });
});
