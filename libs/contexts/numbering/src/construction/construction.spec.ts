import { createHmac, randomFillSync } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { IndividualNumber } from '#kernel';
import { candidateBodies, drawDigest, isRefusedBody, MAX_ATTEMPTS, numberOf, readBody } from './construction.js';
import { drawWith } from './draw.js';

const KEY = Buffer.from(Array.from({ length: 32 }, (_, index) => index));
const ZERO = '00'.repeat(16);
const RISING = '000102030405060708090a0b0c0d0e0f';
const saltEnding = (last: string): string => `${'00'.repeat(15)}${last}`;
const digits = (length: number) => fc.stringMatching(new RegExp(`^[0-9]{${length}}$`));
const bytes = (length: number) => fc.uint8Array({ minLength: length, maxLength: length }).map((array) => Buffer.from(array));

/** A digest that reads as these 40-bit values. */
function digestOf(...values: number[]): Buffer {
  const digest = Buffer.alloc(32);
  values.forEach((value, index) => digest.writeUIntBE(value, index * 5, 5));
  return digest;
}

describe('KIBAN-NUM-1 (NUM-4.3)', () => {
  it.each([
    ['99000000015', ZERO, 0, '4ee36e9b96', '38823125910', '388231259102'],
    ['99000000015', ZERO, 1, '16da287559', '98149365081', '981493650816'],
    ['99000000015', RISING, 0, '117c158eea', '75096231658', '750962316580'],
    ['99000000015', RISING, 1, '907d50b057', '20577730647', '205777306473'],
    ['99000000023', ZERO, 0, 'a265dbe550', '97493611856', '974936118563'],
    ['99000000023', RISING, 0, 'c7419ddb35', '55799356213', '557993562135'],
    ['99000000015', saltEnding('08'), 0, 'f3fd74599b', '96695454715', '966954547150'],
    ['99000000015', saltEnding('05'), 0, 'd1de746774', '01380335476', '013803354760'],
  ])('NUM-4.3 C=%s R=%s j=%i', (code, salt, attempt, first, body, number) => {
    const digest = drawDigest(KEY, code, Buffer.from(salt, 'hex'), attempt);
    expect(digest.toString('hex').slice(0, 10)).toBe(first);
    expect(readBody(digest)).toBe(body);
    expect(numberOf(body)).toBe(number);
    expect([...candidateBodies(KEY, code, Buffer.from(salt, 'hex'))]).toContain(body);
  });

  it('NUM-4.3 the whole digest of the first row', () => {
    expect(drawDigest(KEY, '99000000015', Buffer.alloc(16), 0).toString('hex')).toBe('4ee36e9b96ff4f6fb8e94d74d91ac11e1dd683f685b63904943aa9eca48f1e3a');
  });

  it('NUM-4.3 the first value of 10^12 and more is passed over for the second', () => {
    const digest = drawDigest(KEY, '99000000015', Buffer.from(saltEnding('08'), 'hex'), 0);
    expect(digest.readUIntBE(0, 5)).toBeGreaterThanOrEqual(1e12);
    expect(readBody(digest)).toBe(String(digest.readUIntBE(5, 5) % 1e11).padStart(11, '0'));
  });

  it('NUM-4.3 a body of the reserved prefix is refused and the next attempt taken', () => {
    const salt = Buffer.from(saltEnding('b6'), 'hex');
    expect(readBody(drawDigest(KEY, '99000000015', salt, 0))).toBe('99524606034');
    const first = candidateBodies(KEY, '99000000015', salt).next().value ?? '';
    expect([first, numberOf(first)]).toEqual(['51850526892', '518505268929']);
  });

  it('NUM-4.3 the border of the readable values, and no value at all', () => {
    expect(readBody(digestOf(1e12, 1e12 - 1))).toBe('99999999999');
    expect(readBody(digestOf(1e11 + 7))).toBe('00000000007');
    expect(readBody(digestOf(1e12, 1e12, 1e12, 1e12, 1e12, 2 ** 40 - 1))).toBeUndefined();
    expect(readBody(digestOf(1e12, 1e12, 1e12, 1e12, 1e12, 5))).toBe('00000000005');
  });

  it('NUM-4.3 step 3: 99, the code itself and equal digits are refused, nothing else', () => {
    expect(isRefusedBody('99000000001', '12345678903')).toBe(true);
    expect(isRefusedBody('12345678903', '12345678903')).toBe(true);
    expect(isRefusedBody('00000000000', '12345678903')).toBe(true);
    expect(isRefusedBody('77777777777', '12345678903')).toBe(true);
    fc.assert(
      fc.property(digits(11), digits(11), (body, code) => isRefusedBody(body, code) === (body.slice(0, 2) === '99' || body === code || new Set(body).size === 1)),
    );
  });

  it('NUM-4.3 every candidate makes a well-formed number outside the reserved space, at most 16 of them', () => {
    fc.assert(
      fc.property(digits(11), bytes(16), bytes(32), (code, salt, key) => {
        const bodies = [...candidateBodies(key, code, salt)];
        expect(bodies.length).toBeLessThanOrEqual(MAX_ATTEMPTS);
        for (const body of bodies) {
          expect(IndividualNumber.fault(numberOf(body))).toBeUndefined();
          expect(body.startsWith('99')).toBe(false);
        }
      }),
    );
  });

  it('NUM-4.5 sixteen attempts and no more: a generator that offers nothing new is at fault', () => {
    let attempts = 0;
    const equal = Buffer.from('00'.repeat(32), 'hex');
    const key = (): Buffer => {
      attempts += 1;
      return Buffer.from(equal);
    };
    expect([...candidateBodies(key, '99000000015', Buffer.alloc(16))]).toEqual([]);
    expect(attempts).toBe(16);
  });

  it('NUM-4.3 step 4: R is destroyed when a line has its number, and T as soon as it is read', () => {
    const digests: Buffer[] = [];
    const blocks: Buffer[] = [];
    const key = (message: Buffer): Buffer => {
      digests.push(createHmac('sha256', KEY).update(message).digest());
      return digests.at(-1) ?? message;
    };
    const draw = drawWith(key, (block) => {
      blocks.push(block);
      return randomFillSync(block);
    });
    const [won, exhausted, waiting] = [draw('99000000015'), draw('99000000023'), draw('99000000031')];
    for (const line of [won, exhausted, waiting]) line.next();
    won.return?.();
    for (let next = exhausted.next(); next.done !== true; next = exhausted.next()) expect(next.value).toHaveLength(11);
    expect(blocks[0]?.subarray(0, 32)).toEqual(Buffer.alloc(32));
    expect(blocks[0]?.subarray(32, 48)).not.toEqual(Buffer.alloc(16));
    for (const digest of digests) expect(digest).toEqual(Buffer.alloc(32));
  });

  it('NUM-4.4 the same code under new salts gives unrelated numbers, so that nothing can be computed again', () => {
    const draw = drawWith(KEY, randomFillSync);
    const bodies = new Set(Array.from({ length: 500 }, () => draw('99000000015').next().value));
    expect(bodies.size).toBe(500);
  });

  it('NUM-4.3 bodies are uniform: chi-square over 99 classes of the first two digits and 10 of the last', () => {
    const [first, last] = [new Array<number>(99).fill(0), new Array<number>(10).fill(0)];
    const size = 49_500;
    for (let index = 0; index < size; index += 1) {
      const salt = Buffer.alloc(16);
      salt.writeUInt32BE(index);
      const body = candidateBodies(KEY, '99000000015', salt).next().value ?? '';
      const [head, tail] = [Number(body.slice(0, 2)), Number(body.slice(10))];
      first[head] = (first[head] ?? 0) + 1;
      last[tail] = (last[tail] ?? 0) + 1;
    }
    const chi = (counts: number[]): number => counts.reduce((sum, seen) => sum + (seen - size / counts.length) ** 2 / (size / counts.length), 0);
    // 99.99 % quantiles of 98 and 9 degrees of freedom; the draw of this test is fixed.
    expect(chi(first)).toBeLessThan(157);
    expect(chi(last)).toBeLessThan(34);
  });
});
