import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ResidentCode } from '#kernel';
import { codePool } from './code-pool.js';
import { ff1Encryption } from './ff1.js';

const bytes = (hex: string): Buffer => Buffer.from(hex, 'hex');
const AES_128 = '2b7e151628aed2a6abf7158809cf4f3c';
const AES_256 = `${AES_128}ef4359d8d580aa4f7f036d6f04fc6a94`;
const POOL_KEY = Buffer.from(Array.from({ length: 32 }, (_, index) => index));

describe('FF1', () => {
  it('gives the samples of NIST SP 800-38G for radix 10, without a tweak and with one', () => {
    expect(ff1Encryption(bytes(AES_128), Buffer.alloc(0))('0123456789')).toBe('2433477484');
    expect(ff1Encryption(bytes(AES_128), bytes('39383736353433323130'))('0123456789')).toBe('6124200773');
    expect(ff1Encryption(bytes(AES_256), Buffer.alloc(0))('0123456789')).toBe('6657667009');
    expect(ff1Encryption(bytes(AES_256), bytes('39383736353433323130'))('0123456789')).toBe('1001623463');
  });

  it('takes a tweak that fills blocks of its own', () => {
    const texts = [12, 13, 28].map((length) => ff1Encryption(POOL_KEY, Buffer.alloc(length, 1))('0123456789'));
    expect(new Set(texts).size).toBe(3);
  });

  it('refuses what is not ten digits', () => {
    for (const text of ['123456789', '12345678901', '12345６7890']) expect(() => ff1Encryption(POOL_KEY, Buffer.alloc(0))(text)).toThrow(RangeError);
  });
});

describe('JUKI-4.1 the pool of resident codes', () => {
  const pool = codePool(POOL_KEY);

  it.each([
    [0, '2524882698', '25248826986'],
    [1, '2785309683', '27853096836'],
    [2, '9057287929', '90572879290'],
    [127_000_000, '2784722510', '27847225101'],
  ])('serial %i', (serial, body, code) => {
    expect(pool(serial)).toBe(body);
    expect(ResidentCode.fromBody(pool(serial) ?? '').reveal()).toBe(code);
  });

  it('distinct serials have distinct bodies of ten digits', () => {
    const serial = fc.integer({ min: 0, max: 9_999_999_999 });
    fc.assert(fc.property(serial, serial, (a, b) => {
      const [one, other] = [pool(a), pool(b)];
      if (one !== undefined) expect(one).toMatch(/^\d{10}$/);
      if (a !== b && one !== undefined) expect(one).not.toBe(other);
    }), { numRuns: 500 });
    const run = Array.from({ length: 5_000 }, (_, index) => pool(index));
    expect(new Set(run).size).toBe(run.filter((body) => body !== undefined).length + 1);
  });

  it('leaves out codes of tests and training and the all-zero one', () => {
    const permute = ff1Encryption(POOL_KEY, Buffer.from('KIBAN-RCODE-1'));
    const bodies = Array.from({ length: 3_000 }, (_, serial) => ({ serial, body: permute(String(serial).padStart(10, '0')) }));
    const reserved = bodies.filter(({ body }) => body.startsWith('99'));
    expect(reserved.length).toBeGreaterThan(10);
    for (const { serial } of reserved) expect(pool(serial)).toBeUndefined();
    expect(bodies.filter(({ serial }) => pool(serial) === undefined)).toHaveLength(reserved.length);
    // The permutation backwards from ten zeros.
    expect([permute('3164315133'), pool(3_164_315_133)]).toEqual(['0000000000', undefined]);
  });
});
