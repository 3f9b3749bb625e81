import type { ParsedCertificate } from '../certificate/certificate.js';
import { PkiError } from '../pki-error.js';
import { type CertificateFacts, factsOf } from './certificate-facts.js';
import type { PathRequest } from './path.js';
import { isForTls, issuerPurposeFaultOf, keyFaultOf, targetPurposeFaultOf } from './purpose.js';
import { type CertificateFault, serialFaultOf, soundnessFaultOf, strictFaultOf, validityFaultOf } from './soundness.js';

/** Whether an anchor's own certificate limits its paths (RFC 5937). */
export function limitsByAnchor(request: PathRequest): boolean {
  return request.anchorConstraints ?? isForTls(request);
}

/** 6.1.4 (k), (n), as far as a certificate tells itself. */
function authorityFaultOf({ version }: ParsedCertificate, { basicConstraints, keyUsage }: CertificateFacts): CertificateFault | undefined {
  if (version !== 3) return { reason: 'NOT_AN_AUTHORITY', detail: `issuer's certificate is of version ${version} (6.1.4 (k))` };
  if (basicConstraints?.ca !== true) return { reason: 'NOT_AN_AUTHORITY', detail: 'issuer is no authority by its basicConstraints (6.1.4 (k))' };
  if (keyUsage?.includes('keyCertSign') === false) return { reason: 'KEY_USAGE', detail: 'issuer lacks keyCertSign (6.1.4 (n))' };
  return undefined;
}

type Check = (certificate: ParsedCertificate, facts: CertificateFacts, request: PathRequest) => CertificateFault | undefined;

function checked(check: Check, certificate: ParsedCertificate, request: PathRequest): CertificateFault | undefined {
  const facts = factsOf(certificate);
  if ('unreadable' in facts) return { reason: 'BAD_CERTIFICATE', detail: facts.unreadable };
  try {
    return check(certificate, facts, request);
  } catch (error) {
    if (error instanceof PkiError) return { reason: 'BAD_CERTIFICATE', detail: error.message };
    throw error;
  }
}

/** What section 4 and 6.1.3 (a)(2) find on a certificate that is not an anchor, wherever it stands. */
function anywhereFaultOf(certificate: ParsedCertificate, facts: CertificateFacts, request: PathRequest): CertificateFault | undefined {
  return (
    soundnessFaultOf(certificate, facts) ??
    (isForTls(request) ? (serialFaultOf(certificate) ?? strictFaultOf(certificate, facts)) : undefined) ??
    validityFaultOf(certificate, request.at)
  );
}

/** What is wrong with the target, whatever its path. */
export function targetFaultOf(request: PathRequest): CertificateFault | undefined {
  const check: Check = (...given) => anywhereFaultOf(...given) ?? targetPurposeFaultOf(...given);
  return checked(check, request.target, request);
}

/** What is wrong with a certificate as issuer of another, whatever its path. */
export function issuerFaultOf(certificate: ParsedCertificate, request: PathRequest): CertificateFault | undefined {
  const check: Check = (one, facts) => authorityFaultOf(one, facts) ?? anywhereFaultOf(one, facts, request) ?? issuerPurposeFaultOf(facts, request);
  return checked(check, certificate, request);
}

/** Why an anchor cannot be used when its own certificate counts: no authority though it says what it is, out of force, weak key. */
export function anchorFaultOf(anchor: ParsedCertificate, request: PathRequest): CertificateFault | undefined {
  if (!limitsByAnchor(request)) return undefined;
  const check: Check = (one, facts) =>
    (one.version === 3 ? (authorityFaultOf(one, facts) ?? (isForTls(request) ? strictFaultOf(one, facts) : undefined)) : undefined) ??
    validityFaultOf(one, request.at) ??
    issuerPurposeFaultOf(facts, request) ??
    keyFaultOf(one.spki, isForTls(request));
  return checked(check, anchor, request);
}
