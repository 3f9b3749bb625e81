import { describe, expect, it } from 'vitest';
import type { ParsedCertificate } from '../certificate/certificate.js';
import type { KeyUsage } from '../certificate/extension-value.js';
import type { ParsedCrl } from '../crl/crl.js';
import { encodeExtension } from '../der/extension.js';
import type { GeneralName } from '../der/general-name.js';
import { encodeName } from '../der/name.js';
import { OID } from '../der/oid.js';
import { contextConstructed, integer, sequence, setOf } from '../der/write.js';
import { CrlIndex } from './crl-index.js';
import * as fixture from './crl.fixture.js';
import { type RevocationStatus, revocationOf } from './revocation.js';

const { AT, AUTHORITY, ISSUER, OTHER_ISSUER, certificateIssuer, certificateOf, crlOf, entry, issuingPoint } = fixture;
const { nameOf, number, points, reason, unknownExtension, uri } = fixture;
const key = fixture.testKey();
const other = fixture.testKey();
const SERIAL = 77n;
const plain = certificateOf({}, key);

interface Question {
  readonly certificate?: ParsedCertificate;
  readonly at?: Date;
  readonly keyUsage?: readonly KeyUsage[];
  /** Signers of other CRLs, by the issuer name they are asked for. */
  readonly signers?: ReadonlyMap<Buffer, readonly { readonly spki: Buffer }[]>;
}

/** Directory name of the unit, or of a common name below it. */
function directory(unit: string, commonName?: string): { full: GeneralName[] } {
  const below = commonName === undefined ? [] : [{ type: 'CN', value: commonName }];
  return { full: [{ kind: 'directoryName', name: [{ type: 'C', value: 'JP' }, { type: 'OU', value: unit }, ...below] }] };
}

function statusBy(crls: readonly ParsedCrl[], question: Question = {}): RevocationStatus {
  const { certificate = plain, at = AT, keyUsage, signers } = question;
  return revocationOf({
    certificate,
    issuer: { subjectDer: ISSUER, spki: key.spki, keyUsage },
    crls: new CrlIndex(crls),
    at,
    crlSigners: (name) => [...(signers ?? [])].find(([issuer]) => issuer.equals(name))?.[1] ?? [],
  });
}

function stateBy(crls: readonly ParsedCrl[], question: Question = {}): string {
  const status = statusBy(crls, question);
  return status.state === 'REVOKED' ? status.reason : status.state;
}

