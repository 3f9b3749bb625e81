import { isCrlReason, type CrlEntry, type CrlReason } from '#pki';
import type { Db, Row } from '#platform';
import { LISTING_STATES } from '../authority/generation.js';
import { KEPT_ISSUES, type List } from './revocation-list.js';

/** A certificate that ended early; its serial number is decimal digits. */
export interface RevokedCertificate {
  readonly authorityId: string;
  readonly list: List;
  readonly serial: string;
  readonly revokedAt: Date;
  readonly reason: CrlReason;
  readonly invalidityDate: Date | null;
  readonly notAfter: Date;
}

export interface ListRow extends Row {
  readonly authorityId: string;
  readonly list: List;
  readonly lastNumber: number;
  readonly lastScheduledAt: Date | null;
}

export interface IssueRow {
  readonly authorityId: string;
  readonly list: List;
  readonly number: number;
  readonly generation: number;
  readonly thisUpdate: Date;
  readonly nextUpdate: Date;
  /** Certificates that ended until then are not in it. */
  readonly cutoff: Date;
  readonly entryCount: number;
}

export interface PublishedList extends IssueRow, Row {
  readonly sha256: string;
  readonly der: Buffer;
}

const ISSUE = `authority_id AS "authorityId", list, number, generation, this_update AS "thisUpdate", next_update AS "nextUpdate", cutoff, entry_count AS "entryCount"`;
const PAGE = 20_000;

export class RevocationListStore {
  /** The first revocation of a certificate stands. */
  async revoke(db: Db, certificates: readonly RevokedCertificate[]): Promise<void> {
    for (const { authorityId, list, serial, revokedAt, reason, invalidityDate, notAfter } of certificates) {
      await db.run(
        'INSERT INTO revoked_certificate (authority_id, list, serial, revoked_at, reason, invalidity_date, not_after) VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT DO NOTHING',
        authorityId, list, serial, revokedAt.toISOString(), reason, invalidityDate?.toISOString() ?? null, notAfter.toISOString(),
      );
    }
  }

  /** The next own authority that has a key which signs such lists; the bridge has no holders, and those of a prefecture that was cut over are listed from its migrated records. */
  async nextAuthority(db: Db, list: List, after: string): Promise<string | undefined> {
    const row = await db.maybe<{ id: string }>(
      `SELECT a.id FROM authority a JOIN authority_generation g ON g.authority_id = a.id
       WHERE a.id > $1 AND g.state = ANY($2::text[]) AND g.key_id IS NOT NULL AND g.out_of_use_at IS NULL AND ($3 = 'ARL' OR (a.kind = 'PREFECTURAL' AND NOT EXISTS (SELECT 1 FROM migration_batch m WHERE m.prefecture = a.prefecture AND m.state = 'CUT_OVER'))) ORDER BY a.id LIMIT 1`,
      after, LISTING_STATES, list,
    );
    return row?.id;
  }

  /** Locked until the transaction ends. */
  async lock(db: Db, authorityId: string, list: List): Promise<ListRow> {
    await db.run('INSERT INTO revocation_list (authority_id, list) VALUES ($1, $2) ON CONFLICT DO NOTHING', authorityId, list);
    return db.one<ListRow>(
      `SELECT authority_id AS "authorityId", list, last_number AS "lastNumber", last_scheduled_at AS "lastScheduledAt" FROM revocation_list WHERE authority_id = $1 AND list = $2 FOR UPDATE`,
      authorityId, list,
    );
  }

  /** Entries in ascending order of serial, page by page. */
  async *entries(db: Db, { authorityId, list }: ListRow, cutoff: Date): AsyncGenerator<CrlEntry, void, void> {
    for (let after = '0'; ; ) {
      const page = await db.many<{ serial: string; revokedAt: Date; reason: string; invalidityDate: Date | null }>(
        `SELECT serial::text, revoked_at AS "revokedAt", reason, invalidity_date AS "invalidityDate" FROM revoked_certificate
         WHERE authority_id = $1 AND list = $2 AND serial > $3::numeric AND not_after > $4 ORDER BY revoked_certificate.serial LIMIT ${PAGE}`,
        authorityId, list, after, cutoff.toISOString(),
      );
      for (const { serial, revokedAt, reason, invalidityDate } of page) {
        const entry = { serial: BigInt(serial), revokedAt, reason: isCrlReason(reason) ? reason : 'unspecified' } as const;
        yield invalidityDate === null ? entry : { ...entry, invalidityDate };
        after = serial;
      }
      if (page.length < PAGE) return;
    }
  }

