import { uuidv7, type Db, type Row } from '#platform';
import type { CaId } from '../ca/ca.js';
import type { ReasonCode } from '../certificate/revocation-cause.js';
import { COUNTERS, type Counters } from './reconciliation.js';
import type { PublishedStatus } from './status-copy.js';

export type ReconciliationRow = {
  readonly id: string;
  readonly state: 'REQUESTED' | 'RUNNING' | 'DONE';
  readonly evidence_ref: string;
  readonly requested_by: string;
  readonly requested_at: Date;
  readonly confirmed_by: string | null;
  /** Copies still to be taken in, then lists of the partitions after `lists_after`. */
  readonly next_copy: number;
  readonly last_copy: number;
  readonly lists_after: string;
  readonly reentered: number;
  readonly unrecorded: number;
  readonly unverified_lists: number;
  readonly finished_at: Date | null;
};

/** A link of the audit chain; the transaction id as text. */
export interface ChainLink extends Row {
  readonly seq: number;
  readonly place: string;
  readonly lineId: string;
  readonly hash: Buffer;
}

/** How a certificate without a record is listed. */
export type UnrecordedCertificate = Omit<PublishedStatus, 'generation' | 'state' | 'municipalityCode'> & { readonly municipalityCode?: string; readonly revokedAt: string; readonly reason: ReasonCode };

const COLUMNS = 'id, state, evidence_ref, requested_by, requested_at, confirmed_by, next_copy, last_copy, lists_after, reentered, unrecorded, unverified_lists, finished_at';
const LINK = 'seq, xid::text AS place, line_id AS "lineId", hash';
const BEFORE_ALL = { place: '0', lineId: '00000000-0000-0000-0000-000000000000' };
/** Links that are looked through at a time. */
const LINKS = 20;

export class ReconciliationStore {
  async link(db: Db, seq: number): Promise<ChainLink | undefined> {
    return db.maybe<ChainLink>(`SELECT ${LINK} FROM audit_link WHERE seq = $1`, seq);
  }

  async head(db: Db): Promise<ChainLink | undefined> {
    return db.maybe<ChainLink>(`SELECT ${LINK} FROM audit_link ORDER BY seq DESC LIMIT 1`);
  }

  /** The last of the links that are looked through next. */
  async nextLink(db: Db, after: number): Promise<ChainLink | undefined> {
    return db.maybe<ChainLink>(`SELECT ${LINK} FROM audit_link WHERE seq > $1 AND seq <= $1 + ${LINKS} ORDER BY seq DESC LIMIT 1`, after);
  }

  /** The present status of the certificates that audit lines of these links name: every change of one leaves such a line. A pattern over whole lines would take some twenty times as long. */
  async statuses(db: Db, after: number, end: ChainLink): Promise<PublishedStatus[]> {
    const { place, lineId } = (await this.link(db, after)) ?? BEFORE_ALL;
    const rows = await db.many<PublishedStatus & { notAfter: Date; reason: ReasonCode | null; revokedAt: Date | null; invalidityDate: Date | null }>(
      `SELECT c.ca, c.serial, c.generation, c.municipality_code AS "municipalityCode", c.partition_id AS "partitionId", c.not_after AS "notAfter", c.state, r.reason,
         r.revoked_at AS "revokedAt", r.invalidity_date AS "invalidityDate"
       FROM (SELECT DISTINCT split_part(name, ':', 1) AS ca, ('x' || lpad(split_part(name, ':', 2), 16, '0'))::bit(64)::bigint AS serial
             FROM (SELECT split_part(split_part(entry, '"object":"certificate:', 2), '"', 1) AS name FROM audit_line
                   WHERE (xid, id) > ($1::xid8, $2::uuid) AND (xid, id) <= ($3::xid8, $4::uuid)) line WHERE name ~ '^(?:sign|auth):[0-9a-f]{1,12}$') told
       JOIN certificate c USING (ca, serial) LEFT JOIN revoked r ON r.ca = c.ca AND r.serial = c.serial`,
      place, lineId, end.place, end.lineId,
    );
    return rows.map(({ notAfter, reason, revokedAt, invalidityDate, ...row }) => ({
      ...row, notAfter: notAfter.toISOString(), ...(reason === null ? {} : { reason }), ...(revokedAt === null ? {} : { revokedAt: revokedAt.toISOString() }),
      ...(invalidityDate === null ? {} : { invalidityDate: invalidityDate.toISOString() }),
    }));
  }

