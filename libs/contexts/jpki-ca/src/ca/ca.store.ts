import type { Db } from '#platform';
import type { SigningGuard } from '../reconciliation/signing-guard.js';
import type { CaId, Organisation } from './ca.js';
import { ANSWERING_STATES, type GenerationState } from './generation.js';

/** A key generation of an authority; it has no certificate before its ceremony. */
export type CaGenerationRow = {
  readonly ca: CaId;
  readonly generation: number;
  readonly organisation: Organisation;
  readonly state: GenerationState;
  readonly key_id: string;
  /** SHA-256 of the public key, hex. */
  readonly key_checksum: string | null;
  readonly certificate: Buffer | null;
  readonly serial: number | null;
  readonly not_before: Date | null;
  readonly not_after: Date | null;
  readonly activate_at: Date | null;
  readonly activated_at: Date | null;
  /** The officer who reported the key as leaked. */
  readonly reported_by: string | null;
  /** Since then the key signs nothing; its destruction has begun. */
  readonly out_of_use_at: Date | null;
  /** Counts the events told. */
  readonly version: number;
};

export interface LinkCertificate {
  readonly generation: number;
  readonly former: number;
  readonly name: string;
  readonly certificate: Buffer;
  readonly serial: number;
  readonly not_after: Date;
}

const COLUMNS = `ca, generation, organisation, state, key_id, key_checksum, certificate, serial, not_before, not_after, activate_at, activated_at, reported_by, out_of_use_at, version`;
/** Next numbers of an authority's counter; names come from this table, never from input. */
const SEQUENCE: Readonly<Record<CaId, string>> = { sign: 'sign_serial', auth: 'auth_serial' };
const PREPARE_LOCK = 4_201_002;
const SWITCH_LOCK = 4_201_003;

export class CaStore {
  constructor(private readonly guard: SigningGuard) {}

  /** Lets one process at a time create what is missing; held until the transaction ends. */
  async lockPreparation(db: Db): Promise<void> {
    await db.many('SELECT pg_advisory_xact_lock($1)', PREPARE_LOCK);
  }

  /** Nobody records a certificate while this transaction changes who issues. */
  async lockSwitch(db: Db): Promise<void> {
    await db.many('SELECT pg_advisory_xact_lock($1)', SWITCH_LOCK);
  }

  /** Who issues stays the same until this transaction ends. */
  async holdSwitch(db: Db): Promise<void> {
    await db.many('SELECT pg_advisory_xact_lock_shared($1)', SWITCH_LOCK);
  }

  async activeGeneration(db: Db, ca: CaId): Promise<CaGenerationRow | undefined> {
    return db.maybe<CaGenerationRow>(`SELECT ${COLUMNS} FROM ca_key_generation WHERE ca = $1 AND state = 'ACTIVE'`, ca);
  }

  async generation(db: Db, ca: CaId, generation: number): Promise<CaGenerationRow | undefined> {
    return db.maybe<CaGenerationRow>(`SELECT ${COLUMNS} FROM ca_key_generation WHERE ca = $1 AND generation = $2`, ca, generation);
  }

  async lockGeneration(db: Db, ca: CaId, generation: number): Promise<CaGenerationRow | undefined> {
    return db.maybe<CaGenerationRow>(`SELECT ${COLUMNS} FROM ca_key_generation WHERE ca = $1 AND generation = $2 FOR UPDATE`, ca, generation);
  }

  /** All of an authority, the oldest first. */
  async generations(db: Db, ca: CaId): Promise<CaGenerationRow[]> {
    return db.many<CaGenerationRow>(`SELECT ${COLUMNS} FROM ca_key_generation WHERE ca = $1 ORDER BY generation`, ca);
  }

  /** Those that answer for their certificates, the oldest first. */
  async answering(db: Db, ca: CaId): Promise<CaGenerationRow[]> {
    return db.many<CaGenerationRow>(
      `SELECT ${COLUMNS} FROM ca_key_generation WHERE ca = $1 AND state = ANY($2::text[]) AND out_of_use_at IS NULL ORDER BY generation`,
      ca, ANSWERING_STATES,
    );
  }

  /** Those that may issue now: ACTIVE, and not reported as leaked. */
  async issuing(db: Db): Promise<Pick<CaGenerationRow, 'ca' | 'generation'>[]> {
    return db.many<Pick<CaGenerationRow, 'ca' | 'generation'>>("SELECT ca, generation FROM ca_key_generation WHERE state = 'ACTIVE' AND reported_by IS NULL");
  }

  async insert(db: Db, row: Pick<CaGenerationRow, 'ca' | 'generation' | 'organisation' | 'key_id' | 'activate_at'>, at: Date): Promise<void> {
    await db.run(
      "INSERT INTO ca_key_generation (ca, generation, organisation, state, key_id, activate_at, created_at) VALUES ($1, $2, $3, 'PLANNED', $4, $5, $6)",
      row.ca, row.generation, row.organisation, row.key_id, row.activate_at?.toISOString() ?? null, at.toISOString(),
    );
  }

