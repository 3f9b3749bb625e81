import { randomUUID } from 'node:crypto';
import type { LocalDate } from '#kernel';
import type { Db, Row } from '#platform';
import type { Move } from './statistics.js';

export interface Extract extends Row {
  readonly extractId: string;
  readonly month: string;
  readonly state: 'RUNNING' | 'COMPLETED';
  readonly jobId: string;
  readonly madeAt: Date;
  readonly rows: number | null;
  readonly sha256: string | null;
}

export interface Candidate extends Row, Move {
  readonly noticeId: string;
  readonly receivedAt: Date;
  /** Day of the notification at the counter (届出日), else that on which the register received it. */
  readonly notifiedOn: LocalDate;
  readonly personKey: string;
  readonly personSeq: number;
  /** Under which the notice is kept: the code that it came with, or the one that has it now. */
  readonly keptUnder: string;
  /** The stay that the notice opened, closed or cancelled. */
  readonly stay: number;
  readonly sex: string;
  readonly birthDate: string;
  readonly foreignResident: boolean;
  readonly counted: boolean;
}

/** Which notices are looked at: those received from an instant on and notified before the month was over, or late ones of before it. */
export interface Looked {
  readonly which: 'MOVES' | 'LATE' | 'CANCELLATIONS' | 'LATE_CANCELLATIONS';
  readonly since: string;
  readonly receivedBefore: Date;
  readonly notifiedBefore: LocalDate;
  readonly limit: number;
}

/** A candidate that counts, with its table. */
export interface CountedMove {
  readonly move: Candidate;
  readonly table: string;
}

const COLUMNS = `extract_id AS "extractId", month, state, job_id AS "jobId", made_at AS "madeAt", rows, encode(sha256, 'hex') AS sha256`;
const LINE = `concat_ws(',', r.row_id, r.kind, e.month, r.municipality_code, r.previous_municipality_code, r.sex, r.birth_date, r.nationality_flag,
  r.reason, r.move_month, r.sign) AS line`;
const ROW = 'extract_id, row_id, kind, municipality_code, previous_municipality_code, sex, birth_date, nationality_flag, reason, move_month, sign';
const EFFECTIVE = "state IN ('APPLIED', 'QUARANTINED')";
const NOTIFIED_ON = "coalesce(n.notified_on, (n.received_at AT TIME ZONE 'Asia/Tokyo')::date)";
/** Received before, and decided by officers since or held when an extract was made. */
const DECIDED_SINCE = `n.received_at < $6::timestamptz AND n.notice_id = ANY (ARRAY(
  SELECT d.notice_id FROM quarantine_decision d WHERE d.decided_at >= $6::timestamptz UNION SELECT a.notice_id FROM awaited_move a))`;
/** The code to which the previous municipality has passed, where the stays there are found now. */
const SUCCESSOR = `(SELECT m.new_code FROM former_municipality f JOIN municipality_change m ON m.change_id = f.change_id
  WHERE f.code = s.previous_municipality_code AND m.new_code <> f.code AND m.town_codes = '{}' AND m.state IN ('RUNNING', 'COMPLETED'))`;
const MOVES = "('11', '12', '14', '18', '22', '26')";
const OPENING = "('10', '11', '12', '13', '14', '18')";
/** Notices of the same municipality about the same person that took effect. */
const LINEAGE = `FROM change_notice e WHERE e.municipality_code = n.municipality_code AND e.person_key = n.person_key AND e.${EFFECTIVE}`;
const SEGMENT = 's.person_key = c.person_key AND s.municipality_code = c.municipality_code AND s.stay = c.stay';
/** What was counted with a row, once more with the sign. */
const AGAIN = (sign: string): string => `INSERT INTO statistics_row (${ROW})
  SELECT $1, gen_random_uuid(), r.kind, r.municipality_code, r.previous_municipality_code, r.sex, r.birth_date, r.nationality_flag, r.reason, r.move_month, ${sign}
  FROM turned t JOIN statistics_row r ON r.extract_id = t.extract_id AND r.row_id = t.row_id`;

/** Extracts, their rows, and which notices made them. */
export class StatisticsStore {
  /** The latest extract and that of the month, if any; until the transaction ends nobody else makes one. */
  async lockMonth(db: Db, month: string): Promise<{ readonly latest?: string | undefined; readonly extract?: Extract | undefined }> {
    await db.run("SELECT pg_advisory_xact_lock(hashtextextended('statistics-extract', 0))");
    const { latest } = await db.one<{ latest: string | null }>('SELECT max(month) AS latest FROM statistics_extract');
    return { latest: latest ?? undefined, extract: await db.maybe<Extract>(`SELECT ${COLUMNS} FROM statistics_extract WHERE month = $1`, month) };
  }

  async add(db: Db, extract: { extractId: string; month: string; jobId: string; at: Date }): Promise<void> {
    const { extractId, month, jobId, at } = extract;
    await db.run("INSERT INTO statistics_extract (extract_id, month, state, job_id, made_at) VALUES ($1, $2, 'RUNNING', $3, $4)", extractId, month, jobId, at.toISOString());
  }

