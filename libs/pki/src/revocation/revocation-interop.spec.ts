import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseCrl } from '../crl/crl.js';
import { pemEncode } from '../der/pem.js';
import { CrlIndex } from './crl-index.js';
import * as fixture from './crl.fixture.js';
import { revocationOf } from './revocation.js';

const { AT, AUTHORITY, ISSUER, OTHER_ISSUER, certificateIssuer, certificateOf, crlDerOf, deltaOf, entry, freshestCrl, issuingPoint } = fixture;
const { keyUsage, nameOf, number, points, reason, unknownExtension, uri } = fixture;
const version = spawnSync('openssl', ['version'], { encoding: 'utf8' });
const present = version.status === 0 && /^OpenSSL [3-9]/.test(version.stdout);

const key = fixture.testKey();
const other = fixture.testKey();
const SERIAL = 77n;
const root = certificateOf({ serial: 1n, subject: ISSUER, spki: key.spki, extensions: [AUTHORITY, keyUsage('keyCertSign', 'cRLSign')] }, key);
const signer = certificateOf({ serial: 2n, subject: OTHER_ISSUER, spki: other.spki, extensions: [AUTHORITY, keyUsage('cRLSign')] }, key);

interface Case {
  readonly points?: readonly fixture.PointParts[];
  readonly crls: readonly Buffer[];
  readonly expected: 'GOOD' | 'REVOKED' | 'UNKNOWN';
}

const name = uri('http://a/1');
const mine = entry(SERIAL, reason(1));
/** With freshestCRL, without which OpenSSL looks at no delta. */
const base = (...entries: readonly Buffer[]): Buffer => crlDerOf({ extensions: [number(5), freshestCrl({ name })], entries }, key);
const delta = (extensions: readonly Buffer[], ...entries: readonly Buffer[]): Buffer =>
  crlDerOf({ thisUpdate: '2025-06-01T12:00:00Z', extensions, entries }, key);
const part = (reasons: fixture.Bits, ...entries: readonly Buffer[]): Buffer =>
  crlDerOf({ extensions: [number(5), issuingPoint({ reasons })], entries }, key);
const indirect = (entries: readonly Buffer[], flags: readonly number[] = [4]): Buffer =>
  crlDerOf({ issuer: OTHER_ISSUER, extensions: [number(5), issuingPoint({ name, flags })], entries }, other);
const byOther = [{ name, crlIssuer: [OTHER_ISSUER] }];

