import { beforeAll, describe, expect, it } from 'vitest';
import { type ExampleAuthority, NOT_AFTER, NOT_BEFORE, OCSP_PROFILE, SIGN_PROFILE, exampleAuthority, holderContent } from '../authority.fixture.js';
import { buildTbsCertificate, issuerOf, signCertificate } from '../certificate/build-certificate.js';
import type { CertificateProfile } from '../certificate/profile.js';
import { OID } from '../der/oid.js';
import { encodeRsaSpki } from '../key/public-key.js';
import { certIdOf } from '../ocsp/cert-id.js';
import { buildOcspResponse } from '../ocsp/ocsp-response.js';
import { lintCertificate } from './lint-certificate.js';
import { lintStandard } from './lint-standard.js';

let ca: ExampleAuthority;
beforeAll(async () => {
  ca = await exampleAuthority();
});

describe('keys of holders (JPKI 4.15)', () => {
  // A modulus that is 1 modulo each small prime is of the form that the ROCA generator leaves (65537^0), and has no small factor.
  const smallPrimes = Array.from({ length: 166 }, (_, index) => index + 2).filter((n) => Array.from({ length: n - 2 }, (_, index) => index + 2).every((d) => n % d !== 0));
  const product = smallPrimes.reduce((all, prime) => all * BigInt(prime), 1n);
  const roca = ((1n << 2047n) / product + 1n) * product + 1n;

  it.each([
    ['e_rsa_exponent', { modulus: (1n << 2047n) + 1n, exponent: 3n }], ['e_key_roca', { modulus: roca, exponent: 65537n }],
    ['e_key_roca', { modulus: ((1n << 2047n) / 1502n + 1n) * 1502n + 751n, exponent: 65537n }], ['e_rsa_not_2048', { modulus: (1n << 2047n) + 2n, exponent: 65537n }],
  ] as const)('%s', async (id, key) => {
    const der = await signCertificate(buildTbsCertificate(holderContent(ca, { spki: encodeRsaSpki(key) })), ca.key);
    expect(lintCertificate(der, ca.root, { profile: SIGN_PROFILE }).map((finding) => finding.id)).toEqual([id]);
  });
});

describe('who answers OCSP (JPKI 4.15)', () => {
  const changed = (extensions: CertificateProfile['extensions']): CertificateProfile => ({ ...OCSP_PROFILE, extensions });
  const certificate = (profile: CertificateProfile): Promise<Buffer> => signCertificate(
    buildTbsCertificate({ profile, parameters: { number: '1' }, serial: 9n, issuer: issuerOf(ca.root), notBefore: NOT_BEFORE, notAfter: new Date(NOT_BEFORE.getTime() + 86_400_000), spki: ca.responderKey.publicKeySpki }), ca.key,
  );

  it('has this purpose alone, and says that it is not asked about itself', async () => {
    const more = OCSP_PROFILE.extensions.map((one) => (one.value.kind === 'extKeyUsage' ? { ...one, value: { kind: 'extKeyUsage', purposes: [OID.ocspSigning, OID.clientAuth] } as const } : one));
    const ids = async (profile: CertificateProfile): Promise<string[]> => lintCertificate(await certificate(profile), ca.root, { profile }).map(({ id }) => id);
    expect([await ids(OCSP_PROFILE), await ids(changed(more)), await ids(changed(OCSP_PROFILE.extensions.filter(({ value }) => value.kind !== 'ocspNoCheck')))]).toEqual([[], ['e_ocsp_responder_eku'], ['e_ocsp_nocheck']]);
  });

  it('is found in a response whose certificate is for something else', async () => {
    const answers = [{ certId: certIdOf(ca.root, 5n, 'sha1'), status: { kind: 'good' as const }, thisUpdate: NOT_BEFORE, nextUpdate: NOT_AFTER }];
    const other = await certificate(changed(OCSP_PROFILE.extensions.map((one) => (one.value.kind === 'extKeyUsage' ? { ...one, value: { kind: 'extKeyUsage', purposes: [OID.clientAuth] } as const } : one))));
    const response = await buildOcspResponse({ answers, producedAt: NOT_BEFORE, responderCertificate: other }, ca.responderKey);
    expect(lintStandard(response)?.findings.map(({ id }) => id)).toEqual(['e_ocsp_responder_eku']);
  });
});
