import { describe, expect, it } from 'vitest';
import type { ParsedCrl } from '../crl/crl.js';
import { encodeExtension } from '../der/extension.js';
import { OID } from '../der/oid.js';
import { generalizedTime } from '../der/time.js';
import { CrlIndex } from './crl-index.js';
import * as fixture from './crl.fixture.js';
import { revocationOf } from './revocation.js';

const { AT, ISSUER, certificateIssuer, certificateOf, crlOf, entry, issuingPoint, nameOf, number, reason } = fixture;
const key = fixture.testKey();
const COUNT = 1_000_000;
const FIRST = 0x0100_0000;

/** The entry a million times with serials in sequence: an array of a million buffers would be what is measured. */
function manyEntries(...extensions: readonly Buffer[]): Buffer {
  const item = entry(FIRST, ...extensions);
  const bytes = Buffer.alloc(COUNT * item.length, item);
  for (let n = 0; n < COUNT; n += 1) bytes.writeUInt32BE(FIRST + n, n * item.length + 4);
  return bytes;
}

/** Result and processor time, which other work on the machine does not lengthen. */
function measured<T>(run: () => T): [T, number] {
  const before = process.cpuUsage();
  const result = run();
  const { user, system } = process.cpuUsage(before);
  return [result, (user + system) / 1000];
}

function answer(crl: ParsedCrl, serial: bigint): { state: string; milliseconds: number; again: number } {
  const certificate = certificateOf({ serial }, key);
  const question = { certificate, issuer: { subjectDer: ISSUER, spki: key.spki }, crls: new CrlIndex([crl]), at: AT, crlSigners: () => [] };
  const [state, milliseconds] = measured(() => revocationOf(question).state);
  const [, again] = measured(() => revocationOf(question));
  return { state, milliseconds, again };
}

describe('a CRL of a million entries', () => {
  const invalidity = encodeExtension(OID.invalidityDate, false, generalizedTime(AT));
  it.each([
    ['with a reason each (37 MB, JPKI 4.18)', [reason(3)]],
    ['with reason and invalidity date each', [reason(1), invalidity]],
  ])('%s: answers in less than a second, and at once when asked again', (_name, extensions) => {
    const crl = crlOf({ entries: [manyEntries(...extensions)] }, key);
    const last = answer(crl, BigInt(FIRST + COUNT - 1));
    const absent = answer(crl, 5n);
    expect([last.state, absent.state]).toEqual(['REVOKED', 'GOOD']);
    expect(Math.min(last.milliseconds, absent.milliseconds)).toBeLessThan(1000);
    expect(last.again).toBeLessThan(last.milliseconds / 10);
  }, 60_000);

  it('with the serial of the certificate under another issuer in each entry: still linear', () => {
    const [named, inherited] = [entry(77, certificateIssuer(nameOf('somebody', 'else'))), entry(77)];
    const entries = [Buffer.alloc(20_000 * named.length, named), Buffer.alloc(COUNT * inherited.length, inherited)];
    const { state, milliseconds } = answer(crlOf({ entries, extensions: [number(5), issuingPoint({ flags: [4] })] }, key), 77n);
    expect(state).toBe('GOOD');
    expect(milliseconds).toBeLessThan(3000);
  }, 60_000);
});
