import type { KeyObject } from 'node:crypto';
import {
  type CertificateProfile, type Name, type ParsedCertificate, type ProfileExtension, type ProfileParameters, type SigningKey, buildCrl, buildTbsCertificate,
  generateRsaKey, issuerOf, parseCertificate, parseCrl, signCertificate, signingKeyOf,
} from '#pki';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;

/** Somebody with a key, and what is certified of it. */
export interface Party {
  readonly certificate: ParsedCertificate;
  readonly key: SigningKey;
  readonly privateKey: KeyObject;
}

export type Keys = Pick<Party, 'key' | 'privateKey'>;

/** A new key of 2048 bits. */
export async function newKeys(name: string): Promise<Keys> {
  const privateKey = await generateRsaKey(2048);
  return { privateKey, key: signingKeyOf(name, privateKey) };
}

export interface Certified {
  readonly profile: CertificateProfile;
  readonly parameters?: ProfileParameters;
  readonly serial: bigint;
  /** Whole days from the instant of the material; a year around it when left out. */
  readonly days?: readonly [from: number, to: number];
  /** Name of another authority, copied octet by octet. */
  readonly subjectDer?: Buffer;
}

/** Makes certificates and lists around one instant, since some programs only know the clock of their machine. */
export class Registrar {
  readonly now: Date;

  constructor(now: Date) {
    this.now = new Date(Math.floor(now.getTime() / 1000) * 1000);
  }

  /** The instant some hours from that of the material. */
  hours(count: number): Date {
    return new Date(this.now.getTime() + count * HOUR);
  }

  /** Certificate of the keys by the issuer, self-signed without one. */
  async certify({ profile, parameters, serial, days: [from, to] = [-365, 365], subjectDer }: Certified, keys: Keys, issuer?: Party): Promise<Party> {
    const tbs = buildTbsCertificate({
      profile, serial, spki: keys.key.publicKeySpki, issuer: issuer === undefined ? 'self' : issuerOf(issuer.certificate),
      notBefore: new Date(this.now.getTime() + from * DAY), notAfter: new Date(this.now.getTime() + to * DAY),
      ...(parameters === undefined ? {} : { parameters }), ...(subjectDer === undefined ? {} : { subjectDer }),
    });
    return { ...keys, certificate: parseCertificate(await signCertificate(tbs, issuer?.key ?? keys.key)) };
  }

  /** List of the issuer at the point, valid from yesterday to tomorrow; on an authority's own point it is of authorities. */
  async list(issuer: Party, listed: Listed) {
    const { revoked = [], reason = 'affiliationChanged', point, hours: [from, to] = [-24, 24], only = 'userCerts' } = listed;
    const entries = revoked.map((serial) => ({ serial, revokedAt: this.hours(-30), reason }));
    const distributionPoint = point === undefined ? {} : { distributionPoint: { fullName: [{ kind: 'directoryName', name: point } as const], only } };
    const { der } = await buildCrl({ issuerDer: issuer.certificate.subjectDer, thisUpdate: this.hours(from), nextUpdate: this.hours(to), crlNumber: 7n, entries, ...distributionPoint }, issuer.key);
    return parseCrl(der);
  }
}

export interface Listed {
  /** Serials in ascending order. */
  readonly revoked?: readonly bigint[];
  readonly reason?: 'affiliationChanged' | 'certificateHold' | 'keyCompromise';
  readonly point?: Name;
  readonly only?: 'userCerts' | 'caCerts';
  readonly hours?: readonly [from: number, to: number];
}

const KEY_IDENTIFIERS: readonly ProfileExtension[] = [
  { critical: false, value: { kind: 'authorityKeyIdentifier', withIssuerAndSerial: false } },
  { critical: false, value: { kind: 'subjectKeyIdentifier' } },
];

/** A profile of nothing but the extensions and the key identifiers. */
export function plainProfile(subject: Name, ...extensions: readonly ProfileExtension[]): CertificateProfile {
  return { id: 'plain', version: 3, signature: 'sha256WithRSAEncryption', key: { modulusBits: 2048 }, subject, validity: {}, extensions: [...extensions, ...KEY_IDENTIFIERS] };
}

/** keyUsage and basicConstraints of an authority. */
export function authority(pathLength?: number): ProfileExtension[] {
  return [
    { critical: true, value: { kind: 'keyUsage', bits: ['keyCertSign', 'cRLSign'] } },
    { critical: true, value: { kind: 'basicConstraints', ca: true, ...(pathLength === undefined ? {} : { pathLength }) } },
  ];
}

export function policies(...oids: readonly string[]): ProfileExtension {
  return { critical: true, value: { kind: 'certificatePolicies', policies: oids.map((oid) => ({ oid })) } };
}
