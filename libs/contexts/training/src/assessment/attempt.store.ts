import type { Db, Row } from '#platform';
import type { AttemptState } from './attempt.js';
import type { DrawnItem } from './draw.js';

export interface AttemptRecord extends Row {
  readonly id: string;
  readonly registrationId: string;
  readonly assessmentId: string;
  readonly number: number;
  readonly state: AttemptState;
  readonly openedAt: Date;
  readonly dueAt: Date;
  readonly endedAt: Date | null;
  /** 0 to 1. */
  readonly score: number | null;
}

/** The seed stays, so that the paper can be drawn again. */
export type NewAttempt = Pick<AttemptRecord, 'id' | 'registrationId' | 'assessmentId' | 'number' | 'openedAt' | 'dueAt'> & { readonly seed: string };

export interface AnswerRecord extends DrawnItem, Row {
  readonly answer: readonly string[] | null;
}

const COLUMNS = `id, registration_id AS "registrationId", assessment_id AS "assessmentId", number, state, opened_at AS "openedAt", due_at AS "dueAt", ended_at AS "endedAt", score::float AS score`;

export class AttemptStore {
  async find(db: Db, id: string): Promise<AttemptRecord | undefined> {
    return db.maybe<AttemptRecord>(`SELECT ${COLUMNS} FROM assessment_attempt WHERE id = $1`, id);
  }

  async lock(db: Db, id: string): Promise<AttemptRecord | undefined> {
    return db.maybe<AttemptRecord>(`SELECT ${COLUMNS} FROM assessment_attempt WHERE id = $1 FOR UPDATE`, id);
  }

  /** Of a registration, the oldest first. */
  async of(db: Db, registrationId: string): Promise<AttemptRecord[]> {
    return db.many<AttemptRecord>(`SELECT ${COLUMNS} FROM assessment_attempt WHERE registration_id = $1 ORDER BY number`, registrationId);
  }

  async add(db: Db, attempt: NewAttempt, paper: readonly DrawnItem[]): Promise<void> {
    await db.run(
      "INSERT INTO assessment_attempt (id, registration_id, assessment_id, number, seed, state, opened_at, due_at) VALUES ($1, $2, $3, $4, $5, 'OPEN', $6, $7)",
      attempt.id, attempt.registrationId, attempt.assessmentId, attempt.number, attempt.seed, attempt.openedAt.toISOString(), attempt.dueAt.toISOString(),
    );
    await db.run(
      'INSERT INTO attempt_answer (attempt_id, item_id, place, options) SELECT $1, item, place, string_to_array(options, chr(31)) FROM unnest($2::text[], $3::int[], $4::text[]) AS drawn (item, place, options)',
      attempt.id, paper.map(({ itemId }) => itemId), paper.map((_item, place) => place), paper.map(({ options }) => options.join('\u001f')),
    );
  }

  /** In the order of the paper. */
  async answers(db: Db, attemptId: string): Promise<AnswerRecord[]> {
    return db.many<AnswerRecord>('SELECT item_id AS "itemId", options, answer FROM attempt_answer WHERE attempt_id = $1 ORDER BY place', attemptId);
  }

  /** False when the attempt has no such item. */
  async saveAnswer(db: Db, attemptId: string, itemId: string, saved: { readonly answer: readonly string[]; readonly at: Date }): Promise<boolean> {
    return (await db.run('UPDATE attempt_answer SET answer = $3, saved_at = $4 WHERE attempt_id = $1 AND item_id = $2', attemptId, itemId, saved.answer, saved.at.toISOString())) === 1;
  }

  async grade(db: Db, attemptId: string, graded: { readonly score: number; readonly items: ReadonlyMap<string, number>; readonly at: Date }): Promise<void> {
    await db.run("UPDATE assessment_attempt SET state = 'GRADED', ended_at = $2, score = $3 WHERE id = $1 AND state = 'OPEN'", attemptId, graded.at.toISOString(), graded.score);
    await db.run(
      'UPDATE attempt_answer a SET score = s.score FROM unnest($2::text[], $3::float[]) AS s (item_id, score) WHERE a.attempt_id = $1 AND a.item_id = s.item_id', attemptId, [...graded.items.keys()], [...graded.items.values()],
    );
  }

  /** Whether the best attempt of the registration reaches what its test asks for (TRN-4.7). */
  async isPassed(db: Db, registrationId: string): Promise<boolean> {
    const row = await db.maybe(
      'SELECT 1 AS passed FROM assessment_attempt t JOIN assessment a ON a.id = t.assessment_id WHERE t.registration_id = $1 AND t.score >= a.pass_score LIMIT 1', registrationId,
    );
    return row !== undefined;
  }

  /** Open ones whose time is over. */
  async overdue(db: Db, dueBefore: Date, limit: number): Promise<string[]> {
    const rows = await db.many<{ id: string }>("SELECT id FROM assessment_attempt WHERE state = 'OPEN' AND due_at < $1 ORDER BY due_at LIMIT $2", dueBefore.toISOString(), limit);
    return rows.map(({ id }) => id);
  }

  /** Each answered item of each graded attempt of a test, with the score of the attempt. */
  async results(db: Db, assessmentId: string): Promise<{ readonly itemId: string; readonly score: number; readonly total: number }[]> {
    return db.many(
      `SELECT a.item_id AS "itemId", a.score::float AS score, t.score::float AS total FROM assessment_attempt t JOIN attempt_answer a ON a.attempt_id = t.id
       WHERE t.assessment_id = $1 AND t.state = 'GRADED' AND a.score IS NOT NULL ORDER BY a.item_id`,
      assessmentId,
    );
  }
}
