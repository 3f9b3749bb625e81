import { bridgeCaProblems } from '#contracts/bridge-ca';
import { PkiError, encodeName, issuerOf, parseCertificate, type CertificateIssuer, type FileKeyStore, type ParsedCertificate, type Pkcs11KeyStore, type SigningKey } from '#pki';
import { platformProblems, type Clock, type Database, type Db, type TimeServer } from '#platform';
import { OWN_AUTHORITIES, type Organisation } from './authority.js';
import type { AuthorityRow, AuthorityStore, GenerationRow } from './authority.store.js';
import { authorityName } from './profiles.js';
import { SigningWatch } from './signing-watch.js';

/** Where the authorities' keys are. */
export type AuthorityKeyStore = FileKeyStore | Pkcs11KeyStore;

/** A key generation of an own authority ready to sign. */
export interface Signatory {
  readonly authorityId: string;
  readonly generation: number;
  readonly key: SigningKey;
  readonly certificate: ParsedCertificate;
  readonly issuer: CertificateIssuer;
}

export interface AuthoritiesParts {
  readonly database: Database;
  readonly clock: Clock;
  readonly keys: AuthorityKeyStore;
  readonly store: AuthorityStore;
  readonly organisation: Organisation;
  readonly timeServers: readonly TimeServer[];
}

/** The authorities that the agency runs, and those it knows: opens a key when something is to be signed with it, once a process. */
export class Authorities {
  private readonly opened = new Map<string, Promise<SigningKey>>();
  private readonly parsed = new Map<string, ParsedCertificate>();
  readonly watch: SigningWatch;

  constructor(readonly parts: AuthoritiesParts) {
    this.watch = new SigningWatch(parts.database.db, parts, (keyId) => parts.keys.signatures(keyId));
  }

  /** Adds the rows of the bridge and the prefectures. Their keys are made when each is needed first, since to make 48 takes long. */
  async prepare(): Promise<void> {
    const { database, clock, organisation, store } = this.parts;
    const rows = OWN_AUTHORITIES.map(({ id, kind, prefecture }): AuthorityRow => ({ id, kind, prefecture, organisation, subjectDer: encodeName(authorityName(organisation, prefecture)) }));
    await database.transaction(async (db) => {
      await store.register(db, rows, { officer: '@svc-bridge-ca', at: clock.now() });
      const [first] = rows;
      const found = first === undefined ? undefined : await store.find(db, first.id);
      // The real authorities' data must not run in a test deployment, nor the reverse (JPKI 4.2).
      if (found?.organisation !== organisation) throw new Error(`the authorities of this database belong to O=${found?.organisation ?? ''}, this deployment to O=${organisation}`);
    });
  }

  /** The generation that issues now. Refuses AUTHORITY_WITHOUT_KEY when there is none, or its key was reported as leaked. */
  async issuing(db: Db, authorityId: string): Promise<Signatory> {
    const row = await this.parts.store.active(db, authorityId);
    if (row === undefined || row.reportedBy !== null) throw bridgeCaProblems.refuse('AUTHORITY_WITHOUT_KEY', { facts: { authority: authorityId } });
    return this.signatory(row);
  }

  /** Those that sign revocation lists, the oldest first. */
  async listing(db: Db, authorityId: string): Promise<Signatory[]> {
    const rows = await this.parts.store.listing(db, authorityId);
    // A key that is destroyed must not live on in the memory of a process that had it open.
    for (const keyId of this.opened.keys()) if (keyId.startsWith(`${authorityId}-g`) && !rows.some((row) => row.keyId === keyId)) this.opened.delete(keyId);
    return Promise.all(rows.map((row) => this.signatory(row)));
  }

  async signatory(row: GenerationRow): Promise<Signatory> {
    const { authorityId, generation, keyId } = row;
    if (keyId === null) throw bridgeCaProblems.refuse('AUTHORITY_WITHOUT_KEY', { facts: { authority: authorityId } });
    const certificate = this.certificateOf(row);
    return { authorityId, generation, key: await this.open(keyId), certificate, issuer: issuerOf(certificate) };
  }

  /** Its self-signed certificate. */
  certificateOf({ authorityId, generation, certificate }: GenerationRow): ParsedCertificate {
    if (certificate === null) throw new Error(`generation ${generation} of ${authorityId} has no certificate`);
    const id = `${authorityId}:${generation}`;
    const parsed = this.parsed.get(id) ?? parseCertificate(certificate);
    this.parsed.set(id, parsed);
    return parsed;
  }

  /** The key of that id, made where there is none yet. */
  async made(keyId: string): Promise<SigningKey> {
    return this.watch.over(await this.parts.keys.openOrCreate(keyId, { bits: 2048 }));
  }

  open(keyId: string): Promise<SigningKey> {
    const opening = this.opened.get(keyId) ?? this.parts.keys.open(keyId).then((key) => this.watch.over(key));
    this.opened.set(keyId, opening);
    opening.catch(() => this.opened.delete(keyId));
    return opening;
  }
}

/** What a key gives; refuses UNAVAILABLE while its token is away or has too much to do, so that who waits asks again (JPKI 7). */
export async function keyAnswer<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof PkiError && (error.code === 'TOKEN_UNAVAILABLE' || error.code === 'TOKEN_BUSY')) throw platformProblems.refuse('UNAVAILABLE');
    throw error;
  }
}
