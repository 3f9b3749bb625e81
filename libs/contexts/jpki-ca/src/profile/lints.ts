import { brokenIf, certificatePoliciesOf, subjectAltNamesOf, GENERIC_CERTIFICATE_LINTS, type CertificateLint, type LintSubject } from '#pki';
import type { Organisation } from '../ca/ca.js';
import { isBirthDateCode, SEX_CODE } from './four-attributes.js';
import { ATTRIBUTE_OID, POLICY_OID } from './profiles.js';
import { AUTH_COMMON_NAME, SIGN_COMMON_NAME } from './subject-names.js';

type Attribute = keyof typeof ATTRIBUTE_OID;

function isSign({ profile }: LintSubject): boolean {
  return profile.id === 'SIGN_CERT';
}

interface ShownAttribute {
  readonly oid: string;
  readonly text: string;
}

const shown = new WeakMap<LintSubject, readonly ShownAttribute[]>();

/** Most of the rules below ask for them. */
function attributes(subject: LintSubject): readonly ShownAttribute[] {
  const found = shown.get(subject) ?? (subjectAltNamesOf(subject.certificate) ?? []).flatMap((name) => (name.kind === 'otherName' ? [{ oid: name.oid, text: name.utf8 }] : []));
  shown.set(subject, found);
  return found;
}

function attribute(subject: LintSubject, name: Attribute): string {
  return attributes(subject).find(({ oid }) => oid === ATTRIBUTE_OID[name])?.text ?? '';
}

function lengthsDiffer(subject: LintSubject, text: Attribute, positions: Attribute): boolean {
  const flags = attribute(subject, positions);
  return !/^[01]*$/.test(flags) || Array.from(attribute(subject, text)).length !== flags.length;
}

function commonNameFault(subject: LintSubject): string | undefined {
  const name = subject.certificate.subject.find(({ type }) => type === 'CN')?.value ?? '';
  return brokenIf(!(isSign(subject) ? SIGN_COMMON_NAME : AUTH_COMMON_NAME).test(name), 'CN');
}

function foreignPolicy(organisation: Organisation, { certificate }: LintSubject): string | undefined {
  const others = Object.entries(POLICY_OID).filter(([owner]) => owner !== organisation).flatMap(([, oids]) => Object.values(oids));
  return (certificatePoliciesOf(certificate) ?? []).find(({ oid }) => others.includes(oid))?.oid;
}

/** Rules on the holder's names and attributes, with the ids of JPKI 4.15. */
export function jpkiLints(organisation: Organisation): readonly CertificateLint[] {
  const whenSign = (id: string, broken: (subject: LintSubject) => boolean, detail: string): CertificateLint => ({
    id,
    check: (subject) => brokenIf(isSign(subject) && broken(subject), detail),
  });
  return [
    { id: 'e_cn_pattern', check: commonNameFault },
    whenSign('e_san_othername_set', (subject) => {
      const found = attributes(subject).map(({ oid }) => oid).sort();
      return found.join() !== Object.values(ATTRIBUTE_OID).sort().join();
    }, 'subjectAltName'),
    whenSign('e_san_tag_utf8', ({ certificate }) => (subjectAltNamesOf(certificate) ?? []).some(({ kind }) => kind !== 'otherName'), 'subjectAltName'),
    whenSign('e_san_dob_pattern_and_era', (subject) => !isBirthDateCode(attribute(subject, 'birthDate')), 'birth date'),
    whenSign('e_san_sex_code', (subject) => !SEX_CODE.test(attribute(subject, 'sex')), 'sex'),
    whenSign('e_san_substitute_length', (subject) => lengthsDiffer(subject, 'name', 'nameSubstitutes') || lengthsDiffer(subject, 'address', 'addressSubstitutes'), 'positions'),
    { id: 'e_san_on_auth_cert', check: (subject) => brokenIf(!isSign(subject) && subjectAltNamesOf(subject.certificate) !== undefined, 'subjectAltName') },
    { id: 'e_env_oid_mixed', check: (subject) => foreignPolicy(organisation, subject) },
  ];
}

/** Everything a holder certificate is checked for before the authority's key signs it. */
export function holderLints(organisation: Organisation): readonly CertificateLint[] {
  return [...GENERIC_CERTIFICATE_LINTS, ...jpkiLints(organisation)];
}
