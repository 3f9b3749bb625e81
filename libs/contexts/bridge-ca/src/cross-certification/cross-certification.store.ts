import type { Db, Row } from '#platform';
import type { CrossTerms } from '../authority/profiles.js';
import { DIRECTIONS, PUBLIC_STATES, type Cause, type CrossState, type Direction, type DirectionProgress } from './cross-certification.js';
import { crossTerms } from './cross-terms.js';

/** One direction; serial numbers are decimal digits. */
export interface DirectionRow extends DirectionProgress, Row {
  readonly crossId: string;
  readonly issuer: string;
  readonly subject: string;
  readonly terms: CrossTerms;
  readonly request: Buffer | null;
  readonly certificate: Buffer | null;
  readonly serial: string | null;
  readonly issuerGeneration: number | null;
  readonly subjectGeneration: number | null;
  readonly notBefore: Date | null;
  readonly notAfter: Date | null;
}

export interface CrossRow extends Row {
  readonly id: string;
  readonly counterpart: string;
  readonly state: CrossState;
  /** Why the exchange went back to the beginning last. */
  readonly faults: readonly string[];
  readonly renews: string | null;
  readonly proposedBy: string;
  readonly proposedAt: Date;
  readonly mappedBy: string | null;
  readonly decisionRef: string | null;
  readonly publishedBy: string | null;
  readonly publishedAt: Date | null;
  readonly cause: Cause | null;
  readonly evidenceRef: string | null;
  /** The officer who asked for the revocation. */
  readonly askedBy: string | null;
  readonly endedAt: Date | null;
  /** Counts the events told. */
  readonly told: number;
}

export interface CrossRecord extends CrossRow {
  /** In the order of DIRECTIONS. */
  readonly directions: readonly DirectionRow[];
}

const COLUMNS = `id, counterpart, state, faults, renews, proposed_by AS "proposedBy", proposed_at AS "proposedAt", mapped_by AS "mappedBy", decision_ref AS "decisionRef",
  published_by AS "publishedBy", published_at AS "publishedAt", cause, evidence_ref AS "evidenceRef", asked_by AS "askedBy", ended_at AS "endedAt", told`;
const DIRECTION = `cross_certification_id AS "crossId", direction, issuer, subject, terms, request, received_by AS "receivedBy", confirmed_by AS "confirmedBy", certificate, serial::text,
  issuer_generation AS "issuerGeneration", subject_generation AS "subjectGeneration", not_before AS "notBefore", not_after AS "notAfter", issued_by AS "issuedBy"`;

export class CrossStore {
  /** False while another exchange with the authority is open. */
  async add(db: Db, { directions, ...row }: Pick<CrossRecord, 'id' | 'counterpart' | 'renews' | 'proposedBy' | 'proposedAt'> & { directions: readonly Pick<DirectionRow, 'direction' | 'issuer' | 'subject' | 'terms'>[] }): Promise<boolean> {
    const added = await db.run(
      `INSERT INTO cross_certification (id, counterpart, state, renews, proposed_by, proposed_at) VALUES ($1, $2, 'PROPOSED', $3, $4, $5)
       ON CONFLICT (counterpart) WHERE state NOT IN ('PUBLISHED', 'RENEWING', 'REVOKED', 'EXPIRED') DO NOTHING`,
      row.id, row.counterpart, row.renews, row.proposedBy, row.proposedAt.toISOString(),
    );
    if (added === 0) return false;
    for (const { direction, issuer, subject, terms } of directions) {
      await db.run('INSERT INTO cross_certificate (cross_certification_id, direction, issuer, subject, terms) VALUES ($1, $2, $3, $4, $5)', row.id, direction, issuer, subject, JSON.stringify(terms));
    }
    return true;
  }

  async find(db: Db, id: string): Promise<CrossRecord | undefined> {
    return this.withDirections(db, await db.maybe<CrossRow>(`SELECT ${COLUMNS} FROM cross_certification WHERE id = $1`, id));
  }

  async lock(db: Db, id: string): Promise<CrossRecord | undefined> {
    return this.withDirections(db, await db.maybe<CrossRow>(`SELECT ${COLUMNS} FROM cross_certification WHERE id = $1 FOR UPDATE`, id));
  }

  /** The newest first; ids rise with time. */
  async list(db: Db, filter: { counterpart: string | undefined; state: CrossState | undefined; before: string | undefined; limit: number }): Promise<CrossRow[]> {
    return db.many<CrossRow>(
      `SELECT ${COLUMNS} FROM cross_certification WHERE ($1::text IS NULL OR counterpart = $1) AND ($2::text IS NULL OR state = $2) AND ($3::uuid IS NULL OR id < $3)
       ORDER BY id DESC LIMIT $4`,
      filter.counterpart ?? null, filter.state ?? null, filter.before ?? null, filter.limit,
    );
  }