describe('one complete CRL without distribution points', () => {
  it('6.3.3 (j): GOOD unless listed, with reason and date of the entry', () => {
    expect(statusBy([crlOf({ entries: [entry(76), entry(78)] }, key)])).toMatchObject({ state: 'GOOD' });
    const at = new Date('2025-05-01T00:00:00Z');
    expect(statusBy([crlOf({ entries: [entry(76), entry(SERIAL, reason(4))] }, key)])).toEqual({ state: 'REVOKED', reason: 'superseded', at });
    expect(statusBy([crlOf({ entries: [entry(SERIAL)] }, key)])).toEqual({ state: 'REVOKED', reason: 'unspecified', at });
    expect(stateBy([crlOf({ entries: [entry(SERIAL, reason(6))] }, key)])).toBe('certificateHold');
    expect(stateBy([crlOf({ version: 'absent', extensions: [], entries: [entry(SERIAL)] }, key)])).toBe('unspecified');
    expect(statusBy([])).toEqual({ state: 'UNKNOWN', detail: 'no CRL that can be used' });
  });

  it('serials are compared as whole numbers of any length, negative ones too', () => {
    const long = (1n << 159n) - 5n;
    for (const serial of [long, 0n, -3n, 128n]) {
      const certificate = certificateOf({ serial }, key);
      expect(stateBy([crlOf({ entries: [entry(serial + 256n), entry(serial)] }, key)], { certificate })).toBe('unspecified');
      expect(stateBy([crlOf({ entries: [entry(serial + 256n), entry(serial + 1n)] }, key)], { certificate })).toBe('GOOD');
    }
  });

  it('(k): removeFromCRL is not revoked; of two entries the one that revokes counts', () => {
    expect(stateBy([crlOf({ entries: [entry(SERIAL, reason(8))] }, key)])).toBe('GOOD');
    expect(stateBy([crlOf({ entries: [entry(SERIAL, reason(8)), entry(SERIAL, reason(1)), entry(SERIAL, reason(8))] }, key)])).toBe('keyCompromise');
  });

  it('(a): the time of the CRL, both ends included; 5.1.2.5: no nextUpdate, no use', () => {
    const crl = crlOf({ thisUpdate: '2025-06-02T00:00:00Z', nextUpdate: '2025-06-03T00:00:00Z' }, key);
    const states = ['2025-06-01T23:59:59Z', '2025-06-02T00:00:00Z', '2025-06-03T00:00:00Z', '2025-06-03T00:00:01Z'];
    expect(states.map((at) => stateBy([crl], { at: new Date(at) }))).toEqual(['UNKNOWN', 'GOOD', 'GOOD', 'UNKNOWN']);
    expect(stateBy([crlOf({ nextUpdate: 'absent' }, key)])).toBe('UNKNOWN');
  });

  it('the newest usable CRL counts, by time and then by number', () => {
    const old = crlOf({ entries: [entry(SERIAL, reason(6))], extensions: [number(4)] }, key);
    const fresh = crlOf({ thisUpdate: '2025-06-01T12:00:00Z' }, key);
    const sameTime = crlOf({ extensions: [number(6)] }, key);
    const expired = crlOf({ thisUpdate: '2025-06-01T12:00:00Z', nextUpdate: '2025-06-01T13:00:00Z' }, key);
    const forged = crlOf({ thisUpdate: '2025-06-01T12:00:00Z' }, other);
    expect([[old, fresh], [fresh, old], [old, sameTime], [sameTime, old]].map((crls) => stateBy(crls))).toEqual(Array(4).fill('GOOD'));
    expect([stateBy([old, expired]), stateBy([forged, old])]).toEqual(['certificateHold', 'certificateHold']);
  });

  it('5.2, 5.3: a critical extension that is not known makes the CRL useless for every certificate', () => {
    expect(stateBy([crlOf({ extensions: [number(5), unknownExtension(true)] }, key)])).toBe('UNKNOWN');
    expect(stateBy([crlOf({ extensions: [number(5), unknownExtension(false)] }, key)])).toBe('GOOD');
    for (const serial of [SERIAL, 5n]) expect(stateBy([crlOf({ entries: [entry(serial, unknownExtension(true))] }, key)])).toBe('UNKNOWN');
    expect(stateBy([crlOf({ entries: [entry(SERIAL, unknownExtension(false))] }, key)])).toBe('unspecified');
    expect(stateBy([crlOf({ entries: [entry(SERIAL), entry(99, reason(1), reason(1))] }, key)])).toBe('UNKNOWN');
  });

  it('7.1: issuer names are the same by their text, not by their octets', () => {
    const spelled = encodeName([
      { type: 'C', value: 'JP' },
      { type: 'OU', value: ' ISSUER ', encoding: 'printable' },
    ]);
    expect(stateBy([crlOf({ issuer: spelled, entries: [entry(SERIAL)] }, key)])).toBe('unspecified');
    expect(stateBy([crlOf({ issuer: OTHER_ISSUER }, key)])).toBe('UNKNOWN');
  });
});

