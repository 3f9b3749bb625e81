import type { LocalDate } from '#kernel';
import { uuidv7, type Db, type FieldCipher, type Row } from '#platform';
import { type DifferenceState, dueDay } from '../reconciliation/difference.js';
import type { DifferenceClass } from '../reconciliation/reconciliation.js';
import { chainClass, type ChainExplanation, type ChainRunState, type TwoCopies } from './chain.js';

export interface ChainRun extends Row {
  readonly runId: string;
  readonly prefecture: string;
  readonly state: ChainRunState;
  readonly asOf: LocalDate;
  readonly jobId: string;
  readonly compared: number | null;
  readonly openedAt: Date;
  readonly completedAt: Date | null;
}

export interface ChainDifference extends TwoCopies {
  readonly differenceId: string;
  readonly prefecture: string;
  readonly residentCode: string;
  readonly class: DifferenceClass;
  readonly state: DifferenceState;
  readonly explanation: ChainExplanation | null;
  readonly foundOn: LocalDate;
  readonly dueOn: LocalDate;
}

/** Where a page of the national copy ends. */
export interface NationalPlace {
  readonly municipality: string;
  readonly person: string;
}

const RUN = 'run_id AS "runId", prefecture, state, as_of AS "asOf", job_id AS "jobId", compared, opened_at AS "openedAt", completed_at AS "completedAt"';
const DIFFERENCE = `difference_id AS "differenceId", prefecture, municipality_code AS "municipalityCode", person_key AS "personKey", stay, class,
  prefecture_version AS "prefectureVersion", national_version AS "nationalVersion", state, explanation, found_on AS "foundOn", due_on AS "dueOn"`;
/** A record whose planned move-out has come is no longer kept by the municipality (JUKI-3.2). */
const present = (record: string): string => `(${record}.state = 'LIVE' OR (${record}.state = 'OUT_PLANNED' AND ${record}.closed_date > $2::date))`;
const contentOf = (record: string): string =>
  ['name_kanji', 'name_kana', 'alias_name', 'birth_date', 'sex', 'address', 'town_code', 'postal_code', 'former_surname'].map((item) => `${record}.${item}`).join(', ');
const LAST_NOTICE = `LEFT JOIN LATERAL (SELECT c.person_seq, c.change_reason, c.change_date FROM change_notice c
  WHERE c.municipality_code = s.municipality_code AND c.person_key = s.person_key AND c.state IN ('APPLIED', 'QUARANTINED') ORDER BY c.person_seq DESC LIMIT 1) AS n ON true`;

/** Runs between a prefecture's copy and the national one. Each statement sees both copies at one moment, so that no notice under way is a difference. */
export class ChainStore {
  constructor(private readonly cipher: FieldCipher) {}

  /** Begins a run in the place of the one under way. */
  async open(db: Db, run: Pick<ChainRun, 'runId' | 'prefecture' | 'asOf' | 'jobId' | 'openedAt'>): Promise<void> {
    await db.run('SELECT pg_advisory_xact_lock(hashtextextended($1, 0))', `prefecture-run/${run.prefecture}`);
    await db.run("UPDATE prefecture_run SET state = 'ABANDONED' WHERE prefecture = $1 AND state = 'COMPARING'", run.prefecture);
    await db.run(
      "INSERT INTO prefecture_run (run_id, prefecture, state, as_of, job_id, opened_at) VALUES ($1, $2, 'COMPARING', $3, $4, $5)",
      run.runId, run.prefecture, run.asOf, run.jobId, run.openedAt.toISOString(),
    );
  }

  async find(db: Db, runId: string): Promise<ChainRun | undefined> {
    return db.maybe<ChainRun>(`SELECT ${RUN} FROM prefecture_run WHERE run_id = $1`, runId);
  }

  async lock(db: Db, runId: string): Promise<ChainRun | undefined> {
    return db.maybe<ChainRun>(`SELECT ${RUN} FROM prefecture_run WHERE run_id = $1 FOR UPDATE`, runId);
  }

  async complete(db: Db, runId: string, compared: number, at: Date): Promise<void> {
    await db.run("UPDATE prefecture_run SET state = 'COMPLETED', compared = $2, completed_at = $3 WHERE run_id = $1", runId, compared, at.toISOString());
  }

