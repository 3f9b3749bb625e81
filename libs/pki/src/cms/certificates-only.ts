import { type ParsedCertificate, parseCertificate } from '../certificate/certificate.js';
import { OID, oid } from '../der/oid.js';
import { derOf } from '../der/pem.js';
import { contextConstructed, integer, sequence, setOf } from '../der/write.js';
import { PkiError, parsingAs } from '../pki-error.js';
import { contentInfo } from './cms.js';
import { parseSignedData } from './parse-signed-data.js';

const MAX_LENGTH = 2 * 1024 * 1024;
/** Twice what 47 prefectures, the nation and its bridge come to in three generations, with links and both directions of cross certificates. */
const MAX_CERTIFICATES = 1_024;

function requireLength(length: number): void {
  if (length > MAX_LENGTH) throw new PkiError('BAD_CMS', `longer than ${MAX_LENGTH} octets`);
}

function requireCount(count: number): void {
  if (count > MAX_CERTIFICATES) throw new PkiError('BAD_CMS', `more than ${MAX_CERTIFICATES} certificates`);
}

/**
 * SignedData without content and signers that carries certificates (RFC 5652 section 5, RFC 8551 3.8; `.p7c`,
 * `application/pkcs7-mime; smime-type=certs-only`). They keep the order given: a path or a list of anchors is read in it, so the set is
 * not sorted as DER would have it. Faults `BAD_CMS` above 1,024 certificates or 2 MiB.
 */
export function buildCertificatesOnly(certificates: readonly Buffer[]): Buffer {
  requireCount(certificates.length);
  const set = certificates.length === 0 ? [] : [contextConstructed(0, ...certificates)];
  const der = contentInfo(OID.cmsSignedData, sequence(integer(1), setOf(), sequence(oid(OID.cmsData)), ...set, setOf()));
  requireLength(der.length);
  return der;
}

/**
 * Certificates of a certificates-only message (DER or PEM), in its order; CRLs in it are not read. Carried by nobody's signature, they
 * are candidates and no more. Faults `BAD_CMS`, also when there is content or a signer.
 */
export function parseCertificatesOnly(input: Buffer | string): ParsedCertificate[] {
  // PEM takes four characters and a line end for three octets.
  if (input.length > 2 * MAX_LENGTH) throw new PkiError('BAD_CMS', 'input is too long');
  return parsingAs('BAD_CMS', () => {
    const der = derOf(input, ['PKCS7', 'CMS']);
    requireLength(der.length);
    const { type, content, signers, certificates } = parseSignedData(der);
    requireCount(certificates.length);
    if (type !== OID.cmsData || content !== undefined || signers.length > 0) throw new PkiError('BAD_CMS', 'not certificates only');
    return certificates.map((one) => parseCertificate(one));
  });
}
