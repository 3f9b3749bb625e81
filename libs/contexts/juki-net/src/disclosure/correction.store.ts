import type { Db } from '#platform';

/** Which error reports the requests for disclosure led to. */
export class CorrectionStore {
  async add(db: Db, requestId: string, reportId: string): Promise<void> {
    await db.run('INSERT INTO disclosure_correction (request_id, report_id) VALUES ($1, $2)', requestId, reportId);
  }

  async reportsOf(db: Db, requestId: string): Promise<string[]> {
    const rows = await db.many<{ report_id: string }>('SELECT report_id FROM disclosure_correction WHERE request_id = $1 ORDER BY report_id', requestId);
    return rows.map((row) => row.report_id);
  }
}
