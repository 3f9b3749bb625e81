import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { type ExampleAuthority, exampleAuthority } from '../authority.fixture.js';
import type { ProfileExtension } from '../certificate/profile.js';
import { contentInfo, contentOf } from '../cms/cms.js';
import { type DigestName, digestAlgorithm, digestOf } from '../cms/digest-algorithm.js';
import { type CmsSigner, attribute, buildSignedData } from '../cms/signed-data.js';
import { signingCertificateAttribute } from '../cms/signing-certificate.js';
import { encodeExtension } from '../der/extension.js';
import { OID, oid } from '../der/oid.js';
import { valuesOf } from '../der/read.js';
import { TAG } from '../der/tag.js';
import { boolean, contextConstructed, integer, namedBits, nullValue, octetString, sequence, setOf, tlv, utf8String } from '../der/write.js';
import type { SigningKey } from '../key/signing-key.js';
import { PkiError } from '../pki-error.js';
import { messageImprintOf } from './message-imprint.js';
import { type TimestampRequest, createTimestampRequest, parseTimestampRequest, timestampFailureOf } from './timestamp-request.js';
import { buildTimestampRefusal, buildTimestampResponse, parseTimestampResponse } from './timestamp-response.js';
import { type TimestampToken, buildTimestampToken, parseTimestampToken } from './timestamp-token.js';
import { TSA_KEY_USAGE, TSA_PURPOSE, certifyTsa, tsaKey, tsaProfile } from './timestamp.fixture.js';
import { encodeTstInfo, parseTstInfo } from './tst-info.js';
import { type TimestampExpectation, verifyTimestamp } from './verify-timestamp.js';

const POLICY = '1.2.392.200149.8.5.9.1';
const DATA = Buffer.from('h_last of segment 7');
const IMPRINT = messageImprintOf('sha256', DATA);
const NONCE = 0x0123_4567_89ab_cdefn;
const AT = new Date('2016-01-05T03:00:00.250Z');
const SAID = { policy: POLICY, serial: 0xffff_ffff_ffff_ffffn, time: AT, accuracyMicros: 1_000_000 };

let ca: ExampleAuthority;
let key: SigningKey;
let tsa: CmsSigner;
const asked = (changes: Partial<TimestampRequest> = {}): TimestampRequest => (
  { version: 1, imprint: IMPRINT, nonce: NONCE, withCertificate: true, extensions: [], ...changes }
);

beforeAll(async () => {
  [ca, key] = await Promise.all([exampleAuthority(), tsaKey()]);
  tsa = await certifyTsa(ca, key);
});

function faultOf(run: () => unknown): string | undefined {
  try {
    run();
    return undefined;
  } catch (error) {
    if (error instanceof PkiError) return error.code;
    throw error;
  }
}

/** A TimeStampReq of parts that a sound client would not write. */
function rawRequest({ version = integer(1), imprint = IMPRINT.der, rest = [] }: { version?: Buffer; imprint?: Buffer; rest?: Buffer[] }): Buffer {
  return sequence(version, imprint, ...rest);
}

