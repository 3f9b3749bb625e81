import { type ParsedCertificate, parseCertificate } from '../certificate/certificate.js';
import type { CertificateProfile } from '../certificate/profile.js';
import { PkiError } from '../pki-error.js';
import { EXTENSION_LINTS } from './extension-lints.js';
import { FIELD_LINTS } from './field-lints.js';
import type { CertificateLint, LintFinding, LintSubject } from './lint.js';

/** The rules that follow from RFC 5280 and the profile alone. A context appends the rules on its own names and registers. */
export const GENERIC_CERTIFICATE_LINTS: readonly CertificateLint[] = [...FIELD_LINTS, ...EXTENSION_LINTS];

export interface LintOptions {
  readonly profile: CertificateProfile;
  readonly lints?: readonly CertificateLint[];
}

/** The rule that an unreadable certificate breaks: its times, or its encoding as a whole. */
function unreadable(error: PkiError): LintFinding {
  const badTime = error.cause instanceof PkiError && error.cause.code === 'BAD_TIME';
  return { id: badTime ? 'e_time_fraction_or_offset' : 'e_der_not_canonical', detail: error.message };
}

function detailOf({ check }: CertificateLint, subject: LintSubject): string | undefined {
  try {
    return check(subject);
  } catch (error) {
    // An extension value or key that does not parse breaks the rule that had to read it.
    if (error instanceof PkiError) return error.message;
    throw error;
  }
}

/**
 * Broken rules of a certificate (JPKI 4.15), empty when none: run on the pre-certificate before the
 * authority's key signs the same to-be-signed octets. The signature itself is therefore not looked at.
 */
export function lintCertificate(der: Buffer, issuer: ParsedCertificate, options: LintOptions): LintFinding[] {
  const { profile, lints = GENERIC_CERTIFICATE_LINTS } = options;
  let certificate: ParsedCertificate;
  try {
    certificate = parseCertificate(der);
  } catch (error) {
    if (error instanceof PkiError) return [unreadable(error)];
    throw error;
  }
  const subject: LintSubject = { certificate, issuer, profile };
  const findings: LintFinding[] = [];
  for (const lint of lints) {
    const detail = detailOf(lint, subject);
    if (detail !== undefined) findings.push({ id: lint.id, detail });
  }
  return findings;
}
