import { describe, expect, it } from 'vitest';
import { encodeExtension } from '../der/extension.js';
import { OID, oid } from '../der/oid.js';
import { generalizedTime } from '../der/time.js';
import { TAG } from '../der/tag.js';
import { bitString, boolean, contextConstructed, integer, sequence, tlv, utf8String } from '../der/write.js';
import * as fixture from '../revocation/crl.fixture.js';
import { crlEntriesOf } from './crl-entries.js';
import { parseCrl } from './crl.js';
import { ALL_REASONS } from './issuing-distribution-point.js';

const { certificateIssuer, crlDerOf, crlOf, deltaOf, entry, issuingPoint, number, reason, unknownExtension, uri } = fixture;
const key = fixture.testKey();
const BAD_CRL = expect.objectContaining({ code: 'BAD_CRL' });

function entriesOf(...entries: readonly Buffer[]): unknown[] {
  return [...crlEntriesOf(crlOf({ entries, extensions: [number(1), issuingPoint({ flags: [4] })] }, key))];
}

describe('header of foreign CRLs', () => {
  it('RFC 5280 5.1.2.1: version 1 has no extensions anywhere; another version does not exist', () => {
    const plain = crlOf({ version: 'absent', extensions: [], entries: [entry(7)] }, key);
    expect([plain.version, plain.number, [...crlEntriesOf(plain)].length]).toEqual([1, undefined, 1]);
    expect(() => crlOf({ version: 'absent' }, key)).toThrow(BAD_CRL);
    const extended = crlOf({ version: 'absent', extensions: [], entries: [entry(7, reason(1))] }, key);
    expect(() => [...crlEntriesOf(extended)]).toThrow(BAD_CRL);
    expect(crlOf({}, key).version).toBe(2);
    for (const version of [0, 2]) expect(() => crlOf({ version }, key)).toThrow(BAD_CRL);
  });

  it('X.690 11.6: the header is DER, also inside the name of the issuer', () => {
    const [one, other] = ['a', 'b'].map((value) => sequence(oid('2.5.4.3'), utf8String(value)));
    const named = (...attributes: readonly (Buffer | undefined)[]) => crlOf({ issuer: sequence(tlv(TAG.set, ...attributes.filter((part) => part !== undefined))) }, key);
    expect(named(one, other).issuer).toHaveLength(2);
    expect(() => named(other, one)).toThrow(BAD_CRL);
  });

  it('5.1.2.5, 5.2.3: nextUpdate and number may be absent; a number is not negative and has at most 20 octets', () => {
    const bare = crlOf({ nextUpdate: 'absent', extensions: [unknownExtension(false)] }, key);
    expect([bare.nextUpdate, bare.number, bare.baseNumber]).toEqual([undefined, undefined, undefined]);
    const largest = (1n << 159n) - 1n;
    expect(crlOf({ extensions: [number(largest), deltaOf(0)] }, key)).toMatchObject({ number: largest, baseNumber: 0n });
    for (const value of [-1n, largest + 1n]) {
      expect(() => crlOf({ extensions: [number(value)] }, key)).toThrow(BAD_CRL);
      expect(() => crlOf({ extensions: [deltaOf(value)] }, key)).toThrow(BAD_CRL);
    }
  });

  it('refuses a repeated extension, also one it does not know', () => {
    expect(() => crlOf({ extensions: [number(1), number(1)] }, key)).toThrow(BAD_CRL);
    expect(() => crlOf({ extensions: [unknownExtension(false), unknownExtension(false)] }, key)).toThrow(BAD_CRL);
  });

  it('5.2.5: reads every field of issuingDistributionPoint', () => {
    const point = issuingPoint({ name: uri('http://crl.example.jp/1'), flags: [1, 4], reasons: [0, 1, 8, 9] });
    expect(crlOf({ extensions: [point] }, key).issuingDistributionPoint).toMatchObject({
      name: { kind: 'full', names: [{ tag: 0x86, content: Buffer.from('http://crl.example.jp/1') }] },
      only: 'userCerts',
      onlySomeReasons: 0x102,
      indirect: true,
    });
    const relative = crlOf({ extensions: [issuingPoint({ name: { relative: 'part' }, flags: [5] })] }, key).issuingDistributionPoint;
    expect(relative).toMatchObject({ name: { kind: 'relative' }, only: 'attributeCerts', indirect: false });
    expect(crlOf({ extensions: [issuingPoint({ flags: [2] })] }, key).issuingDistributionPoint).toEqual({ only: 'caCerts', indirect: false });
    const every = crlOf({ extensions: [issuingPoint({ reasons: [0, 1, 2, 3, 4, 5, 6, 7, 8] })] }, key);
    expect(every.issuingDistributionPoint?.onlySomeReasons).toBe(ALL_REASONS);
  });

  it.each([
    ['two kinds of certificates at once', [1, 2]],
    ['users and attributes at once', [1, 5]],
  ])('5.2.5: refuses %s', (_name, flags) => {
    expect(() => crlOf({ extensions: [issuingPoint({ flags })] }, key)).toThrow(BAD_CRL);
  });

  it.each([
    ['a name without a choice', contextConstructed(0)],
    ['a name in an unknown choice', contextConstructed(0, contextConstructed(2, integer(1)))],
    ['two names', contextConstructed(0, contextConstructed(0, integer(1)), contextConstructed(0, integer(1)))],
    ['an empty list of names', contextConstructed(0, contextConstructed(0))],
    ['a field more', contextConstructed(6, integer(1))],
    ['fields out of order', Buffer.concat([Buffer.from([0x84, 1, 0xff]), Buffer.from([0x81, 1, 0xff])])],
  ])('5.2.5: refuses %s', (_name, field) => {
    expect(() => crlOf({ extensions: [encodeExtension(OID.issuingDistributionPoint, true, sequence(field))] }, key)).toThrow(BAD_CRL);
  });

  it('refuses values after the extensions, and nesting without end', () => {
    const algorithm = sequence(oid('1.2.840.10045.4.3.2'));
    const [name, date] = [fixture.ISSUER, generalizedTime(fixture.AT)];
    const extensions = contextConstructed(0, sequence(number(1)));
    const doubled = sequence(integer(1), algorithm, name, date, extensions, extensions);
    expect(() => parseCrl(sequence(doubled, algorithm, bitString(key.sign(doubled))))).toThrow(BAD_CRL);
    let nested = Buffer.from([0x30, 0]);
    for (let depth = 0; depth < 3000; depth += 1) nested = Buffer.from(sequence(nested));
    expect(() => parseCrl(nested)).toThrow(BAD_CRL);
    expect(() => [...crlEntriesOf({ ...crlOf({}, key), entriesDer: nested })]).toThrow(BAD_CRL);
  });
});

