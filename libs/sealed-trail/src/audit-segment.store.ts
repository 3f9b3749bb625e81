import type { Db, Row } from '#platform';
import { CHAIN_START, SEGMENT_ENTRIES, SEGMENT_MS, type SegmentState } from './audit-segment.js';

/** What the sealing itself leaves must not open the next segment, or a service at rest would seal an hour's nothing for ever. */
const OWN_LINES = '{"action":"schedule:audit-segment';

/** A place in the order of the audit lines, which is that of the chain of `audit_link`; the transaction id as text. */
interface Place {
  readonly place: string;
  readonly lineId: string;
}

export interface AuditedLine extends Row {
  readonly at: Date;
  readonly id: string;
  readonly entry: string;
}

/** The link of the platform's chain that ends a segment. */
export interface EndLink extends Row, Place {
  readonly seq: number;
  readonly hash: Buffer;
}

/** What a segment is, as far as the next one follows from it. */
export interface SegmentEnd extends Place {
  readonly segment: number;
  readonly firstSeq: number;
  readonly entries: number;
  readonly lastLink: number;
  readonly hash: Buffer;
}

export interface SealedSegment extends SegmentEnd {
  readonly seal: Buffer;
  readonly token: Buffer;
  readonly auditKey: number;
  readonly sealedAt: Date;
}

export interface SegmentRow extends Row, SealedSegment {
  readonly state: Exclude<SegmentState, 'OPEN'>;
  readonly copiedAt: Date | null;
  readonly copySha256: string | null;
  readonly archivedAt: Date | null;
  readonly archiveRef: string | null;
}

/** Before the first segment. */
export const BEFORE_ALL: SegmentEnd = {
  segment: 0, firstSeq: 1, entries: 0, lastLink: 0, place: '0', lineId: '00000000-0000-0000-0000-000000000000', hash: CHAIN_START,
};

const END = 'segment, first_seq AS "firstSeq", entries, last_link AS "lastLink", xid::text AS place, line_id AS "lineId", hash';
const COLUMNS = `${END}, state, seal, token, audit_key AS "auditKey", sealed_at AS "sealedAt", copied_at AS "copiedAt", copy_sha256 AS "copySha256",
  archived_at AS "archivedAt", archive_ref AS "archiveRef"`;

export class AuditSegmentStore {
  /** The end of the last segment. */
  async last(db: Db): Promise<SegmentEnd> {
    return (await db.maybe<SegmentEnd & Row>(`SELECT ${END} FROM audit_segment ORDER BY segment DESC LIMIT 1`)) ?? BEFORE_ALL;
  }

  async find(db: Db, segment: number): Promise<SegmentRow | undefined> {
    return db.maybe<SegmentRow>(`SELECT ${COLUMNS} FROM audit_segment WHERE segment = $1`, segment);
  }

  async lock(db: Db, segment: number): Promise<SegmentRow | undefined> {
    return db.maybe<SegmentRow>(`SELECT ${COLUMNS} FROM audit_segment WHERE segment = $1 FOR UPDATE`, segment);
  }

  /** The newest first. */
  async list(db: Db, before: number | undefined, limit: number): Promise<SegmentRow[]> {
    return db.many<SegmentRow>(`SELECT ${COLUMNS} FROM audit_segment WHERE ($1::int IS NULL OR segment < $1) ORDER BY segment DESC LIMIT $2`, before ?? null, limit);
  }

  /** Entries that wait for the next segment. */
  async waiting(db: Db, { lastLink }: SegmentEnd): Promise<number> {
    const { entries } = await db.one<{ entries: number }>('SELECT coalesce(sum(lines), 0) AS entries FROM audit_link WHERE seq > $1', lastLink);
    return entries;
  }

