import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  type CertificateProfile, type Name, type ParsedCertificate, type ProfileExtension, type SigningKey, buildCrl, buildTbsCertificate, generateRsaKey,
  issuerOf, parseCertificate, pemEncode, signCertificate, signingKeyOf,
} from '#pki';

/** Everything of the fixture is valid from the first to the last of these, and judged in between. */
export const NOT_BEFORE = new Date('2020-01-01T00:00:00Z');
export const NOT_AFTER = new Date('2030-01-01T00:00:00Z');
export const AT = '2025-06-01T00:00:00Z';
export const POLICY = '1.2.392.200149.8.5.1.1.20';

const KEY_IDS: readonly ProfileExtension[] = [
  { critical: false, value: { kind: 'authorityKeyIdentifier', withIssuerAndSerial: false } },
  { critical: false, value: { kind: 'subjectKeyIdentifier' } },
];
const AUTHORITY: readonly ProfileExtension[] = [
  { critical: true, value: { kind: 'keyUsage', bits: ['keyCertSign', 'cRLSign'] } },
  { critical: true, value: { kind: 'basicConstraints', ca: true } },
];
const POLICIES: ProfileExtension = { critical: true, value: { kind: 'certificatePolicies', policies: [{ oid: POLICY }] } };

interface Holder {
  readonly certificate: ParsedCertificate;
  readonly key: SigningKey;
}

/** Root, an authority below it, and what that one certifies, with the files that the commands read. */
export interface FilesOfAuthority {
  readonly root: Holder;
  readonly middle: Holder;
  readonly holder: Holder;
  readonly file: (name: string) => string;
  /** Writes a file and tells its path. */
  readonly write: (name: string, octets: Buffer | string) => string;
  /** DER of a CRL of the middle authority. */
  readonly crl: (number: bigint, serials: readonly bigint[]) => Promise<Buffer>;
}

function name(common: string): Name {
  return [{ type: 'C', value: 'JP' }, { type: 'O', value: '試験' }, { type: 'CN', value: common }];
}

async function certified(common: string, serial: bigint, extensions: readonly ProfileExtension[], issuer?: Holder): Promise<Holder> {
  const key = signingKeyOf(common, await generateRsaKey(2048));
  const base = { version: 3, signature: 'sha256WithRSAEncryption', key: { modulusBits: 2048 }, validity: {} } as const;
  const profile: CertificateProfile = { ...base, id: common, subject: name(common), extensions };
  const content = { profile, serial, notBefore: NOT_BEFORE, notAfter: NOT_AFTER, spki: key.publicKeySpki };
  const tbs = buildTbsCertificate({ ...content, issuer: issuer === undefined ? 'self' : issuerOf(issuer.certificate) });
  return { key, certificate: parseCertificate(await signCertificate(tbs, issuer?.key ?? key)) };
}

/** An authority of its own with its files in the folder. */
export async function filesOfAuthority(folder: string): Promise<FilesOfAuthority> {
  const root = await certified('Root', 1n, [...AUTHORITY, ...KEY_IDS]);
  const middle = await certified('Middle', 2n, [...AUTHORITY, POLICIES, ...KEY_IDS], root);
  const names: ProfileExtension = { critical: false, value: { kind: 'subjectAltName', names: [{ kind: 'dns', host: 'www.example.jp' }] } };
  const usage: ProfileExtension = { critical: true, value: { kind: 'keyUsage', bits: ['digitalSignature'] } };
  const purposes: ProfileExtension = { critical: false, value: { kind: 'extKeyUsage', purposes: ['1.3.6.1.5.5.7.3.1', '1.3.6.1.5.5.7.3.9'] } };
  const holder = await certified('Holder', 0x0abcn, [usage, purposes, POLICIES, names, ...KEY_IDS], middle);
  const file = (path: string): string => join(folder, path);
  const write = (path: string, octets: Buffer | string): string => {
    writeFileSync(file(path), octets);
    return file(path);
  };
  for (const [path, { certificate }] of Object.entries({ root, middle, holder })) {
    write(`${path}.pem`, pemEncode('CERTIFICATE', certificate.der));
    write(`${path}.der`, certificate.der);
  }
  const crl = async (number: bigint, serials: readonly bigint[]): Promise<Buffer> => {
    const entries = serials.map((serial) => ({ serial, revokedAt: new Date('2025-01-01T00:00:00Z') }));
    const times = { thisUpdate: new Date('2025-05-31T17:00:00Z'), nextUpdate: new Date('2025-06-02T17:00:00Z') };
    return (await buildCrl({ issuerDer: middle.certificate.subjectDer, ...times, crlNumber: number, entries }, middle.key)).der;
  };
  return { root, middle, holder, file, write, crl };
}
