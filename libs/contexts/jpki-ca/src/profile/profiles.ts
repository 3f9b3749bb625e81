import { OID, type CertificateProfile, type Name, type ProfileExtension } from '#pki';
import type { CaId, CertificateType, Organisation } from '../ca/ca.js';
import type { SealingRole } from '../timestamp/timestamp.js';

/** Arc of the agency below `1.2.392.200149.8.5`; attributes of the holder are `.5.x`, policies `.1.x` (JPKI 4.2, 4.3). */
const ARC = '1.2.392.200149.8.5';
const ANY_POLICY = '2.5.29.32.0';
const CPS_URI = 'http://www.jpki.go.jp/cps.html';

/** Certificate policies by organisation: the test authorities have an arc of their own, so that neither passes for the other (JPKI 4.2). */
export const POLICY_OID: Readonly<Record<Organisation, Readonly<Record<CertificateType, string>>>> = {
  'JPKI': { SIGN_CERT: `${ARC}.1.1.20`, AUTH_CERT: `${ARC}.1.3.30` },
  'JPKI-TEST': { SIGN_CERT: `${ARC}.1.0.20`, AUTH_CERT: `${ARC}.1.0.30` },
};

/** Where relying software may ask when it is told nothing else and the deployment names no address of its own; the gateway serves the same path. */
const OCSP_BASE: Readonly<Record<Organisation, string>> = {
  'JPKI': 'http://ocsp.jpki.go.jp/api/jpki-ca/v1/ocsp',
  'JPKI-TEST': 'http://ocsp.jpki-test.invalid/api/jpki-ca/v1/ocsp',
};

const UNIT: Readonly<Record<CaId, string>> = { sign: 'JPKI for digital signature', auth: 'JPKI for user authentication' };
const UNIT_JA: Readonly<Record<CaId, string>> = { sign: '公的個人認証サービス署名用', auth: '公的個人認証サービス利用者証明用' };

/** otherName types of the four attributes (JPKI 4.4). */
export const ATTRIBUTE_OID = {
  name: `${ARC}.5.1`,
  nameSubstitutes: `${ARC}.5.2`,
  sex: `${ARC}.5.3`,
  birthDate: `${ARC}.5.4`,
  address: `${ARC}.5.5`,
  addressSubstitutes: `${ARC}.5.6`,
} as const;

const COMMON = { version: 3, signature: 'sha256WithRSAEncryption', key: { modulusBits: 2048 } } as const;

/** Subject and issuer of an authority, the same for all its key generations (JPKI 4.2). */
export function caName(organisation: Organisation, ca: CaId): Name {
  return [
    { type: 'C', value: 'JP' },
    { type: 'O', value: organisation },
    { type: 'OU', value: UNIT[ca] },
    { type: 'OU', value: 'Japan Agency for Local Authority Information Systems' },
  ];
}

function caNameInJapanese(ca: CaId): Name {
  return [
    { type: 'C', value: 'JP' },
    { type: 'O', value: '公的個人認証サービス' },
    { type: 'OU', value: UNIT_JA[ca] },
    { type: 'OU', value: '地方公共団体情報システム機構' },
  ];
}

/** Whose list it is; `part` is empty for the first list of a municipality, else a space and its number. */
export interface ListPlace {
  readonly prefecture: string;
  readonly municipality: string;
  readonly part: string;
}

/** Where a municipality's part of the revocation list is found; marks `{prefecture}`, `{municipality}` and `{part}` when not given. */
export function partitionName(organisation: Organisation, ca: CaId, place: ListPlace = { prefecture: '{prefecture}', municipality: '{municipality}', part: '{part}' }): Name {
  return [
    { type: 'C', value: 'JP' },
    { type: 'O', value: organisation },
    { type: 'OU', value: UNIT[ca] },
    { type: 'OU', value: 'CRL Distribution Points' },
    { type: 'OU', value: place.prefecture },
    { type: 'CN', value: `${place.municipality} CRLDP${place.part}` },
  ];
}

/** What differs between the certificates of deployments. */
interface Deployment {
  readonly organisation: Organisation;
  readonly ocspBase: string;
}

function directory(name: Name) {
  return { kind: 'directoryName', name } as const;
}

function rootProfile(organisation: Organisation, ca: CaId): CertificateProfile {
  const name = caName(organisation, ca);
  return {
    ...COMMON,
    id: `${ca}-root`,
    subject: name,
    validity: { maxYears: 10, endsAt: '145959' },
    extensions: [
      { critical: true, value: { kind: 'keyUsage', bits: ['keyCertSign', 'cRLSign'] } },
      { critical: false, value: { kind: 'subjectAltName', names: [directory(caNameInJapanese(ca))] } },
      { critical: true, value: { kind: 'basicConstraints', ca: true } },
      { critical: false, value: { kind: 'crlDistributionPoints', points: [[directory(name)]] } },
      { critical: false, value: { kind: 'subjectKeyIdentifier' } },
    ],
  };
}

/** OldWithNew and NewWithOld: with no policy at all, paths over them would fail where a policy is asked for (JPKI 4.3, 4.10 B14). */
function linkProfile(organisation: Organisation, ca: CaId): CertificateProfile {
  const name = caName(organisation, ca);
  return {
    ...COMMON,
    id: `${ca}-link`,
    subject: name,
    validity: { maxYears: 10, endsAt: '145959' },
    extensions: [
      { critical: true, value: { kind: 'keyUsage', bits: ['keyCertSign', 'cRLSign'] } },
      { critical: true, value: { kind: 'basicConstraints', ca: true } },
      { critical: false, value: { kind: 'certificatePolicies', policies: [{ oid: ANY_POLICY }] } },
      { critical: false, value: { kind: 'crlDistributionPoints', points: [[directory(name)]] } },
      { critical: false, value: { kind: 'authorityKeyIdentifier', withIssuerAndSerial: false } },
      { critical: false, value: { kind: 'subjectKeyIdentifier' } },
    ],
  };
}

