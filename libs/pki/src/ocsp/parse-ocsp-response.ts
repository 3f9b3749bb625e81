import { type ParsedCertificate, extKeyUsageOf, extensionOf, isCertificateSignedBy, parseCertificate } from '../certificate/certificate.js';
import { crlReasonOf } from '../crl/crl-entry.js';
import { assertDer } from '../der/canonical.js';
import { extensionsOf } from '../der/extension.js';
import { OID } from '../der/oid.js';
import { DerCursor, type DerValue, oidOf, openSingle, singleContent, smallIntegerOf, valuesOf, wholeBits } from '../der/read.js';
import { TAG, contextConstructedTag, contextTag } from '../der/tag.js';
import { timeOf } from '../der/time.js';
import { isSignedBy, keyIdentifierOf } from '../key/public-key.js';
import { PkiError, parsingAs } from '../pki-error.js';
import { type CertId, certIdFrom, certIdOf } from './cert-id.js';
import { OCSP_RESPONSE_STATUS, type OcspAnswer, type OcspCertStatus, type OcspErrorStatus } from './ocsp-response.js';

export interface ParsedOcspAnswer extends OcspAnswer {
  readonly certId: CertId;
}

export interface BasicOcspResponse {
  readonly status: 'successful';
  /** How the responder names itself: SHA-1 of its key, or its subject Name DER. */
  readonly responder: { readonly keyHash: Buffer } | { readonly nameDer: Buffer };
  readonly producedAt: Date;
  readonly answers: readonly ParsedOcspAnswer[];
  readonly nonce?: Buffer;
  readonly certificates: readonly ParsedCertificate[];
  readonly tbs: Buffer;
  readonly signature: Buffer;
  readonly algorithmOid: string;
}

export type ParsedOcspResponse = BasicOcspResponse | { readonly status: OcspErrorStatus };

function singleTime(der: Buffer): Date {
  const cursor = new DerCursor(der);
  const value = cursor.read(TAG.generalizedTime);
  cursor.finish();
  return timeOf(value);
}

function certStatusOf(value: DerValue): OcspCertStatus {
  switch (value.tag) {
    case contextTag(0):
      return { kind: 'good' };
    case contextTag(2):
      return { kind: 'unknown' };
    case contextConstructedTag(1): {
      const cursor = new DerCursor(value.content);
      const revokedAt = timeOf(cursor.read(TAG.generalizedTime));
      const wrapped = cursor.readIf(contextConstructedTag(0));
      cursor.finish();
      if (wrapped === undefined) return { kind: 'revoked', revokedAt };
      const reason = crlReasonOf(smallIntegerOf(singleContent(wrapped.content, TAG.enumerated)));
      if (reason === undefined) throw new PkiError('BAD_DER', 'unknown revocation reason');
      return { kind: 'revoked', revokedAt, reason };
    }
    default:
      throw new PkiError('BAD_DER', 'unknown certificate status');
  }
}

function extensionIn(wrapped: DerValue | undefined, dotted: string): Buffer | undefined {
  if (wrapped === undefined) return undefined;
  return extensionOf({ extensions: extensionsOf(singleContent(wrapped.content, TAG.sequence)) }, dotted)?.value;
}

function answerOf(value: DerValue): ParsedOcspAnswer {
  const cursor = new DerCursor(value.content);
  const certId = certIdFrom(cursor.read(TAG.sequence));
  const status = certStatusOf(cursor.read());
  const thisUpdate = timeOf(cursor.read(TAG.generalizedTime));
  const next = cursor.readIf(contextConstructedTag(0));
  const wrapped = cursor.readIf(contextConstructedTag(1));
  cursor.finish();
  const cutoff = extensionIn(wrapped, OID.ocspArchiveCutoff);
  return {
    certId,
    status,
    thisUpdate,
    ...(next === undefined ? {} : { nextUpdate: singleTime(next.content) }),
    ...(cutoff === undefined ? {} : { archiveCutoff: singleTime(cutoff) }),
  };
}

function responderOf(value: DerValue): BasicOcspResponse['responder'] {
  if (value.tag === contextConstructedTag(2)) return { keyHash: singleContent(value.content, TAG.octetString) };
  if (value.tag === contextConstructedTag(1)) return { nameDer: value.content };
  throw new PkiError('BAD_DER', 'unknown responder id');
}

function certificateListOf(wrapped: DerValue | undefined): ParsedCertificate[] {
  return wrapped === undefined ? [] : valuesOf(singleContent(wrapped.content, TAG.sequence)).map((value) => parseCertificate(value.raw));
}

