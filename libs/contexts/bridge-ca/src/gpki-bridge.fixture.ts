import { createPublicKey, type KeyObject } from 'node:crypto';
import {
  buildTbsCertificate, buildCrl, createCrossRequest, generateRsaKey, issuerOf, parseCertificate, signCertificate, signingKeyOf,
  type CertificateProfile, type Name, type ParsedCertificate, type ProfileExtension, type SigningKey,
} from '#pki';
import { endAfterYears, toSecond } from './authority/authority.js';
import { crossProfile, rootProfile, type CrossTerms } from './authority/profiles.js';

/** Policies of the three domains: the government's, and those of the test environment (JPKI 4.10: G, J, P). */
export const [G, J, P] = ['1.2.392.99999.1.1', '1.2.392.200149.8.5.1.0.1', '1.2.392.200149.8.5.1.0.10'] as const;
const DAY_MS = 86_400_000;

const terms = (from: string, to: string): CrossTerms => ({ policies: [from], mappings: [{ issuerDomainPolicy: from, subjectDomainPolicy: to }], mappingsCritical: false, requireExplicitPolicy: 0, years: 3 });
export const GPKI_TERMS = { TO_COUNTERPART: terms(J, G), TO_BRIDGE: terms(G, J) };

/** The bridge of the government's PKI as another body runs it: a name, a key, and what it issues. */
export class GpkiBridge {
  static readonly NAME: Name = [{ type: 'C', value: 'JP', encoding: 'printable' }, { type: 'O', value: 'Japanese Government', encoding: 'printable' }, { type: 'OU', value: 'BridgeCA', encoding: 'printable' }];
  private number = 0;

  private constructor(
    private readonly key: SigningKey,
    readonly root: ParsedCertificate,
  ) {}

  static async create(now: Date): Promise<GpkiBridge> {
    const key = signingKeyOf('gpki', await generateRsaKey(2048));
    const tbs = buildTbsCertificate({ profile: rootProfile(GpkiBridge.NAME), serial: 1n, issuer: 'self', notBefore: toSecond(now), notAfter: endAfterYears(now, 10), spki: key.publicKeySpki });
    return new GpkiBridge(key, parseCertificate(await signCertificate(tbs, key)));
  }

  request(): Promise<Buffer> {
    return createCrossRequest(this.key, this.root.subjectDer);
  }

  /** Certifies the bridge by these terms, with an extension more if one is given. */
  async certify(subject: ParsedCertificate, now: Date, changed: Partial<CrossTerms> = {}, more?: ProfileExtension): Promise<Buffer> {
    const profile = crossProfile({ ...GPKI_TERMS.TO_BRIDGE, ...changed }, { issuer: GpkiBridge.NAME, subject: subject.subject, modulusBits: 2048 });
    const extended: CertificateProfile = { ...profile, extensions: more === undefined ? profile.extensions : [...profile.extensions, more] };
    const serial = BigInt(100 + (this.number += 1));
    const content = { profile: extended, serial, issuer: issuerOf(this.root), subjectDer: subject.subjectDer, notBefore: toSecond(now), notAfter: endAfterYears(now, changed.years ?? 3), spki: subject.spki };
    return signCertificate(buildTbsCertificate(content), this.key);
  }

  /** Its list of authority certificates, empty. */
  async arl(now: Date): Promise<Buffer> {
    const { der } = await buildCrl({
      issuerDer: this.root.subjectDer, thisUpdate: toSecond(now), nextUpdate: new Date(toSecond(now).getTime() + 90 * DAY_MS), crlNumber: 1n, entries: [],
      distributionPoint: { fullName: [{ kind: 'directoryName', name: GpkiBridge.NAME }], only: 'caCerts' },
    }, this.key);
    return der;
  }
}

/** A resident's certificate by a prefectural authority, as it was issued until 2015 (JPKI 4.2, 4.12). */
export class Holder {
  private constructor(private readonly key: KeyObject) {}

  static async create(): Promise<Holder> {
    return new Holder(await generateRsaKey(2048));
  }

  /** With these policies, or none. */
  async certificate(prefecture: { readonly key: SigningKey; readonly certificate: ParsedCertificate }, now: Date, policies: readonly string[] = [P]): Promise<Buffer> {
    const { key, certificate: issuer } = prefecture;
    const profile: CertificateProfile = {
      id: 'holder', version: 3, signature: 'sha256WithRSAEncryption', key: { modulusBits: 2048 }, validity: { maxYears: 3 },
      subject: [{ type: 'C', value: 'JP' }, { type: 'L', value: 'Tokyo-to' }, { type: 'L', value: 'Kasumi-shi' }, { type: 'CN', value: '201501040930150004299999001A' }],
      extensions: [
        { critical: true, value: { kind: 'keyUsage', bits: ['digitalSignature', 'nonRepudiation'] } },
        ...(policies.length === 0 ? [] : [{ critical: true, value: { kind: 'certificatePolicies', policies: policies.map((oid) => ({ oid, cpsUri: 'http://www.jpki.go.jp/cps.html' })) } } as const]),
        { critical: false, value: { kind: 'crlDistributionPoints', points: [[{ kind: 'directoryName', name: [...issuer.subject, { type: 'CN', value: 'CRL' }] }]] } },
        { critical: false, value: { kind: 'authorityKeyIdentifier', withIssuerAndSerial: false } }, { critical: false, value: { kind: 'subjectKeyIdentifier' } },
      ],
    };
    const spki = createPublicKey(this.key).export({ type: 'spki', format: 'der' });
    const tbs = buildTbsCertificate({ profile, serial: 4_711n, issuer: issuerOf(issuer), notBefore: toSecond(now), notAfter: endAfterYears(now, 3), spki });
    return signCertificate(tbs, key);
  }
}
