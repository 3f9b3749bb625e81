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
  a.generated_at AS "generatedAt", coalesce(a.designated_at, b.designated_at) AS "designatedAt"`;
const BATCH = 'LEFT JOIN generation_batch b ON b.batch_id = a.batch_id';

/** The states of assignments and their history. */
export class AssignmentMoveStore {
  async find(db: Db, assignmentId: string): Promise<Assignment | undefined> {
    return db.maybe<AssignmentRow>(`${ASSIGNMENT} FROM assignment a ${BATCH} WHERE a.assignment_id = $1`, assignmentId);
  }

  /** One person's of those of `lockLatestOf`. */
  async lockLatest(db: Db, personKey: string): Promise<Assignment | undefined> {
    return (await this.lockLatestOf(db, [personKey])).get(personKey);
  }

  /** People's latest assignments, by person. Until the transaction ends nothing else moves these people's assignments, and no batch of one is delivered. */
  async lockLatestOf(db: Db, personKeys: readonly string[]): Promise<Map<string, Assignment>> {
    await this.lockPersons(db, personKeys);
    const latest = 'unnest($1::uuid[]) AS p (key) CROSS JOIN LATERAL (SELECT * FROM assignment WHERE person_key = p.key ORDER BY generation DESC LIMIT 1) AS a';
    await db.run(`SELECT FROM generation_batch WHERE batch_id IN (SELECT a.batch_id FROM ${latest}) AND designated_at IS NULL ORDER BY batch_id FOR SHARE`, personKeys);
    const rows = await db.many<AssignmentRow>(`${ASSIGNMENT} FROM ${latest} ${BATCH}`, personKeys);
    return new Map(rows.map((row) => [row.personKey, row]));
  }

  /** Whoever moves assignments of one person waits for each other here. */
  async lockPerson(db: Db, personKey: string): Promise<void> {
    await this.lockPersons(db, [personKey]);
  }

  async lockPersons(db: Db, personKeys: readonly string[]): Promise<void> {
    await db.run("SELECT pg_advisory_xact_lock(hashtextextended('assignments/' || sorted.person_key, 0)) FROM (SELECT unnest($1::text[]) AS person_key ORDER BY 1) AS sorted", personKeys);
  }

  /** Writes new states and their moves, of each assignment one; gives the numbers of the moves, which are the sequences of their events. */
  async move(db: Db, moved: readonly { readonly held: Assignment; readonly move: Move }[]): Promise<number[]> {
    const keys = [moved.map(({ held }) => held.personKey), moved.map(({ held }) => held.generation)];
    // A row of a batch takes the moment of its designation over: from now on the state is its own.
    await db.run(
      `UPDATE assignment SET state = m.state, designated_at = coalesce(designated_at, (SELECT b.designated_at FROM generation_batch b WHERE b.batch_id = assignment.batch_id))
       FROM unnest($1::uuid[], $2::smallint[], $3::text[]) AS m (person_key, generation, state) WHERE assignment.person_key = m.person_key AND assignment.generation = m.generation`,
      ...keys, moved.map(({ move }) => move.to),
    );
    const ended = moved.filter(({ move }) => endsLink(move.to));
    if (ended.length > 0) {
      await db.run(
        `UPDATE code_number_link l SET state = 'CLOSED', valid_to = m.at
         FROM (SELECT (SELECT code_index FROM assignment WHERE person_key = e.person_key AND generation = e.seq) AS code_index, e.seq, e.at
           FROM unnest($1::uuid[], $2::smallint[], $3::timestamptz[]) AS e (person_key, seq, at)) AS m WHERE l.code_index = m.code_index AND l.seq = m.seq`,
        ended.map(({ held }) => held.personKey), ended.map(({ held }) => held.generation), ended.map(({ move }) => move.at.toISOString()),
      );
    }
    const rows = await db.many<{ id: string; move: number }>(
      `INSERT INTO assignment_move (assignment_id, move, from_state, to_state, cause, moved_at)
       SELECT id, coalesce((SELECT max(move) FROM assignment_move WHERE assignment_id = id), 1) + 1, from_state, to_state, cause, at
       FROM unnest($1::uuid[], $2::text[], $3::text[], $4::text[], $5::timestamptz[]) AS m (id, from_state, to_state, cause, at) RETURNING assignment_id AS id, move`,
      moved.map(({ held }) => held.assignmentId), moved.map(({ move }) => move.from), moved.map(({ move }) => move.to), moved.map(({ move }) => move.cause), moved.map(({ move }) => move.at.toISOString()),
    );
    const numbers = new Map(rows.map(({ id, move }) => [id, move]));
    return moved.map(({ held }) => numbers.get(held.assignmentId) ?? 0);
  }

  async moves(db: Db, assignmentId: string): Promise<Move[]> {
    return db.many<Move & Row>('SELECT from_state AS "from", to_state AS "to", cause, moved_at AS at FROM assignment_move WHERE assignment_id = $1 ORDER BY move', assignmentId);
  }
}
