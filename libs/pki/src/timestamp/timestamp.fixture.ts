import { OCSP_PROFILE, type ExampleAuthority, holderContent } from '../authority.fixture.js';
import { buildTbsCertificate, signCertificate } from '../certificate/build-certificate.js';
import { parseCertificate } from '../certificate/certificate.js';
import type { CertificateProfile, ProfileExtension } from '../certificate/profile.js';
import type { CmsSigner } from '../cms/signed-data.js';
import { OID } from '../der/oid.js';
import { type SigningKey, generateRsaKey, signingKeyOf } from '../key/signing-key.js';

export const TSA_PURPOSE: ProfileExtension = { critical: true, value: { kind: 'extKeyUsage', purposes: [OID.timeStamping] } };
export const TSA_KEY_USAGE: ProfileExtension = { critical: true, value: { kind: 'keyUsage', bits: ['digitalSignature'] } };

/** Profile of a time-stamp authority with these extensions before the key identifiers (JPKI 4.3). */
export function tsaProfile(extensions: readonly ProfileExtension[] = [TSA_KEY_USAGE, TSA_PURPOSE]): CertificateProfile {
  const identifiers = OCSP_PROFILE.extensions.slice(-2);
  const subject = [{ type: 'C', value: 'JP' }, { type: 'CN', value: 'Time-stamp authority' }];
  return { ...OCSP_PROFILE, id: 'tsa', subject, extensions: [...extensions, ...identifiers] };
}

/** Certificate of a time-stamp authority for the key, by the example authority. */
export async function certifyTsa(ca: ExampleAuthority, key: SigningKey, profile = tsaProfile(), serial = 77n): Promise<CmsSigner> {
  const tbs = buildTbsCertificate(holderContent(ca, { profile, parameters: {}, serial, spki: key.publicKeySpki }));
  return { key, certificate: parseCertificate(await signCertificate(tbs, ca.key)) };
}

/** A new key of a time-stamp authority. */
export async function tsaKey(): Promise<SigningKey> {
  return signingKeyOf('tsa', await generateRsaKey(2048));
}
