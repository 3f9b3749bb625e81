import type { ProvisionMode, VerifierPurpose } from '#contracts/jpki-ca';
import type { Db, Row } from '#platform';
import { ANSWER_LIFE_MS } from '../ocsp/ocsp.js';
import { overMonths, spanOf, type Hour, type MonthStep } from './usage.js';

/** What an organisation was answered on a day. */
export interface DayUse extends Row {
  readonly day: string;
  readonly purpose: VerifierPurpose;
  readonly mode: ProvisionMode;
  readonly definitive: number;
  readonly free: number;
}

export class UsageStore {
  /** Whether anybody had access by a notification before the month ended. */
  async isAnybodyGranted(db: Db, month: string): Promise<boolean> {
    return (await db.maybe('SELECT 1 AS granted FROM known_verifier WHERE granted_at < $1 LIMIT 1', spanOf(month).to.toISOString())) !== undefined;
  }

  /**
   * Counts an hour and adds it to its day (JPKI 4.13). A definitive online answer counts unless the same verifier had one for the same serial whose
   * nextUpdate had not come; the look back by the life of an answer makes that hold across its start. Only of those who ever had a
   * notification in force. Hours come in their order, and one that was added before adds nothing.
   */
  async count(db: Db, { day, from, to }: Hour): Promise<void> {
    await db.run(
      `WITH answer AS (
           SELECT organisation, ca, mode, serial, at, mode = 'OCSP' AND status IN ('good', 'revoked') AS definitive FROM status_use
           WHERE at >= $1::timestamptz - $3::interval AND at < $2),
         judged AS (
           SELECT organisation, ca, mode, at, definitive AND at >= coalesce(date_trunc('second', lag(at) OVER earlier) + $3::interval, '-infinity') AS counts
           FROM answer WINDOW earlier AS (PARTITION BY serial, organisation, ca, definitive ORDER BY at))
       INSERT INTO usage_day (organisation, day, ca, mode, definitive, free, counted_to)
       SELECT organisation, $4::date, ca, mode, count(*) FILTER (WHERE counts), count(*) FILTER (WHERE NOT counts), $2 FROM judged
       WHERE at >= $1 AND EXISTS (SELECT FROM known_verifier v WHERE v.organisation = judged.organisation AND v.granted_at < $2) GROUP BY organisation, ca, mode
       ON CONFLICT (organisation, day, ca, mode) DO UPDATE SET definitive = usage_day.definitive + excluded.definitive, free = usage_day.free + excluded.free,
         counted_to = excluded.counted_to WHERE usage_day.counted_to < excluded.counted_to`,
      from.toISOString(), to.toISOString(), `${ANSWER_LIFE_MS} milliseconds`, day,
    );
  }

  /** Once. */
  async note(db: Db, { month, step }: MonthStep, at: Date): Promise<void> {
    await db.run('INSERT INTO usage_month (month, step, at) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING', month, step, at.toISOString());
  }

  async isCounted(db: Db, month: string): Promise<boolean> {
    return (await db.maybe("SELECT 1 FROM usage_month WHERE month = $1 AND step = 'COUNTED'", month)) !== undefined;
  }

  /** Months of which nobody needs the answers any more. */
  async over(db: Db): Promise<string[]> {
    return overMonths(await db.many<MonthStep & Row>('SELECT month, step FROM usage_month'));
  }

  /** The answers of a month that is over. */
  async drop(db: Db, month: string): Promise<void> {
    await db.run('SELECT drop_status_uses($1)', month);
  }

  /** The days of a month that is counted. */
  async ofMonth(db: Db, organisation: string, month: string): Promise<DayUse[]> {
    const { first, last } = spanOf(month);
    return db.many<DayUse>(
      `SELECT day, CASE ca WHEN 'sign' THEN 'SIGN' ELSE 'AUTH' END AS purpose, mode, definitive, free FROM usage_day
       WHERE organisation = $1 AND day BETWEEN $2 AND $3 ORDER BY day, ca, mode`,
      organisation, first, last,
    );
  }
}
