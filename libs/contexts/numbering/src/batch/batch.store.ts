import { platformProblems, requireJurisdiction, type Ctx, type Db, type Row } from '#platform';
import type { Sealed } from '../assignment/assignment.store.js';
import { LINE_KINDS, type BatchCounts, type BatchState, type LineKind, type ResultCode } from './batch.js';

export interface BatchRow extends Row {
  readonly batch_id: string;
  readonly municipality_code: string;
  readonly state: BatchState;
  readonly upload_id: string | null;
  readonly lines: number | null;
  readonly sha256: string | null;
  readonly job_id: string | null;
  readonly designated: number;
  readonly repeated: number;
  readonly refused: number;
  /** Of the numbered lines those whose candidate was withdrawn (NUM-7); outside they count as refused. */
  readonly withdrawn: number;
  readonly rounds: number;
  readonly opened_at: Date;
  readonly sealed_at: Date | null;
  readonly delivered_at: Date | null;
  readonly designated_at: Date | null;
  readonly confirmed_at: Date | null;
}

export interface CountedBatchRow extends BatchRow {
  readonly refused_lines: number;
  readonly pending_lines: number;
}

export interface LineRow extends Row {
  readonly line: number;
  readonly request_id: string;
  readonly code: Buffer;
  readonly code_index: Buffer;
  readonly kind: number;
  readonly case_id: string | null;
}

/** A line as it waits for its number. */
export interface WaitingLine {
  readonly line: number;
  readonly requestId: string;
  readonly code: Sealed;
  readonly kind: LineKind;
  readonly caseId: string;
  readonly priority: number;
  readonly refused?: ResultCode;
}

/** What a line that got no new number is answered. */
export interface AnsweredLine {
  readonly line: number;
  readonly resultCode: ResultCode;
  readonly personKey: string | undefined;
  /** Of result 12: the day on which the other municipality entered the person. */
  readonly since?: string | undefined;
  /** Of result 13: the assignment that the person has. */
  readonly reference?: string | undefined;
}

export interface ResultRow extends Row {
  readonly line: number;
  readonly request_id: string;
  readonly result_code: ResultCode;
  readonly code: Buffer;
  readonly number: Buffer | null;
  readonly person_key: string | null;
  readonly generated_at: Date | null;
  readonly since: string | null;
  readonly reference: string | null;
}

/** How many candidates of the batch `b` were withdrawn. */
export const WITHDRAWN = "(SELECT count(*)::int FROM assignment v WHERE v.batch_id = b.batch_id AND v.state = 'VOID')";

const COLUMNS = `batch_id, municipality_code, state, upload_id, lines, sha256, job_id, designated, repeated, refused, rounds,
  opened_at, sealed_at, delivered_at, designated_at, confirmed_at, ${WITHDRAWN} AS withdrawn`;

/** Batches and their lines. */
export class BatchStore {
  async open(db: Db, batch: { batchId: string; municipalityCode: string; at: Date }): Promise<void> {
    await db.run("INSERT INTO generation_batch (batch_id, municipality_code, state, opened_at) VALUES ($1, $2, 'OPEN', $3)", batch.batchId, batch.municipalityCode, batch.at.toISOString());
  }

  async find(db: Db, batchId: string): Promise<BatchRow | undefined> {
    return db.maybe<BatchRow>(`SELECT ${COLUMNS} FROM generation_batch b WHERE batch_id = $1`, batchId);
  }

  /** With its refused and waiting lines, counted at the same moment; of a batch that is being drawn it would hold up the chunks to count a million. */
  async findCounted(db: Db, batchId: string): Promise<CountedBatchRow | undefined> {
    return db.maybe<CountedBatchRow>(
      `SELECT ${COLUMNS}, counted.* FROM generation_batch b CROSS JOIN LATERAL (
         SELECT count(*) FILTER (WHERE l.result_code <> '01') AS refused_lines, count(*) FILTER (WHERE l.result_code IS NULL) AS pending_lines
         FROM batch_line l WHERE l.batch_id = b.batch_id AND b.state NOT IN ('VALIDATED', 'DRAWING')) AS counted WHERE b.batch_id = $1`,
      batchId,
    );
  }