const CASES: Readonly<Record<string, Case>> = {
  'not listed': { crls: [crlDerOf({ entries: [entry(76), entry(78)] }, key)], expected: 'GOOD' },
  listed: { crls: [crlDerOf({ entries: [entry(76), mine] }, key)], expected: 'REVOKED' },
  'version 1': { crls: [crlDerOf({ version: 'absent', extensions: [], entries: [entry(SERIAL)] }, key)], expected: 'REVOKED' },
  expired: { crls: [crlDerOf({ nextUpdate: '2025-06-01T12:00:00Z' }, key)], expected: 'UNKNOWN' },
  'another key': { crls: [crlDerOf({}, other)], expected: 'UNKNOWN' },
  'critical extension': { crls: [crlDerOf({ extensions: [number(1), unknownExtension(true)] }, key)], expected: 'UNKNOWN' },
  'critical entry extension': { crls: [crlDerOf({ entries: [entry(5, unknownExtension(true))] }, key)], expected: 'UNKNOWN' },
  'only authorities': { crls: [crlDerOf({ extensions: [number(1), issuingPoint({ flags: [2] })] }, key)], expected: 'UNKNOWN' },
  'only users': { crls: [crlDerOf({ extensions: [number(1), issuingPoint({ flags: [1] })] }, key)], expected: 'GOOD' },
  'point of the CRL': { points: [{ name }], crls: [crlDerOf({ extensions: [number(1), issuingPoint({ name })] }, key)], expected: 'GOOD' },
  'another point': {
    points: [{ name: uri('http://a/2') }],
    crls: [crlDerOf({ extensions: [number(1), issuingPoint({ name })] }, key)],
    expected: 'UNKNOWN',
  },
  'relative names': {
    points: [{ name: { relative: 'part' } }],
    crls: [crlDerOf({ extensions: [number(1), issuingPoint({ name: { relative: 'Part' } })], entries: [mine] }, key)],
    expected: 'REVOKED',
  },
  'all reasons in two': { crls: [part([1, 2]), part([3, 4, 5, 6, 7, 8])], expected: 'GOOD' },
  'some reasons': { crls: [part([1, 2])], expected: 'UNKNOWN' },
  'revoked for the other reasons': { crls: [part([1, 2]), part([3, 4, 5, 6, 7, 8], mine)], expected: 'REVOKED' },
  'indirect, not listed': { points: byOther, crls: [indirect([entry(SERIAL)])], expected: 'GOOD' },
  'indirect, listed': { points: byOther, crls: [indirect([entry(1, certificateIssuer(ISSUER)), entry(SERIAL)])], expected: 'REVOKED' },
  'indirect, of a third': {
    points: byOther,
    crls: [indirect([entry(1, certificateIssuer(ISSUER)), entry(SERIAL, certificateIssuer(nameOf('third')))])],
    expected: 'GOOD',
  },
  'not indirect': { points: byOther, crls: [indirect([], [])], expected: 'UNKNOWN' },
  'delta revokes': { crls: [base(), delta([number(6), deltaOf(5)], mine)], expected: 'REVOKED' },
  'delta removes': { crls: [base(entry(SERIAL, reason(6))), delta([number(6), deltaOf(5)], entry(SERIAL, reason(8)))], expected: 'GOOD' },
  'delta of a later base': { crls: [base(), delta([number(8), deltaOf(6)], mine)], expected: 'GOOD' },
  'delta alone': { crls: [delta([number(6), deltaOf(5)], mine)], expected: 'UNKNOWN' },
};

describe.skipIf(!present)('the same answers as openssl verify -crl_check (skipped where OpenSSL 3 is not installed)', () => {
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'pki-crl-'));
    writeFileSync(join(folder, 'root.pem'), pemEncode('CERTIFICATE', root.der));
    writeFileSync(join(folder, 'signer.pem'), pemEncode('CERTIFICATE', signer.der));
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  function opensslState(holder: Buffer, crls: readonly Buffer[]): string {
    writeFileSync(join(folder, 'holder.pem'), pemEncode('CERTIFICATE', holder));
    writeFileSync(join(folder, 'crls.pem'), crls.map((der) => pemEncode('X509 CRL', der)).join(''));
    const options = ['-crl_check', '-extended_crl', '-use_deltas', '-attime', String(AT.getTime() / 1000)];
    const files = ['-CAfile', 'root.pem', '-untrusted', 'signer.pem', '-CRLfile', 'crls.pem', 'holder.pem'];
    const { status, stderr } = spawnSync('openssl', ['verify', ...options, ...files], { cwd: folder, encoding: 'utf8', timeout: 20_000 });
    if (status === 0) return 'GOOD';
    return stderr.includes('certificate revoked') ? 'REVOKED' : 'UNKNOWN';
  }

  it.each(Object.entries(CASES))('%s', (_name, { points: parts, crls, expected }) => {
    const holder = certificateOf({ extensions: parts === undefined ? [] : [points(...parts)] }, key);
    const { state } = revocationOf({
      certificate: holder,
      issuer: { subjectDer: ISSUER, spki: key.spki },
      crls: new CrlIndex(crls.map(parseCrl)),
      at: AT,
      crlSigners: (issuer) => (issuer.equals(OTHER_ISSUER) ? [signer] : []),
    });
    expect([state, opensslState(holder.der, crls)]).toEqual([expected, expected]);
  }, 30_000);
});
