import { parseCertificatePair } from '../certificate/certificate-pair.js';
import { parseCertificate } from '../certificate/certificate.js';
import { parseCrl } from '../crl/crl.js';
import { parseOcspRequest } from '../ocsp/ocsp-request.js';
import { parseOcspResponse } from '../ocsp/parse-ocsp-response.js';
import { PkiError } from '../pki-error.js';
import { parseTimestampResponse } from '../timestamp/timestamp-response.js';
import { describeCertificate, describeCsr } from './describe-certificate.js';
import { describeCms, describeTimestampResponse } from './describe-cms.js';
import { describeCrl } from './describe-crl.js';
import { describeOcspRequest, describeOcspResponse } from './describe-ocsp.js';
import { type Described, present } from './described.js';

type Describe = (der: Buffer) => Described;

const describeCertificateDer: Describe = (der) => describeCertificate(parseCertificate(der));
const describeCrlDer: Describe = (der) => describeCrl(parseCrl(der));
const describePair: Describe = (der) => {
  const { forward, reverse } = parseCertificatePair(der);
  const [issuedToIt, issuedByIt] = [forward, reverse].map((one) => (one === undefined ? undefined : describeCertificate(one)));
  return present({ kind: 'certificate pair', forward: issuedToIt, reverse: issuedByIt });
};

/** Labels of PEM blocks (RFC 7468) whose content is no longer to be guessed. */
const BY_LABEL = new Map<string, Describe>([
  ['CERTIFICATE', describeCertificateDer],
  ['X509 CERTIFICATE', describeCertificateDer],
  ['X509 CRL', describeCrlDer],
  ['CERTIFICATE REQUEST', describeCsr],
  ['NEW CERTIFICATE REQUEST', describeCsr],
  ['CMS', describeCms],
  ['PKCS7', describeCms],
]);

const GUESSES: readonly Describe[] = [
  describeCertificateDer,
  describeCrlDer,
  describeCsr,
  (der) => describeOcspResponse(parseOcspResponse(der)),
  (der) => describeOcspRequest(parseOcspRequest(der)),
  describeCms,
  describePair,
  (der) => describeTimestampResponse(parseTimestampResponse(der)),
];

/**
 * What an object of a public key infrastructure says: certificate or pair of them, CRL, request, OCSP message, CMS message, time-stamp
 * token. Its kind is that of the PEM label, else found by reading. Faults of the kind; `BAD_DER` when it is of none. Nothing is verified.
 */
export function describeObject(der: Buffer, label?: string): Described {
  const told = label === undefined ? undefined : BY_LABEL.get(label);
  if (told !== undefined) return told(der);
  for (const describe of GUESSES) {
    try {
      return describe(der);
    } catch (error) {
      if (!(error instanceof PkiError)) throw error;
    }
  }
  throw new PkiError('BAD_DER', 'no certificate, CRL, request, OCSP message or CMS message that can be read');
}
