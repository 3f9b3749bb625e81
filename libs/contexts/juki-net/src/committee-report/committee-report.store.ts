import { addDays, type LocalDate, startOfDayInJapan } from '#kernel';
import type { Db, Row } from '#platform';

export interface Count extends Row {
  readonly name: string;
  readonly state: string;
  readonly count: number;
}

export interface ProvisionSum extends Row {
  readonly organisation: string;
  readonly affair: string;
  readonly provided: number;
  readonly refused: number;
}

export interface ReconciliationSum extends Row {
  readonly runs: number;
  readonly records: number;
}

/** $1, $2: first and last day; $3, $4: the instants between which they lie. */
const QUESTIONS = {
  provisions: "SELECT mode AS name, 'PROVIDED' AS state, sum(provided)::bigint AS count FROM query_log WHERE day BETWEEN $1 AND $2 GROUP BY mode",
  refusals: "SELECT mode AS name, 'REFUSED' AS state, sum(refused)::bigint AS count FROM query_log WHERE day BETWEEN $1 AND $2 GROUP BY mode HAVING sum(refused) > 0",
  logAlerts: 'SELECT kind AS name, state, count(*) AS count FROM log_alert WHERE day BETWEEN $1 AND $2 GROUP BY kind, state',
  differences: 'SELECT class AS name, state, count(*) AS count FROM reconciliation_difference WHERE found_on BETWEEN $1 AND $2 GROUP BY class, state',
  disclosures: "SELECT kind AS name, coalesce(outcome, state) AS state, count(*) AS count FROM disclosure_request WHERE received_on BETWEEN $1 AND $2 GROUP BY 1, 2",
  supportMeasures: "SELECT 'SUPPORT_MEASURE' AS name, state, count(*) AS count FROM support_case WHERE changed_at >= $3 AND changed_at < $4 GROUP BY state",
  grants: "SELECT affair AS name, state, count(*) AS count FROM provision_grant WHERE valid_from BETWEEN $1 AND $2 AND approved_by IS NOT NULL GROUP BY affair, state",
  incidents: `SELECT 'ABUSE_CONFIRMED' AS name, 'CONFIRMED' AS state, count(*) AS count FROM log_alert
      WHERE state = 'ABUSE_CONFIRMED' AND found_at >= $3 AND found_at < $4 HAVING count(*) > 0
    UNION ALL SELECT 'CODE_CONFLICT', state, count(*) FROM code_conflict WHERE state <> 'DISMISSED' AND changed_at >= $3 AND changed_at < $4 GROUP BY state`,
} as const;
export type CommitteeTopic = keyof typeof QUESTIONS;
export const COMMITTEE_TOPICS: readonly CommitteeTopic[] = ['provisions', 'refusals', 'logAlerts', 'differences', 'disclosures', 'supportMeasures', 'grants', 'incidents'];

/** Numbers for reports; no person is read. Those of provisions are of the days whose log is closed. */
export class CommitteeReportStore {
  async counts(db: Db, topic: CommitteeTopic, from: LocalDate, to: LocalDate): Promise<Count[]> {
    return db.many<Count>(`SELECT name, state, count FROM (${typed(QUESTIONS[topic])}) AS found ORDER BY name, state`, ...period(from, to));
  }

  async reconciliations(db: Db, from: LocalDate, to: LocalDate): Promise<ReconciliationSum> {
    return db.one<ReconciliationSum>(
      typed(`SELECT count(*) AS runs, coalesce(sum(records), 0)::bigint AS records FROM reconciliation
        WHERE state = 'COMPLETED' AND completed_at >= $3 AND completed_at < $4`),
      ...period(from, to),
    );
  }

  /** Last day whose log is closed, if any. */
  async closedUntil(db: Db): Promise<string | undefined> {
    const row = await db.maybe<{ value: string }>("SELECT value FROM cursor WHERE name = 'schedule:log-alert.close-day' AND value <> ''");
    return row?.value;
  }

  async ofNationalOrgans(db: Db, from: LocalDate, to: LocalDate): Promise<ProvisionSum[]> {
    return db.many<ProvisionSum>(
      `SELECT organisation, affair, sum(provided)::bigint AS provided, sum(refused)::bigint AS refused FROM query_log
       WHERE day BETWEEN $1 AND $2 AND institution = 'national-agency' GROUP BY organisation, affair ORDER BY organisation, affair`,
      from, to,
    );
  }
}

/** Every question takes the whole period, of which it may need but the days or the instants. */
function typed(question: string): string {
  return `WITH period AS (SELECT $1::date, $2::date, $3::timestamptz, $4::timestamptz) ${question}`;
}

function period(from: LocalDate, to: LocalDate): string[] {
  return [from, to, startOfDayInJapan(from).toISOString(), startOfDayInJapan(addDays(to, 1)).toISOString()];
}
