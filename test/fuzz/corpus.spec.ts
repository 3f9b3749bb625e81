import { readFileSync, readdirSync } from 'node:fs';
import { beforeAll, describe, expect, it } from 'vitest';
import { PkiError, parseCertificate } from '#pki';
import { diceOf } from '#testing/population';
import { encode, leaf, treeOf } from './der-tree.js';
import { Fuzzer, faultOf } from './fuzz.js';
import { minimised } from './minimise.js';
import { type Surroundings, TARGETS, surroundings } from './samples.js';
import { read } from './targets.js';

const folder = new URL('./corpus/', import.meta.url);
const corpus = readdirSync(folder).map((name) => ({ name, target: TARGETS.find((one) => name.startsWith(`${one}-`)), der: readFileSync(new URL(name, folder)) }));
let at: Surroundings;

beforeAll(async () => {
  at = await surroundings();
});

describe('messages of strangers (JPKI-7)', () => {
  it.each(corpus)('$name, once found, is refused or read within bounds by every parser', ({ target, der }) => {
    expect(target).toBeDefined();
    expect(TARGETS.map((one) => faultOf({ target: one, der, signed: true }, at))).toEqual(TARGETS.map(() => undefined));
  });

  it('samples are read as they are, and 100 changed ones meet refusals only', () => {
    for (const { target, der } of at.samples) expect([target, faultOf({ target, der, signed: true }, at)]).toEqual([target, undefined]);
    const fuzzer = new Fuzzer(diceOf('spec'), at.samples);
    for (let n = 0; n < 100; n += 1) expect(faultOf(fuzzer.next(), at)).toBeUndefined();
  });

  it('tells a fault that is no refusal, a signature that should not verify, and a message that is no DER', () => {
    const [sample] = at.samples.filter(({ target }) => target === 'csr');
    const der = sample?.der ?? Buffer.alloc(0);
    expect(() => read('csr', der, at, false)).toThrow('changed, and its signature verifies');
    expect(faultOf({ target: 'csr', der, signed: false }, at)).toContain('Accepted');
    expect(faultOf({ target: 'csr', der, signed: true }, { ...at, material: { ...at.material, holder: { ...at.material.holder, get certificate(): never { throw new TypeError('planted'); } } } })).toContain('TypeError planted');
  });
});

describe('the fuzzer itself', () => {
  it('takes messages apart and puts the same together', () => {
    for (const { der } of at.samples) expect(Buffer.concat((treeOf(der) ?? []).map(encode)).equals(der)).toBe(true);
  });

  it('makes the same messages of the same seed', () => {
    const [one, other] = [1, 2].map(() => new Fuzzer(diceOf('same'), at.samples));
    for (let n = 0; n < 15; n += 1) expect(one?.next()).toEqual(other?.next());
  });

  it('reaches what lies behind a signature: changed certificates are read, and some verify', () => {
    const fuzzer = new Fuzzer(diceOf('behind'), at.samples.filter(({ target }) => target === 'certificate'));
    const outcomes = new Set<string>();
    for (let n = 0; n < 200; n += 1) {
      try {
        parseCertificate(fuzzer.next().der);
        outcomes.add('read');
      } catch (error) {
        outcomes.add(error instanceof PkiError ? error.code : 'other');
      }
    }
    expect(outcomes).toEqual(new Set(['read', 'BAD_CERTIFICATE']));
  });

  it('keeps of a message only what the fault needs', () => {
    const needle = leaf(0x0c, Buffer.from('needle'));
    const haystack = Buffer.concat(at.samples.slice(0, 1).flatMap(({ der }) => [...(treeOf(der) ?? []), needle]).map(encode));
    expect(minimised(haystack, (der) => der.includes('needle')).length).toBeLessThan(12);
  });
});
