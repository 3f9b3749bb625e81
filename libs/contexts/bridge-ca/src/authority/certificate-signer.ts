import { randomBytes } from 'node:crypto';
import {
  GENERIC_CERTIFICATE_LINTS, buildTbsCertificate, lintCertificate, parseCertificate, preCertificate, rsaPublicKeyOf, signCertificate, type CertificateContent, type ParsedCertificate, type SigningKey,
} from '#pki';

/** Names of others may be written as they were written before UTF8String was required (RFC 5280 4.1.2.4). */
const OWN_NAMES_ONLY = new Set(['e_dn_country_not_printable', 'e_dn_other_not_utf8']);

/** csprng64 (JPKI 4.2): positive, always of eight octets, and never again; tables refuse a number that was there before. */
export function drawSerial(): bigint {
  return (randomBytes(8).readBigUInt64BE() & 0x3fff_ffff_ffff_ffffn) | 0x4000_0000_0000_0000n;
}

export function modulusBits(spki: Buffer): number {
  return rsaPublicKeyOf(spki).modulus.toString(2).length;
}

export interface SigningOrder {
  readonly content: CertificateContent;
  readonly key: SigningKey;
  /** The issuer's certificate; undefined when it signs its own root. */
  readonly issuer: ParsedCertificate | undefined;
  readonly isForeignSubject?: boolean;
}

/** Signs what passes the lint: the octets are looked at before the authority's key is used (JPKI 4.15). A profile that does not hold is a fault of the program, since input was checked before. */
export async function signLinted({ content, key, issuer, isForeignSubject = false }: SigningOrder): Promise<Buffer> {
  const tbs = buildTbsCertificate(content);
  const draft = preCertificate(tbs, key.algorithm);
  const lints = isForeignSubject ? GENERIC_CERTIFICATE_LINTS.filter(({ id }) => !OWN_NAMES_ONLY.has(id)) : GENERIC_CERTIFICATE_LINTS;
  const [finding] = lintCertificate(draft, issuer ?? parseCertificate(draft), { profile: content.profile, lints });
  if (finding !== undefined) throw new Error(`certificate by profile ${content.profile.id} breaks ${finding.id}`);
  return signCertificate(tbs, key);
}