  /** Another job goes on. */
  async follow(db: Db, extractId: string, jobId: string): Promise<void> {
    await db.run('UPDATE statistics_extract SET job_id = $2 WHERE extract_id = $1', extractId, jobId);
  }

  async find(db: Db, extractId: string): Promise<Extract | undefined> {
    return db.maybe<Extract>(`SELECT ${COLUMNS} FROM statistics_extract WHERE extract_id = $1`, extractId);
  }

  async ofMonth(db: Db, month: string): Promise<Extract | undefined> {
    return db.maybe<Extract>(`SELECT ${COLUMNS} FROM statistics_extract WHERE month = $1`, month);
  }

  async complete(db: Db, extractId: string, sha256: string, at: Date): Promise<Extract> {
    return db.one<Extract>(
      `UPDATE statistics_extract SET state = 'COMPLETED', sha256 = decode($2, 'hex'), completed_at = $3,
         rows = (SELECT count(*) FROM statistics_row WHERE statistics_row.extract_id = $1) WHERE extract_id = $1 RETURNING ${COLUMNS}`,
      extractId, sha256, at.toISOString(),
    );
  }

  async notices(db: Db, { from, to }: { from: Date; to: Date }): Promise<number> {
    const { notices } = await db.one<{ notices: number }>(
      `SELECT count(*) AS notices FROM change_notice WHERE change_reason IN ${MOVES} AND received_at >= $1 AND received_at < $2`,
      from.toISOString(), to.toISOString(),
    );
    return notices;
  }

  /** Whether the month before was completed: what waited then and was applied since is looked for again. */
  async isCompleted(db: Db, month: string): Promise<boolean> {
    return (await db.maybe("SELECT 1 FROM statistics_extract WHERE month = $1 AND state = 'COMPLETED'", month)) !== undefined;
  }

  /**
   * Remembers which moves and cancellations are held while an extract is made: released after the last extract that looks at the month in
   * which they were received, they are of a later one (JUKI-3.3). What is no longer held when an extract begins is forgotten by the next.
   */
  async awaitHeld(db: Db, extractId: string): Promise<void> {
    await db.run('DELETE FROM awaited_move WHERE released_for <> $1', extractId);
    await db.run(
      "UPDATE awaited_move a SET released_for = $1 WHERE released_for IS NULL AND NOT EXISTS (SELECT FROM change_notice n WHERE n.notice_id = a.notice_id AND n.state = 'HELD')",
      extractId,
    );
    await db.run(`INSERT INTO awaited_move (notice_id) SELECT notice_id FROM change_notice WHERE state = 'HELD' AND change_reason IN ${MOVES} ON CONFLICT DO NOTHING`);
  }

  /** The next notices: those that may count, or the cancellations (26); of both those received before that took effect since, too. */
  async candidates(db: Db, after: { at: string; noticeId: string }, { which, since, receivedBefore, notifiedBefore, limit }: Looked): Promise<Candidate[]> {
    return db.many<Candidate>(
      `SELECT n.notice_id AS "noticeId", n.received_at AS "receivedAt", ${NOTIFIED_ON} AS "notifiedOn", n.person_key AS "personKey", n.person_seq AS "personSeq",
         n.change_reason AS reason, n.change_date AS "changeDate", n.municipality_code AS "keptUnder", coalesce(n.notified_as, n.municipality_code) AS "municipalityCode", s.stay, s.previous_municipality_code AS "previousMunicipalityCode", s.sex, s.birth_date AS "birthDate",
         s.foreign_resident AS "foreignResident", o.closed_date AS "leftOn", c.row_id IS NOT NULL AS counted,
         s.state = 'CLOSED_ERROR' AND EXISTS (SELECT FROM segment d WHERE d.person_key = n.person_key AND d.state = 'CLOSED_DEAD' AND d.closed_date < s.entry_date) AS "isAfterDeath"
       FROM change_notice n
       CROSS JOIN LATERAL (SELECT e.change_reason, e.change_date, e.person_seq ${LINEAGE} AND e.person_seq <= n.person_seq AND e.change_reason IN ${OPENING}
         ORDER BY e.person_seq DESC LIMIT 1) AS k
       -- The stay that it opened: the last such one, but for those of later entries. A rejected entry has left a stay without a notice.
       CROSS JOIN LATERAL (SELECT s.* FROM segment s WHERE s.person_key = n.person_key AND s.municipality_code = n.municipality_code AND s.entry_reason = k.change_reason
         AND s.entry_date = k.change_date ORDER BY s.stay DESC LIMIT 1
         OFFSET (SELECT count(*) ${LINEAGE} AND e.change_reason = k.change_reason AND e.change_date = k.change_date AND e.person_seq > k.person_seq)) AS s
       LEFT JOIN LATERAL (SELECT b.closed_date FROM segment b WHERE b.person_key = n.person_key AND b.municipality_code IN (s.previous_municipality_code, ${SUCCESSOR})
         AND b.entry_date <= n.change_date AND b.state <> 'CLOSED_ERROR' ORDER BY b.stay DESC LIMIT 1) AS o ON true
       LEFT JOIN counted_move c ON c.municipality_code = n.municipality_code AND c.person_key = n.person_key AND c.person_seq = n.person_seq AND c.stay = s.stay
       WHERE n.change_reason IN ${which.endsWith('CANCELLATIONS') ? "('26')" : "('11', '12', '14', '18', '22')"} AND n.${EFFECTIVE} AND NOT s.quarantined AND n.received_at < $3
         AND (n.received_at, n.notice_id) > ($1::timestamptz, $2::uuid) AND ${NOTIFIED_ON} < $5::date AND ${which.startsWith('LATE') ? DECIDED_SINCE : 'n.received_at >= $6::timestamptz'}
       ORDER BY n.received_at, n.notice_id LIMIT $4`,
      after.at, after.noticeId, receivedBefore.toISOString(), limit, notifiedBefore, since,
    );
  }

