import type { Db, Row } from '#platform';
import type { AuthorityKind } from './authority.js';
import { LISTING_STATES, PUBLISHED_STATES, type GenerationState } from './generation.js';

export interface AuthorityRow extends Row {
  readonly id: string;
  readonly kind: AuthorityKind;
  readonly prefecture: string | null;
  readonly organisation: string;
  readonly subjectDer: Buffer;
}

/** A key of an authority; serial numbers are decimal digits. */
export interface GenerationRow extends Row {
  readonly authorityId: string;
  readonly generation: number;
  readonly state: GenerationState;
  /** Null when the authority is an external one. */
  readonly keyId: string | null;
  readonly certificate: Buffer | null;
  readonly serial: string | null;
  readonly notBefore: Date | null;
  readonly notAfter: Date | null;
  readonly activateAt: Date | null;
  readonly activatedAt: Date | null;
  /** Minutes of the ceremony, or the paper by which an external one told its key. */
  readonly ceremonyRef: string;
  readonly plannedBy: string;
  readonly certifiedBy: string | null;
  /** The officer who reported the key as leaked. */
  readonly reportedBy: string | null;
  /** Since then the key signs nothing; its destruction has begun. */
  readonly outOfUseAt: Date | null;
  readonly outOfUseBy: string | null;
  /** Counts the events told. */
  readonly version: number;
}

export interface LinkRow extends Row {
  readonly authorityId: string;
  readonly generation: number;
  readonly former: number;
  readonly name: 'OLD_WITH_NEW' | 'NEW_WITH_OLD';
  readonly certificate: Buffer;
  readonly serial: string;
  readonly notAfter: Date;
}

const AUTHORITY = 'id, kind, prefecture, organisation, subject_der AS "subjectDer"';
const GENERATION = `authority_id AS "authorityId", generation, state, key_id AS "keyId", certificate, serial::text, not_before AS "notBefore", not_after AS "notAfter",
  activate_at AS "activateAt", activated_at AS "activatedAt", ceremony_ref AS "ceremonyRef", planned_by AS "plannedBy", certified_by AS "certifiedBy", reported_by AS "reportedBy",
  out_of_use_at AS "outOfUseAt", out_of_use_by AS "outOfUseBy", version`;
const LINK = 'authority_id AS "authorityId", generation, former, name, certificate, serial::text, not_after AS "notAfter"';

export class AuthorityStore {
  /** Adds those that are missing; the others stay as they are. */
  async register(db: Db, authorities: readonly AuthorityRow[], by: { readonly officer: string; readonly at: Date }): Promise<number> {
    return db.run(
      `INSERT INTO authority (id, kind, prefecture, organisation, subject_der, registered_by, registered_at)
       SELECT id, kind, prefecture, organisation, subject_der, $6, $7 FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::bytea[]) AS a (id, kind, prefecture, organisation, subject_der)
       ON CONFLICT DO NOTHING`,
      authorities.map(({ id }) => id), authorities.map(({ kind }) => kind), authorities.map(({ prefecture }) => prefecture), authorities.map(({ organisation }) => organisation),
      authorities.map(({ subjectDer }) => subjectDer), by.officer, by.at.toISOString(),
    );
  }

  async find(db: Db, id: string): Promise<AuthorityRow | undefined> {
    return db.maybe<AuthorityRow>(`SELECT ${AUTHORITY} FROM authority WHERE id = $1`, id);
  }

  /** Locked until the transaction ends: what changes the keys of an authority, and what they sign, goes one after the other. */
  async lock(db: Db, id: string): Promise<AuthorityRow | undefined> {
    return db.maybe<AuthorityRow>(`SELECT ${AUTHORITY} FROM authority WHERE id = $1 FOR UPDATE`, id);
  }

  async all(db: Db): Promise<AuthorityRow[]> {
    return db.many<AuthorityRow>(`SELECT ${AUTHORITY} FROM authority ORDER BY kind, id`);
  }

