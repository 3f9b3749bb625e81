import {
  type ParsedCertificate, extKeyUsageOf, extensionOf, isCertificateSignedBy, keyUsageOf, parseCertificate,
} from '../certificate/certificate.js';
import { crlReasonOf } from '../crl/crl-entry.js';
import { assertDer } from '../der/canonical.js';
import { OID } from '../der/oid.js';
import { DerCursor, type DerValue, oidOf, openSingle, singleContent, smallIntegerOf, valuesOf, wholeBits } from '../der/read.js';
import { TAG, contextConstructedTag, contextTag } from '../der/tag.js';
import { timeOf } from '../der/time.js';
import { isSignedBy, keyIdentifierOf } from '../key/public-key.js';
import { PkiError, parsingAs } from '../pki-error.js';
import { type CertId, certIdFrom, certIdOf } from './cert-id.js';
import { readOcspExtensions } from './ocsp-request.js';
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

/** Bound on the work of one response: its signer and those above it; answers to as many items as a request may have, and to spare. */
const MAX_CERTIFICATES = 16;
const MAX_ANSWERS = 1000;

const UNDERSTOOD_IN_RESPONSE = new Set<string>([OID.ocspNonce]);
const UNDERSTOOD_IN_ANSWER = new Set<string>([OID.ocspArchiveCutoff]);

function singleTime(der: Buffer): Date {
  const cursor = new DerCursor(der);
  const value = cursor.read(TAG.generalizedTime);
  cursor.finish();
  return timeOf(value);
}

function requireEmpty({ content }: DerValue): void {
  if (content.length > 0) throw new PkiError('BAD_DER', 'NULL has content');
}

