import { expect, it } from 'vitest';
import { type ParsedCrl, parseCrl } from '../crl/crl.js';
import { CrlIndex } from './crl-index.js';
import * as fixture from './crl.fixture.js';
import { revocationOf } from './revocation.js';

const { AT, ISSUER, certificateOf, crlOf, entry } = fixture;
const key = fixture.testKey();
let verified = 0;

/** The list, which tells each time that its signature is looked at. */
function watched(crl: ParsedCrl): ParsedCrl {
  return Object.defineProperty({ ...crl }, 'signature', {
    get: () => {
      verified += 1;
      return crl.signature;
    },
  });
}

/** How often a signature was looked at since the last question of this kind. */
function looks(): number {
  const counted = verified;
  verified = 0;
  return counted;
}

/** A question of its own, as each line of a batch is. */
function ask(crl: ParsedCrl, serial: bigint, spki = key.spki): string {
  return revocationOf({ certificate: certificateOf({ serial }, key), issuer: { subjectDer: ISSUER, spki }, crls: new CrlIndex([crl]), at: AT, crlSigners: () => [] }).state;
}

it('the signature of a list is verified once for a key, however many questions it stands in', () => {
  const crl = watched(crlOf({ entries: [entry(7)] }, key));
  const states = Array.from({ length: 50 }, (_, n) => ask(crl, BigInt(n + 1)));
  expect(states).toEqual(Array.from({ length: 50 }, (_, n) => (n === 6 ? 'REVOKED' : 'GOOD')));
  expect(looks()).toBe(1);
  // What the file holds now is another list, though its octets be the same.
  expect(ask(watched(parseCrl(crl.der)), 7n)).toBe('REVOKED');
  expect(looks()).toBe(1);
});

it('an answer for one key is none for another, and no list remembers more than 32', () => {
  const crl = watched(crlOf({}, key));
  const others = Array.from({ length: 33 }, () => fixture.testKey().spki);
  expect([ask(crl, 1n), ...others.map((spki) => ask(crl, 1n, spki))]).toEqual(['GOOD', ...others.map(() => 'UNKNOWN')]);
  expect(looks()).toBe(34);
  expect([ask(crl, 1n, others[32]), ask(crl, 1n)]).toEqual(['UNKNOWN', 'GOOD']);
  expect(looks()).toBe(1);
});