  async save(db: Db, row: CaGenerationRow): Promise<void> {
    await db.run(
      `UPDATE ca_key_generation SET state = $3, key_checksum = $4, certificate = $5, serial = $6, not_before = $7, not_after = $8, activate_at = $9, activated_at = $10,
         reported_by = $11, out_of_use_at = $12, version = $13 WHERE ca = $1 AND generation = $2`,
      row.ca, row.generation, row.state, row.key_checksum, row.certificate, row.serial, row.not_before?.toISOString() ?? null, row.not_after?.toISOString() ?? null,
      row.activate_at?.toISOString() ?? null, row.activated_at?.toISOString() ?? null, row.reported_by, row.out_of_use_at?.toISOString() ?? null, row.version,
    );
  }

  async addLink(db: Db, ca: CaId, link: LinkCertificate): Promise<void> {
    await db.run(
      'INSERT INTO ca_link_certificate (ca, generation, former, name, certificate, serial, not_after) VALUES ($1, $2, $3, $4, $5, $6, $7)',
      ca, link.generation, link.former, link.name, link.certificate, link.serial, link.not_after.toISOString(),
    );
  }

  async dropLinks(db: Db, ca: CaId, generation: number): Promise<void> {
    await db.run('DELETE FROM ca_link_certificate WHERE ca = $1 AND generation = $2', ca, generation);
  }

  /** The link certificates of published generations, in the order of their serials. */
  async links(db: Db, ca: CaId): Promise<LinkCertificate[]> {
    return db.many<LinkCertificate & Record<string, unknown>>(
      `SELECT l.generation, l.former, l.name, l.certificate, l.serial, l.not_after FROM ca_link_certificate l JOIN ca_key_generation g USING (ca, generation)
       WHERE l.ca = $1 AND g.state NOT IN ('PLANNED', 'KEY_GENERATED') ORDER BY l.serial`,
      ca,
    );
  }

  /** The certificates that a ceremony made for a generation, by name, published or not yet. */
  async certificatesOf(db: Db, { ca, generation, certificate }: CaGenerationRow): Promise<Map<string, Buffer>> {
    const links = await db.many<{ name: string; certificate: Buffer }>('SELECT name, certificate FROM ca_link_certificate WHERE ca = $1 AND generation = $2 ORDER BY serial', ca, generation);
    return new Map([...(certificate === null ? [] : [['ROOT', certificate] as const]), ...links.map((link) => [link.name, link.certificate] as const)]);
  }

  /** Links that certify a key, or were signed with it: neither holds once it is in other hands. */
  async revokeLinks(db: Db, { ca, generation }: Pick<CaGenerationRow, 'ca' | 'generation'>, at: Date): Promise<void> {
    await db.run('UPDATE ca_link_certificate SET revoked_at = $3 WHERE ca = $1 AND $2 IN (generation, former) AND revoked_at IS NULL', ca, generation, at.toISOString());
  }

  /** End of the last certificate that the generation issued to holders and responders; of a compromised one, of the last holder's that is not revoked. */
  async lastEnd(db: Db, { ca, generation, state }: Pick<CaGenerationRow, 'ca' | 'generation' | 'state'>): Promise<Date | undefined> {
    const { ended } = await db.one<{ ended: Date | null }>(
      `SELECT greatest((SELECT max(not_after) FROM certificate WHERE ca = $1 AND generation = $2 AND ($3 OR state <> 'REVOKED')),
                       (SELECT max(not_after) FROM ocsp_responder WHERE ca = $1 AND generation = $2 AND $3),
                       (SELECT max(not_after) FROM sealing_key WHERE $1 = 'sign' AND generation = $2 AND $3)) AS ended`,
      ca, generation, state !== 'COMPROMISED',
    );
    return ended ?? undefined;
  }

  /** Holders whose certificate of the generation is in force, or was until its key leaked, and who have no other one: how many live in each municipality. */
  async needsAfter(db: Db, { ca, generation }: Pick<CaGenerationRow, 'ca' | 'generation'>, now: Date): Promise<{ municipalityCode: string; certificates: number }[]> {
    return db.many(
      `SELECT coalesce(p.municipality_code, c.municipality_code) AS "municipalityCode", count(*) AS certificates
       FROM certificate c LEFT JOIN person_progress p USING (person_key)
       WHERE c.ca = $1 AND c.generation = $2 AND c.not_after > $3 AND (c.state IN ('VALID', 'HELD') OR (c.state = 'REVOKED' AND c.activated_at IS NOT NULL
         AND NOT EXISTS (SELECT 1 FROM revocation_record r WHERE r.ca = c.ca AND r.serial = c.serial AND r.cause NOT IN ('HOLD', 'RELEASE', 'ISSUER_KEY_LEAKED'))
         AND NOT EXISTS (SELECT 1 FROM certificate n WHERE n.ca = c.ca AND n.person_key = c.person_key AND n.state IN ('VALID', 'HELD'))))
       GROUP BY 1 ORDER BY 1`,
      ca, generation, now.toISOString(),
    );
  }

  /** Serial numbers never given before and never again, whatever becomes of the transaction. Refuses UNAVAILABLE while the counter may be behind (JPKI 7). */
  async nextSerials(db: Db, ca: CaId, count: number): Promise<number[]> {
    this.guard.requireDatabase();
    const rows = await db.many<{ serial: number }>(`SELECT nextval('${SEQUENCE[ca]}') AS serial FROM generate_series(1, $1::int)`, count);
    return rows.map(({ serial }) => serial);
  }
}