/** Extensions 3 to 8 of both holder profiles (JPKI 4.3). */
function commonExtensions({ organisation, ocspBase }: Deployment, ca: CaId, type: CertificateType): ProfileExtension[] {
  return [
    { critical: true, value: { kind: 'certificatePolicies', policies: [{ oid: POLICY_OID[organisation][type], cpsUri: CPS_URI }] } },
    { critical: false, value: { kind: 'issuerAltName', names: [directory(caNameInJapanese(ca))] } },
    { critical: false, value: { kind: 'crlDistributionPoints', points: [[directory(partitionName(organisation, ca))]] } },
    { critical: false, value: { kind: 'authorityInfoAccess', ocsp: [`${ocspBase}/${ca}`] } },
    { critical: false, value: { kind: 'authorityKeyIdentifier', withIssuerAndSerial: true } },
    { critical: false, value: { kind: 'subjectKeyIdentifier' } },
  ];
}

function signProfile(deployment: Deployment): CertificateProfile {
  return {
    ...COMMON,
    id: 'SIGN_CERT',
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
          names: (['name', 'birthDate', 'sex', 'address', 'nameSubstitutes', 'addressSubstitutes'] as const).map((attribute) => ({
            kind: 'otherName',
            oid: ATTRIBUTE_OID[attribute],
            utf8: `{${attribute}}`,
          })),
        },
      },
      ...commonExtensions(deployment, 'sign', 'SIGN_CERT'),
    ],
  };
}

function authProfile(deployment: Deployment): CertificateProfile {
  return {
    ...COMMON,
    id: 'AUTH_CERT',
    subject: [{ type: 'C', value: 'JP' }, { type: 'CN', value: '{commonName}' }],
    validity: { maxYears: 6, endsAt: '145959' },
    extensions: [
      { critical: true, value: { kind: 'keyUsage', bits: ['digitalSignature'] } },
      { critical: false, value: { kind: 'extKeyUsage', purposes: [OID.clientAuth] } },
      ...commonExtensions(deployment, 'auth', 'AUTH_CERT'),
    ],
  };
}

function responderProfile(organisation: Organisation, ca: CaId): CertificateProfile {
  return {
    ...COMMON,
    id: `${ca}-ocsp-responder`,
    subject: [{ type: 'C', value: 'JP' }, { type: 'O', value: organisation }, { type: 'CN', value: `${UNIT[ca]} OCSP responder {number}` }],
    validity: { maxDays: 30 },
    extensions: [
      { critical: true, value: { kind: 'keyUsage', bits: ['digitalSignature'] } },
      { critical: false, value: { kind: 'extKeyUsage', purposes: [OID.ocspSigning] } },
      { critical: false, value: { kind: 'ocspNoCheck' } },
      { critical: false, value: { kind: 'authorityKeyIdentifier', withIssuerAndSerial: false } },
      { critical: false, value: { kind: 'subjectKeyIdentifier' } },
    ],
  };
}

/** Keys that seal records. The purpose of the time-stamp authority is critical and alone (RFC 3161 2.3). */
function sealingProfile(organisation: Organisation, role: SealingRole): CertificateProfile {
  const name = role === 'tsa' ? 'Time-stamp authority' : 'Audit trail';
  return {
    ...COMMON,
    id: `sealing-${role}`,
    subject: [{ type: 'C', value: 'JP' }, { type: 'O', value: organisation }, { type: 'CN', value: `${name} {number}` }],
    validity: { maxDays: 365 },
    extensions: [
      { critical: true, value: { kind: 'keyUsage', bits: ['digitalSignature'] } },
      ...(role === 'tsa' ? [{ critical: true, value: { kind: 'extKeyUsage', purposes: [OID.timeStamping] } } as const] : []),
      { critical: false, value: { kind: 'authorityKeyIdentifier', withIssuerAndSerial: false } },
      { critical: false, value: { kind: 'subjectKeyIdentifier' } },
    ],
  };
}

/** The profile tables of JPKI 4.3 for one deployment. */
export interface ProfileSet {
  readonly organisation: Organisation;
  readonly root: Readonly<Record<CaId, CertificateProfile>>;
  readonly link: Readonly<Record<CaId, CertificateProfile>>;
  readonly holder: Readonly<Record<CertificateType, CertificateProfile>>;
  readonly responder: Readonly<Record<CaId, CertificateProfile>>;
  readonly sealing: Readonly<Record<SealingRole, CertificateProfile>>;
}

export function profileSet(organisation: Organisation, ocspBase = OCSP_BASE[organisation]): ProfileSet {
  const deployment = { organisation, ocspBase };
  return {
    organisation,
    root: { sign: rootProfile(organisation, 'sign'), auth: rootProfile(organisation, 'auth') },
    link: { sign: linkProfile(organisation, 'sign'), auth: linkProfile(organisation, 'auth') },
    holder: { SIGN_CERT: signProfile(deployment), AUTH_CERT: authProfile(deployment) },
    responder: { sign: responderProfile(organisation, 'sign'), auth: responderProfile(organisation, 'auth') },
    sealing: { tsa: sealingProfile(organisation, 'tsa'), audit: sealingProfile(organisation, 'audit') },
  };
}
