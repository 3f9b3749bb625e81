import type { Db } from '#platform';
import type { LedgerHead } from './ledger-head.js';

export interface OwnHead extends LedgerHead, Record<string, unknown> {
  readonly ledgerId: string;
  readonly neverIssued: number;
}

/** The head of the ledger in the database. */
export class LedgerHeadStore {
  async read(db: Db): Promise<OwnHead> {
    return db.one<OwnHead>('SELECT ledger_id AS "ledgerId", drawn, never_issued AS "neverIssued", mark FROM ledger_head');
  }

  /** Counts what was drawn; the last statement of a drawing transaction, since all of them meet in this row. */
  async advance(db: Db, numbers: number): Promise<void> {
    if (numbers > 0) await db.run('UPDATE ledger_head SET drawn = drawn + $1, mark = gen_random_uuid()', numbers);
  }

  /** Numbers that came back into the ledger; the mark stays behind until all have come. */
  async regain(db: Db, numbers: number): Promise<OwnHead> {
    await db.run('UPDATE ledger_head SET drawn = drawn + $1', numbers);
    return this.read(db);
  }

  async adopt(db: Db, kept: LedgerHead, neverIssued: number): Promise<void> {
    await db.run('UPDATE ledger_head SET drawn = $1, mark = $2, never_issued = never_issued + $3', kept.drawn, kept.mark, neverIssued);
  }

  /** A finding without a pass, and so without a job, which halts drawing; false when another process has noted it. */
  async haltForGenerator(db: Db, runId: string, at: Date): Promise<boolean> {
    const noted = await db.run(
      `INSERT INTO uniqueness_run (run_id, state, job_id, violations, started_at, ended_at)
       VALUES ($1, 'VIOLATED', $1, '{"GENERATOR_FAULT": 1}', $2, $2) ON CONFLICT DO NOTHING`,
      runId, at.toISOString(),
    );
    return noted === 1;
  }

  /** The finding of a violation that no two officers have cleared. */
  async haltingRun(db: Db): Promise<string | undefined> {
    const row = await db.maybe<{ run_id: string }>("SELECT run_id FROM uniqueness_run WHERE state = 'VIOLATED' LIMIT 1");
    return row?.run_id;
  }
}