describe('6.3.3 (f), (g): who signs', () => {
  const signers = new Map([[ISSUER, [{ spki: other.spki }]]]);
  const byOther = crlOf({ entries: [entry(SERIAL)] }, other);

  it('the issuer by another key only when that key has a path of its own', () => {
    expect(stateBy([byOther])).toBe('UNKNOWN');
    expect(stateBy([byOther], { signers })).toBe('unspecified');
  });

  it('the issuer by the key of its certificate only when keyUsage says cRLSign', () => {
    const crl = crlOf({}, key);
    expect(stateBy([crl], { keyUsage: ['keyCertSign', 'cRLSign'] })).toBe('GOOD');
    expect(stateBy([crl], { keyUsage: ['keyCertSign'] })).toBe('UNKNOWN');
    expect(stateBy([crl], { keyUsage: ['keyCertSign'], signers: new Map([[ISSUER, [{ spki: key.spki }]]]) })).toBe('GOOD');
  });

  it('JPKI 4.8: each generation answers for its own certificates, whichever CRL is newer', () => {
    const fresh = { thisUpdate: '2025-06-01T12:00:00Z' };
    expect(stateBy([crlOf({ ...fresh }, other), crlOf({ entries: [entry(SERIAL)] }, key)], { signers })).toBe('unspecified');
    expect(stateBy([crlOf({ ...fresh }, key), byOther], { signers })).toBe('unspecified');
    expect(stateBy([crlOf({ ...fresh }, key), crlOf({}, other)], { signers })).toBe('GOOD');
  });

  it('signers are asked for only when the issuer did not sign, once for a name', () => {
    let asked = 0;
    const crls = [crlOf({}, key), crlOf({ extensions: [number(1)] }, other), crlOf({ extensions: [number(2)] }, other)];
    const ask = (index: CrlIndex): RevocationStatus =>
      revocationOf({ certificate: plain, issuer: { subjectDer: ISSUER, spki: key.spki }, crls: index, at: AT, crlSigners: () => ((asked += 1), []) });
    expect([ask(new CrlIndex(crls.slice(0, 1))).state, asked]).toEqual(['GOOD', 0]);
    expect([ask(new CrlIndex(crls)).state, asked]).toEqual(['GOOD', 1]);
  });
});

describe('6.3.3 (b)(2): issuing distribution point', () => {
  const authority = certificateOf({ extensions: [AUTHORITY] }, key);
  it.each([
    ['user certificates', 1, 'GOOD', 'UNKNOWN'],
    ['authority certificates', 2, 'UNKNOWN', 'GOOD'],
    ['attribute certificates', 5, 'UNKNOWN', 'UNKNOWN'],
  ])('(ii) to (iv): only %s', (_name, flag, forUser, forAuthority) => {
    const crl = crlOf({ extensions: [number(5), issuingPoint({ flags: [flag] })] }, key);
    expect([stateBy([crl]), stateBy([crl], { certificate: authority })]).toEqual([forUser, forAuthority]);
  });

  const sameDirectory = { full: [...uri('ldap://x/').full, ...directory('PART  1').full] };
  it.each([
    ['the same URI', uri('http://a/1'), uri('http://a/1'), 'GOOD'],
    ['another URI', uri('http://a/1'), uri('http://a/2'), 'UNKNOWN'],
    ['the same URI spelled otherwise (7.4)', uri('http://a/1'), uri('HTTP://A:80/x/../%31'), 'GOOD'],
    ['one directory name in common', directory('part 1'), sameDirectory, 'GOOD'],
    ['relative names', { relative: 'part' }, { relative: 'PART' }, 'GOOD'],
    ['other relative names', { relative: 'part' }, { relative: 'other' }, 'UNKNOWN'],
    ['a relative name in the certificate', { relative: 'part' }, directory('issuer', 'part'), 'GOOD'],
    ['a relative name in the CRL', directory('issuer', 'part'), { relative: 'part' }, 'GOOD'],
    ['a name only in the CRL', undefined, uri('http://a/1'), 'UNKNOWN'],
    ['a name only in the certificate', uri('http://a/1'), undefined, 'GOOD'],
  ] as const)('(i): %s', (_name, inCertificate, inCrl, expected) => {
    const point = inCertificate === undefined ? { reasons: [0, 1, 2, 3, 4, 5, 6, 7, 8] } : { name: inCertificate };
    const certificate = certificateOf({ extensions: [points(point)] }, key);
    const crl = crlOf({ extensions: [number(5), issuingPoint(inCrl === undefined ? { flags: [1] } : { name: inCrl })] }, key);
    expect(stateBy([crl], { certificate })).toBe(expected);
  });

  it('end of 6.3.3: a CRL that no point names, under the names of the issuer', () => {
    const certificate = certificateOf({ extensions: [points({ name: uri('http://a/1') })] }, key);
    const named = encodeExtension(OID.issuerAltName, false, sequence(contextConstructed(4, nameOf('alias'))));
    const aliased = certificateOf({ extensions: [points({ name: uri('http://a/1') }), named] }, key);
    function at(unit: string): ParsedCrl {
      return crlOf({ extensions: [number(5), issuingPoint({ name: directory(unit) })] }, key);
    }
    expect([stateBy([at('issuer')], { certificate }), stateBy([at('issuer')])]).toEqual(['GOOD', 'GOOD']);
    expect([stateBy([at('alias')], { certificate }), stateBy([at('alias')], { certificate: aliased })]).toEqual(['UNKNOWN', 'GOOD']);
    expect(stateBy([crlOf({}, key)], { certificate })).toBe('GOOD');
  });

  it('a malformed or endless list of points is no answer', () => {
    const value = (content: Buffer): Buffer => encodeExtension(OID.crlDistributionPoints, false, content);
    const many = points(...Array.from({ length: 65 }, () => ({ name: uri('http://a/1') })));
    for (const extension of [value(sequence()), value(sequence(setOf())), value(sequence(integer(1))), value(integer(1)), many]) {
      expect(stateBy([crlOf({}, key)], { certificate: certificateOf({ extensions: [extension] }, key) })).toBe('UNKNOWN');
    }
  });
});