  /** Both directions of everything that stood in the repository at an instant, the oldest first. */
  async publishedAt(db: Db, instant: Date): Promise<DirectionRow[]> {
    const rows = await db.many<DirectionRow>(
      `SELECT ${DIRECTION} FROM cross_certificate JOIN cross_certification c ON c.id = cross_certification_id
       WHERE c.published_at <= $1 AND (c.ended_at IS NULL OR c.ended_at > $1) ORDER BY cross_certification_id, direction DESC`,
      instant.toISOString(),
    );
    return rows.map(read);
  }

  /** With the first end of each. */
  async inForce(db: Db): Promise<{ id: string; counterpart: string; state: CrossState; firstEnd: Date }[]> {
    return db.many(
      `SELECT c.id, c.counterpart, c.state, min(d.not_after) AS "firstEnd" FROM cross_certification c JOIN cross_certificate d ON d.cross_certification_id = c.id
       WHERE c.state = ANY($1::text[]) GROUP BY c.id ORDER BY c.id`,
      [...PUBLIC_STATES, 'ISSUED'],
    );
  }

  /** Ids of those in force in which a key of the authority issued or was certified, in the order in which they are locked. */
  async byGeneration(db: Db, authorityId: string, generation: number): Promise<string[]> {
    const rows = await db.many<{ id: string }>(
      `SELECT DISTINCT c.id FROM cross_certification c JOIN cross_certificate d ON d.cross_certification_id = c.id
       WHERE c.state NOT IN ('REVOKED', 'EXPIRED') AND d.certificate IS NOT NULL
         AND ((d.issuer = $1 AND d.issuer_generation = $2) OR (d.subject = $1 AND d.subject_generation = $2)) ORDER BY c.id`,
      authorityId, generation,
    );
    return rows.map(({ id }) => id);
  }

  /** End of the last certificate that a key issued to another authority and that is not revoked. */
  async lastEnd(db: Db, authorityId: string, generation: number): Promise<Date | undefined> {
    const { ended } = await db.one<{ ended: Date | null }>(
      `SELECT max(d.not_after) AS ended FROM cross_certificate d WHERE d.issuer = $1 AND d.issuer_generation = $2
         AND NOT EXISTS (SELECT 1 FROM revoked_certificate r WHERE r.authority_id = d.issuer AND r.serial = d.serial)`,
      authorityId, generation,
    );
    return ended ?? undefined;
  }

  async save(db: Db, row: CrossRow): Promise<void> {
    await db.run(
      `UPDATE cross_certification SET state = $2, faults = $3, mapped_by = $4, decision_ref = $5, published_by = $6, published_at = $7, cause = $8, evidence_ref = $9, asked_by = $10,
         ended_at = $11, told = $12, proposed_by = $13 WHERE id = $1`,
      row.id, row.state, row.faults, row.mappedBy, row.decisionRef, row.publishedBy, row.publishedAt?.toISOString() ?? null, row.cause, row.evidenceRef, row.askedBy,
      row.endedAt?.toISOString() ?? null, row.told, row.proposedBy,
    );
  }

  async saveDirection(db: Db, row: DirectionRow): Promise<void> {
    await db.run(
      `UPDATE cross_certificate SET terms = $3, request = $4, received_by = $5, confirmed_by = $6, certificate = $7, serial = $8, issuer_generation = $9, subject_generation = $10,
         not_before = $11, not_after = $12, issued_by = $13 WHERE cross_certification_id = $1 AND direction = $2`,
      row.crossId, row.direction, JSON.stringify(row.terms), row.request, row.receivedBy, row.confirmedBy, row.certificate, row.serial, row.issuerGeneration, row.subjectGeneration,
      row.notBefore?.toISOString() ?? null, row.notAfter?.toISOString() ?? null, row.issuedBy,
    );
  }

  private async withDirections(db: Db, row: CrossRow | undefined): Promise<CrossRecord | undefined> {
    if (row === undefined) return undefined;
    const found = await db.many<DirectionRow>(`SELECT ${DIRECTION} FROM cross_certificate WHERE cross_certification_id = $1`, row.id);
    return { ...row, directions: DIRECTIONS.flatMap((direction: Direction) => found.filter((one) => one.direction === direction).map(read)) };
  }
}

/** What is absent in JSON is absent in the terms, too. */
function read(row: DirectionRow): DirectionRow {
  return { ...row, terms: crossTerms.parse(row.terms) };
}
