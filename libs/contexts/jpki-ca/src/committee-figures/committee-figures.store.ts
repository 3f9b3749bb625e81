import type { CommitteeTopic } from '#contracts/jpki-ca';
import type { Db, Row } from '#platform';

export interface CommitteeCount {
  readonly topic: CommitteeTopic;
  readonly name: string;
  readonly count: number;
}

/** $1, $2: first instant of the month and of the next one, $3: the month. */
const QUESTIONS: Readonly<Record<CommitteeTopic, string>> = {
  ISSUES: 'SELECT type AS name, count(*) AS count FROM certificate WHERE issued_at >= $1 AND issued_at < $2 GROUP BY type',
  REVOCATIONS: "SELECT cause AS name, count(*) AS count FROM revocation_record WHERE recorded_at >= $1 AND recorded_at < $2 AND kind <> 'RELEASE' AND cause <> 'HOLD' GROUP BY cause",
  // Of the class of its last notification; whoever has none asks as an institution of the law.
  PROVISION_REQUESTS: `SELECT coalesce((SELECT v.class FROM known_verifier v WHERE v.organisation = u.organisation ORDER BY v.id DESC LIMIT 1), 'WITHOUT_NOTIFICATION') AS name,
      sum(u.definitive + u.free)::bigint AS count FROM usage_day u WHERE to_char(u.day, 'YYYY-MM') = $3 AND u.day >= ($3 || '-01')::date GROUP BY 1`,
  INCIDENTS: `SELECT 'LIST_FAILED' AS name, count(*) AS count FROM crl_issue WHERE state = 'FAILED' AND this_update >= $1 AND this_update < $2 HAVING count(*) > 0
    UNION ALL SELECT 'CERTIFICATE_UNDELIVERED', count(*) FROM revocation_record WHERE cause = 'WRITE_FAILED' AND recorded_at >= $1 AND recorded_at < $2 HAVING count(*) > 0
    UNION ALL SELECT 'LINT_FAILED', count(*) FROM lint_finding WHERE found_at >= $1 AND found_at < $2 HAVING count(*) > 0
    UNION ALL SELECT 'KEY_COMPROMISED', count(*) FROM ca_key_generation WHERE state IN ('COMPROMISED', 'CLOSED') AND reported_by IS NOT NULL AND out_of_use_at >= $1 AND out_of_use_at < $2
      HAVING count(*) > 0`,
  ACCESS_REVIEWS: `SELECT 'TRAIL_VERIFIED' AS name, count(*) AS count FROM job WHERE kind = 'verify-audit-segments' AND ended_at >= $1 AND ended_at < $2 AND state = 'SUCCEEDED' HAVING count(*) > 0
    UNION ALL SELECT 'RECORD_DISCLOSED', count(*) FROM record_disclosure WHERE confirmed_at >= $1 AND confirmed_at < $2 HAVING count(*) > 0
    UNION ALL SELECT 'SEGMENT_ARCHIVED', count(*) FROM audit_segment WHERE archived_at >= $1 AND archived_at < $2 HAVING count(*) > 0`,
};
const TOPICS = Object.keys(QUESTIONS) as CommitteeTopic[];

/** Numbers for the committee (JPKI-3.16); no person is read. */
export class CommitteeFiguresStore {
  async counts(db: Db, { month, from, to }: { month: string; from: Date; to: Date }): Promise<CommitteeCount[]> {
    const counts: CommitteeCount[] = [];
    for (const topic of TOPICS) {
      const rows = await db.many<{ name: string; count: number } & Row>(
        `WITH month AS (SELECT $1::timestamptz, $2::timestamptz, $3::text) SELECT name, count FROM (${QUESTIONS[topic]}) AS found ORDER BY name`, from.toISOString(), to.toISOString(), month,
      );
      counts.push(...rows.map((row) => ({ ...row, topic })));
    }
    return counts;
  }

  async isCounted(db: Db, month: string): Promise<boolean> {
    return (await db.maybe("SELECT 1 FROM usage_month WHERE month = $1 AND step = 'COUNTED'", month)) !== undefined;
  }
}
