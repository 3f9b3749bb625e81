import { beforeAll, describe, expect, it } from 'vitest';
import { CA_NAME_DER, type ExampleAuthority, NOT_AFTER, NOT_BEFORE, exampleAuthority } from '../authority.fixture.js';
import { encodeExtensionValue, encodeKeyUsage } from '../certificate/extension-value.js';
import { buildCrl } from '../crl/build-crl.js';
import { encodeExtension } from '../der/extension.js';
import { encodeName } from '../der/name.js';
import { OID, oid } from '../der/oid.js';
import { time } from '../der/time.js';
import { bitString, contextConstructed, contextPrimitive, integer, nullValue, octetString, sequence, utf8String } from '../der/write.js';
import { signatureAlgorithmIdentifier } from '../key/signing-key.js';
import { certIdOf } from '../ocsp/cert-id.js';
import { buildOcspError, buildOcspResponse } from '../ocsp/ocsp-response.js';
import { lintStandard } from './lint-standard.js';

const SHA256_RSA = signatureAlgorithmIdentifier('sha256WithRSAEncryption');
const KEY_ID = contextPrimitive(0, Buffer.alloc(20, 1));
const AKI = encodeExtension(OID.authorityKeyIdentifier, false, sequence(KEY_ID));
const SKI = encodeExtension(OID.subjectKeyIdentifier, false, octetString(Buffer.alloc(20, 2)));
const SIGNS = encodeExtension(OID.keyUsage, true, encodeKeyUsage(['keyCertSign']));
const READS = encodeExtension(OID.keyUsage, true, encodeKeyUsage(['digitalSignature']));
const IS_CA = encodeExtensionValue({ kind: 'basicConstraints', ca: true });
const CA = encodeExtension(OID.basicConstraints, true, IS_CA);
const NAMES = encodeExtension(OID.nameConstraints, true, sequence(contextConstructed(0, sequence(contextPrimitive(2, Buffer.from('example.jp'))))));
const NAMED = encodeExtension(OID.subjectAltName, true, sequence(contextPrimitive(2, Buffer.from('a.jp'))));
const SUBJECT = encodeName([{ type: 'C', value: 'JP' }, { type: 'CN', value: 'Holder' }]);
const EMPTY = sequence();

let ca: ExampleAuthority;

beforeAll(async () => {
  ca = await exampleAuthority();
});

interface Parts {
  readonly version?: number;
  readonly serial?: bigint;
  readonly algorithms?: readonly [Buffer, Buffer];
  readonly issuer?: Buffer;
  readonly subject?: Buffer;
  readonly notAfter?: Date;
  readonly extensions?: readonly Buffer[];
}

/** Findings of a certificate in any shape; the signature is not looked at. */
function idsOf(parts: Parts = {}): string[] | undefined {
  const { version = 3, serial = 5n, issuer = CA_NAME_DER, subject = SUBJECT, notAfter = NOT_AFTER, extensions = [AKI, READS] } = parts;
  const [inner, outer] = parts.algorithms ?? [SHA256_RSA, SHA256_RSA];
  const tbs = sequence(
    ...(version === 1 ? [] : [contextConstructed(0, integer(version - 1))]),
    integer(serial),
    inner,
    issuer,
    sequence(time(NOT_BEFORE), time(notAfter)),
    subject,
    ca.holder.spki,
    ...(version === 1 ? [] : [contextConstructed(3, sequence(...extensions))]),
  );
  return lintStandard(sequence(tbs, outer, bitString(Buffer.alloc(256))))?.findings.map(({ id }) => id);
}

