import { beforeAll, describe, expect, it } from 'vitest';
import { diceOf } from '#testing/population';
import type { Judge } from '../interop/judge.js';
import { type Material, materialAt } from '../interop/material.js';
import { opensslJudge } from '../interop/openssl.js';
import { type Issued, reverify, sampleOf } from './reverify.js';

let material: Material;
let issued: Issued;
const openssl = await opensslJudge();

beforeAll(async () => {
  material = await materialAt(new Date());
  const { sign, stranger, auth, holder, authHolder, registrar, partition, authPartition, holderBy, arl } = material;
  const revoked = await holderBy(sign, 21n);
  issued = {
    certificates: [holder.certificate, authHolder.certificate, revoked, await holderBy(stranger, 22n)], anchors: [sign.certificate, auth.certificate], bundle: [],
    lists: [await registrar.list(sign, { point: partition, revoked: [21n] }), await arl(sign), await registrar.list(auth, { point: authPartition }), await arl(auth)],
  };
});

/** A program that accepts everything. */
const credulous: Judge = { name: 'java', version: 'planted', kinds: ['path'], judge: (cases) => cases.map(() => ({ accepted: true, words: 'OK' })) };

describe('certificates judged again (JPKI-4.15)', () => {
  it.skipIf(typeof openssl === 'string')('OpenSSL agrees on valid, revoked and forged ones, and lint finds nothing', async () => {
    expect(await reverify(issued, typeof openssl === 'string' ? [] : [openssl], material.registrar.now)).toEqual([]);
  });

  it('tells a program that judges otherwise, by serial number and words', async () => {
    expect(await reverify(issued, [credulous], material.registrar.now)).toEqual(['15', '16'].map((serial) => ({ serial, what: 'java accepts it: OK' })));
  });

  it('draws a sample without repetition, the same for the same seed', () => {
    const all = Array.from({ length: 40 }, (_, n) => n);
    const [one, other] = [1, 2].map(() => sampleOf(all, 10, diceOf('2026-04-01')));
    expect([new Set(one).size, one]).toEqual([10, other]);
    expect(sampleOf(all, 99, diceOf('x')).sort((a, b) => a - b)).toEqual(all);
  });
});
