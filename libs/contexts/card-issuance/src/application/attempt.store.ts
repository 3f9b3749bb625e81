import type { Db } from '#platform';

const HOUR = 3_600_000;

/** How often something was tried within the hour that began with the first try. */
export class AttemptStore {
  /** Counts one more try; gives the number with it. */
  async count(db: Db, what: string, client: string, now: Date): Promise<number> {
    const { tries } = await db.one<{ tries: number }>(
      `INSERT INTO attempt_count (what, client, since, tries) VALUES ($1, $2, $3, 1)
       ON CONFLICT (what, client) DO UPDATE SET tries = CASE WHEN attempt_count.since <= $4 THEN 1 ELSE attempt_count.tries + 1 END,
         since = CASE WHEN attempt_count.since <= $4 THEN excluded.since ELSE attempt_count.since END
       RETURNING tries`,
      what, client, now.toISOString(), hourBefore(now),
    );
    return tries;
  }

  async counted(db: Db, what: string, client: string, now: Date): Promise<number> {
    return (await db.maybe<{ tries: number }>('SELECT tries FROM attempt_count WHERE what = $1 AND client = $2 AND since > $3', what, client, hourBefore(now)))?.tries ?? 0;
  }

  async forget(db: Db, now: Date): Promise<void> {
    await db.run('DELETE FROM attempt_count WHERE since <= $1', hourBefore(now));
  }
}

function hourBefore(now: Date): string {
  return new Date(now.getTime() - HOUR).toISOString();
}
