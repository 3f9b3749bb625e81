import type { Db, Row } from '#platform';

export interface ProvisionCount extends Row {
  readonly organisation: string;
  readonly affair: string;
  readonly mode: string;
  readonly resultCode: string;
  readonly count: number;
}

export interface RefusalCount extends Row {
  readonly organisation: string;
  readonly affair: string;
  readonly code: string;
  readonly count: number;
}

/** Numbers of provisions and refusals; no person is read. */
export class ProvisionReportStore {
  async provisions(db: Db, from: Date, until: Date): Promise<ProvisionCount[]> {
    return db.many<ProvisionCount>(
      `SELECT organisation, affair, mode, result_code AS "resultCode", count(*) AS count FROM use_record WHERE at >= $1 AND at < $2
       GROUP BY organisation, affair, mode, result_code ORDER BY organisation, affair, mode, result_code`,
      from.toISOString(), until.toISOString(),
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