describe('TimeStampReq (RFC 3161 2.4.1)', () => {
  it('reads what it wrote, with every optional part and with none', () => {
    for (const algorithm of ['sha256', 'sha384', 'sha512'] as const) {
      const imprint = messageImprintOf(algorithm, DATA);
      const full = { imprint, policy: POLICY, nonce: NONCE, withCertificate: true };
      expect(parseTimestampRequest(createTimestampRequest(full))).toEqual({ ...full, version: 1, extensions: [] });
      const least = parseTimestampRequest(createTimestampRequest({ imprint, withCertificate: false }));
      expect(least).toEqual({ imprint, withCertificate: false, version: 1, extensions: [] });
      expect(timestampFailureOf(least, [])).toBeUndefined();
    }
    const negative = parseTimestampRequest(rawRequest({ rest: [integer(-5n)] }));
    expect(negative.nonce).toBe(-5n);
  });

  const unknown = encodeExtension('1.2.392.9.9', false, nullValue());
  it.each([
    ['badRequest', () => rawRequest({ version: integer(2) })],
    ['badAlg', () => rawRequest({ imprint: sequence(sequence(oid(OID.sha1), nullValue()), octetString(Buffer.alloc(20))) })],
    ['badAlg', () => rawRequest({ imprint: sequence(sequence(oid(OID.sha256), integer(1)), octetString(Buffer.alloc(32))) })],
    ['badDataFormat', () => rawRequest({ imprint: sequence(sequence(oid(OID.sha256)), octetString(Buffer.alloc(31))) })],
    ['badDataFormat', () => rawRequest({ imprint: sequence(sequence(oid(OID.sha512)), octetString(Buffer.alloc(32))) })],
    ['unacceptedPolicy', () => rawRequest({ rest: [oid('1.2.3')] })],
    ['unacceptedExtension', () => rawRequest({ rest: [contextConstructed(0, encodeExtension('1.2.392.9.9', true, nullValue()))] })],
    ['unacceptedExtension', () => rawRequest({ rest: [contextConstructed(0, unknown)] })],
  ] as const)('is refused with %s', (failure, make) => {
    expect(timestampFailureOf(parseTimestampRequest(make()), [POLICY])).toBe(failure);
  });

  it('takes the NULL that SHA-2 digests are often given, and a policy of its own', () => {
    const imprint = sequence(sequence(oid(OID.sha256), nullValue()), octetString(Buffer.alloc(32)));
    expect(timestampFailureOf(parseTimestampRequest(rawRequest({ imprint, rest: [oid(POLICY)] })), [POLICY])).toBeUndefined();
  });

  it.each([
    ['certReq FALSE written out', () => rawRequest({ rest: [boolean(false)] })],
    ['parts in another order', () => rawRequest({ rest: [boolean(true), integer(1)] })],
    ['nonce of 65 octets', () => rawRequest({ rest: [tlv(TAG.integer, Buffer.alloc(65, 1))] })],
    ['an unknown part', () => rawRequest({ rest: [contextConstructed(1)] })],
    ['version that is no small number', () => rawRequest({ version: integer(1n << 40n) })],
    ['trailing octets', () => Buffer.concat([rawRequest({}), Buffer.from([0])])],
    ['nothing', () => Buffer.alloc(0)],
  ])('is malformed: %s', (_name, make) => {
    expect(faultOf(() => parseTimestampRequest(make()))).toBe('TIMESTAMP_MALFORMED');
  });
});