  /** All of an authority, the oldest first. */
  async generations(db: Db, authorityId: string): Promise<GenerationRow[]> {
    return db.many<GenerationRow>(`SELECT ${GENERATION} FROM authority_generation WHERE authority_id = $1 ORDER BY generation`, authorityId);
  }

  /** Of all authorities, those whose certificates are public. */
  async published(db: Db): Promise<GenerationRow[]> {
    return db.many<GenerationRow>(`SELECT ${GENERATION} FROM authority_generation WHERE state = ANY($1::text[]) ORDER BY authority_id, generation`, PUBLISHED_STATES);
  }

  /** Those of an own authority that sign its lists, the oldest first. */
  async listing(db: Db, authorityId: string): Promise<GenerationRow[]> {
    return db.many<GenerationRow>(
      `SELECT ${GENERATION} FROM authority_generation WHERE authority_id = $1 AND state = ANY($2::text[]) AND key_id IS NOT NULL AND out_of_use_at IS NULL ORDER BY generation`,
      authorityId, LISTING_STATES,
    );
  }

  async active(db: Db, authorityId: string): Promise<GenerationRow | undefined> {
    return db.maybe<GenerationRow>(`SELECT ${GENERATION} FROM authority_generation WHERE authority_id = $1 AND state = 'ACTIVE'`, authorityId);
  }

  async generation(db: Db, authorityId: string, generation: number): Promise<GenerationRow | undefined> {
    return db.maybe<GenerationRow>(`SELECT ${GENERATION} FROM authority_generation WHERE authority_id = $1 AND generation = $2`, authorityId, generation);
  }

  /** False when the authority has one already that is not in use yet. */
  async plan(db: Db, row: Pick<GenerationRow, 'authorityId' | 'generation' | 'keyId' | 'activateAt' | 'ceremonyRef' | 'plannedBy'>): Promise<boolean> {
    const added = await db.run(
      `INSERT INTO authority_generation (authority_id, generation, state, key_id, activate_at, ceremony_ref, planned_by) VALUES ($1, $2, 'PLANNED', $3, $4, $5, $6) ON CONFLICT DO NOTHING`,
      row.authorityId, row.generation, row.keyId, row.activateAt?.toISOString() ?? null, row.ceremonyRef, row.plannedBy,
    );
    return added === 1;
  }

  async save(db: Db, row: GenerationRow): Promise<void> {
    await db.run(
      `UPDATE authority_generation SET state = $3, certificate = $4, serial = $5, not_before = $6, not_after = $7, activate_at = $8, activated_at = $9, certified_by = $10,
         reported_by = $11, out_of_use_at = $12, out_of_use_by = $13, version = $14 WHERE authority_id = $1 AND generation = $2`,
      row.authorityId, row.generation, row.state, row.certificate, row.serial, row.notBefore?.toISOString() ?? null, row.notAfter?.toISOString() ?? null,
      row.activateAt?.toISOString() ?? null, row.activatedAt?.toISOString() ?? null, row.certifiedBy, row.reportedBy, row.outOfUseAt?.toISOString() ?? null, row.outOfUseBy, row.version,
    );
  }

  async addLink(db: Db, link: LinkRow): Promise<void> {
    await db.run(
      'INSERT INTO link_certificate (authority_id, generation, former, name, certificate, serial, not_after) VALUES ($1, $2, $3, $4, $5, $6, $7)',
      link.authorityId, link.generation, link.former, link.name, link.certificate, link.serial, link.notAfter.toISOString(),
    );
  }

  /** Link certificates of all authorities, or of one, the oldest first. */
  async links(db: Db, authorityId?: string): Promise<LinkRow[]> {
    return db.many<LinkRow>(`SELECT ${LINK} FROM link_certificate WHERE $1::text IS NULL OR authority_id = $1 ORDER BY authority_id, generation, name DESC`, authorityId ?? null);
  }
}