  async count(db: Db, extractId: string, moves: readonly CountedMove[]): Promise<void> {
    if (moves.length === 0) return;
    const rows = moves.map((counted) => ({ ...counted, rowId: randomUUID() }));
    await db.copyIn(`statistics_row(${ROW})`, rows.map(({ rowId, table, move }) => [
      extractId, rowId, table, move.municipalityCode, (table === 'ABROAD' ? null : move.previousMunicipalityCode) ?? '', move.sex, move.birthDate,
      move.foreignResident ? '2' : '1', move.reason, move.changeDate.slice(0, 7), 1,
    ]));
    await db.copyIn(
      'counted_move(municipality_code, person_key, person_seq, stay, extract_id, row_id)',
      rows.map(({ rowId, move }) => [move.keptUnder, move.personKey, move.personSeq, move.stay, extractId, rowId]),
    );
  }

  /** Takes back what was counted for the stays: the same rows with the other sign, once. */
  async reverse(db: Db, extractId: string, cancelled: readonly Candidate[]): Promise<void> {
    await db.run(
      `WITH turned AS (UPDATE counted_move c SET reversed_by = $1 FROM unnest($2::text[], $3::uuid[], $4::int[]) AS x (municipality_code, person_key, stay)
         WHERE c.municipality_code = x.municipality_code AND c.person_key = x.person_key AND c.stay = x.stay AND c.reversed_by IS NULL RETURNING c.extract_id, c.row_id) ${AGAIN('-1')}`,
      extractId, cancelled.map(({ keptUnder }) => keptUnder), cancelled.map(({ personKey }) => personKey), cancelled.map(({ stay }) => stay),
    );
  }

  /**
   * The dead do not move, whenever the death becomes known (JUKI-4.5.2 V3): what was counted is taken back while the entry waits or
   * when it was rejected, and counts again when the record of the death was restored. Answers the persons.
   */
  async followDeaths(db: Db, extractId: string): Promise<string[]> {
    const rows = await db.many<{ person_key: string }>(
      `WITH found AS (SELECT c.* FROM segment s JOIN counted_move c ON ${SEGMENT} WHERE s.quarantined AND c.reversed_by IS NULL
         UNION SELECT c.* FROM counted_move c WHERE c.rejected AND c.reversed_by IS NULL
         UNION SELECT c.* FROM counted_move c JOIN segment s ON ${SEGMENT} WHERE c.reversed_by IS NOT NULL AND NOT s.quarantined AND s.state <> 'CLOSED_ERROR'),
       turned AS (UPDATE counted_move c SET reversed_by = CASE WHEN c.reversed_by IS NULL THEN $1::uuid END FROM found f
         WHERE c.municipality_code = f.municipality_code AND c.person_key = f.person_key AND c.person_seq = f.person_seq AND c.stay = f.stay
         RETURNING c.person_key, c.extract_id, c.row_id, c.reversed_by),
       told AS (${AGAIN('CASE WHEN t.reversed_by IS NULL THEN 1 ELSE -1 END')})
       SELECT person_key FROM turned`,
      extractId,
    );
    return rows.map((row) => row.person_key);
  }

  /** Lines of the extract in the order of their ids, which tells nothing. */
  async lines(db: Db, extractId: string, { after, limit }: { after: string; limit: number }): Promise<{ id: string; line: string }[]> {
    return db.many(
      `SELECT r.row_id AS id, ${LINE} FROM statistics_row r JOIN statistics_extract e ON e.extract_id = r.extract_id WHERE r.extract_id = $1 AND r.row_id > $2 ORDER BY r.row_id LIMIT $3`,
      extractId, after, limit,
    );
  }
}

/** Officers rejected the entry that opened a stay: what was counted for it is for the next extract to take back. */
export async function rejectCounted(db: Db, { municipalityCode, personKey, stay }: { municipalityCode: string; personKey: string; stay: number }): Promise<void> {
  await db.run('UPDATE counted_move SET rejected = true WHERE municipality_code = $1 AND person_key = $2 AND stay = $3', municipalityCode, personKey, stay);
}
