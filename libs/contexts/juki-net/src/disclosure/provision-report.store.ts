import type { Db, Row } from '#platform';
import { FEE_CLASSES, YEN_PER_LINE } from '../inquiry/grant.js';

export interface ProvisionCount extends Row {
  readonly organisation: string;
  readonly affair: string;
  readonly mode: string;
  readonly resultCode: string;
  readonly count: number;
  readonly feeYen: number;
}

export interface RefusalCount extends Row {
  readonly organisation: string;
  readonly affair: string;
  readonly code: string;
  readonly count: number;
}

/** Numbers of provisions, with the fees of immediate ones, and of refusals; no person is read. */
export class ProvisionReportStore {
  async provisions(db: Db, from: Date, until: Date): Promise<ProvisionCount[]> {
    return db.many<ProvisionCount>(
      `SELECT u.organisation, u.affair, u.mode, u.result_code AS "resultCode", count(*) AS count,
         coalesce(sum(f.yen) FILTER (WHERE u.mode LIKE 'IMMEDIATE%'), 0)::bigint AS "feeYen"
       FROM use_record u LEFT JOIN provision_grant g ON g.grant_id = u.grant_id LEFT JOIN unnest($3::text[], $4::bigint[]) AS f (class, yen) ON f.class = g.fee_class
       WHERE u.at >= $1 AND u.at < $2 GROUP BY 1, 2, 3, 4 ORDER BY 1, 2, 3, 4`,
      from.toISOString(), until.toISOString(), FEE_CLASSES, FEE_CLASSES.map((feeClass) => YEN_PER_LINE[feeClass]),
    );
  }

  /** From the audit trail, whose lines begin with their action. */
  async refused(db: Db, action: string, from: Date, until: Date): Promise<RefusalCount[]> {
    return db.many<RefusalCount>(
      `SELECT entry::json ->> 'organisation' AS organisation, coalesce(entry::json ->> 'purpose', '') AS affair, coalesce(entry::json ->> 'code', '') AS code, count(*) AS count
       FROM audit_line WHERE at >= $1 AND at < $2 AND starts_with(entry, $3) AND position('"outcome":"REFUSED"' IN entry) > 0 GROUP BY 1, 2, 3 ORDER BY 1, 2, 3`,
      from.toISOString(), until.toISOString(), `{"action":${JSON.stringify(action)}`,
    );
  }
}