  /** Prefectures that have present records. */
  async peopled(db: Db, prefectures: readonly string[]): Promise<string[]> {
    const rows = await db.many<{ prefecture: string }>(
      `SELECT prefecture FROM unnest($1::text[]) AS prefecture
       WHERE EXISTS (SELECT FROM segment s WHERE s.municipality_code BETWEEN prefecture || '0000' AND prefecture || '9999' AND s.state IN ('LIVE', 'OUT_PLANNED'))`,
      prefectures,
    );
    return rows.map((row) => row.prefecture);
  }

  async count(db: Db, prefecture: string): Promise<number> {
    const { records } = await db.one<{ records: number }>('SELECT count(*) AS records FROM prefecture_record WHERE prefecture = $1', prefecture);
    return records;
  }

  /** The person with whom a page of the prefecture's copy ends; none when the rest is no full page. */
  async copyPageEnd(db: Db, prefecture: string, after: string, most: number): Promise<string | undefined> {
    const row = await db.maybe<{ person: string }>(
      'SELECT person_key AS person FROM prefecture_record WHERE prefecture = $1 AND person_key > $2 ORDER BY person_key OFFSET $3 LIMIT 1', prefecture, after, most - 1,
    );
    return row?.person;
  }

  /** What a page of the prefecture's copy has otherwise than the national one, and how many records it has. */
  async compareCopy(db: Db, { prefecture, asOf }: ChainRun, page: { after: string; upTo: string }): Promise<{ records: number; differing: TwoCopies[] }> {
    const differing = await db.many<TwoCopies & Row>(
      `SELECT r.municipality_code AS "municipalityCode", r.person_key AS "personKey", r.stay,
         CASE WHEN ${present('r')} THEN r.record_version END AS "prefectureVersion", CASE WHEN ${present('s')} THEN coalesce(n.person_seq, 0) END AS "nationalVersion"
       FROM prefecture_record r LEFT JOIN segment s ON s.person_key = r.person_key AND s.municipality_code = r.municipality_code AND s.stay = r.stay
       LEFT JOIN person p ON p.person_key = s.person_key ${LAST_NOTICE}
       WHERE r.prefecture = $1 AND r.person_key > $3 AND r.person_key <= $4 AND (${present('r')} OR ${present('s')})
         AND (${present('r')}, r.record_version, r.change_reason, r.change_date, r.resident_code, ${contentOf('r')}) IS DISTINCT FROM
           (${present('s')}, coalesce(n.person_seq, 0), coalesce(n.change_reason, s.entry_reason), coalesce(n.change_date, s.entry_date), p.resident_code,
             ${contentOf('s')})`,
      prefecture, asOf, page.after, page.upTo,
    );
    const { records } = await db.one<{ records: number }>(
      'SELECT count(*) AS records FROM prefecture_record WHERE prefecture = $1 AND person_key > $2 AND person_key <= $3', prefecture, page.after, page.upTo,
    );
    return { records, differing };
  }

  /** Where a page of the prefecture's municipalities in the national copy ends. */
  async nationalPageEnd(db: Db, prefecture: string, after: NationalPlace, most: number): Promise<NationalPlace | undefined> {
    return db.maybe<NationalPlace & Row>(
      `SELECT municipality_code AS municipality, person_key AS person FROM segment WHERE state IN ('LIVE', 'OUT_PLANNED')
         AND municipality_code BETWEEN $1 || '0000' AND $1 || '9999' AND (municipality_code, person_key) > ($2, $3::uuid)
       ORDER BY municipality_code, person_key OFFSET $4 LIMIT 1`,
      prefecture, after.municipality, after.person, most - 1,
    );
  }

  /** What the prefecture's copy has not at all. */
  async compareNational(db: Db, { prefecture, asOf }: ChainRun, page: { after: NationalPlace; upTo: NationalPlace }): Promise<TwoCopies[]> {
    const { after, upTo } = page;
    return db.many<TwoCopies & Row>(
      `SELECT s.municipality_code AS "municipalityCode", s.person_key AS "personKey", s.stay, NULL::integer AS "prefectureVersion", coalesce(n.person_seq, 0) AS "nationalVersion"
       FROM segment s ${LAST_NOTICE}
       WHERE s.state IN ('LIVE', 'OUT_PLANNED') AND ${present('s')}
         AND (s.municipality_code, s.person_key) > ($3, $4::uuid) AND (s.municipality_code, s.person_key) <= ($5, $6::uuid)
         AND NOT EXISTS (SELECT FROM prefecture_record r
           WHERE r.prefecture = $1 AND r.person_key = s.person_key AND r.municipality_code = s.municipality_code AND r.stay = s.stay)`,
      prefecture, asOf, after.municipality, after.person, upTo.municipality, upTo.person,
    );
  }

