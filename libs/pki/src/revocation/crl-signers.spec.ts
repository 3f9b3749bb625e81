import { afterEach, expect, it, vi } from 'vitest';
import { type ParsedCrl, isCrlSignedBy, parseCrl } from '../crl/crl.js';
import { CrlIndex } from './crl-index.js';
import * as fixture from './crl.fixture.js';
import { revocationOf } from './revocation.js';

vi.mock('../crl/crl.js', async (original) => {
  const all = await original<typeof import('../crl/crl.js')>();
  return { ...all, isCrlSignedBy: vi.fn(all.isCrlSignedBy) };
});

const { AT, ISSUER, certificateOf, crlOf, entry } = fixture;
const key = fixture.testKey();
const verified = vi.mocked(isCrlSignedBy);
afterEach(() => verified.mockClear());

/** A question of its own, as each line of a batch is. */
function ask(crl: ParsedCrl, serial: bigint, spki = key.spki): string {
  return revocationOf({ certificate: certificateOf({ serial }, key), issuer: { subjectDer: ISSUER, spki }, crls: new CrlIndex([crl]), at: AT, crlSigners: () => [] }).state;
}

it('the signature of a list is verified once for a key, however many questions it stands in', () => {
  const crl = crlOf({ entries: [entry(7)] }, key);
  const states = Array.from({ length: 50 }, (_, n) => ask(crl, BigInt(n + 1)));
  expect(states.map((state, n) => state === (n === 6 ? 'REVOKED' : 'GOOD')).every(Boolean)).toBe(true);
  expect(verified).toHaveBeenCalledTimes(1);
  // What the file holds now is another list, though its octets be the same.
  expect(ask(parseCrl(crl.der), 7n)).toBe('REVOKED');
  expect(verified).toHaveBeenCalledTimes(2);
});

it('an answer for one key is none for another, and no list remembers more than 32', () => {
  const crl = crlOf({}, key);
  const others = Array.from({ length: 33 }, () => fixture.testKey().spki);
  expect([ask(crl, 1n), ...others.map((spki) => ask(crl, 1n, spki))]).toEqual(['GOOD', ...others.map(() => 'UNKNOWN')]);
  expect(verified).toHaveBeenCalledTimes(34);
  expect([ask(crl, 1n, others[32]), ask(crl, 1n)]).toEqual(['UNKNOWN', 'GOOD']);
  expect(verified).toHaveBeenCalledTimes(35);
});
