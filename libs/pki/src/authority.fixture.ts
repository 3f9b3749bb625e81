import { randomBytes } from 'node:crypto';
import { type CertificateContent, buildTbsCertificate, issuerOf, signCertificate } from './certificate/build-certificate.js';
import { type ParsedCertificate, parseCertificate } from './certificate/certificate.js';
import type { CertificateProfile, ProfileExtension } from './certificate/profile.js';
import { type Name, encodeName } from './der/name.js';
import { OID } from './der/oid.js';
import { type SigningKey, generateRsaKey, signingKeyOf } from './key/signing-key.js';

/** Example profile set of a test authority, shaped like the JPKI signature CA: used by the specs of this library only. */
const CA_NAME: Name = [
  { type: 'C', value: 'JP' },
  { type: 'O', value: 'JPKI-TEST' },
  { type: 'OU', value: 'JPKI for digital signature' },
  { type: 'OU', value: 'Japan Agency for Local Authority Information Systems' },
];

const COMMON = { version: 3, signature: 'sha256WithRSAEncryption', key: { modulusBits: 2048 } } as const;
const AKI_SKI: readonly ProfileExtension[] = [
  { critical: false, value: { kind: 'authorityKeyIdentifier', withIssuerAndSerial: true } },
  { critical: false, value: { kind: 'subjectKeyIdentifier' } },
];

export const ROOT_PROFILE: CertificateProfile = {
  ...COMMON,
  id: 'root',
  subject: CA_NAME,
  validity: { maxYears: 10, endsAt: '145959' },
  extensions: [
    { critical: true, value: { kind: 'keyUsage', bits: ['keyCertSign', 'cRLSign'] } },
    {
      critical: false,
      value: {
        kind: 'subjectAltName',
        names: [
          {
            kind: 'directoryName',
            name: [
              { type: 'C', value: 'JP' },
              { type: 'O', value: '公的個人認証サービス' },
            ],
          },
        ],
      },
    },
    { critical: true, value: { kind: 'basicConstraints', ca: true } },
    { critical: false, value: { kind: 'crlDistributionPoints', points: [[{ kind: 'directoryName', name: CA_NAME }]] } },
    { critical: false, value: { kind: 'subjectKeyIdentifier' } },
  ],
};

/** The partition of a municipality; the CRL's issuingDistributionPoint repeats it. */
export const PARTITION_NAME: Name = [
  { type: 'C', value: 'JP' },
  { type: 'O', value: 'JPKI' },
  { type: 'OU', value: 'JPKI for digital signature' },
  { type: 'OU', value: 'CRL Distribution Points' },
  { type: 'OU', value: '{prefecture}' },
  { type: 'CN', value: '{municipality} CRLDP' },
];

const ATTRIBUTE_ARC = '1.2.392.200149.8.5.5';

export const SIGN_PROFILE: CertificateProfile = {
  ...COMMON,
  id: 'sign',
  subject: [
    { type: 'C', value: 'JP' },
    { type: 'L', value: '{prefecture}' },
    { type: 'L', value: '{municipality}' },
    { type: 'CN', value: '{commonName}' },
  ],
  validity: { maxYears: 6, endsAt: '145959' },
  extensions: [
    { critical: true, value: { kind: 'keyUsage', bits: ['digitalSignature', 'nonRepudiation'] } },
    {
      critical: false,
      value: {
        kind: 'subjectAltName',
        names: [
          { kind: 'otherName', oid: `${ATTRIBUTE_ARC}.1`, utf8: '{name}' },
          { kind: 'otherName', oid: `${ATTRIBUTE_ARC}.4`, utf8: '{birthDate}' },
          { kind: 'otherName', oid: `${ATTRIBUTE_ARC}.3`, utf8: '{sex}' },
          { kind: 'otherName', oid: `${ATTRIBUTE_ARC}.5`, utf8: '{address}' },
          { kind: 'otherName', oid: `${ATTRIBUTE_ARC}.2`, utf8: '{nameSubstitutes}' },
          { kind: 'otherName', oid: `${ATTRIBUTE_ARC}.6`, utf8: '{addressSubstitutes}' },
        ],
      },
    },
    {
      critical: true,
      value: { kind: 'certificatePolicies', policies: [{ oid: '1.2.392.200149.8.5.1.1.20', cpsUri: 'http://www.jpki.go.jp/cps.html' }] },
    },
    { critical: false, value: { kind: 'issuerAltName', names: [{ kind: 'directoryName', name: CA_NAME }] } },
    { critical: false, value: { kind: 'crlDistributionPoints', points: [[{ kind: 'directoryName', name: PARTITION_NAME }]] } },
    { critical: false, value: { kind: 'authorityInfoAccess', ocsp: ['http://ocsp.example.invalid/sign'] } },
    ...AKI_SKI,
  ],
};

