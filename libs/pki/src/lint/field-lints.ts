import { type RsaWeakness, rsaWeaknessOf } from '../csr/rsa-weakness.js';
import { type Extension, encodeExtension } from '../der/extension.js';
import { OID } from '../der/oid.js';
import { type Name, requiredEncoding } from '../der/name.js';
import { DerCursor } from '../der/read.js';
import { TAG } from '../der/tag.js';
import { integerContent } from '../der/write.js';
import { type RsaPublicKey, rsaPublicKeyOf } from '../key/public-key.js';
import { signatureAlgorithmIdentifier } from '../key/signing-key.js';
import type { ValidityRule } from '../certificate/profile.js';
import { encodeKeyUsage } from '../certificate/extension-value.js';
import { extensionOf, keyUsageOf } from '../certificate/certificate.js';
import { type CertificateLint, type LintSubject, brokenIf } from './lint.js';

function hasWrongEncoding(names: readonly Name[], concerns: (type: string) => boolean): boolean {
  return names.some((name) => name.some(({ type, encoding }) => encoding !== undefined && concerns(type)));
}

function isPrintableType(type: string): boolean {
  return requiredEncoding(type) === 'printable';
}

function latestEnd(notBefore: Date, { maxYears = 0, maxDays = 0 }: ValidityRule): number {
  return Date.UTC(
    notBefore.getUTCFullYear() + maxYears,
    notBefore.getUTCMonth(),
    notBefore.getUTCDate() + maxDays,
    notBefore.getUTCHours(),
    notBefore.getUTCMinutes(),
    notBefore.getUTCSeconds(),
  );
}

/** Extensions that were found to be so; many certificates have the same. */
const canonical = new WeakSet<Extension>();

function isCanonical(extension: Extension): boolean {
  const { oid, critical, value, raw } = extension;
  const isSo = canonical.has(extension) || encodeExtension(oid, critical, value).equals(raw);
  if (isSo) canonical.add(extension);
  return isSo;
}

/** What `assertDer` cannot see without the schema: written-out defaults, named bits with trailing zeros (X.690 11.2.2, 11.5). */
function nonCanonicalPart({ certificate }: LintSubject): string | undefined {
  const explicit = certificate.extensions.find((extension) => !isCanonical(extension));
  if (explicit !== undefined) return `extension ${explicit.oid} writes its default`;
  const constraints = extensionOf(certificate, OID.basicConstraints)?.value;
  if (constraints?.equals(Buffer.from('3003010100', 'hex')) === true) return 'basicConstraints writes its default';
  const usage = keyUsageOf(certificate);
  const usageDer = extensionOf(certificate, OID.keyUsage)?.value;
  return brokenIf(usage !== undefined && usageDer?.equals(encodeKeyUsage(usage)) !== true, 'keyUsage');
}

function timeOfDay(date: Date): string {
  return date.toISOString().slice(11, 19).replaceAll(':', '');
}

function isSelfIssued({ certificate, issuer }: LintSubject): boolean {
  return certificate.der.equals(issuer.der) || certificate.spki.equals(issuer.spki);
}

const rsaKeys = new WeakMap<LintSubject, RsaPublicKey>();

/** Several lints ask for it. */
function rsaKeyOf(subject: LintSubject): RsaPublicKey {
  const key = rsaKeys.get(subject) ?? rsaPublicKeyOf(subject.certificate.spki);
  rsaKeys.set(subject, key);
  return key;
}

function keyWeakness(subject: LintSubject): RsaWeakness | undefined {
  return rsaWeaknessOf(rsaKeyOf(subject), subject.profile.key);
}

/** Weaknesses left by a bad key generator; the other ones have lints of their own. */
const GENERATOR_FAULTS = new Set<RsaWeakness | undefined>(['ROCA', 'SMALL_FACTOR', 'CLOSE_PRIMES']);

function isRsa({ certificate }: LintSubject): boolean {
  const outer = new DerCursor(new DerCursor(certificate.spki).read(TAG.sequence).content);
  return outer.read(TAG.sequence).content.includes(Buffer.from('06092a864886f70d010101', 'hex'));
}

