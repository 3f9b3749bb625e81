import { describe, expect, it } from 'vitest';
import type { ParsedCrl } from '../crl/crl.js';
import { encodeExtension } from '../der/extension.js';
import { OID } from '../der/oid.js';
import { contextPrimitive, sequence } from '../der/write.js';
import { CrlIndex } from './crl-index.js';
import * as fixture from './crl.fixture.js';
import { revocationOf } from './revocation.js';

const { AT, ISSUER, OTHER_ISSUER, certificateOf, crlOf, deltaOf, entry, issuingPoint, number, reason, unknownExtension, uri } = fixture;
const key = fixture.testKey();
const other = fixture.testKey();
const SERIAL = 77n;
const certificate = certificateOf({ extensions: [fixture.points({ name: uri('http://a/1') })] }, key);

function stateBy(...crls: readonly ParsedCrl[]): string {
  const crlSigners = (): { spki: Buffer }[] => [{ spki: other.spki }];
  const status = revocationOf({ certificate, issuer: { subjectDer: ISSUER, spki: key.spki }, crls: new CrlIndex(crls), at: AT, crlSigners });
  return status.state === 'REVOKED' ? status.reason : status.state;
}

const revoking = [entry(SERIAL, reason(1))];
const LATER = { thisUpdate: '2025-06-01T12:00:00Z' };

function complete(parts: fixture.CrlParts = {}): ParsedCrl {
  return crlOf({ extensions: [number(5)], ...parts }, key);
}

/** Delta 6 on base 5, which revokes unless it has other entries. */
function delta(parts: fixture.CrlParts = {}, signer = key): ParsedCrl {
  return crlOf({ ...LATER, entries: revoking, extensions: [number(6), deltaOf(5)], ...parts }, signer);
}

