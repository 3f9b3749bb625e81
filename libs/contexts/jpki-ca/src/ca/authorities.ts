import { buildTbsCertificate, issuerOf, parseCertificate, signCertificate, type CertificateIssuer, type ParsedCertificate, type SigningKey, type SigningKeyStore } from '#pki';
import { insertAuditLines, type Clock, type Database, type Db } from '#platform';
import { profileSet, type ProfileSet } from '../profile/profiles.js';
import { CA_IDS, caKeyId, rootEnd, type CaId, type Organisation } from './ca.js';
import type { CaStore } from './ca.store.js';

/** An authority's key generation ready to sign. */
export interface Authority {
  readonly ca: CaId;
  readonly generation: number;
  readonly key: SigningKey;
  readonly certificate: ParsedCertificate;
  readonly issuer: CertificateIssuer;
}

export interface AuthorityParts {
  readonly database: Database;
  readonly clock: Clock;
  readonly keys: SigningKeyStore;
  readonly store: CaStore;
  readonly organisation: Organisation;
  /** Address of OCSP in certificates, without the authority's name; each organisation has one for when none is set. */
  readonly ocspBase?: string | undefined;
}

/** The agency's authorities: creates what is missing, opens their keys once a process. */
export class Authorities {
  readonly profiles: ProfileSet;
  private readonly opened = new Map<string, Promise<Authority>>();

  constructor(private readonly parts: AuthorityParts) {
    this.profiles = profileSet(parts.organisation, parts.ocspBase);
  }

  /** Creates generation 1 of each authority exactly once, however many processes start at the same time. */
  async prepare(): Promise<void> {
    await this.parts.database.transaction(async (db) => {
      await this.parts.store.lockPreparation(db);
      for (const ca of CA_IDS) await this.prepareOne(db, ca);
    });
  }

  /** The generation that issues at present. */
  async active(db: Db, ca: CaId): Promise<Authority> {
    const row = await this.parts.store.activeGeneration(db, ca);
    if (row === undefined) throw new Error(`authority ${ca} has no active generation`);
    return this.generation(db, ca, row.generation);
  }

  /** A generation whose certificates or lists are concerned. */
  async generation(db: Db, ca: CaId, generation: number): Promise<Authority> {
    const id = caKeyId(ca, generation);
    let opening = this.opened.get(id);
    if (opening === undefined) {
      opening = this.open(db, ca, generation);
      this.opened.set(id, opening);
      opening.catch(() => this.opened.delete(id));
    }
    return opening;
  }

  private async open(db: Db, ca: CaId, generation: number): Promise<Authority> {
    const row = await this.parts.store.generation(db, ca, generation);
    if (row === undefined) throw new Error(`authority ${ca} has no generation ${generation}`);
    const key = await this.parts.keys.open(row.key_id);
    const certificate = parseCertificate(row.certificate);
    return { ca, generation, key, certificate, issuer: issuerOf(certificate) };
  }

  private async prepareOne(db: Db, ca: CaId): Promise<void> {
    const { store, organisation } = this.parts;
    const found = await store.activeGeneration(db, ca);
    if (found === undefined) return this.create(db, ca);
    // The real authorities' data must not run in a test deployment, nor the reverse (JPKI 4.2).
    if (found.organisation !== organisation) throw new Error(`the authorities of this database belong to O=${found.organisation}, this deployment to O=${organisation}`);
  }

  private async create(db: Db, ca: CaId): Promise<void> {
    const { clock, keys, store, organisation } = this.parts;
    const now = clock.now();
    const notAfter = rootEnd(now);
    const key = await keys.openOrCreate(caKeyId(ca, 1), { bits: 2048 });
    const tbs = buildTbsCertificate({ profile: this.profiles.root[ca], serial: 1n, issuer: 'self', notBefore: now, notAfter, spki: key.publicKeySpki });
    const certificate = await signCertificate(tbs, key);
    await store.insertActive(db, { ca, generation: 1, organisation, key_id: key.id, certificate, serial: 1, notBefore: now, notAfter, createdAt: now });
    await insertAuditLines(db, [{
      at: now,
      entry: {
        action: 'jpki-ca.ca.create', client: 'svc-jpki-ca', institution: 'service', organisation: 'jpki-ca', basis: 'JPKI-3.1', outcome: 'DONE',
        object: `ca:${ca}:1`, facts: { keyIdentifier: key.keyIdentifier.toString('hex') }, correlationId: `ca-${ca}-1`,
      },
    }]);
  }
}