describe('TSTInfo (RFC 3161 2.4.2)', () => {
  const encoded = (time: Date) => encodeTstInfo({ policy: POLICY, imprint: IMPRINT, serial: 1n, time });

  it.each([
    ['2016-01-05T03:00:00.000Z', '20160105030000Z'],
    ['2016-01-05T00:00:00.250Z', '20160105000000.25Z'],
    ['2016-01-05T03:00:00.001Z', '20160105030000.001Z'],
    ['2016-01-05T03:00:00.100Z', '20160105030000.1Z'],
  ])('genTime %s is %s', (instant, text) => {
    const der = encoded(new Date(instant));
    expect(der.includes(tlv(TAG.generalizedTime, Buffer.from(text)))).toBe(true);
    expect(parseTstInfo(der).time).toEqual(new Date(instant));
  });

  /** TSTInfo with another genTime, and what follows it. */
  const raw = (time: string, ...rest: Buffer[]) =>
    sequence(integer(1), oid(POLICY), IMPRINT.der, integer(1), tlv(TAG.generalizedTime, Buffer.from(time)), ...rest);

  it('genTime finer than a millisecond is cut off', () => {
    expect(parseTstInfo(raw('20160105030000.123456789Z')).time).toEqual(new Date('2016-01-05T03:00:00.123Z'));
  });

  it.each([
    '20160105030000.Z', '20160105030000.10Z', '20160105030000.0Z', '20160105030000,5Z', '20160105030000.5', '201601050300Z',
    '20160105030000+0900', '20160105240000Z', '20160105030060Z', '20160230030000Z', `20160105030000.${'1'.repeat(40)}Z`,
  ])('genTime %s is refused', (text) => {
    expect(faultOf(() => parseTstInfo(raw(text)))).toBe('BAD_TIME');
  });

  it('accuracy is read in all its parts, and written as seconds, millis and micros', () => {
    for (const [micros, der] of [
      [1_000_000, '3003020101'], [1_500_002, '300a020101800201f4810102'], [999, '3004810203e7'], [0, '3000'],
    ] as const) {
      const info = encodeTstInfo({ policy: POLICY, imprint: IMPRINT, serial: 1n, time: AT, accuracyMicros: micros });
      expect(info.toString('hex')).toContain(der);
      expect(parseTstInfo(info).accuracyMicros).toBe(micros);
    }
    for (const bad of ['3003800100', '3004800203e8', '3006810101800101', '3003020180']) {
      expect(faultOf(() => parseTstInfo(raw('20160105030000Z', Buffer.from(bad, 'hex')))), bad).toBe('BAD_DER');
    }
  });

  it('a critical extension, another version, ordering FALSE and a serial above 160 bits are refused', () => {
    expect(parseTstInfo(raw('20160105030000Z', boolean(true))).ordering).toBe(true);
    expect(faultOf(() => parseTstInfo(raw('20160105030000Z', boolean(false))))).toBe('BAD_DER');
    const extension = (critical: boolean) => contextConstructed(1, encodeExtension('1.2.392.9.9', critical, nullValue()));
    expect(faultOf(() => parseTstInfo(raw('20160105030000Z', extension(false))))).toBeUndefined();
    expect(faultOf(() => parseTstInfo(raw('20160105030000Z', extension(true))))).toBe('BAD_DER');
    const of = (version: bigint, serial: bigint) =>
      sequence(integer(version), oid(POLICY), IMPRINT.der, integer(serial), tlv(TAG.generalizedTime, Buffer.from('20160105030000Z')));
    expect(faultOf(() => parseTstInfo(of(1n, (1n << 160n) - 1n)))).toBeUndefined();
    expect(faultOf(() => parseTstInfo(of(1n, 1n << 168n)))).toBe('BAD_DER');
    expect(faultOf(() => parseTstInfo(of(2n, 1n)))).toBe('BAD_DER');
  });
});

describe('TimeStampResp (RFC 3161 2.4.2)', () => {
  it('grants a token with all that was said and asked, nonce and certificate only when asked for', async () => {
    const response = parseTimestampResponse(buildTimestampResponse(await buildTimestampToken(asked(), SAID, tsa)));
    if (response.status !== 'granted') throw new Error(response.status);
    expect(response.token.info).toEqual({ ...SAID, imprint: IMPRINT, nonce: NONCE, ordering: false });
    expect(response.token.certificates).toEqual([tsa.certificate]);
    const { nonce: _nonce, ...least } = asked({ withCertificate: false });
    const bare = parseTimestampToken(await buildTimestampToken(least, SAID, tsa));
    expect([bare.info.nonce, bare.certificates]).toEqual([undefined, []]);
  });

  it('JPKI 4.3: the serial number has 1 to 64 bits', () => {
    for (const serial of [0n, -1n, 1n << 64n]) expect(faultOf(() => buildTimestampToken(asked(), { ...SAID, serial }, tsa))).toBe('BAD_DER');
  });

  it.each([
    ['badAlg', 0], ['badRequest', 2], ['badDataFormat', 5], ['timeNotAvailable', 14], ['unacceptedPolicy', 15], ['unacceptedExtension', 16],
    ['addInfoNotAvailable', 17], ['systemFailure', 25],
  ] as const)('refuses with %s', (failure, bit) => {
    const der = buildTimestampRefusal(failure);
    expect(der).toEqual(sequence(sequence(integer(2), tlv(TAG.bitString, namedBits([bit])))));
    expect(parseTimestampResponse(der)).toEqual({ status: 'rejection', failures: [failure] });
  });

  it('every other form is malformed', async () => {
    const token = await buildTimestampToken(asked(), SAID, tsa);
    const text = sequence(utf8String('why'));
    expect(parseTimestampResponse(sequence(sequence(integer(3), text)))).toEqual({ status: 'waiting', failures: [] });
    expect(parseTimestampResponse(sequence(sequence(integer(1)), token)).status).toBe('grantedWithMods');
    for (const bad of [
      sequence(sequence(integer(0))), sequence(sequence(integer(2)), token), sequence(sequence(integer(6))), sequence(sequence(integer(-1))),
      sequence(sequence(integer(0), tlv(TAG.bitString, namedBits([0]))), token), sequence(sequence(integer(2), tlv(TAG.bitString, namedBits([1])))),
      sequence(sequence(integer(2), sequence(integer(1)))), sequence(sequence(integer(0)), token, token),
    ]) expect(faultOf(() => parseTimestampResponse(bad)), bad.subarray(0, 20).toString('hex')).toBe('TIMESTAMP_MALFORMED');
  });
});