describe('delta CRLs (RFC 5280 5.2.4, 6.3.3 (c), (h), (i))', () => {
  it('(i): what the delta says goes before what the complete CRL says', () => {
    const held = complete({ entries: [entry(SERIAL, reason(6))] });
    expect(stateBy(complete(), delta())).toBe('keyCompromise');
    expect(stateBy(complete(), delta({ entries: [] }))).toBe('GOOD');
    expect(stateBy(held, delta())).toBe('keyCompromise');
    expect(stateBy(held, delta({ entries: [] }))).toBe('certificateHold');
    expect(stateBy(held, delta({ entries: [entry(SERIAL, reason(8))] }))).toBe('GOOD');
    expect(stateBy(complete(), delta({ entries: [entry(SERIAL)] }))).toBe('unspecified');
  });

  it('is nothing by itself', () => {
    expect(stateBy(delta())).toBe('UNKNOWN');
    expect(stateBy(delta({ entries: [] }))).toBe('UNKNOWN');
  });

  it('(a)(1)(i): with a current delta the complete CRL may be past its nextUpdate, not before its thisUpdate', () => {
    const old = { thisUpdate: '2025-05-01T00:00:00Z', nextUpdate: '2025-05-08T00:00:00Z' };
    expect(stateBy(complete(old))).toBe('UNKNOWN');
    expect([stateBy(complete(old), delta()), stateBy(complete(old), delta({ entries: [] }))]).toEqual(['keyCompromise', 'GOOD']);
    expect(stateBy(complete(old), delta({ nextUpdate: '2025-06-01T13:00:00Z' }))).toBe('UNKNOWN');
    expect(stateBy(complete({ thisUpdate: '2025-06-03T00:00:00Z' }), delta())).toBe('UNKNOWN');
    expect(stateBy(complete({ nextUpdate: 'absent' }), delta({ entries: [] }))).toBe('UNKNOWN');
  });

  const point = (name: string): Buffer => issuingPoint({ name: uri(name) });
  const keyId = (octet: number): Buffer => encodeExtension(OID.authorityKeyIdentifier, false, sequence(contextPrimitive(0, Buffer.from([octet]))));
  it.each([
    ['the complete CRL is its base', [number(5)], [number(6), deltaOf(5)], true],
    ['the complete CRL is later than its base', [number(5)], [number(6), deltaOf(3)], true],
    ['5.2.4 (c): the complete CRL is earlier than its base', [number(5)], [number(8), deltaOf(6)], false],
    ['5.2.4 (d): the complete CRL is as late', [number(6)], [number(6), deltaOf(5)], false],
    ['5.2.4 (d): the complete CRL is later', [number(7)], [number(6), deltaOf(5)], false],
    ['the complete CRL has no number', [unknownExtension(false)], [number(6), deltaOf(5)], false],
    ['the delta has no number', [number(5)], [deltaOf(5)], false],
    ['(c)(2): same point', [number(5), point('http://a/1')], [number(6), deltaOf(5), point('http://a/1')], true],
    ['(c)(2): another point', [number(5), point('http://a/1')], [number(6), deltaOf(5), point('http://a/2')], false],
    ['(c)(2): point only in the delta', [number(5)], [number(6), deltaOf(5), point('http://a/1')], false],
    ['(c)(2): point only in the complete CRL', [number(5), point('http://a/1')], [number(6), deltaOf(5)], false],
    ['(c)(3): same key identifier', [number(5), keyId(1)], [number(6), deltaOf(5), keyId(1)], true],
    ['(c)(3): another key identifier', [number(5), keyId(1)], [number(6), deltaOf(5), keyId(2)], false],
    ['(c)(3): key identifier only in the delta', [number(5)], [number(6), deltaOf(5), keyId(1)], false],
    ['an extension is critical and not known', [number(5)], [number(6), deltaOf(5), unknownExtension(true)], false],
  ])('is used or passed over when %s', (_name, ofComplete, ofDelta, used) => {
    expect(stateBy(complete({ extensions: ofComplete }), delta({ extensions: ofDelta }))).toBe(used ? 'keyCompromise' : 'GOOD');
  });

  it('(c)(1), (h): is by the same issuer and the same key', () => {
    expect(stateBy(complete(), delta({ issuer: OTHER_ISSUER }))).toBe('GOOD');
    expect(stateBy(complete(), delta({}, other))).toBe('GOOD');
  });

  it('is not used out of its time, or with an entry that is not understood', () => {
    expect(stateBy(complete(), delta({ thisUpdate: '2025-06-02T00:00:01Z' }))).toBe('GOOD');
    expect(stateBy(complete(), delta({ nextUpdate: 'absent' }))).toBe('GOOD');
    const unclear = delta({ entries: [...revoking, entry(99, unknownExtension(true))] });
    expect(stateBy(complete(), unclear)).toBe('GOOD');
    expect(stateBy(complete({ nextUpdate: '2025-06-01T13:00:00Z' }), unclear)).toBe('UNKNOWN');
  });

  it('the newest counts of several, and of several complete CRLs the newest that it may be combined with', () => {
    const removing = [entry(SERIAL, reason(8))];
    const newest = delta({ thisUpdate: '2025-06-01T18:00:00Z', entries: removing, extensions: [number(7), deltaOf(5)] });
    expect([stateBy(complete({ entries: revoking }), delta(), newest), stateBy(newest, delta(), complete())]).toEqual(['GOOD', 'GOOD']);
    const older = complete({ thisUpdate: '2025-05-31T00:00:00Z', extensions: [number(4)], entries: revoking });
    expect(stateBy(older, complete(), delta({ entries: [], extensions: [number(6), deltaOf(4)] }))).toBe('GOOD');
  });

  it('a complete CRL with an entry that is not understood is not used with a delta either', () => {
    expect(stateBy(complete({ entries: [entry(1, unknownExtension(true))] }), delta({ entries: [entry(SERIAL, reason(8))] }))).toBe('UNKNOWN');
  });
});