  /** Whether the open segment is full, or its first entry an hour old. */
  async isSealDue(db: Db, now: Date): Promise<boolean> {
    const { lastLink, place, lineId } = await this.last(db);
    return (await db.maybe(
      `SELECT 1 FROM (SELECT coalesce(sum(lines), 0) AS lines FROM audit_link WHERE seq > $1) waiting
       WHERE lines >= $2 OR (lines > 0 AND
         (SELECT at FROM audit_line WHERE (xid, id) > ($3::xid8, $4::uuid) AND NOT starts_with(entry, '${OWN_LINES}') ORDER BY xid, id LIMIT 1) <= $5)`,
      lastLink, SEGMENT_ENTRIES, place, lineId, new Date(now.getTime() - SEGMENT_MS).toISOString(),
    )) !== undefined;
  }

  /** The last link whose lines the next segment can hold; a link is never divided. */
  async nextEnd(db: Db, { lastLink }: SegmentEnd): Promise<EndLink | undefined> {
    return db.maybe<EndLink>(
      `SELECT seq, xid::text AS place, line_id AS "lineId", hash
       FROM (SELECT *, sum(lines) OVER (ORDER BY seq) AS total FROM (SELECT * FROM audit_link WHERE seq > $1 ORDER BY seq LIMIT $2) link) counted
       WHERE total <= $2 ORDER BY seq DESC LIMIT 1`,
      lastLink, SEGMENT_ENTRIES,
    );
  }

  /** Hash of a link; undefined where the chain does not have it. */
  async linkHash(db: Db, seq: number): Promise<Buffer | undefined> {
    return (await db.maybe<{ hash: Buffer }>('SELECT hash FROM audit_link WHERE seq = $1', seq))?.hash;
  }

  /** Lines after one place up to another, in their order; at most twice as many as a segment has. */
  async lines(db: Db, after: Place, end: Place): Promise<AuditedLine[]> {
    return db.many<AuditedLine>(
      `SELECT at, id, entry FROM audit_line WHERE (xid, id) > ($1::xid8, $2::uuid) AND (xid, id) <= ($3::xid8, $4::uuid) ORDER BY xid, id LIMIT ${2 * SEGMENT_ENTRIES}`,
      after.place, after.lineId, end.place, end.lineId,
    );
  }

  async insert(db: Db, row: SealedSegment): Promise<void> {
    await db.run(
      `INSERT INTO audit_segment (segment, state, first_seq, entries, last_link, xid, line_id, hash, seal, token, audit_key, sealed_at, copy_due_at)
       VALUES ($1, 'SEALED', $2, $3, $4, $5::xid8, $6, $7, $8, $9, $10, $11, $11)`,
      row.segment, row.firstSeq, row.entries, row.lastLink, row.place, row.lineId, row.hash, row.seal, row.token, row.auditKey, row.sealedAt.toISOString(),
    );
  }

  async isCopyDue(db: Db, now: Date): Promise<boolean> {
    return (await db.maybe("SELECT 1 FROM audit_segment WHERE state = 'SEALED' AND copy_due_at <= $1 LIMIT 1", now.toISOString())) !== undefined;
  }

  async lockCopyDue(db: Db, now: Date): Promise<SegmentRow | undefined> {
    return db.maybe<SegmentRow>(`SELECT ${COLUMNS} FROM audit_segment WHERE state = 'SEALED' AND copy_due_at <= $1 ORDER BY copy_due_at, segment LIMIT 1 FOR UPDATE`, now.toISOString());
  }

  async postponeCopy(db: Db, segment: number, until: Date): Promise<void> {
    await db.run('UPDATE audit_segment SET copy_due_at = $2 WHERE segment = $1', segment, until.toISOString());
  }

  async markCopied(db: Db, segment: number, sha256: string, now: Date): Promise<void> {
    await db.run("UPDATE audit_segment SET state = 'COPIED', copied_at = $2, copy_sha256 = $3 WHERE segment = $1", segment, now.toISOString(), sha256);
  }

  async markArchived(db: Db, { segment, officer, archiveRef, now }: { segment: number; officer: string; archiveRef: string; now: Date }): Promise<void> {
    await db.run("UPDATE audit_segment SET state = 'ARCHIVED', archived_at = $2, archived_by = $3, archive_ref = $4 WHERE segment = $1", segment, now.toISOString(), officer, archiveRef);
  }
}