describe('6.3.3 (d), (e), (l): reasons', () => {
  const some = [1, 2];
  const rest = [3, 4, 5, 6, 7, 8];
  function part(reasons: readonly number[], ...entries: readonly Buffer[]): ParsedCrl {
    return crlOf({ extensions: [number(5), issuingPoint({ reasons })], entries }, key);
  }

  it('(d)(2): only CRLs that together cover all reasons determine that it is not revoked', () => {
    expect(statusBy([part(some)])).toMatchObject({ state: 'UNKNOWN', detail: expect.stringContaining('some of the reasons') });
    expect(stateBy([part(some), part(rest)])).toBe('GOOD');
    expect(stateBy([part(some), part([3, 4, 5, 6, 7])])).toBe('UNKNOWN');
    expect(stateBy([part(some), part(rest, entry(SERIAL, reason(3)))])).toBe('affiliationChanged');
    expect(stateBy([part(some, entry(SERIAL))])).toBe('unspecified');
    expect(stateBy([part([0, ...some, ...rest])])).toBe('GOOD');
    expect(stateBy([part([0])])).toBe('UNKNOWN');
  });

  it('(d)(3), (d)(1): reasons of the point, alone and cut with those of the CRL', () => {
    const [a, b] = [uri('http://a/1'), uri('http://a/2')];
    const certificate = certificateOf({ extensions: [points({ name: a, reasons: some }, { name: b, reasons: rest })] }, key);
    function at(name: fixture.PointName, reasons?: readonly number[]): ParsedCrl {
      return crlOf({ extensions: [number(5), issuingPoint({ name, ...(reasons === undefined ? {} : { reasons }) })] }, key);
    }
    expect([stateBy([at(a)], { certificate }), stateBy([at(a), at(b)], { certificate })]).toEqual(['UNKNOWN', 'GOOD']);
    expect(stateBy([at(a, rest), at(b, rest)], { certificate })).toBe('UNKNOWN');
    expect(stateBy([at(a, [1]), at(b), at(a, [2])], { certificate })).toBe('GOOD');
  });

  it('(e): a CRL that adds no reason is not looked at', () => {
    const extensions = [number(4), issuingPoint({ reasons: some })];
    const older = crlOf({ thisUpdate: '2025-05-31T00:00:00Z', extensions, entries: [entry(SERIAL)] }, key);
    expect(stateBy([part(some), part(rest), older])).toBe('GOOD');
    expect(stateBy([part(rest), older])).toBe('unspecified');
  });
});