export const OCSP_PROFILE: CertificateProfile = {
  ...COMMON,
  id: 'ocsp-responder',
  subject: [
    { type: 'C', value: 'JP' },
    { type: 'O', value: 'JPKI-TEST' },
    { type: 'CN', value: 'Sign CA OCSP responder {number}' },
  ],
  validity: { maxDays: 30 },
  extensions: [
    { critical: true, value: { kind: 'keyUsage', bits: ['digitalSignature'] } },
    { critical: false, value: { kind: 'extKeyUsage', purposes: [OID.ocspSigning] } },
    { critical: false, value: { kind: 'ocspNoCheck' } },
    ...AKI_SKI,
  ],
};

export const PERSON = {
  prefecture: 'Kasumi-ken',
  municipality: 'Kasumi-shi',
  commonName: '201601040930150004299999001A',
  name: '基盤　花子',
  birthDate: '419900401',
  sex: '2',
  address: '霞県霞市中央一丁目２番３号',
  nameSubstitutes: '00000',
  addressSubstitutes: '0000000000000',
} as const;

export const NOT_BEFORE = new Date('2016-01-04T00:30:15Z');
export const NOT_AFTER = new Date('2020-04-01T14:59:59Z');

export interface ExampleAuthority {
  readonly key: SigningKey;
  readonly root: ParsedCertificate;
  readonly responderKey: SigningKey;
  readonly responder: ParsedCertificate;
  readonly holderKey: SigningKey;
  readonly holder: ParsedCertificate;
}

/** Content of the example holder's certificate, with changes for the case at hand. */
export function holderContent(
  { root, holderKey }: Pick<ExampleAuthority, 'root' | 'holderKey'>,
  changes: Partial<CertificateContent> = {},
): CertificateContent {
  return {
    profile: SIGN_PROFILE,
    parameters: PERSON,
    serial: 0x06d18006n,
    issuer: issuerOf(root),
    notBefore: NOT_BEFORE,
    notAfter: NOT_AFTER,
    spki: holderKey.publicKeySpki,
    ...changes,
  };
}

/** Root, OCSP responder and one holder, all signed by a fresh authority key. */
export async function exampleAuthority(): Promise<ExampleAuthority> {
  const [key, responderKey, holderKey] = await Promise.all(
    ['ca', 'ocsp', 'holder'].map(async (id) => signingKeyOf(`${id}-${randomBytes(2).toString('hex')}`, await generateRsaKey(2048))),
  );
  if (key === undefined || responderKey === undefined || holderKey === undefined) throw new Error('three keys expected');
  const rootTbs = buildTbsCertificate({
    profile: ROOT_PROFILE,
    serial: 1n,
    issuer: 'self',
    notBefore: new Date('2015-10-20T02:40:28Z'),
    notAfter: new Date('2025-10-19T14:59:59Z'),
    spki: key.publicKeySpki,
  });
  const root = parseCertificate(await signCertificate(rootTbs, key));
  const issuer = issuerOf(root);
  const responderTbs = buildTbsCertificate({
    profile: OCSP_PROFILE,
    parameters: { number: '1' },
    serial: 2n,
    issuer,
    notBefore: NOT_BEFORE,
    notAfter: new Date('2016-02-03T00:30:15Z'),
    spki: responderKey.publicKeySpki,
  });
  const holderTbs = buildTbsCertificate(holderContent({ root, holderKey }));
  const responder = parseCertificate(await signCertificate(responderTbs, key));
  const holder = parseCertificate(await signCertificate(holderTbs, key));
  return { key, root, responderKey, responder, holderKey, holder };
}

/** The example partition with its marks filled, and the authority's name, for CRL and ARL. */
export const FILLED_PARTITION: Name = PARTITION_NAME.map((attribute) => ({
  ...attribute,
  value: attribute.value.replace('{prefecture}', PERSON.prefecture).replace('{municipality}', PERSON.municipality),
}));
export const CA_NAME_DER = encodeName(CA_NAME);
