import { beforeAll, describe, expect, it } from 'vitest';
import { type ExampleAuthority, OCSP_PROFILE, exampleAuthority, holderContent } from '../authority.fixture.js';
import { type CertificateContent, buildTbsCertificate, signCertificate } from '../certificate/build-certificate.js';
import { parseCertificate } from '../certificate/certificate.js';
import type { ProfileExtension } from '../certificate/profile.js';
import { encodeExtension } from '../der/extension.js';
import { encodeName } from '../der/name.js';
import { OID, oid } from '../der/oid.js';
import { generalizedTime } from '../der/time.js';
import { bitString, contextConstructed, contextPrimitive, enumerated, nullValue, octetString, sequence } from '../der/write.js';
import { signChecked, signatureAlgorithmIdentifier } from '../key/signing-key.js';
import { PkiError } from '../pki-error.js';
import { certIdOf } from './cert-id.js';
import { encodeNonce } from './ocsp-request.js';
import { type OcspAnswer, buildOcspResponse } from './ocsp-response.js';
import { type BasicOcspResponse, type OcspExpectation, parseOcspResponse, verifyOcspResponse } from './parse-ocsp-response.js';

const AT = new Date('2016-01-05T03:00:00Z');
const NONCE = Buffer.alloc(32, 3);
let ca: ExampleAuthority;
beforeAll(async () => {
  ca = await exampleAuthority();
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

function basicOf(der: Buffer): BasicOcspResponse {
  const response = parseOcspResponse(der);
  if (response.status !== 'successful') throw new Error(response.status);
  return response;
}

const answer = (serial: bigint, changes: Partial<OcspAnswer> = {}): OcspAnswer => (
  { certId: certIdOf(ca.root, serial, 'sha1'), status: { kind: 'good' }, thisUpdate: AT, nextUpdate: new Date(AT.getTime() + 900_000), ...changes }
);
const believe = (response: BasicOcspResponse, changes: Partial<OcspExpectation> = {}) =>
  verifyOcspResponse(response, { issuer: ca.root, at: AT, serials: [9n], ...changes });

/** A response of parts that our own responder would not write. */
async function raw(parts: { responder?: Buffer; status?: Buffer; single?: Buffer[]; extensions?: Buffer[]; inside?: Buffer[] }): Promise<Buffer> {
  const { status = contextPrimitive(0, Buffer.alloc(0)) } = parts;
  const key = ca.responderKey;
  const wrapped = (tag: number, list: Buffer[] | undefined) => (list === undefined ? [] : [contextConstructed(tag, sequence(...list))]);
  const next = contextConstructed(0, generalizedTime(new Date(AT.getTime() + 900_000)));
  const single = sequence(certIdOf(ca.root, 9n, 'sha1').der, status, generalizedTime(AT), next, ...wrapped(1, parts.single));
  const tbs = sequence(
    parts.responder ?? contextConstructed(2, octetString(key.keyIdentifier)), generalizedTime(AT), sequence(single), ...wrapped(1, parts.extensions),
  );
  const signature = bitString(await signChecked(tbs, key));
  const basic = sequence(tbs, signatureAlgorithmIdentifier('sha256WithRSAEncryption'), signature, ...wrapped(0, parts.inside ?? [ca.responder.der]));
  return sequence(enumerated(0), contextConstructed(0, sequence(oid(OID.ocspBasic), octetString(basic))));
}

describe('form of a response (RFC 6960 4.2.1, 4.4)', () => {
  it('the responder is named by its key or its name', async () => {
    const byName = basicOf(await raw({ responder: contextConstructed(1, ca.responder.subjectDer) }));
    expect(byName.responder).toEqual({ nameDer: ca.responder.subjectDer });
    expect(believe(byName)).toHaveLength(1);
    const another = basicOf(await raw({ responder: contextConstructed(1, encodeName([{ type: 'CN', value: 'x' }])) }));
    expect(faultOf(() => believe(another))).toBe('BAD_SIGNATURE');
    for (const responder of [contextConstructed(1), contextConstructed(1, nullValue()), contextConstructed(0, nullValue())]) {
      expect(await raw({ responder }).then((der) => faultOf(() => parseOcspResponse(der)))).toBe('OCSP_MALFORMED');
    }
  });

  it('extensions: archiveCutoff is read, unknown ones are passed over unless critical or repeated', async () => {
    const unknown = (critical: boolean) => encodeExtension('1.2.392.9.9', critical, nullValue());
    const cutoff = encodeExtension(OID.ocspArchiveCutoff, false, generalizedTime(new Date('2006-01-05T03:00:00Z')));
    const read = basicOf(await raw({ single: [unknown(false), cutoff], extensions: [unknown(false), encodeNonce(NONCE)] }));
    expect([read.answers[0]?.archiveCutoff, read.nonce]).toEqual([new Date('2006-01-05T03:00:00Z'), NONCE]);
    const nonce = encodeNonce(NONCE);
    for (const parts of [{ single: [unknown(true)] }, { extensions: [unknown(true)] }, { single: [cutoff, cutoff] }, { extensions: [nonce, nonce] }]) {
      const der = await raw(parts);
      expect(faultOf(() => parseOcspResponse(der))).toBe('OCSP_MALFORMED');
    }
  });

  it('good and unknown are empty, certificates bounded, the inner value DER', async () => {
    const malformed = [
      await raw({ status: contextPrimitive(0, Buffer.from([0])) }), await raw({ status: contextPrimitive(2, Buffer.from([0])) }),
      await raw({ inside: Array.from({ length: 17 }, () => ca.responder.der) }),
      await buildOcspResponse({ answers: Array.from({ length: 1001 }, () => answer(9n)), producedAt: AT }, ca.key),
    ];
    expect(malformed.map((der) => faultOf(() => parseOcspResponse(der)))).toEqual(malformed.map(() => 'OCSP_MALFORMED'));
    const tbs = sequence(contextConstructed(2, octetString(Buffer.alloc(20))), generalizedTime(AT), sequence());
    const basic = sequence(tbs, sequence(oid(OID.sha256WithRsa), Buffer.from('0101aa', 'hex')), bitString(Buffer.alloc(4)));
    const wrapped = sequence(enumerated(0), contextConstructed(0, sequence(oid(OID.ocspBasic), octetString(basic))));
    expect(faultOf(() => parseOcspResponse(wrapped))).toBe('OCSP_MALFORMED');
  });
});

describe('delegates (RFC 6960 4.2.2.2)', () => {
  const extension = (kind: string) => OCSP_PROFILE.extensions.filter(({ value }) => value.kind !== kind);
  const noCheck: ProfileExtension = { critical: false, value: { kind: 'ocspNoCheck' } };
  const delegated = async (extensions: readonly ProfileExtension[], changes: Partial<CertificateContent> = {}, by = ca.key) => {
    const profile = { ...OCSP_PROFILE, extensions };
    const content = { profile, parameters: { number: '1' }, serial: 3n, spki: ca.responderKey.publicKeySpki, ...changes };
    return parseCertificate(await signCertificate(buildTbsCertificate(holderContent(ca, content)), by));
  };

  it.each<readonly [string, readonly ProfileExtension[], string | undefined]>([
    ['all that is needed', OCSP_PROFILE.extensions, undefined],
    ['no keyUsage', extension('keyUsage'), undefined],
    ['keyUsage that does not sign', [{ critical: true, value: { kind: 'keyUsage', bits: ['keyCertSign'] } }, ...extension('keyUsage')], 'BAD_SIGNATURE'],
    ['no ocsp-nocheck', extension('ocspNoCheck'), 'BAD_SIGNATURE'],
    ['no extKeyUsage', extension('extKeyUsage'), 'BAD_SIGNATURE'],
    ['another purpose', [...extension('extKeyUsage'), { critical: false, value: { kind: 'extKeyUsage', purposes: [OID.clientAuth] } }], 'BAD_SIGNATURE'],
    ['only what names its purpose', [{ critical: false, value: { kind: 'extKeyUsage', purposes: [OID.ocspSigning] } }, noCheck], undefined],
  ])('with %s', async (_name, extensions, fault) => {
    const certificate = await delegated(extensions);
    const response = basicOf(await raw({ inside: [certificate.der] }));
    expect(faultOf(() => believe(response))).toBe(fault);
  });

  it('must be issued by the very key and name that issued the certificate asked about', async () => {
    const { extensions } = OCSP_PROFILE;
    const byAnotherKey = await delegated(extensions, {}, ca.holderKey);
    const issuer = { nameDer: ca.holder.subjectDer, keyIdentifier: ca.key.keyIdentifier, certificate: ca.root };
    const byAnotherName = await delegated(extensions, { issuer });
    const over = await delegated(extensions, { notAfter: new Date(AT.getTime() - 1000) });
    for (const certificate of [byAnotherKey, byAnotherName, over]) {
      const response = basicOf(await raw({ inside: [certificate.der] }));
      expect(faultOf(() => believe(response))).toBe('BAD_SIGNATURE');
    }
    // One that will not do does not stand in the way of one that does.
    const response = basicOf(await raw({ inside: [byAnotherKey.der, over.der, ca.responder.der] }));
    expect(believe(response)).toHaveLength(1);
  });
});

describe('what was asked (RFC 6960 3.2, RFC 5019 2.2.1, 4)', () => {
  const respond = async (answers: OcspAnswer[], nonce?: Buffer) => {
    const content = { answers, producedAt: AT, responderCertificate: ca.responder.der, ...(nonce === undefined ? {} : { nonce }) };
    return basicOf(await buildOcspResponse(content, ca.responderKey));
  };

  it('is found among other answers, in the order asked', async () => {
    const response = await respond([answer(1n), answer(9n), answer(2n, { status: { kind: 'unknown' } })]);
    expect(believe(response, { serials: [2n, 9n] }).map(({ certId }) => certId.serial)).toEqual([2n, 9n]);
    expect(faultOf(() => believe(response, { serials: [9n, 3n] }))).toBe('OCSP_MISMATCH');
    const twice = await respond([answer(9n), answer(9n, { status: { kind: 'unknown' } })]);
    expect(faultOf(() => believe(twice))).toBe('OCSP_MISMATCH');
    const foreign = { ...answer(9n), certId: certIdOf({ ...ca.root, subjectDer: ca.holder.subjectDer }, 9n, 'sha1') };
    const ofForeign = await respond([foreign]);
    expect(faultOf(() => believe(ofForeign))).toBe('OCSP_MISMATCH');
  });

  it('without nextUpdate only the nonce shows that it is not an old answer', async () => {
    const { nextUpdate: _nextUpdate, ...open } = answer(9n);
    const plain = await respond([open]);
    const echoed = await respond([open], NONCE);
    expect(faultOf(() => believe(plain))).toBe('OCSP_MISMATCH');
    expect(faultOf(() => believe(echoed))).toBe('OCSP_MISMATCH');
    expect(believe(echoed, { nonce: NONCE })).toHaveLength(1);
    const early = await respond([answer(9n, { thisUpdate: new Date(AT.getTime() + 1000) })]);
    expect(faultOf(() => believe(early))).toBe('OCSP_MISMATCH');
  });
});
