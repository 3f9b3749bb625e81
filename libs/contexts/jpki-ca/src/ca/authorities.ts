import { issuerOf, keyIdentifierOf, parseCertificate, type CertificateIssuer, type ParsedCertificate, type SigningKey } from '#pki';
import { insertAuditLines, platformProblems, type Clock, type Database, type Db } from '#platform';
import { profileSet, type ProfileSet } from '../profile/profiles.js';
import type { SigningGuard } from '../reconciliation/signing-guard.js';
import { CA_IDS, caKeyId, type CaId, type Organisation } from './ca.js';
import { signRoot } from './ca-certificates.js';
import type { CaGenerationRow, CaStore } from './ca.store.js';
import { ANSWERING_STATES, mayIssue, PUBLISHED_STATES } from './generation.js';
import { SignatureLog, type CaKeyStore } from './signature-log.js';

/** An authority's key generation ready to sign. */
export interface Authority {
  readonly ca: CaId;
  readonly generation: number;
  readonly key: SigningKey;
  readonly certificate: ParsedCertificate;
  readonly issuer: CertificateIssuer;
}

/** A generation that answers for its certificates, without its key. */
export type Answering = Pick<Authority, 'generation' | 'certificate'>;
export type AnsweringRow = Pick<CaGenerationRow, 'generation' | 'key_id' | 'certificate'>;

export interface AuthorityParts {
  readonly database: Database;
  readonly clock: Clock;
  readonly guard: SigningGuard;
  readonly keys: CaKeyStore;
  readonly store: CaStore;
  readonly organisation: Organisation;
  /** Address of OCSP in certificates, without the authority's name; each organisation has one for when none is set. */
  readonly ocspBase?: string | undefined;
}

/** The agency's authorities with their key generations: opens their keys once a process. */
export class Authorities {
  readonly profiles: ProfileSet;
  readonly signatures: SignatureLog;
  private readonly opened = new Map<string, Promise<Authority>>();
  private readonly parsed = new Map<string, ParsedCertificate>();

  constructor(private readonly parts: AuthorityParts) {
    this.profiles = profileSet(parts.organisation, parts.ocspBase);
    this.signatures = new SignatureLog(parts.database.aside, parts.clock, parts.keys);
  }

  /** Outside of production: creates generation 1 of each authority exactly once, however many processes start at the same time. */
  async prepare(): Promise<void> {
    await this.parts.database.transaction(async (db) => {
      await this.parts.store.lockPreparation(db);
      for (const ca of CA_IDS) await this.prepareOne(db, ca);
    });
  }

  /**
   * The generation that issues at present. Refuses UNAVAILABLE when none does: before the first ceremony, after a compromise, past its time
   * (JPKI 4.11), while nothing may be signed.
   */
  async issuing(db: Db, ca: CaId, now: Date): Promise<Authority> {
    this.parts.guard.require();
    const row = await this.parts.store.activeGeneration(db, ca);
    const isIssuing = row?.not_after != null && mayIssue({ notAfter: row.not_after, reportedBy: row.reported_by }, now);
    if (row === undefined || !isIssuing) throw platformProblems.refuse('UNAVAILABLE', { facts: { cause: 'NO_ISSUING_GENERATION' } });
    return this.generation(db, ca, row.generation);
  }

  /** `<ca>:<generation>` of those that may issue. */
  async issuingNow(db: Db): Promise<Set<string>> {
    return new Set((await this.parts.store.issuing(db)).map(({ ca, generation }) => `${ca}:${generation}`));
  }

  /** Whether all of these may be recorded as issued; who issues stays the same until the transaction ends. */
  async stillIssue(db: Db, rows: readonly { readonly ca: CaId; readonly generation: number | null }[]): Promise<boolean> {
    await this.parts.store.holdSwitch(db);
    this.parts.guard.requireDatabase();
    const issuing = await this.issuingNow(db);
    return rows.every(({ ca, generation }) => issuing.has(`${ca}:${generation}`));
  }

  /** Those that sign lists and certificates of responders, the oldest first. Refuses UNAVAILABLE while nothing may be signed (JPKI 7). */
  async signing(db: Db, ca: CaId): Promise<Authority[]> {
    this.parts.guard.require();
    const authorities: Authority[] = [];
    for (const { generation } of await this.answering(db, ca)) authorities.push(await this.generation(db, ca, generation));
    return authorities;
  }

  /** The certificates of the same, without their keys: answers go on when the token is away (JPKI 7). */
  async answering(db: Db, ca: CaId): Promise<Answering[]> {
    return this.answeringOf(ca, await this.parts.store.answering(db, ca));
  }

