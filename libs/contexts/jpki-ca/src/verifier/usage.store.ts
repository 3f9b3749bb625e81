import type { ProvisionMode } from '#contracts/jpki-ca';
import type { Db, Row } from '#platform';
import type { CaId } from '../ca/ca.js';
import { ANSWER_LIFE_MS } from '../ocsp/ocsp.js';
import { overMonths, spanOf, type CountedUse, type Hour, type MonthStep, type StatementLine } from './usage.js';

/** What a verifier was answered in an hour. */
export interface HourUse extends CountedUse, Row {
  readonly organisation: string;
  readonly ca: CaId;
  readonly mode: ProvisionMode;
  readonly free: number;
}

export interface UsageStatement extends Row {
  readonly organisation: string;
  readonly month: string;
  readonly definitive: number;
  readonly amountYen: number;
  readonly issuedAt: Date;
}

const PURPOSE = "CASE ca WHEN 'sign' THEN 'SIGN' ELSE 'AUTH' END";

export class UsageStore {
  /** Whether anybody had access to production by the end of the month. */
  async isAnybodyGranted(db: Db, month: string): Promise<boolean> {
    return (await db.maybe('SELECT 1 AS granted FROM verifier WHERE granted_at < $1 LIMIT 1', spanOf(month).to.toISOString())) !== undefined;
  }

  /**
   * Counts an hour (JPKI 4.13). A definitive online answer counts unless the same verifier had one for the same serial whose
   * nextUpdate had not come; the look back by the life of an answer makes that hold across its start. Only of those who ever had a
   * notification in force.
   */
  async count(db: Db, { from, to }: Hour): Promise<HourUse[]> {
    return db.many<HourUse>(
      `WITH answer AS (
           SELECT organisation, ca, mode, serial, at, mode = 'OCSP' AND status IN ('good', 'revoked') AS definitive FROM status_use
           WHERE at >= $1::timestamptz - $3::interval AND at < $2),
         judged AS (
           SELECT organisation, ca, mode, at, definitive AND at >= coalesce(date_trunc('second', lag(at) OVER earlier) + $3::interval, '-infinity') AS counts
           FROM answer WINDOW earlier AS (PARTITION BY serial, organisation, ca, definitive ORDER BY at)),
         counted AS (
           SELECT organisation, ca, mode, count(*) FILTER (WHERE counts) AS definitive, count(*) FILTER (WHERE NOT counts) AS free FROM judged WHERE at >= $1
           GROUP BY organisation, ca, mode)
       SELECT c.organisation, v.class, c.ca, ${PURPOSE} AS purpose, c.mode, c.definitive, c.free FROM counted c
       JOIN LATERAL (SELECT class FROM verifier WHERE organisation = c.organisation AND granted_at < $2 ORDER BY granted_at DESC LIMIT 1) v ON true`,
      from.toISOString(), to.toISOString(), `${ANSWER_LIFE_MS} milliseconds`,
    );
  }

  /** Once. */
  async note(db: Db, { month, step }: MonthStep, at: Date): Promise<void> {
    await db.run('INSERT INTO usage_month (month, step, at) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING', month, step, at.toISOString());
  }

  /** Months of which nobody needs the answers any more. */
  async over(db: Db): Promise<string[]> {
    return overMonths(await db.many<MonthStep & Row>('SELECT month, step FROM usage_month'));
  }

  /** The answers of a month that is over. */
  async drop(db: Db, month: string): Promise<void> {
    await db.run('SELECT drop_status_uses($1)', month);
  }

  /** Adds an hour to its day; hours come in their order, and one that was added before adds nothing. */
  async add(db: Db, { day, to }: Hour, uses: readonly (HourUse & { readonly amountYen: number })[]): Promise<void> {
    await db.run(
      `INSERT INTO usage_day (organisation, day, ca, mode, definitive, free, amount_yen, counted_to)
       SELECT organisation, $1, ca, mode, definitive, free, amount, $8
       FROM unnest($2::text[], $3::text[], $4::text[], $5::bigint[], $6::bigint[], $7::bigint[]) AS used (organisation, ca, mode, definitive, free, amount)
       ON CONFLICT (organisation, day, ca, mode) DO UPDATE SET definitive = usage_day.definitive + excluded.definitive, free = usage_day.free + excluded.free,
         amount_yen = usage_day.amount_yen + excluded.amount_yen, counted_to = excluded.counted_to WHERE usage_day.counted_to < excluded.counted_to`,
      day, uses.map(({ organisation }) => organisation), uses.map(({ ca }) => ca), uses.map(({ mode }) => mode), uses.map(({ definitive }) => definitive),
      uses.map(({ free }) => free), uses.map(({ amountYen }) => amountYen), to.toISOString(),
    );
  }

  /** Returns those that were not issued before. */
  async issue(db: Db, month: string, at: Date): Promise<UsageStatement[]> {
    const { first, last } = spanOf(month);
    return db.many<UsageStatement>(
      `INSERT INTO usage_statement (organisation, month, definitive, amount_yen, issued_at)
       SELECT organisation, $1, sum(definitive), sum(amount_yen), $4 FROM usage_day WHERE day BETWEEN $2 AND $3 GROUP BY organisation ORDER BY organisation
       ON CONFLICT DO NOTHING RETURNING organisation, month, definitive, amount_yen AS "amountYen", issued_at AS "issuedAt"`,
      month, first, last, at.toISOString(),
    );
  }

  /** The newest first. */
  async statements(db: Db, organisation: string, limit: number): Promise<UsageStatement[]> {
    return db.many<UsageStatement>(
      `SELECT organisation, month, definitive, amount_yen AS "amountYen", issued_at AS "issuedAt" FROM usage_statement WHERE organisation = $1
       ORDER BY month DESC LIMIT $2`,
      organisation, limit,
    );
  }

  async isIssued(db: Db, organisation: string, month: string): Promise<boolean> {
    return (await db.maybe('SELECT 1 AS issued FROM usage_statement WHERE organisation = $1 AND month = $2', organisation, month)) !== undefined;
  }

  async lines(db: Db, organisation: string, month: string): Promise<StatementLine[]> {
    const { first, last } = spanOf(month);
    return db.many<StatementLine & Row>(
      `SELECT ${PURPOSE} AS purpose, mode, sum(definitive)::bigint AS definitive, sum(free)::bigint AS free, sum(amount_yen)::bigint AS "amountYen" FROM usage_day
       WHERE organisation = $1 AND day BETWEEN $2 AND $3 GROUP BY ca, mode ORDER BY ca DESC, mode`,
      organisation, first, last,
    );
  }
}