  /** The newest first; `prefix` is the beginning of the municipality codes. */
  async list(db: Db, page: { prefix: string; state: BatchState | undefined; before: string | undefined; limit: number }): Promise<BatchRow[]> {
    return db.many<BatchRow>(
      `SELECT ${COLUMNS} FROM generation_batch b WHERE starts_with(municipality_code, $1) AND ($2::text IS NULL OR state = $2) AND ($3::uuid IS NULL OR batch_id < $3)
       ORDER BY batch_id DESC LIMIT $4`,
      page.prefix, page.state ?? null, page.before ?? null, page.limit,
    );
  }

  /** The batch, locked until the transaction ends. */
  async lock(db: Db, batchId: string): Promise<BatchRow | undefined> {
    return db.maybe<BatchRow>(`SELECT ${COLUMNS} FROM generation_batch b WHERE batch_id = $1 FOR UPDATE`, batchId);
  }

  /** Forgets what was uploaded before; only lines of this upload are taken from now on. */
  async beginUpload(db: Db, batchId: string, uploadId: string): Promise<void> {
    await db.run('UPDATE generation_batch SET upload_id = $2, lines = NULL, sha256 = NULL, refused = 0 WHERE batch_id = $1', batchId, uploadId);
    await db.run('DELETE FROM batch_line WHERE batch_id = $1', batchId);
  }

  async addLines(db: Db, batchId: string, lines: readonly WaitingLine[]): Promise<void> {
    await db.copyIn(
      'batch_line (batch_id, line, request_id, code, code_index, kind, case_id, priority, result_code)',
      lines.map(({ line, requestId, code, kind, caseId, priority, refused }) => [
        batchId, line, requestId, code.sealed, code.index, LINE_KINDS.indexOf(kind) + 1, caseId === '' ? null : caseId, priority, refused ?? null,
      ]),
    );
  }

  async completeUpload(db: Db, batchId: string, upload: { lines: number; sha256: string }): Promise<void> {
    await db.run('UPDATE generation_batch SET lines = $2, sha256 = $3 WHERE batch_id = $1', batchId, upload.lines, upload.sha256);
  }

  async seal(db: Db, batchId: string, sealed: { jobId: string; at: Date }): Promise<void> {
    await db.run("UPDATE generation_batch SET state = 'SEALED', job_id = $2, sealed_at = coalesce(sealed_at, $3) WHERE batch_id = $1", batchId, sealed.jobId, sealed.at.toISOString());
  }

  /** Lines after `after` that have no answer yet. */
  async pending(db: Db, batchId: string, page: { after: number; limit: number }): Promise<LineRow[]> {
    return db.many<LineRow>(
      'SELECT line, request_id, code, code_index, kind, case_id FROM batch_line WHERE batch_id = $1 AND line > $2 AND result_code IS NULL ORDER BY line LIMIT $3',
      batchId, page.after, page.limit,
    );
  }

  /** Refused lines: by their form alone, and in a resumed batch those of the steps before; repeated ones are counted with the designated (NUM-3.2). */
  async markValidated(db: Db, batchId: string): Promise<void> {
    await db.run(
      `UPDATE generation_batch SET state = 'VALIDATED', refused = (SELECT count(*) FROM batch_line WHERE batch_id = $1 AND result_code <> '01')
       WHERE batch_id = $1`,
      batchId,
    );
  }

  async setState(db: Db, batchId: string, state: BatchState): Promise<void> {
    await db.run('UPDATE generation_batch SET state = $2 WHERE batch_id = $1', batchId, state);
  }

