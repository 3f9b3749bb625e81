import type { GeneralName } from '../der/general-name.js';
import type { Name } from '../der/name.js';
import type { SignatureAlgorithm } from '../key/signing-key.js';
import { PkiError } from '../pki-error.js';
import type { ExtensionValue } from './extension-value.js';

export interface ProfileExtension {
  readonly critical: boolean;
  readonly value: ExtensionValue;
}

export interface ValidityRule {
  /** Longest life; calendar years and days add up. */
  readonly maxYears?: number;
  readonly maxDays?: number;
  /** UTC time of day `HHMMSS` at which every certificate ends, e.g. `145959` = 23:59:59 JST. */
  readonly endsAt?: string;
}

/**
 * A certificate profile as data (JPKI 4.19): what a kind of certificate of one authority looks like. Strings in `subject` and in the
 * extension values may hold `{parameter}` marks, which each issuance fills. The order of `extensions` is the order in the certificate.
 */
export interface CertificateProfile {
  readonly id: string;
  readonly version: 3;
  readonly signature: SignatureAlgorithm;
  readonly key: { readonly modulusBits: number };
  readonly subject: Name;
  readonly validity: ValidityRule;
  readonly extensions: readonly ProfileExtension[];
}

/** Values for the `{parameter}` marks of a profile. */
export type ProfileParameters = Readonly<Record<string, string>>;

type Fill = (text: string) => string;

function fillName(name: Name, fill: Fill): Name {
  return name.map((attribute) => ({ ...attribute, value: fill(attribute.value) }));
}

function fillGeneralName(name: GeneralName, fill: Fill): GeneralName {
  switch (name.kind) {
    case 'otherName':
      return { ...name, utf8: fill(name.utf8) };
    case 'directoryName':
      return { ...name, name: fillName(name.name, fill) };
    case 'uri':
      return { ...name, uri: fill(name.uri) };
    case 'dns':
      return { ...name, host: fill(name.host) };
    case 'email':
      return { ...name, address: fill(name.address) };
    case 'ip':
    case 'unread':
      return name;
  }
}

function fillValue(value: ExtensionValue, fill: Fill): ExtensionValue {
  switch (value.kind) {
    case 'subjectAltName':
    case 'issuerAltName':
      return { ...value, names: value.names.map((name) => fillGeneralName(name, fill)) };
    case 'nameConstraints': {
      const [permitted, excluded] = [value.permitted, value.excluded].map((names) => names?.map((name) => fillGeneralName(name, fill)));
      return { ...value, ...(permitted === undefined ? {} : { permitted }), ...(excluded === undefined ? {} : { excluded }) };
    }
    case 'crlDistributionPoints':
      return { ...value, points: value.points.map((names) => names.map((name) => fillGeneralName(name, fill))) };
    case 'authorityInfoAccess':
      return { ...value, ocsp: value.ocsp.map(fill), ...(value.caIssuers === undefined ? {} : { caIssuers: value.caIssuers.map(fill) }) };
    case 'certificatePolicies':
    case 'keyUsage':
    case 'extKeyUsage':
    case 'policyMappings':
    case 'policyConstraints':
    case 'inhibitAnyPolicy':
    case 'basicConstraints':
    case 'ocspNoCheck':
    case 'authorityKeyIdentifier':
    case 'subjectKeyIdentifier':
      return value;
  }
}

const MARK = /\{([A-Za-z][A-Za-z0-9]*)\}/g;

/** The marks of a profile, and its extensions that hold any: the others are the same in every certificate. */
interface KnownMarks {
  readonly all: ReadonlySet<string>;
  readonly marked: ReadonlySet<ProfileExtension>;
}

const knownMarks = new WeakMap<CertificateProfile, KnownMarks>();

function marksOf(profile: CertificateProfile): KnownMarks {
  const known = knownMarks.get(profile);
  if (known !== undefined) return known;
  const all = new Set<string>();
  let found = 0;
  const note: Fill = (text) => {
    for (const [, mark = ''] of text.matchAll(MARK)) {
      all.add(mark);
      found += 1;
    }
    return text;
  };
  fillName(profile.subject, note);
  const marked = profile.extensions.filter(({ value }) => {
    const before = found;
    fillValue(value, note);
    return found > before;
  });
  const marks = { all, marked: new Set(marked) };
  knownMarks.set(profile, marks);
  return marks;
}

/** Replaces the marks of a profile. Faults `BAD_PROFILE` for a mark without a value and for a value without a mark. */
function filling(profile: CertificateProfile, parameters: ProfileParameters): Fill {
  const { all } = marksOf(profile);
  const unused = Object.keys(parameters).filter((key) => !all.has(key));
  for (const key of all) if (!Object.hasOwn(parameters, key)) throw new PkiError('BAD_PROFILE', `profile ${profile.id} lacks parameter ${key}`);
  if (unused.length > 0) throw new PkiError('BAD_PROFILE', `profile ${profile.id} has no mark ${unused.join(', ')}`);
  return (text) => text.replace(MARK, (_mark, key: string) => parameters[key] ?? '');
}

/** The profile with every mark replaced; extensions without any are those of the profile itself. Faults `BAD_PROFILE` as `filling`. */
export function fillProfile(profile: CertificateProfile, parameters: ProfileParameters): CertificateProfile {
  const fill = filling(profile, parameters);
  const { marked } = marksOf(profile);
  return {
    ...profile,
    subject: fillName(profile.subject, fill),
    extensions: profile.extensions.map((extension) => (marked.has(extension) ? { ...extension, value: fillValue(extension.value, fill) } : extension)),
  };
}
