import type { Db, Row } from '#platform';
import type { RunState, Violations } from './uniqueness.js';

export interface UniquenessRun extends Row {
  readonly runId: string;
  readonly state: RunState;
  readonly jobId: string;
  readonly ledgerRows: number;
  readonly linkRows: number;
  readonly assignmentRows: number;
  readonly violations: Violations;
  readonly clearanceBy: string | null;
  readonly startedAt: Date;
  readonly endedAt: Date | null;
}

const RUN = `SELECT run_id AS "runId", state, job_id AS "jobId", ledger_rows AS "ledgerRows", link_rows AS "linkRows", assignment_rows AS "assignmentRows", violations,
  clearance_by AS "clearanceBy", started_at AS "startedAt", ended_at AS "endedAt" FROM uniqueness_run`;

/** Passes and what they found. */
export class UniquenessRunStore {
  /** Whoever begins a pass waits for each other here. */
  async running(db: Db): Promise<UniquenessRun | undefined> {
    await db.run("SELECT pg_advisory_xact_lock(hashtextextended('numbering/uniqueness-run', 0))");
    return db.maybe<UniquenessRun>(`${RUN} WHERE state = 'RUNNING' AND job_id IN (SELECT id FROM job WHERE state IN ('QUEUED', 'RUNNING')) ORDER BY run_id DESC LIMIT 1`);
  }

  /** Begins a pass; of one that was cancelled or failed nothing stays but its row. */
  async add(db: Db, run: { runId: string; jobId: string; at: Date }): Promise<void> {
    await db.run('DELETE FROM uniqueness_number');
    await db.run("INSERT INTO uniqueness_run (run_id, state, job_id, started_at) VALUES ($1, 'RUNNING', $2, $3)", run.runId, run.jobId, run.at.toISOString());
  }

  async find(db: Db, runId: string): Promise<UniquenessRun | undefined> {
    return db.maybe<UniquenessRun>(`${RUN} WHERE run_id = $1`, runId);
  }

  async lock(db: Db, runId: string): Promise<UniquenessRun | undefined> {
    return db.maybe<UniquenessRun>(`${RUN} WHERE run_id = $1 FOR UPDATE`, runId);
  }

  /** The latest first; version 7 ids are in the order of their time. */
  async list(db: Db, page: { before: string; limit: number }): Promise<UniquenessRun[]> {
    return db.many<UniquenessRun>(`${RUN} WHERE run_id < $1 ORDER BY run_id DESC LIMIT $2`, page.before, page.limit);
  }

  async record(db: Db, run: Pick<UniquenessRun, 'runId' | 'state' | 'ledgerRows' | 'linkRows' | 'assignmentRows' | 'violations' | 'endedAt'>): Promise<void> {
    await db.run(
      'UPDATE uniqueness_run SET state = $2, ledger_rows = $3, link_rows = $4, assignment_rows = $5, violations = $6, ended_at = $7 WHERE run_id = $1',
      run.runId, run.state, run.ledgerRows, run.linkRows, run.assignmentRows, JSON.stringify(run.violations), run.endedAt?.toISOString() ?? null,
    );
  }

  async clear(db: Db, runId: string, word: { officer: string; cleared: boolean }): Promise<void> {
    await db.run(
      `UPDATE uniqueness_run SET state = CASE WHEN $3 THEN 'CLEARED' ELSE state END, clearance_by = coalesce(clearance_by, $2), cleared_by = CASE WHEN $3 THEN $2 END
       WHERE run_id = $1`,
      runId, word.officer, word.cleared,
    );
  }
}