function basicOf(der: Buffer): BasicOcspResponse {
  const outer = openSingle(der, TAG.sequence);
  const tbs = outer.read(TAG.sequence);
  const algorithmOid = oidOf(new DerCursor(outer.read(TAG.sequence).content).read());
  const signature = wholeBits(outer.read(TAG.bitString).content);
  const certificates = outer.readIf(contextConstructedTag(0));
  outer.finish();
  const cursor = new DerCursor(tbs.content);
  const responder = responderOf(cursor.read());
  const producedAt = timeOf(cursor.read(TAG.generalizedTime));
  const answers = valuesOf(cursor.read(TAG.sequence).content).map(answerOf);
  const wrapped = cursor.readIf(contextConstructedTag(1));
  cursor.finish();
  const nonce = extensionIn(wrapped, OID.ocspNonce);
  return {
    status: 'successful',
    responder,
    producedAt,
    answers,
    ...(nonce === undefined ? {} : { nonce: singleContent(nonce, TAG.octetString) }),
    certificates: certificateListOf(certificates),
    tbs: tbs.raw,
    signature,
    algorithmOid,
  };
}

function errorStatusOf(value: number): OcspErrorStatus {
  for (const status of ['malformedRequest', 'internalError', 'tryLater', 'sigRequired', 'unauthorized'] as const) {
    if (OCSP_RESPONSE_STATUS[status] === value) return status;
  }
  throw new PkiError('BAD_DER', 'unknown response status');
}

/** Reads an OCSPResponse; trust needs `verifyOcspResponse`. Faults `OCSP_MALFORMED`. */
export function parseOcspResponse(der: Buffer): ParsedOcspResponse {
  return parsingAs('OCSP_MALFORMED', () => {
    assertDer(der);
    const outer = openSingle(der, TAG.sequence);
    const status = smallIntegerOf(outer.read(TAG.enumerated).content);
    const wrapped = outer.readIf(contextConstructedTag(0));
    outer.finish();
    if (status !== OCSP_RESPONSE_STATUS.successful) return { status: errorStatusOf(status) };
    const body = new DerCursor(singleContent(wrapped?.content ?? Buffer.alloc(0), TAG.sequence));
    if (oidOf(body.read(TAG.oid)) !== OID.ocspBasic) throw new PkiError('BAD_DER', 'response type is not basic');
    const basic = body.read(TAG.octetString).content;
    body.finish();
    return basicOf(basic);
  });
}

export interface OcspExpectation {
  /** Certificate of the authority whose certificates were asked for. */
  readonly issuer: ParsedCertificate;
  readonly at: Date;
  /** The nonce sent; the answer must echo it. */
  readonly nonce?: Buffer;
  readonly serials: readonly bigint[];
}

function isDelegate(candidate: ParsedCertificate, { issuer, at }: OcspExpectation): boolean {
  const inForce = candidate.notBefore.getTime() <= at.getTime() && at.getTime() <= candidate.notAfter.getTime();
  const purposes = extKeyUsageOf(candidate) ?? [];
  return inForce && purposes.includes(OID.ocspSigning) && isCertificateSignedBy(candidate, issuer.spki);
}

function isResponder(candidate: ParsedCertificate, { responder }: BasicOcspResponse): boolean {
  if ('keyHash' in responder) return keyIdentifierOf(candidate.spki).equals(responder.keyHash);
  return candidate.subjectDer.equals(responder.nameDer);
}

function answersQuestion({ answers }: BasicOcspResponse, { issuer, serials }: OcspExpectation): boolean {
  return (
    answers.length === serials.length &&
    answers.every(({ certId }, index) => {
      const serial = serials[index];
      if (serial !== certId.serial) return false;
      const own = certIdOf(issuer, serial, certId.hash);
      return own.issuerNameHash.equals(certId.issuerNameHash) && own.issuerKeyHash.equals(certId.issuerKeyHash);
    })
  );
}

/**
 * What a verifier must check before believing an answer (RFC 6960 3.2, 4.2.2.2): signed by the issuer or by a delegate that the same
 * key certified for OCSP signing, nonce echoed, exactly the certificates asked for, fresh at `at`. Faults `BAD_SIGNATURE`, `OCSP_MISMATCH`.
 */
export function verifyOcspResponse(response: BasicOcspResponse, expected: OcspExpectation): readonly ParsedOcspAnswer[] {
  const candidates = [expected.issuer, ...response.certificates.filter((one) => isDelegate(one, expected))];
  const signer = candidates.find((one) => isResponder(one, response));
  if (signer === undefined || !isSignedBy(response, signer.spki)) {
    throw new PkiError('BAD_SIGNATURE', 'response is not by the issuer or its delegate');
  }
  if (expected.nonce !== undefined && response.nonce?.equals(expected.nonce) !== true) {
    throw new PkiError('OCSP_MISMATCH', 'nonce differs');
  }
  if (!answersQuestion(response, expected)) throw new PkiError('OCSP_MISMATCH', 'answers are not for what was asked');
  const at = expected.at.getTime();
  for (const { thisUpdate, nextUpdate } of response.answers) {
    const stale = thisUpdate.getTime() > at || (nextUpdate !== undefined && nextUpdate.getTime() < at);
    if (stale) throw new PkiError('OCSP_MISMATCH', 'answer is not fresh');
  }
  return response.answers;
}