  /** Entries of the former list that went since their certificates ended. */
  async explained(db: Db, { authorityId, list, cutoff: former }: IssueRow, cutoff: Date): Promise<number> {
    const { count } = await db.one<{ count: number }>(
      'SELECT count(*) AS count FROM revoked_certificate WHERE authority_id = $1 AND list = $2 AND not_after > $3 AND not_after <= $4', authorityId, list, former.toISOString(), cutoff.toISOString(),
    );
    return count;
  }

  /** What a generation published last. */
  async current(db: Db, authorityId: string, list: List, generation: number): Promise<PublishedList | undefined> {
    return db.maybe<PublishedList>(
      `SELECT ${ISSUE}, sha256, der FROM revocation_list_issue WHERE authority_id = $1 AND list = $2 AND generation = $3 AND state = 'PUBLISHED'`, authorityId, list, generation,
    );
  }

  /** Of each key of each authority, the list that was its newest one at an instant. */
  async at(db: Db, list: List, instant: Date): Promise<PublishedList[]> {
    return db.many<PublishedList>(
      `SELECT DISTINCT ON (authority_id, generation) ${ISSUE}, sha256, der FROM revocation_list_issue
       WHERE list = $1 AND state <> 'FAILED' AND this_update <= $2 ORDER BY authority_id, generation, number DESC`,
      list, instant.toISOString(),
    );
  }

  /** What the keys of an authority published last, the newest key first. */
  async published(db: Db, list: List, authorityId: string): Promise<PublishedList[]> {
    return db.many<PublishedList>(
      `SELECT ${ISSUE}, sha256, der FROM revocation_list_issue WHERE list = $1 AND state = 'PUBLISHED' AND authority_id = $2 ORDER BY generation DESC`,
      list, authorityId,
    );
  }

  /** Whether the key of the list is destroyed: the list is its last one, and stays (JPKI 3.1). */
  async isClosed(db: Db, { authorityId, generation }: IssueRow): Promise<boolean> {
    return (await db.maybe("SELECT 1 FROM authority_generation WHERE authority_id = $1 AND generation = $2 AND state = 'CLOSED'", authorityId, generation)) !== undefined;
  }

  /** Moves the pointer of the generation to a new list, and lets its oldest ones go. */
  async publish(db: Db, issue: IssueRow & Pick<PublishedList, 'sha256' | 'der'>, scheduled: boolean): Promise<void> {
    const { authorityId, list, generation, number } = issue;
    await db.run("UPDATE revocation_list_issue SET state = 'SUPERSEDED' WHERE authority_id = $1 AND list = $2 AND generation = $3 AND state = 'PUBLISHED'", authorityId, list, generation);
    await this.insert(db, issue, { state: 'PUBLISHED', fault: null, sha256: issue.sha256, der: issue.der });
    await db.run(
      'UPDATE revocation_list SET last_number = $3, last_scheduled_at = CASE WHEN $4 THEN $5::timestamptz ELSE last_scheduled_at END WHERE authority_id = $1 AND list = $2',
      authorityId, list, number, scheduled, issue.thisUpdate.toISOString(),
    );
    await db.run(
      `DELETE FROM revocation_list_issue WHERE authority_id = $1 AND list = $2 AND generation = $3 AND number <=
         (SELECT number FROM revocation_list_issue WHERE authority_id = $1 AND list = $2 AND generation = $3 AND state <> 'FAILED' ORDER BY number DESC OFFSET ${KEPT_ISSUES} LIMIT 1)`,
      authorityId, list, generation,
    );
  }

  /** Notes a list that was not published; its number is used up and the former list stays. */
  async fail(db: Db, issue: IssueRow, fault: string): Promise<void> {
    await this.insert(db, issue, { state: 'FAILED', fault, sha256: null, der: null });
    await db.run('UPDATE revocation_list SET last_number = $3 WHERE authority_id = $1 AND list = $2', issue.authorityId, issue.list, issue.number);
  }

  private async insert(db: Db, issue: IssueRow, made: { state: string; fault: string | null; sha256: string | null; der: Buffer | null }): Promise<void> {
    await db.run(
      `INSERT INTO revocation_list_issue (authority_id, list, number, generation, this_update, next_update, cutoff, entry_count, state, fault, sha256, der)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)`,
      issue.authorityId, issue.list, issue.number, issue.generation, issue.thisUpdate.toISOString(), issue.nextUpdate.toISOString(), issue.cutoff.toISOString(), issue.entryCount,
      made.state, made.fault, made.sha256, made.der,
    );
  }
}
