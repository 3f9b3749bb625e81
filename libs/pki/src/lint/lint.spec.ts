import { beforeAll, describe, expect, it } from 'vitest';
import {
  type ExampleAuthority,
  NOT_AFTER,
  NOT_BEFORE,
  OCSP_PROFILE,
  PERSON,
  ROOT_PROFILE,
  SIGN_PROFILE,
  exampleAuthority,
  holderContent,
} from '../authority.fixture.js';
import { type CertificateContent, buildTbsCertificate, issuerOf, preCertificate, signCertificate } from '../certificate/build-certificate.js';
import { isCertificateSignedBy, parseCertificate } from '../certificate/certificate.js';
import type { CertificateProfile, ProfileExtension } from '../certificate/profile.js';
import { OID } from '../der/oid.js';
import { TAG } from '../der/tag.js';
import { generalizedTime, time } from '../der/time.js';
import { integer, sequence, tlv } from '../der/write.js';
import { generateRsaKey, signingKeyOf } from '../key/signing-key.js';
import type { CertificateLint } from './lint.js';
import { GENERIC_CERTIFICATE_LINTS, lintCertificate } from './lint-certificate.js';

let ca: ExampleAuthority;
beforeAll(async () => {
  ca = await exampleAuthority();
});

describe('lint before issue (JPKI 4.15)', () => {
  async function findingsFor(content: CertificateContent, profile: CertificateProfile = SIGN_PROFILE): Promise<string[]> {
    const der = await signCertificate(buildTbsCertificate(content), ca.key);
    return lintCertificate(der, ca.root, { profile }).map(({ id }) => id);
  }

  function without(kind: ProfileExtension['value']['kind']): readonly ProfileExtension[] {
    return SIGN_PROFILE.extensions.filter(({ value }) => value.kind !== kind);
  }

  function replaced(value: ProfileExtension['value'], critical: boolean): CertificateProfile {
    return {
      ...SIGN_PROFILE,
      extensions: SIGN_PROFILE.extensions.map((one) => (one.value.kind === value.kind ? { critical, value } : one)),
    };
  }

  it('has nothing to say about the certificates of the profiles', () => {
    expect(lintCertificate(ca.root.der, ca.root, { profile: ROOT_PROFILE })).toEqual([]);
    expect(lintCertificate(ca.holder.der, ca.root, { profile: SIGN_PROFILE })).toEqual([]);
    expect(lintCertificate(ca.responder.der, ca.root, { profile: OCSP_PROFILE })).toEqual([]);
  });

  it('passes the to-be-signed octets before they are signed, as a certificate that no key made', () => {
    const der = preCertificate(ca.holder.tbs, ca.key.algorithm);
    expect([der.length, isCertificateSignedBy(parseCertificate(der), ca.root.spki)]).toEqual([ca.holder.der.length, false]);
    expect(lintCertificate(der, ca.root, { profile: SIGN_PROFILE })).toEqual([]);
  });

  it('names each broken rule of the fields', async () => {
    expect(await findingsFor(holderContent(ca, { notAfter: new Date('2020-04-01T15:00:00Z') }))).toEqual(['e_notafter_not_145959z']);
    expect(await findingsFor(holderContent(ca, { notAfter: new Date('2022-01-05T14:59:59Z') }))).toEqual(['e_validity_gt_6y']);
    expect(
      await findingsFor(holderContent(ca, { notBefore: new Date('2021-01-01T00:00:00Z'), notAfter: new Date('2025-10-20T14:59:59Z') })),
    ).toEqual(['e_notafter_gt_ca']);
    expect(await findingsFor(holderContent(ca, { issuer: { ...issuerOf(ca.root), nameDer: ca.responder.subjectDer } }))).toEqual([
      'e_issuer_dn_bytes_differ_from_ca',
    ]);
    const subject = SIGN_PROFILE.subject.map((one) => (one.type === 'C' ? ({ ...one, encoding: 'utf8' } as const) : one));
    expect(await findingsFor(holderContent(ca, { profile: { ...SIGN_PROFILE, subject } }))).toEqual(['e_dn_country_not_printable']);
    const printable = SIGN_PROFILE.subject.map((one) => (one.type === 'L' ? ({ ...one, encoding: 'printable' } as const) : one));
    expect(await findingsFor(holderContent(ca, { profile: { ...SIGN_PROFILE, subject: printable } }))).toEqual(['e_dn_other_not_utf8']);
    expect(await findingsFor(holderContent(ca, { profile: { ...SIGN_PROFILE, subject: [...SIGN_PROFILE.subject].reverse() } }))).toEqual([
      'e_dn_order',
    ]);
    const longer = signingKeyOf('longer', await generateRsaKey(3072));
    expect(await findingsFor(holderContent(ca, { spki: longer.publicKeySpki }))).toEqual(['e_rsa_not_2048']);
  });

  it('names each broken rule of the extensions', async () => {
    const cases: readonly (readonly [CertificateProfile, readonly string[]])[] = [
      [{ ...SIGN_PROFILE, extensions: without('keyUsage') }, ['e_ext_profile', 'e_ku_missing_or_not_critical', 'e_ku_bits_profile']],
      [replaced({ kind: 'keyUsage', bits: ['digitalSignature'] }, true), ['e_ku_bits_profile']],
      [
        replaced({ kind: 'certificatePolicies', policies: [{ oid: '1.2.3' }, { oid: '1.2.4' }] }, false),
        ['e_ext_profile', 'e_cp_not_exactly_one', 'e_cp_not_critical', 'e_cp_oid_profile', 'e_cps_uri'],
      ],
      [{ ...SIGN_PROFILE, extensions: without('subjectKeyIdentifier') }, ['e_ext_profile', 'e_aki_ski_missing_or_wrong']],
      [replaced({ kind: 'authorityInfoAccess', ocsp: [] }, false), ['e_aia_ocsp_missing']],
      [
        replaced({ kind: 'crlDistributionPoints', points: [[{ kind: 'directoryName', name: [{ type: 'C', value: 'JP' }] }]] }, false),
        ['e_crldp_dn_not_partition'],
      ],
      [
        { ...SIGN_PROFILE, extensions: [...SIGN_PROFILE.extensions, { critical: true, value: { kind: 'basicConstraints', ca: true } }] },
        ['e_ext_profile', 'e_ca_true_on_ee'],
      ],
      [
        { ...SIGN_PROFILE, extensions: [...SIGN_PROFILE.extensions, { critical: true, value: { kind: 'ocspNoCheck' } }] },
        ['e_ext_unknown_critical', 'e_ext_profile'],
      ],
      [
        { ...SIGN_PROFILE, extensions: [...SIGN_PROFILE.extensions, { critical: false, value: { kind: 'subjectKeyIdentifier' } }] },
        ['e_ext_duplicate', 'e_ext_profile'],
      ],
      [
        {
          ...SIGN_PROFILE,
          extensions: [...SIGN_PROFILE.extensions, { critical: false, value: { kind: 'extKeyUsage', purposes: [OID.clientAuth] } }],
        },
        ['e_ext_profile', 'e_eku_profile'],
      ],
    ];
    for (const [profile, expected] of cases) {
      const marks = JSON.stringify(profile);
      const parameters = Object.fromEntries(Object.entries(PERSON).filter(([mark]) => marks.includes(`{${mark}}`)));
      expect(await findingsFor(holderContent(ca, { profile, parameters }))).toEqual(expected);
    }
    expect(await findingsFor(holderContent(ca, { issuer: { ...issuerOf(ca.root), keyIdentifier: Buffer.alloc(20) } }))).toEqual([
      'e_aki_ski_missing_or_wrong',
    ]);
  });

  it('looks at what the writers cannot write: serials, times, algorithms and defaults of other encoders', () => {
    const der = ca.holder.tbs;
    function lintOf(tbs: Buffer): string[] {
      const algorithm = ca.holder.signatureAlgorithm;
      return lintCertificate(sequence(tbs, algorithm, tlv(TAG.bitString, Buffer.alloc(257))), ca.root, { profile: SIGN_PROFILE }).map(
        ({ id }) => id,
      );
    }
    function patched(from: Buffer, to: Buffer): Buffer {
      const content = der.subarray(4);
      const at = content.indexOf(from);
      if (at < 0) throw new Error('pattern not found');
      return sequence(content.subarray(0, at), to, content.subarray(at + from.length));
    }
    expect(lintOf(patched(integer(0x06d18006n), integer(-5)))).toEqual(['e_serial_nonpositive_or_gt20']);
    expect(lintOf(patched(integer(0x06d18006n), integer(1n << 160n)))).toEqual(['e_serial_nonpositive_or_gt20']);
    expect(lintOf(patched(integer(0x06d18006n), Buffer.from('02050006D18006', 'hex')))).toEqual(['e_der_not_canonical']);
    const algorithm = ca.holder.tbsAlgorithm;
    expect(lintOf(patched(algorithm, sequence(algorithm.subarray(2, 13), Buffer.alloc(0))))).toEqual(['e_sig_alg_mismatch']);
    expect(lintOf(patched(Buffer.from('200401145959Z'), Buffer.from('2004011459+09')))).toEqual(['e_time_fraction_or_offset']);
    const validity = sequence(time(NOT_BEFORE), time(NOT_AFTER));
    expect(lintOf(patched(validity, sequence(time(NOT_BEFORE), generalizedTime(NOT_AFTER))))).toEqual(['e_time_not_utctime']);
  });

  it('runs the lints a context adds', () => {
    const own: CertificateLint = {
      id: 'e_cn_pattern',
      check: ({ certificate }) => (certificate.subject.length === 4 ? 'four' : undefined),
    };
    const findings = lintCertificate(ca.holder.der, ca.root, { profile: SIGN_PROFILE, lints: [...GENERIC_CERTIFICATE_LINTS, own] });
    expect(findings).toEqual([{ id: 'e_cn_pattern', detail: 'four' }]);
  });
});
