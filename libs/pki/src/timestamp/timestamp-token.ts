import { type ParsedCertificate, parseCertificate } from '../certificate/certificate.js';
import { type SignerInfo, attributeValue, parseSignedData } from '../cms/parse-signed-data.js';
import { type CmsSigner, buildSignedData } from '../cms/signed-data.js';
import { type SigningCertificateId, signingCertificateAttribute, signingCertificateIdOf } from '../cms/signing-certificate.js';
import { assertDer } from '../der/canonical.js';
import { OID } from '../der/oid.js';
import { PkiError, parsingAs } from '../pki-error.js';
import type { TimestampRequest } from './timestamp-request.js';
import { type TstInfo, encodeTstInfo, parseTstInfo } from './tst-info.js';

/** What the authority says beside what the request holds. */
export interface TimestampContent {
  readonly policy: string;
  /** 1 to 64 bits, never given before (JPKI 4.3). */
  readonly serial: bigint;
  readonly time: Date;
  readonly accuracyMicros?: number;
}

/**
 * TimeStampToken for a request that `timestampFailureOf` has passed (RFC 3161 2.4.2, RFC 5816): imprint and nonce as asked, the certificate
 * named by ESSCertIDv2 and inside only when asked for. Faults `BAD_DER` (serial), `BAD_TIME`, `BAD_SIGNATURE`.
 */
export function buildTimestampToken(request: TimestampRequest, said: TimestampContent, signer: CmsSigner): Promise<Buffer> {
  if (said.serial < 1n || said.serial >= 1n << 64n) throw new PkiError('BAD_DER', 'serial number is not 1 to 64 bits');
  const { imprint, nonce, withCertificate } = request;
  return buildSignedData({
    type: OID.cmsTstInfo,
    content: encodeTstInfo({ ...said, imprint, ...(nonce === undefined ? {} : { nonce }) }),
    attributes: [signingCertificateAttribute(signer.certificate)],
    certificates: withCertificate ? [signer.certificate.der] : [],
  }, signer);
}

/** TimeStampToken as found; trust needs `verifyTimestamp`. */
export interface TimestampToken {
  readonly der: Buffer;
  readonly info: TstInfo;
  /** TSTInfo DER, which is what is signed. */
  readonly infoDer: Buffer;
  readonly signer: SignerInfo;
  readonly certificateId: SigningCertificateId;
  readonly certificates: readonly ParsedCertificate[];
}

/** A token holds the certificate of its signer and at most those above it. */
const MAX_CERTIFICATES = 16;

/**
 * Reads a TimeStampToken: a ContentInfo with SignedData of TSTInfo, signed once, by a certificate that a signed ESSCertIDv2 names.
 * Faults `TIMESTAMP_MALFORMED`.
 */
export function parseTimestampToken(der: Buffer): TimestampToken {
  return parsingAs('TIMESTAMP_MALFORMED', () => {
    assertDer(der);
    const { type, content, certificates, signers: [signer, ...others] } = parseSignedData(der);
    if (type !== OID.cmsTstInfo || content === undefined) throw new PkiError('BAD_DER', 'content is not TSTInfo');
    if (signer === undefined || others.length > 0) throw new PkiError('BAD_DER', 'not exactly one signature');
    const id = attributeValue(signer, OID.cmsSigningCertificateV2);
    if (id === undefined) throw new PkiError('BAD_DER', 'no ESSCertIDv2');
    if (certificates.length > MAX_CERTIFICATES) throw new PkiError('BAD_DER', `more than ${MAX_CERTIFICATES} certificates`);
    return {
      der,
      info: parseTstInfo(content),
      infoDer: content,
      signer,
      certificateId: signingCertificateIdOf(id.raw),
      certificates: certificates.map((one) => parseCertificate(one)),
    };
  });
}