describe('6.3.3 (b)(1), 5.3.3: indirect CRLs', () => {
  const name = uri('http://a/1');
  const certificate = certificateOf({ extensions: [points({ name, crlIssuer: [OTHER_ISSUER] })] }, key);
  const signers = new Map([[OTHER_ISSUER, [{ spki: other.spki }]]]);
  function indirect(entries: readonly Buffer[] = [], parts: fixture.IssuingPointParts = { name, flags: [4] }): ParsedCrl {
    return crlOf({ issuer: OTHER_ISSUER, extensions: [number(5), issuingPoint(parts)], entries }, other);
  }
  const mine = entry(SERIAL, certificateIssuer(ISSUER));

  it('the CRL is by cRLIssuer, says that it is indirect, and its signer has a path', () => {
    expect(stateBy([indirect()], { certificate, signers })).toBe('GOOD');
    expect(stateBy([indirect([mine])], { certificate, signers })).toBe('unspecified');
    expect(stateBy([indirect([], { name })], { certificate, signers })).toBe('UNKNOWN');
    expect(stateBy([indirect()], { certificate })).toBe('UNKNOWN');
    expect(stateBy([indirect()], { signers })).toBe('UNKNOWN');
    const bySelf = crlOf({ issuer: OTHER_ISSUER, extensions: [number(5), issuingPoint({ name, flags: [4] })] }, key);
    expect(stateBy([bySelf], { certificate, signers })).toBe('UNKNOWN');
  });

  it('(b)(2)(i): without a name in the point, the name of the CRL is one of cRLIssuer', () => {
    const unnamed = certificateOf({ extensions: [points({ crlIssuer: [OTHER_ISSUER] })] }, key);
    expect(stateBy([indirect([], { name: directory('other issuer'), flags: [4] })], { certificate: unnamed, signers })).toBe('GOOD');
    expect(stateBy([indirect()], { certificate: unnamed, signers })).toBe('UNKNOWN');
    expect(stateBy([indirect([], { flags: [4] })], { certificate: unnamed, signers })).toBe('GOOD');
  });

  it('a relative name is completed by the name of the CRL issuer', () => {
    const relative = certificateOf({ extensions: [points({ name: { relative: 'part' }, crlIssuer: [OTHER_ISSUER] })] }, key);
    expect(stateBy([indirect([], { name: directory('other issuer', 'part'), flags: [4] })], { certificate: relative, signers })).toBe('GOOD');
    expect(stateBy([indirect([], { name: directory('issuer', 'part'), flags: [4] })], { certificate: relative, signers })).toBe('UNKNOWN');
  });

  it('entries belong to the CRL issuer, then to the certificateIssuer named last', () => {
    const named = (serial: bigint, ...names: readonly Buffer[]): Buffer => entry(serial, certificateIssuer(...names));
    const third = nameOf('third');
    const cases: readonly (readonly [readonly Buffer[], string])[] = [
      [[entry(SERIAL)], 'GOOD'],
      [[named(1n, ISSUER), entry(2), entry(SERIAL)], 'unspecified'],
      [[named(1n, ISSUER), named(2n, third), entry(SERIAL)], 'GOOD'],
      [[named(SERIAL, third), named(SERIAL, ISSUER)], 'unspecified'],
      [[named(SERIAL, third, ISSUER)], 'unspecified'],
    ];
    for (const [entries, expected] of cases) expect(stateBy([indirect(entries)], { certificate, signers })).toBe(expected);
    const self = crlOf({ extensions: [number(5), issuingPoint({ flags: [4] })], entries: [entry(SERIAL)] }, key);
    expect(stateBy([self])).toBe('unspecified');
    const noneMine = crlOf({ extensions: [number(5), issuingPoint({ flags: [4] })], entries: [named(1n, third), entry(SERIAL)] }, key);
    expect(stateBy([noneMine])).toBe('GOOD');
  });

  it('an indirect CRL for some reasons and one of the issuer for the others', () => {
    const both = points({ name, reasons: [1, 2], crlIssuer: [OTHER_ISSUER] }, { name, reasons: [3, 4, 5, 6, 7, 8] });
    const some = certificateOf({ extensions: [both] }, key);
    const direct = crlOf({ extensions: [number(5), issuingPoint({ name })] }, key);
    expect(stateBy([indirect(), direct], { certificate: some, signers })).toBe('GOOD');
    expect(stateBy([indirect([mine]), direct], { certificate: some, signers })).toBe('unspecified');
    expect(stateBy([indirect()], { certificate: some, signers })).toBe('UNKNOWN');
  });

  it('once determined by a point, the next one is not read', () => {
    const two = certificateOf({ extensions: [points({ name: uri('http://a/2') }, { name, crlIssuer: [OTHER_ISSUER] })] }, key);
    expect(stateBy([crlOf({}, key), indirect([mine])], { certificate: two, signers })).toBe('GOOD');
  });
});