describe('lintStandard', () => {
  it('has nothing to say about sound certificates, whoever made them', () => {
    expect(idsOf()).toEqual([]);
    expect(idsOf({ extensions: [AKI, SKI, SIGNS, CA, NAMES] })).toEqual([]);
    expect(lintStandard(ca.responder.der)).toEqual({ kind: 'certificate', findings: [] });
  });

  const ecdsa = sequence(oid('1.2.840.10045.4.3.2'));
  const sha1 = sequence(oid('1.2.840.113549.1.1.5'), nullValue());
  const uncritical = (dotted: string, value: Buffer): Buffer => encodeExtension(dotted, false, value);
  it.each<[string, Parts]>([
    ['w_version_not_v3', { version: 1 }],
    ['e_sig_alg_mismatch', { algorithms: [SHA256_RSA, ecdsa] }],
    ['w_signature_sha1', { algorithms: [sha1, sha1] }],
    ['e_serial_nonpositive_or_gt20', { serial: 0n }],
    ['e_serial_nonpositive_or_gt20', { serial: 1n << 160n }],
    ['e_validity_empty', { notAfter: new Date('2010-01-01T00:00:00Z') }],
    ['e_issuer_empty', { issuer: EMPTY }],
    ['e_subject_empty', { subject: EMPTY }],
    ['e_subject_empty', { subject: EMPTY, extensions: [AKI, SKI, SIGNS, CA, NAMED] }],
    ['e_dn_country_not_printable', { subject: encodeName([{ type: 'C', value: 'JP', encoding: 'utf8' }]) }],
    ['e_san_empty', { extensions: [AKI, READS, uncritical(OID.subjectAltName, sequence())] }],
    ['e_ext_malformed', { extensions: [AKI, READS, uncritical(OID.certificatePolicies, utf8String('x'))] }],
    ['e_ext_criticality', { extensions: [encodeExtension(OID.authorityKeyIdentifier, true, sequence(KEY_ID)), READS] }],
    ['e_ext_criticality', { extensions: [AKI, SKI, SIGNS, CA, uncritical(OID.inhibitAnyPolicy, integer(0))] }],
    ['e_ext_duplicate', { extensions: [AKI, READS, READS] }],
    ['e_ext_unknown_critical', { extensions: [AKI, READS, encodeExtension('1.2.3', true, nullValue())] }],
    ['e_bc_not_critical_on_ca', { extensions: [AKI, SKI, SIGNS, uncritical(OID.basicConstraints, IS_CA)] }],
    ['e_path_length_without_cert_sign', { extensions: [AKI, READS, uncritical(OID.basicConstraints, sequence(integer(1)))] }],
    ['e_ku_missing_on_ca', { extensions: [AKI, SKI, CA] }],
    ['e_ku_empty', { extensions: [AKI, encodeExtension(OID.keyUsage, true, encodeKeyUsage([]))] }],
    ['e_ku_cert_sign_without_ca', { extensions: [AKI, SIGNS] }],
    ['e_nc_on_ee', { extensions: [AKI, READS, NAMES] }],
    ['e_ski_missing_on_ca', { extensions: [AKI, SIGNS, CA] }],
    ['e_aki_missing', { extensions: [READS] }],
  ])('%s', (id, parts) => {
    expect(idsOf(parts)).toContain(id);
  });

  it('accepts what only looks like a fault: a name in a critical subjectAltName alone, self-issued without authorityKeyIdentifier', () => {
    expect(idsOf({ subject: EMPTY, extensions: [AKI, READS, NAMED] })).toEqual([]);
    expect(idsOf({ subject: CA_NAME_DER, extensions: [SKI, SIGNS, CA] })).toEqual([]);
  });

  it('judges CRLs, each rule once', async () => {
    const at = { thisUpdate: NOT_BEFORE, nextUpdate: NOT_AFTER };
    const sound = { ...at, issuerDer: CA_NAME_DER, crlNumber: 1n, distributionPoint: { only: 'userCerts' as const } };
    const { der } = await buildCrl({ ...sound, entries: [{ serial: 1n, revokedAt: NOT_BEFORE }] }, ca.key);
    expect(lintStandard(der)).toEqual({ kind: 'CRL', findings: [] });
    const entry = (serial: bigint, revokedAt = NOT_BEFORE, ...more: Buffer[]): Buffer => sequence(integer(serial), time(revokedAt), ...more);
    const unspecified = sequence(encodeExtension(OID.reasonCode, false, Buffer.from('0a0100', 'hex')));
    const entries = [entry(3n), entry(3n, NOT_BEFORE, unspecified), entry(2n, NOT_AFTER), entry(-1n), entry(-2n), sequence(integer(9))];
    const point = encodeExtension(OID.issuingDistributionPoint, false, sequence());
    const extensions = sequence(point, encodeExtension(OID.deltaCrlIndicator, false, integer(1)));
    const head = [integer(1), SHA256_RSA, CA_NAME_DER, time(NOT_AFTER), time(NOT_BEFORE)];
    const tbs = sequence(...head, sequence(...entries), contextConstructed(0, extensions));
    const found = lintStandard(sequence(tbs, ecdsa, bitString(Buffer.alloc(256))));
    expect(found?.findings.map(({ id, detail }) => `${id}: ${detail}`)).toEqual([
      'e_sig_alg_mismatch: 1.2.840.10045.4.3.2',
      'e_crl_nextupdate_order: nextUpdate',
      'e_crl_number_missing: cRLNumber (5.2.3)',
      'e_crl_aki_missing: authorityKeyIdentifier (5.2.1)',
      'e_crl_idp_not_critical: issuingDistributionPoint (5.2.5)',
      'e_crl_delta_not_critical: deltaCRLIndicator (5.2.4)',
      'e_crl_duplicate: entry 1',
      'w_crl_reason_unspecified_present: entry 1',
      'w_crl_unsorted: entry 2',
      'e_serial_nonpositive_or_gt20: entry 3',
      expect.stringMatching(/^e_crl_entry_malformed: /),
    ]);
  });

  it('judges OCSP responses', async () => {
    const certId = certIdOf(ca.root, 5n, 'sha1');
    const [thisUpdate, producedAt] = [NOT_BEFORE, NOT_BEFORE];
    const good = { certId, status: { kind: 'good' as const }, thisUpdate };
    const sound = { answers: [{ ...good, nextUpdate: NOT_AFTER }], producedAt, responderCertificate: ca.responder.der };
    expect(lintStandard(await buildOcspResponse(sound, ca.responderKey))).toEqual({ kind: 'OCSP response', findings: [] });
    const answers = [{ ...good, thisUpdate: NOT_AFTER }, { ...good, nextUpdate: new Date('2010-01-01T00:00:00Z') }];
    const found = lintStandard(await buildOcspResponse({ answers, producedAt, responderCertificate: ca.root.der }, ca.key));
    expect(found?.findings.map(({ id, detail }) => `${id}: ${detail}`)).toEqual([
      'w_ocsp_nextupdate_missing: answer 0',
      'e_ocsp_thisupdate_after_produced: answer 0',
      'e_ocsp_nextupdate_order: answer 1',
      'w_ocsp_nocheck: certificate 0',
    ]);
    expect(lintStandard(buildOcspError('tryLater'))?.findings).toEqual([]);
    expect(lintStandard(await buildOcspResponse({ answers: [], producedAt }, ca.key))?.findings).toMatchObject([{ id: 'e_ocsp_no_answer' }]);
  });

  it('knows nothing of what is none of these', () => {
    expect(lintStandard(Buffer.from('3000', 'hex'))).toBeUndefined();
    expect(lintStandard(Buffer.alloc(0))).toBeUndefined();
  });
});