/** Lints on the fields of the to-be-signed part; limits come from the profile, the ids are those of JPKI 4.15. */
export const FIELD_LINTS: readonly CertificateLint[] = [
  { id: 'e_der_not_canonical', check: nonCanonicalPart },
  {
    id: 'e_version_not_v3',
    check: ({ certificate, profile }) => brokenIf(certificate.version !== profile.version, `version ${certificate.version}`),
  },
  {
    id: 'e_sig_alg_mismatch',
    check: ({ certificate, profile }) => {
      const expected = signatureAlgorithmIdentifier(profile.signature);
      const { tbsAlgorithm, signatureAlgorithm, algorithmOid } = certificate;
      return brokenIf(!tbsAlgorithm.equals(expected) || !signatureAlgorithm.equals(expected), algorithmOid);
    },
  },
  {
    id: 'e_serial_nonpositive_or_gt20',
    check: ({ certificate: { serial } }) => brokenIf(serial <= 0n || integerContent(serial).length > 20, 'serial'),
  },
  {
    id: 'e_issuer_dn_bytes_differ_from_ca',
    check: ({ certificate, issuer }) => brokenIf(!certificate.issuerDer.equals(issuer.subjectDer), 'issuer'),
  },
  {
    id: 'e_dn_country_not_printable',
    check: ({ certificate: { issuer, subject } }) => brokenIf(hasWrongEncoding([issuer, subject], isPrintableType), 'country'),
  },
  {
    id: 'e_dn_other_not_utf8',
    check: ({ certificate: { issuer, subject } }) =>
      brokenIf(
        hasWrongEncoding([issuer, subject], (type) => !isPrintableType(type)),
        'name',
      ),
  },
  {
    id: 'e_dn_order',
    check: ({ certificate: { subject }, profile }) => {
      const found = subject.map(({ type, joined }) => (joined === true ? `+${type}` : type)).join();
      return brokenIf(found !== profile.subject.map(({ type, joined }) => (joined === true ? `+${type}` : type)).join(), found);
    },
  },
  {
    id: 'e_time_not_utctime',
    check: ({ certificate: { notBefore, notAfter, timeTags } }) =>
      brokenIf(
        [notBefore, notAfter].some((date, index) => (timeTags[index] === TAG.utcTime) !== date.getUTCFullYear() <= 2049),
        'validity',
      ),
  },
  {
    id: 'e_notafter_not_145959z',
    check: ({ certificate: { notAfter }, profile: { validity } }) =>
      brokenIf(validity.endsAt !== undefined && timeOfDay(notAfter) !== validity.endsAt, timeOfDay(notAfter)),
  },
  {
    id: 'e_notafter_gt_ca',
    check: (subject) =>
      brokenIf(!isSelfIssued(subject) && subject.certificate.notAfter.getTime() > subject.issuer.notAfter.getTime(), 'notAfter'),
  },
  {
    id: 'e_validity_gt_6y',
    check: ({ certificate: { notBefore, notAfter }, profile: { validity } }) =>
      brokenIf(
        notAfter.getTime() <= notBefore.getTime() ||
          ((validity.maxYears !== undefined || validity.maxDays !== undefined) && notAfter.getTime() > latestEnd(notBefore, validity)),
        `longer than ${validity.maxYears ?? 0} years and ${validity.maxDays ?? 0} days`,
      ),
  },
  {
    id: 'e_rsa_not_2048',
    check: (subject) => brokenIf(!isRsa(subject) || ['MODULUS_BITS', 'EVEN_MODULUS'].includes(keyWeakness(subject) ?? ''), 'key'),
  },
  {
    id: 'e_rsa_exponent',
    check: (subject) => brokenIf(isRsa(subject) && rsaKeyOf(subject).exponent !== 65537n, 'exponent'),
  },
  {
    id: 'e_key_roca',
    check: (subject) => brokenIf(isRsa(subject) && GENERATOR_FAULTS.has(keyWeakness(subject)), 'weak key'),
  },
];