describe('entries of foreign CRLs (RFC 5280 5.3)', () => {
  it('reads reason and invalidity date, passes over what is not critical, and knows the hold instruction of RFC 3280', () => {
    const date = new Date('2025-04-01T00:00:00Z');
    const invalidity = encodeExtension(OID.invalidityDate, false, generalizedTime(date));
    const hold = encodeExtension('2.5.29.23', true, oid('1.2.840.10040.2.1'));
    const found = entriesOf(entry(7, reason(6), hold, invalidity, unknownExtension(false)), entry(8, reason(8)), entry(9, reason(0)), entry(10));
    const revokedAt = new Date('2025-05-01T00:00:00Z');
    expect(found).toEqual([
      { serial: 7n, revokedAt, reason: 'certificateHold', reasonNumber: 6, invalidityDate: date },
      { serial: 8n, revokedAt, reason: 'removeFromCRL', reasonNumber: 8 },
      { serial: 9n, revokedAt, reason: 'unspecified', reasonNumber: 0 },
      { serial: 10n, revokedAt },
    ]);
  });

  const date = generalizedTime(fixture.AT);
  const flagged = sequence(oid(OID.reasonCode), boolean(false), boolean(false), integer(1));
  it.each([
    ['an unknown critical extension', entry(7, unknownExtension(true))],
    ['an unknown reason', entry(7, reason(7))],
    ['a reason that is not ENUMERATED', entry(7, encodeExtension(OID.reasonCode, false, integer(1)))],
    ['a reason twice', entry(7, reason(1), reason(1))],
    ['a certificate issuer twice', entry(7, certificateIssuer(fixture.ISSUER), certificateIssuer(fixture.ISSUER))],
    ['an invalidity date with more behind it', entry(7, encodeExtension(OID.invalidityDate, false, Buffer.concat([date, integer(1)])))],
    ['an extension without a value', entry(7, sequence(oid(OID.reasonCode)))],
    ['an extension with two flags', entry(7, flagged)],
    ['an entry without a date', sequence(integer(7))],
    ['a value after the extensions', sequence(entry(7, reason(1)).subarray(2), integer(1))],
    ['an entry that is no SEQUENCE', integer(7)],
  ])('refuses %s', (_name, bad) => {
    expect(() => entriesOf(entry(6), bad)).toThrow(BAD_CRL);
  });

  it('5.3.3: certificateIssuer has its place in an indirect CRL only', () => {
    const entries = [entry(7, certificateIssuer(fixture.OTHER_ISSUER))];
    expect(entriesOf(...entries)).toHaveLength(1);
    expect(() => [...crlEntriesOf(crlOf({ entries }, key))]).toThrow(BAD_CRL);
    expect(() => parseCrl(crlDerOf({ entries }, key))).not.toThrow();
  });
});