  /** The last number that each counter gave, whatever became of the transaction. */
  async counters(db: Db): Promise<Counters> {
    const rows = await db.many<{ name: (typeof COUNTERS)[number]; last: number }>('SELECT name, coalesce(pg_sequence_last_value(name::regclass), 0) AS last FROM unnest($1::text[]) AS name', [...COUNTERS]);
    const last = new Map(rows.map((row) => [row.name, row.last]));
    return { sign_serial: last.get('sign_serial') ?? 0, auth_serial: last.get('auth_serial') ?? 0, timestamp_serial: last.get('timestamp_serial') ?? 0 };
  }

  /** Gives so many numbers to nobody. */
  async skip(db: Db, counter: (typeof COUNTERS)[number], count: number): Promise<void> {
    await db.one('SELECT count(nextval($1::regclass)) FROM generate_series(1, $2::bigint)', counter, count);
  }

  /** False while another one is open. */
  async insert(db: Db, row: Pick<ReconciliationRow, 'evidence_ref' | 'requested_by' | 'requested_at' | 'next_copy' | 'last_copy'>): Promise<string | undefined> {
    const added = await db.maybe<{ id: string }>(
      `INSERT INTO reconciliation (id, state, evidence_ref, requested_by, requested_at, next_copy, last_copy) VALUES ($1, 'REQUESTED', $2, $3, $4, $5, $6)
       ON CONFLICT DO NOTHING RETURNING id`,
      uuidv7(), row.evidence_ref, row.requested_by, row.requested_at.toISOString(), row.next_copy, row.last_copy,
    );
    return added?.id;
  }

  async lock(db: Db, id: string): Promise<ReconciliationRow | undefined> {
    return db.maybe<ReconciliationRow>(`SELECT ${COLUMNS} FROM reconciliation WHERE id = $1 FOR UPDATE`, id);
  }

  /** The newest first. */
  async list(db: Db): Promise<ReconciliationRow[]> {
    return db.many<ReconciliationRow>(`SELECT ${COLUMNS} FROM reconciliation ORDER BY id DESC LIMIT 100`);
  }

  async save(db: Db, row: ReconciliationRow): Promise<void> {
    await db.run(
      `UPDATE reconciliation SET state = $2, confirmed_by = $3, next_copy = $4, lists_after = $5, reentered = $6, unrecorded = $7, unverified_lists = $8, finished_at = $9 WHERE id = $1`,
      row.id, row.state, row.confirmed_by, row.next_copy, row.lists_after, row.reentered, row.unrecorded, row.unverified_lists, row.finished_at?.toISOString() ?? null,
    );
  }

  /** Marks a certificate that no record tells of and puts it on its list; false when that was done before. */
  async addUnrecorded(db: Db, reconciliationId: string, one: UnrecordedCertificate): Promise<boolean> {
    const added = await db.run(
      'INSERT INTO unrecorded_certificate (ca, serial, municipality_code, partition_id, not_after, reconciliation_id) VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT DO NOTHING',
      one.ca, one.serial, one.municipalityCode ?? null, one.partitionId, one.notAfter, reconciliationId,
    );
    await db.run(
      `INSERT INTO revoked (ca, serial, revoked_at, reason, invalidity_date, partition_id, not_after) VALUES ($1, $2, $3, $4, $5, $6, $7)
       ON CONFLICT (ca, serial) DO UPDATE SET reason = excluded.reason, revoked_at = least(revoked.revoked_at, excluded.revoked_at)`,
      one.ca, one.serial, one.revokedAt, one.reason, one.invalidityDate ?? null, one.partitionId, one.notAfter,
    );
    return added === 1;
  }

  /** Counts only. */
  async unrecorded(db: Db): Promise<{ municipalityCode: string | null; certificates: number }[]> {
    return db.many('SELECT municipality_code AS "municipalityCode", count(*) AS certificates FROM unrecorded_certificate GROUP BY municipality_code ORDER BY municipality_code');
  }

  /** The next list is above what was published. */
  async raiseNumber(db: Db, partitionId: string, number: number): Promise<void> {
    await db.run('UPDATE crl_partition SET last_number = $2 WHERE id = $1 AND last_number < $2', partitionId, number);
  }

  /** A key whose leak is published issues nothing until two officers have decided again (JPKI 4.11). */
  async freeze(db: Db, ca: CaId, generation: number, officer: string): Promise<void> {
    await db.run("UPDATE ca_key_generation SET reported_by = coalesce(reported_by, $3) WHERE ca = $1 AND generation = $2 AND state IN ('CERTIFIED', 'ACTIVE', 'RETIRING')", ca, generation, officer);
  }

  /** Requests that were recorded and not signed, in this state of the database; their serial numbers may since have been used. */
  async withdrawRequests(db: Db): Promise<void> {
    await db.run("DELETE FROM issued_key k USING issuance_request r WHERE k.issuance_request_id = r.id AND r.state = 'LINTED'");
    await db.run("DELETE FROM issuance_request WHERE state = 'LINTED'");
  }
}