describe('verification by a client', () => {
  const expected = (changes: Partial<TimestampExpectation> = {}): TimestampExpectation => (
    { imprint: IMPRINT, nonce: NONCE, policies: [POLICY], certificates: [], ...changes }
  );
  const faultWith = (token: TimestampToken, changes: Partial<TimestampExpectation> = {}) => {
    const verdict = verifyTimestamp(token, expected(changes));
    return verdict.valid ? undefined : verdict.fault;
  };
  const token = async (signer: CmsSigner, time = AT) => parseTimestampToken(await buildTimestampToken(asked(), { ...SAID, time }, signer));

  it('believes what was asked for, with the certificate inside or at hand', async () => {
    const verdict = { valid: true, time: AT, certificate: tsa.certificate };
    expect(verifyTimestamp(await token(tsa), expected())).toEqual(verdict);
    const bare = parseTimestampToken(await buildTimestampToken(asked({ withCertificate: false }), SAID, tsa));
    expect(verifyTimestamp(bare, expected({ certificates: [ca.holder, tsa.certificate] }))).toEqual(verdict);
    expect(faultWith(bare)).toBe('NO_CERTIFICATE');
    expect(faultWith(bare, { certificates: [ca.holder] })).toBe('NO_CERTIFICATE');
  });

  it('not for other data, another digest, another nonce or another policy', async () => {
    const good = await token(tsa);
    expect(faultWith(good, { imprint: messageImprintOf('sha256', Buffer.from('other')) })).toBe('IMPRINT');
    expect(faultWith(good, { imprint: { ...IMPRINT, algorithm: 'sha384' } })).toBe('IMPRINT');
    expect(faultWith(good, { nonce: 1n })).toBe('NONCE');
    expect(faultWith(good, { policies: ['1.2.3'] })).toBe('POLICY');
    const { nonce: _nonce, policies: _policies, ...kept } = expected();
    expect(verifyTimestamp(good, kept).valid).toBe(true);
  });

  it.each<readonly [string, readonly ProfileExtension[], 'PURPOSE' | undefined]>([
    ['extKeyUsage not critical', [{ ...TSA_PURPOSE, critical: false }], 'PURPOSE'],
    ['a second purpose', [{ critical: true, value: { kind: 'extKeyUsage', purposes: [OID.timeStamping, OID.clientAuth] } }], 'PURPOSE'],
    ['another purpose', [{ critical: true, value: { kind: 'extKeyUsage', purposes: [OID.clientAuth] } }], 'PURPOSE'],
    ['extKeyUsage twice', [TSA_PURPOSE, TSA_PURPOSE], 'PURPOSE'],
    ['no extKeyUsage', [TSA_KEY_USAGE], 'PURPOSE'],
    ['keyUsage that does not sign', [{ critical: true, value: { kind: 'keyUsage', bits: ['keyCertSign'] } }, TSA_PURPOSE], 'PURPOSE'],
    ['keyUsage nonRepudiation', [{ critical: true, value: { kind: 'keyUsage', bits: ['nonRepudiation'] } }, TSA_PURPOSE], undefined],
    ['no keyUsage', [TSA_PURPOSE], undefined],
  ])('RFC 3161 2.3: certificate with %s', async (_name, extensions, fault) => {
    expect(faultWith(await token(await certifyTsa(ca, key, tsaProfile(extensions))))).toBe(fault);
  });

  it('not outside the validity of the certificate, to the second', async () => {
    const { notBefore, notAfter } = tsa.certificate;
    const around = [notBefore.getTime() - 1, notBefore.getTime(), notAfter.getTime(), notAfter.getTime() + 1].map((time) => new Date(time));
    const faults = [];
    for (const time of around) faults.push(faultWith(await token(tsa, time)));
    expect(faults).toEqual(['VALIDITY', undefined, undefined, 'VALIDITY']);
  });

  /** A token signed for other contents of its parts than the authority gives them. */
  const forged = async (parts: { info?: Buffer; id?: Buffer[]; named?: CmsSigner; inside?: Buffer[] }) => parseTimestampToken(await buildSignedData({
    type: OID.cmsTstInfo,
    content: parts.info ?? encodeTstInfo({ ...SAID, imprint: IMPRINT, nonce: NONCE }),
    attributes: parts.id ?? [signingCertificateAttribute(tsa.certificate)],
    certificates: parts.inside ?? [tsa.certificate.der],
  }, parts.named ?? tsa));

  it('RFC 5816: not with a certificate that the signed ESSCertIDv2 does not name', async () => {
    // Same name, number and key, so that only the signed id tells the two apart.
    const namesake = await certifyTsa(ca, key, tsaProfile([TSA_PURPOSE]));
    expect(faultWith(await forged({ inside: [namesake.certificate.der] }))).toBe('CERTIFICATE_ID');
    expect(faultWith(await forged({ inside: [namesake.certificate.der, tsa.certificate.der] }))).toBeUndefined();
    expect(faultWith(await forged({ id: [signingCertificateAttribute(ca.holder)] }))).toBe('CERTIFICATE_ID');
    expect(await forged({ id: [] }).catch((error: unknown) => error)).toMatchObject({ code: 'TIMESTAMP_MALFORMED' });
    const { der, issuerDer, serial } = tsa.certificate;
    const idWith = (algorithm: Buffer[], hash: DigestName, number: bigint) => [attribute(OID.cmsSigningCertificateV2, sequence(sequence(sequence(
      ...algorithm, octetString(digestOf(hash, der)), sequence(sequence(contextConstructed(4, issuerDer)), integer(number)),
    ))))];
    for (const [id, fault] of [
      [idWith([], 'sha256', serial), undefined], [idWith([], 'sha256', serial + 1n), 'CERTIFICATE_ID'],
      [idWith([], 'sha512', serial), 'CERTIFICATE_ID'],
      [idWith([digestAlgorithm('sha512')], 'sha512', serial), undefined], [idWith([sequence(oid(OID.sha1))], 'sha256', serial), 'CERTIFICATE_ID'],
    ] as const) expect(faultWith(await forged({ id }))).toBe(fault);
  });

  it('RFC 3161 2.4.2: of one signature over TSTInfo inside, with few certificates', async () => {
    const malformed = (der: Buffer) => faultOf(() => parseTimestampToken(der));
    const attributes = [signingCertificateAttribute(tsa.certificate)];
    const said = { type: OID.cmsTstInfo, content: encodeTstInfo({ ...SAID, imprint: IMPRINT }), attributes, certificates: [] };
    /** The one SignerInfo of a SignedData. */
    const signerOf = async (signer: CmsSigner) => {
      const signed = contentOf(await buildSignedData(said, signer), OID.cmsSignedData);
      return valuesOf(signed).at(-1)?.content ?? Buffer.alloc(0);
    };
    const [signer, another] = [await signerOf(tsa), await signerOf({ ...tsa, certificate: ca.holder })];
    const signedBy = (...list: Buffer[]) => contentInfo(OID.cmsSignedData, sequence(
      integer(3), setOf(), sequence(oid(OID.cmsTstInfo), contextConstructed(0, octetString(said.content))), setOf(...list),
    ));
    expect(malformed(signedBy(signer))).toBeUndefined();
    expect([malformed(signedBy()), malformed(signedBy(signer, another))]).toEqual(['TIMESTAMP_MALFORMED', 'TIMESTAMP_MALFORMED']);
    expect(malformed(await buildSignedData({ ...said, type: OID.cmsData }, tsa))).toBe('TIMESTAMP_MALFORMED');
    expect(malformed(await buildSignedData({ ...said, detached: true }, tsa))).toBe('TIMESTAMP_MALFORMED');
    const many = (count: number) => buildSignedData({ ...said, certificates: Array.from({ length: count }, () => tsa.certificate.der) }, tsa);
    expect([malformed(await many(16)), malformed(await many(17))]).toEqual([undefined, 'TIMESTAMP_MALFORMED']);
  });

  it('not by another key, nor under a name that is not of the certificate', async () => {
    expect(faultWith(await forged({ named: { certificate: tsa.certificate, key: ca.holderKey } }))).toBe('SIGNATURE');
    const named = (name: Buffer) => sequence(
      integer(1), oid(POLICY), IMPRINT.der, integer(1), tlv(TAG.generalizedTime, Buffer.from('20160105030000Z')), integer(NONCE),
      contextConstructed(0, name),
    );
    expect(faultWith(await forged({ info: named(contextConstructed(4, tsa.certificate.subjectDer)) }))).toBeUndefined();
    expect(faultWith(await forged({ info: named(contextConstructed(4, ca.root.subjectDer)) }))).toBe('AUTHORITY_NAME');
  });

  it('any change of the signed part is found', async () => {
    const der = await buildTimestampToken(asked(), SAID, tsa);
    const info = encodeTstInfo({ ...SAID, imprint: IMPRINT, nonce: NONCE });
    const at = der.indexOf(info);
    for (let octet = at; octet < at + info.length; octet += 1) {
      const changed = Buffer.from(der);
      changed[octet] = (changed[octet] ?? 0) ^ 1;
      let found: string | undefined;
      const malformed = faultOf(() => {
        const read = parseTimestampToken(changed);
        found = faultWith(read, { nonce: read.info.nonce ?? NONCE, policies: [read.info.policy] });
      });
      expect(malformed ?? found, `octet ${octet - at}`).toMatch(/^(TIMESTAMP_MALFORMED|IMPRINT|SIGNATURE)$/);
    }
  });
});

