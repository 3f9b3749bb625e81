import { generatePrimeSync } from 'node:crypto';
import { beforeAll, describe, expect, it } from 'vitest';
import { buildOcspError, encodeRsaSpki } from '#pki';
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
    lists: [await registrar.list(sign, { point: partition, revoked: [21n] }), await arl(sign), await registrar.list(auth, { point: authPartition }), await arl(auth)], answers: [],
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

  it('tells what is wrong with lists and answers, and keys that are weak together (JPKI-4.6)', async () => {
    const [p, q, r] = Array.from({ length: 3 }, () => generatePrimeSync(1024, { bigint: true })) as [bigint, bigint, bigint];
    const [one, other] = issued.certificates;
    const [list] = issued.lists;
    if (one === undefined || other === undefined || list === undefined) throw new Error('material is missing');
    const keyOf = (modulus: bigint): Buffer => encodeRsaSpki({ modulus, exponent: 65537n });
    const odd = {
      ...issued, certificates: [{ ...one, spki: keyOf(p * q) }, { ...other, spki: keyOf(p * r) }, ...issued.certificates.slice(2)],
      lists: [...issued.lists, { ...list, der: list.der.subarray(0, 40) }], answers: [buildOcspError('unauthorized'), Buffer.from('00', 'hex')],
    };
    const shared = 'its key shares a prime with another one';
    expect(await reverify(odd, [], material.registrar.now)).toEqual([
      { serial: one.serial.toString(16), what: shared }, { serial: other.serial.toString(16), what: shared }, { serial: `CRL ${list.number}`, what: 'e_der_not_canonical' },
      { serial: 'OCSP 1', what: 'e_der_not_canonical' },
    ]);
  });

  it('draws a sample without repetition, the same for the same seed', () => {
    const all = Array.from({ length: 40 }, (_, n) => n);
    const [one, other] = [1, 2].map(() => sampleOf(all, 10, diceOf('2026-04-01')));
    expect([new Set(one).size, one]).toEqual([10, other]);
    expect(sampleOf(all, 99, diceOf('x')).sort((a, b) => a - b)).toEqual(all);
  });
});