  /** The same, by all rows of an authority that another statement found answering. */
  answeringOf(ca: CaId, rows: readonly AnsweringRow[]): Answering[] {
    this.forgetAllBut(ca, rows);
    return rows.map((row) => ({ generation: row.generation, certificate: this.certificateOf(row) }));
  }

  /** The trust anchor that a new verifier takes; undefined before the first ceremony. */
  async anchor(db: Db, ca: CaId): Promise<ParsedCertificate | undefined> {
    const rows = (await this.parts.store.generations(db, ca)).filter(({ state }) => PUBLISHED_STATES.includes(state));
    const row = rows.find(({ state }) => state === 'ACTIVE') ?? rows.at(-1);
    return row === undefined ? undefined : this.certificateOf(row);
  }

  /** Whose list is meant: of the key that is named, else of the one that issues, or issued last. Refuses UNAVAILABLE while the database may be behind (JPKI 7). */
  async lister(db: Db, ca: CaId, keyId: string | undefined): Promise<Pick<CaGenerationRow, 'generation' | 'state'> | undefined> {
    this.parts.guard.requireDatabase();
    const rows = (await this.parts.store.generations(db, ca)).filter(({ state }) => state === 'CLOSED' || ANSWERING_STATES.includes(state));
    if (keyId === undefined) return rows.find(({ state }) => state === 'ACTIVE') ?? rows.at(-1);
    return rows.find((row) => keyIdentifierOf(this.certificateOf(row).spki).toString('hex') === keyId.toLowerCase());
  }

  async certificate(db: Db, ca: CaId, generation: number): Promise<ParsedCertificate> {
    return this.certificateOf(await this.row(db, ca, generation));
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

  /** An authority's key, with or without a certificate. */
  async key(id: string): Promise<SigningKey> {
    return this.signatures.logged(await this.parts.keys.open(id));
  }

  /** A key that is destroyed must not live on in the memory of a process that had it open. */
  private forgetAllBut(ca: CaId, rows: readonly AnsweringRow[]): void {
    for (const id of this.opened.keys()) if (id.startsWith(`${ca}-`) && !rows.some((row) => row.key_id === id)) this.opened.delete(id);
  }

  private async open(db: Db, ca: CaId, generation: number): Promise<Authority> {
    const row = await this.row(db, ca, generation);
    const key = await this.key(row.key_id);
    const certificate = this.certificateOf(row);
    return { ca, generation, key, certificate, issuer: issuerOf(certificate) };
  }

  private async row(db: Db, ca: CaId, generation: number): Promise<CaGenerationRow> {
    const row = await this.parts.store.generation(db, ca, generation);
    if (row === undefined) throw new Error(`authority ${ca} has no generation ${generation}`);
    return row;
  }

  private certificateOf({ key_id: id, certificate }: AnsweringRow): ParsedCertificate {
    if (certificate === null) throw new Error(`key ${id} has no certificate`);
    let parsed = this.parsed.get(id);
    if (parsed?.der.equals(certificate) !== true) this.parsed.set(id, (parsed = parseCertificate(certificate)));
    return parsed;
  }

  private async prepareOne(db: Db, ca: CaId): Promise<void> {
    const { store, organisation } = this.parts;
    const [found] = await store.generations(db, ca);
    // The real authorities' data must not run in a test deployment, nor the reverse (JPKI 4.2).
    if (found !== undefined && found.organisation !== organisation) throw new Error(`the authorities of this database belong to O=${found.organisation}, this deployment to O=${organisation}`);
    // The real ones have no key that was made without a ceremony, the first neither (JPKI 3.2).
    if (found === undefined && organisation !== 'JPKI') await this.create(db, ca);
  }

  private async create(db: Db, ca: CaId): Promise<void> {
    const { clock, keys, store, organisation } = this.parts;
    const now = clock.now();
    const key = this.signatures.logged(await keys.openOrCreate(caKeyId(ca, 1), { bits: 2048 }));
    await store.insert(db, { ca, generation: 1, organisation, key_id: key.id, activate_at: now }, now);
    const root = await signRoot({ profiles: this.profiles, ca, key, serial: 1, now });
    await store.save(db, { ...(await this.row(db, ca, 1)), ...root, state: 'ACTIVE', activated_at: now });
    await insertAuditLines(db, [{
      at: now,
      entry: {
        action: 'jpki-ca.ca.create', client: 'svc-jpki-ca', institution: 'service', organisation: 'jpki-ca', basis: 'JPKI-3.1', outcome: 'DONE',
        object: `ca:${ca}:1`, facts: { keyIdentifier: key.keyIdentifier.toString('hex') }, correlationId: `ca-${ca}-1`,
      },
    }]);
  }
}
