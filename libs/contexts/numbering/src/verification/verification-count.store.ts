import type { Db, Row } from '#platform';

export interface HourCount {
  readonly asked: number;
  readonly missed: number;
}

/** Counts in the database, so that neither a restart nor a second replica forgets a guess. */
export class VerificationCountStore {
  /** Counts a question as asked and missed; gives the counts of the client's hour with it. */
  async count(db: Db, client: string, hour: Date): Promise<HourCount> {
    return db.one<HourCount & Row>(
      `INSERT INTO verification_count AS c (client, hour, asked, missed) VALUES ($1, $2, 1, 1)
       ON CONFLICT (client) DO UPDATE SET hour = excluded.hour, asked = CASE WHEN c.hour = excluded.hour THEN c.asked ELSE 0 END + 1,
         missed = CASE WHEN c.hour = excluded.hour THEN c.missed ELSE 0 END + 1 RETURNING asked, missed`,
      client, hour.toISOString(),
    );
  }

  /** The question was no miss. */
  async matched(db: Db, client: string, hour: Date): Promise<void> {
    await db.run('UPDATE verification_count SET missed = missed - 1 WHERE client = $1 AND hour = $2', client, hour.toISOString());
  }
}