describe('hostile input', () => {
  it('is answered with TIMESTAMP_MALFORMED or a verdict, whatever is changed', async () => {
    const request = createTimestampRequest({ imprint: IMPRINT, policy: POLICY, nonce: NONCE, withCertificate: true });
    const response = buildTimestampResponse(await buildTimestampToken(asked(), SAID, tsa));
    const read = (der: Buffer) => {
      const parsed = parseTimestampResponse(der);
      if ('token' in parsed) verifyTimestamp(parsed.token, { imprint: IMPRINT, certificates: [tsa.certificate] });
    };
    for (const [der, parse] of [[request, parseTimestampRequest], [response, read]] as const) {
      fc.assert(fc.property(fc.nat(der.length - 1), fc.integer({ min: 1, max: 255 }), fc.boolean(), (at, mask, cut) => {
        const changed = Buffer.from(der);
        changed[at] = (changed[at] ?? 0) ^ mask;
        expect([undefined, 'TIMESTAMP_MALFORMED', 'BAD_CERTIFICATE']).toContain(faultOf(() => parse(cut ? changed.subarray(0, at) : changed)));
      }), { numRuns: 400 });
      fc.assert(fc.property(fc.uint8Array({ maxLength: 200 }), (octets) => {
        expect(faultOf(() => parse(Buffer.from(octets)))).toBe('TIMESTAMP_MALFORMED');
      }));
    }
  });
});
