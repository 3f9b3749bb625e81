import { type ParsedCertificate, extKeyUsageOf, keyUsageOf } from '../certificate/certificate.js';
import { isContentSigned, namesSigner } from '../cms/parse-signed-data.js';
import { isCertificateWithId } from '../cms/signing-certificate.js';
import { OID } from '../der/oid.js';
import { singleContent, valuesOf } from '../der/read.js';
import { TAG } from '../der/tag.js';
import { contextConstructed } from '../der/write.js';
import { parsingAs } from '../pki-error.js';
import type { MessageImprint } from './message-imprint.js';
import type { TimestampToken } from './timestamp-token.js';

/** Why a token is not believed. */
export type TimestampFault =
  /** It is of other data. */
  | 'IMPRINT'
  /** It does not answer this request. */
  | 'NONCE'
  | 'POLICY'
  /** No certificate at hand is named by the signature. */
  | 'NO_CERTIFICATE'
  /** The certificate named is not the one of the signed ESSCertIDv2 (RFC 5816 2.2.1). */
  | 'CERTIFICATE_ID'
  /** extKeyUsage is not critical with timeStamping alone (RFC 3161 2.3), or keyUsage does not let it sign. */
  | 'PURPOSE'
  /** `tsa` is no name of the certificate (2.4.2). */
  | 'AUTHORITY_NAME'
  | 'SIGNATURE'
  /** genTime is outside the validity of the certificate. */
  | 'VALIDITY';

export interface TimestampExpectation {
  readonly imprint: MessageImprint;
  /** The nonce sent; left out when a token is verified that was kept. */
  readonly nonce?: bigint;
  /** OIDs of the policies accepted; any when absent. */
  readonly policies?: readonly string[];
  /** Certificates of authorities at hand, for tokens without one. */
  readonly certificates: readonly ParsedCertificate[];
}

/** `certificate` signed; whether to trust it at `time`, for timeStamping, is a question to `validatePath`. */
export type TimestampVerdict =
  | { readonly valid: true; readonly time: Date; readonly certificate: ParsedCertificate }
  | { readonly valid: false; readonly fault: TimestampFault };

function isForTimestamps(certificate: ParsedCertificate): boolean {
  const [purposes, ...others] = certificate.extensions.filter(({ oid }) => oid === OID.extKeyUsage);
  if (purposes?.critical !== true || others.length > 0) return false;
  const named = extKeyUsageOf(certificate) ?? [];
  const bits = keyUsageOf(certificate);
  return named.length === 1 && named[0] === OID.timeStamping
    && (bits === undefined || bits.includes('digitalSignature') || bits.includes('nonRepudiation'));
}

function isNameOf(certificate: ParsedCertificate, name: Buffer): boolean {
  if (contextConstructed(4, certificate.subjectDer).equals(name)) return true;
  const alternative = certificate.extensions.find(({ oid }) => oid === OID.subjectAltName);
  if (alternative === undefined) return false;
  return parsingAs('BAD_CERTIFICATE', () => valuesOf(singleContent(alternative.value, TAG.sequence)).some(({ raw }) => raw.equals(name)));
}

function questionFaultOf({ info }: TimestampToken, expected: TimestampExpectation): TimestampFault | undefined {
  const { algorithm, digest } = info.imprint;
  if (algorithm === undefined || algorithm !== expected.imprint.algorithm || !digest.equals(expected.imprint.digest)) return 'IMPRINT';
  if (expected.nonce !== undefined && info.nonce !== expected.nonce) return 'NONCE';
  return expected.policies?.includes(info.policy) === false ? 'POLICY' : undefined;
}

function signerFaultOf({ info, infoDer, signer }: TimestampToken, certificate: ParsedCertificate): TimestampFault | undefined {
  if (!isForTimestamps(certificate)) return 'PURPOSE';
  if (info.authorityName !== undefined && !isNameOf(certificate, info.authorityName)) return 'AUTHORITY_NAME';
  if (!isContentSigned(signer, OID.cmsTstInfo, infoDer, certificate)) return 'SIGNATURE';
  const time = info.time.getTime();
  return time < certificate.notBefore.getTime() || time > certificate.notAfter.getTime() ? 'VALIDITY' : undefined;
}

/**
 * What a client checks of a token (RFC 3161 2.2, 2.3, 2.4.2; RFC 5816), but for the certificate's path. Faults only `BAD_CERTIFICATE`,
 * when an extension of the signer's certificate cannot be read.
 */
export function verifyTimestamp(token: TimestampToken, expected: TimestampExpectation): TimestampVerdict {
  const fault = questionFaultOf(token, expected);
  if (fault !== undefined) return { valid: false, fault };
  const named = [...token.certificates, ...expected.certificates].filter((one) => namesSigner(token.signer, one));
  const certificate = named.find((one) => isCertificateWithId(one, token.certificateId));
  if (certificate === undefined) return { valid: false, fault: named.length === 0 ? 'NO_CERTIFICATE' : 'CERTIFICATE_ID' };
  const signerFault = signerFaultOf(token, certificate);
  return signerFault === undefined ? { valid: true, time: token.info.time, certificate } : { valid: false, fault: signerFault };
}