  /** Answers lines of a step and takes all of its others, which were numbered, out of the waiting ones; adds to the counters. */
  async advance(db: Db, batchId: string, step: { after: number; last: number; numbered: number; answered: readonly AnsweredLine[]; rounds: number }): Promise<void> {
    const { after, last, numbered, answered, rounds } = step;
    if (answered.length > 0) {
      await db.run(
        `UPDATE batch_line b SET result_code = a.result_code, person_key = a.person_key, since = a.since, reference = a.reference
         FROM unnest($2::int[], $3::text[], $4::uuid[], $5::date[], $6::uuid[]) AS a (line, result_code, person_key, since, reference) WHERE b.batch_id = $1 AND b.line = a.line`,
        batchId, answered.map(({ line }) => line), answered.map(({ resultCode }) => resultCode), answered.map(({ personKey }) => personKey ?? null), answered.map(({ since }) => since ?? null),
        answered.map(({ reference }) => reference ?? null),
      );
    }
    const taken = await db.run('DELETE FROM batch_line WHERE batch_id = $1 AND line > $2 AND line <= $3 AND result_code IS NULL', batchId, after, last);
    if (taken !== numbered) throw new Error('other lines wait than were numbered');
    const repeated = answered.filter(({ resultCode }) => resultCode === '01').length;
    await db.run(
      `UPDATE generation_batch SET state = 'DRAWING', designated = designated + $2, repeated = repeated + $3, refused = refused + $4, rounds = greatest(rounds, $5)
       WHERE batch_id = $1`,
      batchId, numbered + repeated, repeated, answered.length - repeated, rounds,
    );
  }

  /** Counts the rows themselves, independently of the counters. */
  async count(db: Db, batch: BatchRow): Promise<BatchCounts> {
    const counts = await db.one<Omit<BatchCounts, 'lines'> & Row>(
      `SELECT (SELECT count(*) FROM assignment WHERE batch_id = $1) AS assignments, count(*) FILTER (WHERE result_code = '01') AS repeated,
         count(*) FILTER (WHERE result_code <> '01') AS refused, count(*) FILTER (WHERE result_code IS NULL) AS pending
       FROM batch_line WHERE batch_id = $1`,
      batch.batch_id,
    );
    return { ...counts, lines: batch.lines ?? 0 };
  }

  async deliver(db: Db, batchId: string, at: Date): Promise<void> {
    await db.run("UPDATE generation_batch SET state = 'DELIVERED', delivered_at = $2 WHERE batch_id = $1", batchId, at.toISOString());
  }

  async confirm(db: Db, batchId: string, receipt: { at: Date; designated: boolean }): Promise<void> {
    await db.run(
      `UPDATE generation_batch SET state = 'CONFIRMED', confirmed_at = $2, designated_at = coalesce(designated_at, CASE WHEN $3 THEN $2::timestamptz END)
       WHERE batch_id = $1`,
      batchId, receipt.at.toISOString(), receipt.designated,
    );
  }

  /** A page of the result in the order of the lines: new numbers, repeated ones, refusals; with the codes of the requests, whatever became of them. */
  async results(db: Db, batchId: string, page: { after: number; limit: number }): Promise<ResultRow[]> {
    return db.many<ResultRow>(
      `SELECT * FROM (
         (SELECT a.line, a.request_id, '00' AS result_code, l.code, CASE WHEN a.state NOT IN ('VOID', 'DISPUTED') THEN l.number END AS number, a.person_key, a.generated_at, NULL::date AS since, NULL::uuid AS reference
          FROM assignment a JOIN code_number_link l ON l.code_index = coalesce(a.requested_code_index, a.code_index) AND l.seq = a.generation
          WHERE a.batch_id = $1 AND a.line > $2 ORDER BY a.line LIMIT $3)
         UNION ALL
         (SELECT b.line, b.request_id, b.result_code, b.code, CASE WHEN a.state <> 'DISPUTED' THEN l.number END, b.person_key, a.generated_at, b.since, b.reference
          FROM batch_line b
          LEFT JOIN assignment a ON b.result_code = '01' AND a.person_key = b.person_key AND a.request_id = b.request_id
          LEFT JOIN code_number_link l ON l.code_index = a.code_index AND l.seq = a.generation
          WHERE b.batch_id = $1 AND b.line > $2 ORDER BY b.line LIMIT $3)
       ) AS page ORDER BY line LIMIT $3`,
      batchId, page.after, page.limit,
    );
  }
}

/** The batch if it exists and the caller may see it; refuses NOT_FOUND or OUT_OF_JURISDICTION. */
export function permittedBatch<B extends BatchRow>(ctx: Ctx, batch: B | undefined): B {
  if (batch === undefined) throw platformProblems.refuse('NOT_FOUND');
  requireJurisdiction(ctx, batch.municipality_code);
  return batch;
}
