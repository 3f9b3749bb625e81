import { platformProblems, requireJurisdiction, type Ctx, type Db, type Row } from '#platform';
import type { AssignmentStore } from '../assignment/assignment.store.js';
import type { Compared, DifferenceLine } from './difference-run.js';

export interface RunRow extends Row, Compared {
  readonly runId: string;
  readonly municipalityCode: string;
  readonly state: 'COLLECTING' | 'OPEN' | 'DONE' | 'SUPERSEDED';
  readonly lines: number | null;
  readonly sha256: string | null;
  readonly batchId: string | null;
  readonly comparedAt: Date | null;
}

const RUN = `r.run_id AS "runId", r.municipality_code AS "municipalityCode", r.state, r.lines, r.sha256, r.linked, r.to_number AS "toNumber", r.waiting, r.deleted,
  r.batch_id AS "batchId", r.compared_at AS "comparedAt"`;

/** Lines whose person has no number yet and shall get one. */
const TO_NUMBER = `l.code_index IS NULL AND d.situation NOT IN ('deleted', 'code changed')`;
const COMPARED = `difference_line d LEFT JOIN code_number_link l ON l.code_index = d.code_index AND l.state = 'OPEN'`;

/** Difference runs and their lists. */
export class DifferenceRunStore {
  constructor(private readonly assignments: AssignmentStore) {}

  async open(db: Db, run: { runId: string; municipalityCode: string; at: Date }): Promise<void> {
    await db.run(
      "INSERT INTO difference_run (run_id, municipality_code, state, received_at) VALUES ($1, $2, 'COLLECTING', $3)",
      run.runId, run.municipalityCode, run.at.toISOString(),
    );
  }

  async addLines(db: Db, runId: string, lines: readonly DifferenceLine[]): Promise<void> {
    await db.copyIn('difference_line (run_id, line, code, code_index, situation, since)', lines.map(({ line, residentCode, situation, since }) => {
      const { sealed, index } = this.assignments.sealCode(residentCode);
      return [runId, line, sealed, index, situation, since];
    }));
  }

  async find(db: Db, runId: string): Promise<RunRow | undefined> {
    return db.maybe<RunRow>(`SELECT ${RUN} FROM difference_run r WHERE r.run_id = $1`, runId);
  }

  /** The municipality's unfinished runs; nobody else begins or ends one of them until the transaction ends. */
  async unfinished(db: Db, municipalityCode: string): Promise<RunRow[]> {
    await db.run('SELECT pg_advisory_xact_lock(hashtextextended($1, 0))', `difference-run/${municipalityCode}`);
    return db.many<RunRow>(`SELECT ${RUN} FROM difference_run r WHERE r.municipality_code = $1 AND r.state = 'OPEN'`, municipalityCode);
  }

  /** The next run after `after` that is to be compared again: its batch, if any, has been delivered. */
  async nextDue(db: Db, after: string): Promise<RunRow | undefined> {
    return db.maybe<RunRow>(
      `SELECT ${RUN} FROM difference_run r LEFT JOIN generation_batch b ON b.batch_id = r.batch_id
       WHERE r.state = 'OPEN' AND r.run_id > $1 AND (r.batch_id IS NULL OR b.delivered_at IS NOT NULL) ORDER BY r.run_id LIMIT 1 FOR UPDATE OF r`,
      after,
    );
  }

  async complete(db: Db, runId: string, list: { lines: number; sha256: string }): Promise<void> {
    await db.run("UPDATE difference_run SET state = 'OPEN', lines = $2, sha256 = $3 WHERE run_id = $1", runId, list.lines, list.sha256);
  }

  /** Holds the whole list against the link. */
  async compare(db: Db, runId: string): Promise<Compared> {
    return db.one<Compared & Row>(
      `SELECT count(*) FILTER (WHERE l.code_index IS NOT NULL AND d.situation <> 'deleted') AS linked,
         count(DISTINCT d.code_index) FILTER (WHERE ${TO_NUMBER}) AS "toNumber",
         count(*) FILTER (WHERE l.code_index IS NULL AND d.situation = 'code changed') AS waiting, count(*) FILTER (WHERE d.situation = 'deleted') AS deleted
       FROM ${COMPARED} WHERE d.run_id = $1`,
      runId,
    );
  }

  async record(db: Db, runId: string, found: Compared & { state: 'OPEN' | 'DONE'; batchId: string | undefined; at: Date }): Promise<void> {
    const { linked, toNumber, waiting, deleted, state, batchId, at } = found;
    await db.run(
      `UPDATE difference_run SET linked = $2, to_number = $3, waiting = $4, deleted = $5, state = $6, batch_id = coalesce($7, batch_id), compared_at = $8
       WHERE run_id = $1`,
      runId, linked, toNumber, waiting, deleted, state, batchId ?? null, at.toISOString(),
    );
    if (state === 'DONE') await this.forget(db, runId);
  }

  async supersede(db: Db, runId: string): Promise<void> {
    await db.run("UPDATE difference_run SET state = 'SUPERSEDED' WHERE run_id = $1", runId);
    await this.forget(db, runId);
  }

  /** Lines for a batch, with request ids that are the same every night. */
  async fillBatch(db: Db, runId: string, batchId: string): Promise<number> {
    return db.run(
      `INSERT INTO batch_line (batch_id, line, request_id, code, code_index, priority)
       SELECT $2, row_number() OVER (ORDER BY line), $3 || line, code, code_index, 5
       FROM (SELECT DISTINCT ON (d.code_index) d.* FROM ${COMPARED} WHERE d.run_id = $1 AND ${TO_NUMBER} ORDER BY d.code_index, d.line) AS rest`,
      runId, batchId, `dif-${runId}-`,
    );
  }

  /** Forgets runs whose upload broke off. */
  async dropBroken(db: Db, openedBefore: Date): Promise<void> {
    const broken = "state = 'COLLECTING' AND received_at < $1";
    await db.run(`DELETE FROM difference_line WHERE run_id IN (SELECT run_id FROM difference_run WHERE ${broken})`, openedBefore.toISOString());
    await db.run(`DELETE FROM difference_run WHERE ${broken}`, openedBefore.toISOString());
  }

  async drop(db: Db, runId: string): Promise<void> {
    await this.forget(db, runId);
    await db.run('DELETE FROM difference_run WHERE run_id = $1', runId);
  }

  private async forget(db: Db, runId: string): Promise<void> {
    await db.run('DELETE FROM difference_line WHERE run_id = $1', runId);
  }
}

/** The run if it exists and the caller may see it; refuses NOT_FOUND or OUT_OF_JURISDICTION. */
export function permittedRun(ctx: Ctx, run: RunRow | undefined): RunRow {
  if (run === undefined) throw platformProblems.refuse('NOT_FOUND');
  requireJurisdiction(ctx, run.municipalityCode);
  return run;
}