  /** Keeps what a run found: a new difference is open; one that stands stays as it is, unless it is of another class now. */
  async record(db: Db, { runId, prefecture }: ChainRun, today: LocalDate, found: readonly TwoCopies[]): Promise<void> {
    await db.run(
      `INSERT INTO prefecture_difference AS d
         (difference_id, prefecture, run_id, municipality_code, person_key, stay, class, prefecture_version, national_version, state, found_on, due_on)
       SELECT f.id, $1, $2, f.municipality_code, f.person_key, f.stay, f.class, f.below, f.above, 'OPEN', $3, $4
       FROM unnest($5::uuid[], $6::text[], $7::uuid[], $8::smallint[], $9::text[], $10::int[], $11::int[])
         AS f (id, municipality_code, person_key, stay, class, below, above)
       ON CONFLICT (prefecture, municipality_code, person_key, stay) WHERE state <> 'RESOLVED' DO UPDATE SET
         run_id = EXCLUDED.run_id, class = EXCLUDED.class, prefecture_version = EXCLUDED.prefecture_version, national_version = EXCLUDED.national_version,
         state = CASE d.class WHEN EXCLUDED.class THEN d.state ELSE 'OPEN' END,
         explanation = CASE d.class WHEN EXCLUDED.class THEN d.explanation END,
         due_on = CASE WHEN d.class <> EXCLUDED.class AND d.state = 'EXPLAINED' THEN EXCLUDED.due_on ELSE d.due_on END`,
      prefecture, runId, today, dueDay(today), found.map(() => uuidv7()), found.map(({ municipalityCode }) => municipalityCode), found.map(({ personKey }) => personKey),
      found.map(({ stay }) => stay), found.map(chainClass), found.map(({ prefectureVersion }) => prefectureVersion), found.map(({ nationalVersion }) => nationalVersion),
    );
  }

  /** What the run did not find is gone. */
  async resolveOthers(db: Db, { runId, prefecture }: ChainRun): Promise<number> {
    return db.run("UPDATE prefecture_difference SET state = 'RESOLVED' WHERE prefecture = $1 AND run_id <> $2 AND state <> 'RESOLVED'", prefecture, runId);
  }

  async counts(db: Db, runId: string, today: LocalDate): Promise<{ class: DifferenceClass; found: number; open: number; overdue: number }[]> {
    return db.many(
      `SELECT class, count(*) AS found, count(*) FILTER (WHERE state = 'OPEN') AS open, count(*) FILTER (WHERE state = 'OPEN' AND due_on < $2) AS overdue
       FROM prefecture_difference WHERE run_id = $1 GROUP BY class ORDER BY class`,
      runId, today,
    );
  }

  async page(db: Db, runId: string, { after, limit }: { after: string; limit: number }): Promise<ChainDifference[]> {
    const rows = await db.many<Omit<ChainDifference, 'residentCode'> & { sealed: Buffer | null }>(
      `SELECT d.*, coalesce(r.resident_code, p.resident_code) AS sealed
       FROM (SELECT ${DIFFERENCE} FROM prefecture_difference WHERE run_id = $1 AND difference_id > $2 ORDER BY difference_id LIMIT $3) AS d
       LEFT JOIN prefecture_record r ON r.prefecture = d.prefecture AND r.person_key = d."personKey" AND r.municipality_code = d."municipalityCode" AND r.stay = d.stay
       LEFT JOIN person p ON p.person_key = d."personKey" ORDER BY d."differenceId"`,
      runId, after, limit,
    );
    return rows.map(({ sealed, ...rest }) => ({ ...rest, residentCode: sealed === null ? '' : this.cipher.decrypt('person.resident_code', sealed) }));
  }

  async lockDifference(db: Db, differenceId: string): Promise<Omit<ChainDifference, 'residentCode'> | undefined> {
    return db.maybe<Omit<ChainDifference, 'residentCode'> & Row>(`SELECT ${DIFFERENCE} FROM prefecture_difference WHERE difference_id = $1 FOR UPDATE`, differenceId);
  }

  async explain(db: Db, differenceId: string, explanation: ChainExplanation): Promise<void> {
    await db.run("UPDATE prefecture_difference SET state = 'EXPLAINED', explanation = $2 WHERE difference_id = $1", differenceId, explanation);
  }
}
