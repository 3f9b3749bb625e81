import type { LocalDate } from '#kernel';
import type { Db, Row } from '#platform';
import { ENDING } from '../merger/municipality-change.store.js';
import type { BucketState, RunState } from './reconciliation.js';

export interface Run extends Row {
  readonly runId: string;
  readonly municipalityCode: string;
  readonly state: RunState;
  readonly asOf: LocalDate;
  readonly jobId: string;
  /** Records of the register, once they are counted. */
  readonly compared: number | null;
  readonly openedAt: Date;
  readonly completedAt: Date | null;
}

export interface Bucket extends Row {
  readonly bucket: number;
  readonly state: BucketState;
  readonly digest: Buffer;
  readonly municipalCount: number;
  readonly registerCount: number | null;
}

const RUN = `run_id AS "runId", municipality_code AS "municipalityCode", state, as_of AS "asOf", job_id AS "jobId", records AS compared,
  opened_at AS "openedAt", completed_at AS "completedAt"`;
const BUCKET = 'bucket, state, municipal_digest AS digest, municipal_count AS "municipalCount", register_count AS "registerCount"';
const UNDER_WAY = "state IN ('COMPARING', 'AWAITING_LEAVES')";

/** Runs of reconciliation and their buckets. */
export class ReconciliationStore {
  /** Ends what the municipality has under way; until the transaction ends nobody else opens a run of it. */
  async abandon(db: Db, municipalityCode: string): Promise<void> {
    await db.run('SELECT pg_advisory_xact_lock(hashtextextended($1, 0))', `reconciliation/${municipalityCode}`);
    await db.run(`UPDATE reconciliation SET state = 'ABANDONED' WHERE municipality_code = $1 AND ${UNDER_WAY}`, municipalityCode);
  }

  async abandonOlder(db: Db, openedBefore: Date): Promise<void> {
    await db.run(`UPDATE reconciliation SET state = 'ABANDONED' WHERE opened_at < $1 AND ${UNDER_WAY}`, openedBefore.toISOString());
  }

  async add(db: Db, run: Pick<Run, 'runId' | 'municipalityCode' | 'asOf' | 'jobId' | 'openedAt'>, buckets: readonly { digest: string; count: number }[]): Promise<void> {
    await db.run(
      "INSERT INTO reconciliation (run_id, municipality_code, state, as_of, job_id, opened_at) VALUES ($1, $2, 'COMPARING', $3, $4, $5)",
      run.runId, run.municipalityCode, run.asOf, run.jobId, run.openedAt.toISOString(),
    );
    await db.run(
      `INSERT INTO reconciliation_bucket (run_id, bucket, state, municipal_digest, municipal_count)
       SELECT $1, place - 1, 'PENDING', decode(digest, 'hex'), count FROM unnest($2::text[], $3::int[]) WITH ORDINALITY AS b (digest, count, place)`,
      run.runId, buckets.map(({ digest }) => digest), buckets.map(({ count }) => count),
    );
  }

  async find(db: Db, runId: string): Promise<Run | undefined> {
    return db.maybe<Run>(`SELECT ${RUN} FROM reconciliation WHERE run_id = $1`, runId);
  }

  /** The newest first, with the differences that each was the last to find and that stand; `within` is the beginning of the municipality codes. */
  async list(db: Db, page: { within: string; state: RunState | undefined; before: string | undefined; limit: number }): Promise<(Run & { readonly openDifferences: number })[]> {
    return db.many(
      `SELECT ${RUN}, (SELECT count(*) FROM reconciliation_difference d WHERE d.run_id = reconciliation.run_id AND d.state = 'OPEN') AS "openDifferences" FROM reconciliation
       WHERE starts_with(municipality_code, $1) AND ($2::text IS NULL OR state = $2) AND ($3::uuid IS NULL OR run_id < $3) ORDER BY run_id DESC LIMIT $4`,
      page.within, page.state ?? null, page.before ?? null, page.limit,
    );
  }

  /** Municipalities that notify, and have not ended, without a completed run of a day from `since` on. */
  async missing(db: Db, page: { within: string; since: LocalDate; after: string; limit: number }): Promise<{ readonly municipalityCode: string; readonly lastOn: string | null }[]> {
    return db.many(
      `SELECT s.municipality_code AS "municipalityCode", r.last AS "lastOn" FROM municipal_sequence s CROSS JOIN LATERAL (
         SELECT max(as_of) AS last FROM reconciliation WHERE municipality_code = s.municipality_code AND state = 'COMPLETED') AS r
       WHERE starts_with(s.municipality_code, $1) AND (r.last IS NULL OR r.last < $2) AND s.municipality_code > $3 AND NOT EXISTS (
         SELECT FROM former_municipality f JOIN municipality_change c ON ${ENDING} WHERE f.code = s.municipality_code AND c.state IN ('RUNNING', 'COMPLETED'))
       ORDER BY s.municipality_code LIMIT $4`,
      page.within, page.since, page.after, page.limit,
    );
  }

  /** Whoever moves a run does so alone. */
  async lock(db: Db, runId: string): Promise<Run | undefined> {
    return db.maybe<Run>(`SELECT ${RUN} FROM reconciliation WHERE run_id = $1 FOR UPDATE`, runId);
  }

  async setState(db: Db, runId: string, to: { state: RunState; compared: number; at?: Date }): Promise<void> {
    await db.run('UPDATE reconciliation SET state = $2, records = $3, completed_at = $4 WHERE run_id = $1', runId, to.state, to.compared, to.at?.toISOString() ?? null);
  }

  async bucket(db: Db, runId: string, bucket: number): Promise<Bucket> {
    return db.one<Bucket>(`SELECT ${BUCKET} FROM reconciliation_bucket WHERE run_id = $1 AND bucket = $2`, runId, bucket);
  }

  async moveBucket(db: Db, runId: string, { bucket, state, registerCount }: { bucket: number; state: BucketState; registerCount: number }): Promise<void> {
    await db.run('UPDATE reconciliation_bucket SET state = $3, register_count = $4 WHERE run_id = $1 AND bucket = $2', runId, bucket, state, registerCount);
  }

  /** Buckets that differ, or did before their leaves came. */
  async differing(db: Db, runId: string): Promise<Bucket[]> {
    return db.many<Bucket>(`SELECT ${BUCKET} FROM reconciliation_bucket WHERE run_id = $1 AND state IN ('DIFFERENT', 'DESCENDED') ORDER BY bucket`, runId);
  }
}
