import type { ParsedCertificate } from '../certificate/certificate.js';
import type { ExtensionValue } from '../certificate/extension-value.js';
import type { CertificateProfile } from '../certificate/profile.js';

/** What a lint looks at. `profile` is the profile with its marks unfilled: lints compare what does not vary between holders. */
export interface LintSubject {
  readonly certificate: ParsedCertificate;
  readonly issuer: ParsedCertificate;
  readonly profile: CertificateProfile;
}

/** One rule: `check` answers with a short detail when the rule is broken. Contexts add their own lints to the generic list. */
export interface CertificateLint {
  readonly id: string;
  readonly check: (subject: LintSubject) => string | undefined;
}

/** A broken rule. `detail` names fields and OIDs, never values of the holder. */
export interface LintFinding {
  readonly id: string;
  readonly detail: string;
}

/** The detail when the rule is broken, else undefined. */
export function brokenIf(broken: boolean, detail: string): string | undefined {
  return broken ? detail : undefined;
}

/** The value a profile gives to a kind of extension, with its criticality; undefined when the profile has no such extension. */
export function profileValue<Kind extends ExtensionValue['kind']>(
  profile: CertificateProfile,
  kind: Kind,
): Extract<ExtensionValue, { kind: Kind }> | undefined {
  const isOfKind = (value: ExtensionValue): value is Extract<ExtensionValue, { kind: Kind }> => value.kind === kind;
  for (const { value } of profile.extensions) if (isOfKind(value)) return value;
  return undefined;
}
