import type { Db, Row } from '#platform';
import type { AssignmentState } from './assignment.js';
import { PRESENT_STATE } from './assignment.store.js';
import { endsLink, type MoveCause } from './lifecycle.js';

/** An assignment with its present state. */
export interface Assignment {
  readonly assignmentId: string;
  readonly personKey: string;
  readonly generation: number;
  readonly municipalityCode: string;
  readonly state: AssignmentState;
  readonly generatedAt: Date;
  readonly designatedAt: Date | null;
}

export interface Move {
  readonly from: AssignmentState;
  readonly to: AssignmentState;
  readonly cause: MoveCause;
  readonly at: Date;
}

type AssignmentRow = Assignment & Row;

const ASSIGNMENT = `SELECT a.assignment_id AS "assignmentId", a.person_key AS "personKey", a.generation, a.municipality_code AS "municipalityCode", ${PRESENT_STATE} AS state,
  a.generated_at AS "generatedAt", coalesce(a.designated_at, b.designated_at) AS "designatedAt"
  FROM assignment a LEFT JOIN generation_batch b ON b.batch_id = a.batch_id`;

/** The states of assignments and their history. */
export class AssignmentMoveStore {
  async find(db: Db, assignmentId: string): Promise<Assignment | undefined> {
    return db.maybe<AssignmentRow>(`${ASSIGNMENT} WHERE a.assignment_id = $1`, assignmentId);
  }

  /** The person's latest assignment. Until the transaction ends nothing else moves the person's assignments, and its batch is not delivered. */
  async lockLatest(db: Db, personKey: string): Promise<Assignment | undefined> {
    await this.lockPerson(db, personKey);
    const latest = 'FROM assignment WHERE person_key = $1 ORDER BY generation DESC LIMIT 1';
    await db.run(`SELECT FROM generation_batch WHERE batch_id = (SELECT batch_id ${latest}) AND designated_at IS NULL FOR SHARE`, personKey);
    return db.maybe<AssignmentRow>(`${ASSIGNMENT} WHERE a.person_key = $1 ORDER BY a.generation DESC LIMIT 1`, personKey);
  }

  /** Whoever moves assignments of one person waits for each other here. */
  async lockPerson(db: Db, personKey: string): Promise<void> {
    await this.lockPersons(db, [personKey]);
  }

  async lockPersons(db: Db, personKeys: readonly string[]): Promise<void> {
    await db.run("SELECT pg_advisory_xact_lock(hashtextextended('assignments/' || sorted.person_key, 0)) FROM (SELECT unnest($1::text[]) AS person_key ORDER BY 1) AS sorted", personKeys);
  }

  /** Writes the new state and its move; gives the number of the move, which is the sequence of its event. */
  async move(db: Db, { assignmentId, personKey, generation }: Assignment, { from, to, cause, at }: Move): Promise<number> {
    // A row of a batch takes the moment of its designation over: from now on the state is its own.
    await db.run(
      `UPDATE assignment SET state = $3, designated_at = coalesce(designated_at, (SELECT b.designated_at FROM generation_batch b WHERE b.batch_id = assignment.batch_id))
       WHERE person_key = $1 AND generation = $2`,
      personKey, generation, to,
    );
    if (endsLink(to)) {
      await db.run(
        `UPDATE code_number_link SET state = 'CLOSED', valid_to = $3
         WHERE code_index = (SELECT code_index FROM assignment WHERE person_key = $1 AND generation = $2) AND seq = $2`,
        personKey, generation, at.toISOString(),
      );
    }
    const { move } = await db.one<{ move: number }>(
      `INSERT INTO assignment_move (assignment_id, move, from_state, to_state, cause, moved_at)
       SELECT $1, coalesce(max(move), 1) + 1, $2, $3, $4, $5 FROM assignment_move WHERE assignment_id = $1 RETURNING move`,
      assignmentId, from, to, cause, at.toISOString(),
    );
    return move;
  }

  async moves(db: Db, assignmentId: string): Promise<Move[]> {
    return db.many<Move & Row>('SELECT from_state AS "from", to_state AS "to", cause, moved_at AS at FROM assignment_move WHERE assignment_id = $1 ORDER BY move', assignmentId);
  }
}
