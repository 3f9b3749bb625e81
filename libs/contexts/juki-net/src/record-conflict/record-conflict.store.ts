import type { LocalDate } from '#kernel';
import type { Db, Row } from '#platform';

/** What the register says of a case now and what the case says; one of the codes is missing where only the other stands. */
export interface ConflictNews extends Row {
  readonly caseId: string | null;
  readonly personKey: string;
  readonly version: number;
  readonly known: string[] | null;
  readonly codes: string[] | null;
}

export interface RecordConflict extends Row {
  readonly caseId: string;
  readonly personKey: string;
  readonly foundOn: string;
  readonly municipalityCodes: string[];
  readonly records: { readonly municipalityCode: string; readonly noticeId: string | null; readonly municipalSeq: number | null }[];
}

/** Records that exist, wherever they are; what waits for an officer is none (JUKI-4.5 V3). */
const OPEN = "s.state IN ('LIVE', 'OUT_PLANNED') AND NOT s.quarantined";
const NEWS = `SELECT c.case_id AS "caseId", coalesce(n.person_key, c.person_key) AS "personKey", coalesce(c.version, 0) AS version, c.municipality_codes AS known, n.codes
  FROM (SELECT p.person_key, array_agg(DISTINCT s.municipality_code ORDER BY s.municipality_code) AS codes FROM person p JOIN segment s ON s.person_key = p.person_key AND ${OPEN}
    WHERE p.next_status = 'CONFLICT' AND p.next_status_on <= $1 GROUP BY p.person_key) AS n
  FULL JOIN record_conflict c ON c.person_key = n.person_key WHERE n.codes IS DISTINCT FROM c.municipality_codes`;

/** Cases of persons with several live records, as long as the register says so. */
export class RecordConflictStore {
  async hasNews(db: Db, today: LocalDate): Promise<boolean> {
    return (await db.maybe(`${NEWS} LIMIT 1`, today)) !== undefined;
  }

  async news(db: Db, today: LocalDate, limit: number): Promise<ConflictNews[]> {
    return db.many<ConflictNews>(`${NEWS} ORDER BY 2 LIMIT $2`, today, limit);
  }

  async keep(db: Db, today: LocalDate, standing: readonly { readonly caseId: string; readonly personKey: string; readonly version: number; readonly codes: readonly string[] }[]): Promise<void> {
    if (standing.length === 0) return;
    await db.run(
      `INSERT INTO record_conflict (case_id, person_key, version, found_on, municipality_codes)
       SELECT x.case_id, x.person_key, x.version, $4, string_to_array(x.codes, ',') FROM unnest($1::uuid[], $2::uuid[], $3::int[], $5::text[]) AS x (case_id, person_key, version, codes)
       ON CONFLICT (case_id) DO UPDATE SET version = EXCLUDED.version, municipality_codes = EXCLUDED.municipality_codes`,
      standing.map(({ caseId }) => caseId), standing.map(({ personKey }) => personKey), standing.map(({ version }) => version), today, standing.map(({ codes }) => codes.join(',')),
    );
  }

  /** A case does not outlast the conflict: what is said of it afterwards is in the audit. */
  async end(db: Db, caseIds: readonly string[]): Promise<void> {
    if (caseIds.length > 0) await db.run('DELETE FROM record_conflict WHERE case_id = ANY($1::uuid[])', caseIds);
  }

  /** Cases with a record in municipalities whose codes begin with `within`, and the notices there that made those records. */
  async list(db: Db, { within, after, limit }: { within: string; after: string; limit: number }): Promise<RecordConflict[]> {
    return db.many<RecordConflict>(
      `SELECT c.case_id AS "caseId", c.person_key AS "personKey", c.found_on AS "foundOn", c.municipality_codes AS "municipalityCodes", (
         SELECT coalesce(jsonb_agg(jsonb_build_object('municipalityCode', s.municipality_code, 'noticeId', n.notice_id, 'municipalSeq', n.municipal_seq) ORDER BY s.municipality_code), '[]')
         FROM segment s LEFT JOIN LATERAL (SELECT e.notice_id, e.municipal_seq FROM change_notice e WHERE e.municipality_code = s.municipality_code AND e.person_key = s.person_key
           AND e.change_reason = s.entry_reason AND e.change_date = s.entry_date AND e.state IN ('APPLIED', 'QUARANTINED') ORDER BY e.person_seq DESC LIMIT 1) AS n ON true
         WHERE s.person_key = c.person_key AND ${OPEN} AND starts_with(s.municipality_code, $1)) AS records
       FROM record_conflict c WHERE c.case_id > $2 AND EXISTS (SELECT FROM unnest(c.municipality_codes) AS code WHERE starts_with(code, $1)) ORDER BY c.case_id LIMIT $3`,
      within, after, limit,
    );
  }
}
