import { extKeyUsageOf, extensionOf, parseCertificate } from '../certificate/certificate.js';
import type { CertificateProfile } from '../certificate/profile.js';
import { crlEntriesOf } from '../crl/crl-entries.js';
import { type ParsedCrl, parseCrl } from '../crl/crl.js';
import { OID } from '../der/oid.js';
import { integerContent } from '../der/write.js';
import { type ParsedOcspResponse, parseOcspResponse } from '../ocsp/parse-ocsp-response.js';
import { PkiError } from '../pki-error.js';
import { EXTENSION_LINTS } from './extension-lints.js';
import { FIELD_LINTS } from './field-lints.js';
import type { LintFinding } from './lint.js';
import { lintCertificate } from './lint-certificate.js';
import { STANDARD_LINTS } from './standard-lints.js';

/** Lints of profiles that say nothing of a profile. */
const WITHOUT_PROFILE = new Set([
  'e_der_not_canonical',
  'e_serial_nonpositive_or_gt20',
  'e_dn_country_not_printable',
  'e_time_not_utctime',
  'e_ext_duplicate',
  'e_ext_unknown_critical',
]);
const LINTS = [...[...FIELD_LINTS, ...EXTENSION_LINTS].filter(({ id }) => WITHOUT_PROFILE.has(id)), ...STANDARD_LINTS];

const NO_PROFILE: CertificateProfile = {
  id: 'none',
  version: 3,
  signature: 'sha256WithRSAEncryption',
  key: { modulusBits: 2048 },
  subject: [],
  validity: {},
  extensions: [],
};

/** What was looked at, with the rules of the standards that it breaks. */
export interface StandardLint {
  readonly kind: 'certificate' | 'CRL' | 'OCSP response';
  readonly findings: readonly LintFinding[];
}

/** Broken rules of RFC 5280 and RFC 6960 of a certificate, CRL or OCSP response of anybody; undefined when it is none that can be read. */
export function lintStandard(der: Buffer): StandardLint | undefined {
  const certificate = attempt(() => parseCertificate(der));
  if (certificate !== undefined) return { kind: 'certificate', findings: lintCertificate(der, certificate, { profile: NO_PROFILE, lints: LINTS }) };
  const crl = attempt(() => parseCrl(der));
  if (crl !== undefined) return { kind: 'CRL', findings: [...crlFindings(crl), ...entryFindings(crl)] };
  const response = attempt(() => parseOcspResponse(der));
  return response === undefined ? undefined : { kind: 'OCSP response', findings: responseFindings(response) };
}

function attempt<T>(parse: () => T): T | undefined {
  try {
    return parse();
  } catch (error) {
    if (error instanceof PkiError) return undefined;
    throw error;
  }
}

function findings(rules: Readonly<Record<string, boolean>>, detail: string): LintFinding[] {
  return Object.entries(rules).flatMap(([id, broken]) => (broken ? [{ id, detail }] : []));
}

function crlFindings(crl: ParsedCrl): LintFinding[] {
  const { thisUpdate, nextUpdate } = crl;
  const isCritical = (oid: string): boolean => extensionOf(crl, oid)?.critical !== false;
  return [
    ...findings({ e_sig_alg_mismatch: !crl.tbsAlgorithm.equals(crl.signatureAlgorithm) }, crl.algorithmOid),
    ...findings({ e_crl_nextupdate_missing: nextUpdate === undefined }, 'nextUpdate (5.1.2.5)'),
    ...findings({ e_crl_nextupdate_order: nextUpdate !== undefined && nextUpdate.getTime() <= thisUpdate.getTime() }, 'nextUpdate'),
    ...findings({ e_crl_number_missing: crl.number === undefined }, 'cRLNumber (5.2.3)'),
    ...findings({ e_crl_aki_missing: crl.authorityKeyIdentifier === undefined }, 'authorityKeyIdentifier (5.2.1)'),
    ...findings({ e_crl_idp_not_critical: !isCritical(OID.issuingDistributionPoint) }, 'issuingDistributionPoint (5.2.5)'),
    ...findings({ e_crl_delta_not_critical: !isCritical(OID.deltaCrlIndicator) }, 'deltaCRLIndicator (5.2.4)'),
  ];
}

/** Each rule once, at the first entry that breaks it. */
function entryFindings(crl: ParsedCrl): LintFinding[] {
  const found = new Map<string, string>();
  let previous: bigint | undefined;
  let index = 0;
  try {
    for (const { serial, reasonNumber, revokedAt } of crlEntriesOf(crl)) {
      const rules = {
        e_serial_nonpositive_or_gt20: serial <= 0n || integerContent(serial).length > 20,
        e_crl_duplicate: serial === previous,
        w_crl_unsorted: previous !== undefined && serial < previous,
        w_crl_reason_unspecified_present: reasonNumber === 0,
        w_crl_revoked_later: revokedAt.getTime() > crl.thisUpdate.getTime(),
      };
      for (const { id, detail } of findings(rules, `entry ${index}`)) if (!found.has(id)) found.set(id, detail);
      previous = serial;
      index += 1;
    }
  } catch (error) {
    if (!(error instanceof PkiError)) throw error;
    found.set('e_crl_entry_malformed', error.message);
  }
  return [...found].map(([id, detail]) => ({ id, detail }));
}

function responseFindings(response: ParsedOcspResponse): LintFinding[] {
  if (response.status !== 'successful') return [];
  const { answers, producedAt, certificates } = response;
  return [
    ...findings({ e_ocsp_no_answer: answers.length === 0 }, 'responses (4.2.1)'),
    ...answers.flatMap(({ thisUpdate, nextUpdate }, index) =>
      findings({
        w_ocsp_nextupdate_missing: nextUpdate === undefined,
        e_ocsp_nextupdate_order: nextUpdate !== undefined && nextUpdate.getTime() < thisUpdate.getTime(),
        e_ocsp_thisupdate_after_produced: thisUpdate.getTime() > producedAt.getTime(),
      }, `answer ${index}`)),
    ...certificates.flatMap((certificate, index) =>
      findings({
        e_ocsp_responder_eku: attempt(() => extKeyUsageOf(certificate)?.includes(OID.ocspSigning)) === false,
        w_ocsp_nocheck: extensionOf(certificate, OID.ocspNoCheck) === undefined,
      }, `certificate ${index}`)),
  ];
}