function certStatusOf(value: DerValue): OcspCertStatus {
  switch (value.tag) {
    case contextTag(0):
      requireEmpty(value);
      return { kind: 'good' };
    case contextTag(2):
      requireEmpty(value);
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

function answerOf(value: DerValue): ParsedOcspAnswer {
  const cursor = new DerCursor(value.content);
  const certId = certIdFrom(cursor.read(TAG.sequence));
  const status = certStatusOf(cursor.read());
  const thisUpdate = timeOf(cursor.read(TAG.generalizedTime));
  const next = cursor.readIf(contextConstructedTag(0));
  const wrapped = cursor.readIf(contextConstructedTag(1));
  cursor.finish();
  const cutoff = wrapped && readOcspExtensions(wrapped.content, UNDERSTOOD_IN_ANSWER).get(OID.ocspArchiveCutoff);
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
  if (value.tag === contextConstructedTag(1)) {
    singleContent(value.content, TAG.sequence);
    return { nameDer: value.content };
  }
  throw new PkiError('BAD_DER', 'unknown responder id');
}

function certificateListOf(wrapped: DerValue | undefined): ParsedCertificate[] {
  const values = wrapped === undefined ? [] : valuesOf(singleContent(wrapped.content, TAG.sequence));
  if (values.length > MAX_CERTIFICATES) throw new PkiError('BAD_DER', `more than ${MAX_CERTIFICATES} certificates`);
  return values.map(({ raw }) => parseCertificate(raw));
}

function answersOf(list: DerValue): ParsedOcspAnswer[] {
  const values = valuesOf(list.content);
  if (values.length > MAX_ANSWERS) throw new PkiError('BAD_DER', `more than ${MAX_ANSWERS} answers`);
  return values.map(answerOf);
}

function basicOf(der: Buffer): BasicOcspResponse {
  // The outer check ends at the OCTET STRING that holds this.
  assertDer(der);
  const outer = openSingle(der, TAG.sequence);
  const tbs = outer.read(TAG.sequence);
  const algorithmOid = oidOf(new DerCursor(outer.read(TAG.sequence).content).read());
  const signature = wholeBits(outer.read(TAG.bitString).content);
  const certificates = outer.readIf(contextConstructedTag(0));
  outer.finish();
  const cursor = new DerCursor(tbs.content);
  const responder = responderOf(cursor.read());
  const producedAt = timeOf(cursor.read(TAG.generalizedTime));
  const answers = answersOf(cursor.read(TAG.sequence));
  const wrapped = cursor.readIf(contextConstructedTag(1));
  cursor.finish();
  const nonce = wrapped && readOcspExtensions(wrapped.content, UNDERSTOOD_IN_RESPONSE).get(OID.ocspNonce);
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

/**
 * A certificate that the same key and name issued for OCSP signing, in force, and not to be asked about itself: without ocsp-nocheck it
 * is not believed, which RFC 6960 4.2.2.2.1 leaves to the verifier and the CA/Browser Forum requires (BR 4.9.9).
 */
function isDelegate(candidate: ParsedCertificate, { issuer, at }: OcspExpectation): boolean {
  const inForce = candidate.notBefore.getTime() <= at.getTime() && at.getTime() <= candidate.notAfter.getTime();
  const purposes = extKeyUsageOf(candidate) ?? [];
  return (
    inForce &&
    purposes.includes(OID.ocspSigning) &&
    keyUsageOf(candidate)?.includes('digitalSignature') !== false &&
    extensionOf(candidate, OID.ocspNoCheck) !== undefined &&
    candidate.issuerDer.equals(issuer.subjectDer) &&
    isCertificateSignedBy(candidate, issuer.spki)
  );
}

function isResponder(candidate: ParsedCertificate, { responder }: BasicOcspResponse): boolean {
  if ('keyHash' in responder) return keyIdentifierOf(candidate.spki).equals(responder.keyHash);
  return candidate.subjectDer.equals(responder.nameDer);
}

/** The answers to what was asked, in its order. A response made beforehand may hold others beside them (RFC 5019 2.2.1). */
function answersTo({ answers }: BasicOcspResponse, { issuer, serials }: OcspExpectation): readonly ParsedOcspAnswer[] {
  const own = new Map<bigint, ParsedOcspAnswer>();
  const expected = { sha1: certIdOf(issuer, 0n, 'sha1'), sha256: certIdOf(issuer, 0n, 'sha256') };
  for (const answer of answers) {
    const { hash, issuerNameHash, issuerKeyHash, serial } = answer.certId;
    const isOwn = expected[hash].issuerNameHash.equals(issuerNameHash) && expected[hash].issuerKeyHash.equals(issuerKeyHash);
    if (isOwn && own.has(serial)) throw new PkiError('OCSP_MISMATCH', 'two answers for one certificate');
    if (isOwn) own.set(serial, answer);
  }
  return serials.map((serial) => {
    const answer = own.get(serial);
    if (answer === undefined) throw new PkiError('OCSP_MISMATCH', 'answers are not for what was asked');
    return answer;
  });
}

/** Without nextUpdate an answer may be kept for ever; only the nonce then shows that it is not an old one. */
function isFresh({ thisUpdate, nextUpdate }: ParsedOcspAnswer, { at, nonce }: OcspExpectation): boolean {
  if (thisUpdate.getTime() > at.getTime()) return false;
  return nextUpdate === undefined ? nonce !== undefined : nextUpdate.getTime() >= at.getTime();
}

/**
 * What a verifier must check before believing an answer (RFC 6960 3.2, 4.2.2.2): signed by the issuer or by a delegate that the same
 * key certified for OCSP signing, nonce echoed, every certificate asked for, fresh at `at`. The answers in the order of `serials`.
 * Faults `BAD_SIGNATURE`, `OCSP_MISMATCH`.
 */
export function verifyOcspResponse(response: BasicOcspResponse, expected: OcspExpectation): readonly ParsedOcspAnswer[] {
  const named = [expected.issuer, ...response.certificates].filter((one) => isResponder(one, response));
  const signer = named.find((one) => (one === expected.issuer || isDelegate(one, expected)) && isSignedBy(response, one.spki));
  if (signer === undefined) throw new PkiError('BAD_SIGNATURE', 'response is not by the issuer or its delegate');
  if (expected.nonce !== undefined && response.nonce?.equals(expected.nonce) !== true) {
    throw new PkiError('OCSP_MISMATCH', 'nonce differs');
  }
  const answers = answersTo(response, expected);
  if (!answers.every((answer) => isFresh(answer, expected))) throw new PkiError('OCSP_MISMATCH', 'answer is not fresh');
  return answers;
}
