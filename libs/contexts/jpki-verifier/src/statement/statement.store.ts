import type { Db, Row } from '#platform';
import { endOf, type Granted, type StatementLine } from './statement.js';

export interface UsageStatement extends Row {
  readonly organisation: string;
  readonly month: string;
  readonly definitive: number;
  readonly amountYen: number;
  readonly issuedAt: Date;
}

export class StatementStore {
  /** The next organisation, by name, that had access by a notification before the month ended. */
  async nextNotified(db: Db, month: string, after: string): Promise<string | undefined> {
    const row = await db.maybe<{ organisation: string }>('SELECT organisation FROM verifier WHERE organisation > $1 AND granted_at < $2 ORDER BY organisation LIMIT 1', after, endOf(month).toISOString());
    return row?.organisation;
  }

  async granted(db: Db, organisation: string): Promise<Granted[]> {
    return db.many<Granted & Row>('SELECT class, granted_at AS "grantedAt" FROM verifier WHERE organisation = $1 AND granted_at IS NOT NULL', organisation);
  }

  /** False when it was issued before; then nothing changes. */
  async issue(db: Db, statement: UsageStatement, lines: readonly StatementLine[]): Promise<boolean> {
    const { organisation, month, definitive, amountYen, issuedAt } = statement;
    const issued = await db.run(
      'INSERT INTO usage_statement (organisation, month, definitive, amount_yen, issued_at) VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING',
      organisation, month, definitive, amountYen, issuedAt.toISOString(),
    );
    if (issued === 0) return false;
    await db.run(
      `INSERT INTO statement_line (organisation, month, purpose, mode, definitive, free, amount_yen)
       SELECT $1, $2, * FROM unnest($3::text[], $4::text[], $5::bigint[], $6::bigint[], $7::bigint[])`,
      organisation, month, lines.map(({ purpose }) => purpose), lines.map(({ mode }) => mode), lines.map((line) => line.definitive), lines.map(({ free }) => free),
      lines.map((line) => line.amountYen),
    );
    return true;
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
    return db.many<StatementLine & Row>(
      `SELECT purpose, mode, definitive, free, amount_yen AS "amountYen" FROM statement_line WHERE organisation = $1 AND month = $2 ORDER BY purpose DESC, mode`,
      organisation, month,
    );
  }
}
