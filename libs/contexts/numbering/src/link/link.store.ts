import type { Db, FieldCipher, Row } from '#platform';
import type { AssignmentState } from '../assignment/assignment.js';
import { PRESENT_STATE, type AssignmentStore } from '../assignment/assignment.store.js';

/** What the link holds about a number or code. */
export interface FoundLink {
  readonly personKey: string;
  readonly assignmentId: string;
  readonly number: string;
  readonly residentCode: string;
  readonly seq: number;
  readonly state: AssignmentState;
  /** From when the state holds: the last move, or the designation. */
  readonly since: Date | null;
}

interface FoundRow extends Row, Omit<FoundLink, 'number' | 'residentCode'> {
  readonly number: Buffer;
  readonly code: Buffer;
}

/** Each look goes to its own partial index. A number with a new code has a closed row too; the open one is the present. */
const linked = (where: string): string => `SELECT a.person_key AS "personKey", a.assignment_id AS "assignmentId", l.number, l.code, l.seq, ${PRESENT_STATE} AS state,
  coalesce((SELECT max(moved_at) FROM assignment_move m WHERE m.assignment_id = a.assignment_id), a.designated_at, b.designated_at) AS since
  FROM code_number_link l JOIN assignment a ON a.person_key = l.person_key AND a.generation = l.seq LEFT JOIN generation_batch b ON b.batch_id = a.batch_id
  WHERE ${where}`;

/** Look-ups by number and by code, and the change of a code. */
export class LinkStore {
  constructor(
    private readonly cipher: FieldCipher,
    private readonly assignments: AssignmentStore,
  ) {}

  async byNumber(db: Db, number: string): Promise<FoundLink | undefined> {
    const index = this.cipher.blindIndex('individual-number', number);
    const open = await db.maybe<FoundRow>(linked("l.number_index = $1 AND l.state = 'OPEN'"), index);
    const row = open ?? (await db.maybe<FoundRow>(`${linked("l.number_index = $1 AND l.state = 'CLOSED'")} ORDER BY l.valid_to DESC LIMIT 1`, index));
    return row && this.toLink(row);
  }

  async byCode(db: Db, residentCode: string): Promise<FoundLink | undefined> {
    const row = await db.maybe<FoundRow>(linked("l.code_index = $1 AND l.state = 'OPEN'"), this.cipher.blindIndex('resident-code', residentCode));
    return row && this.toLink(row);
  }

  /** Closes the person's open row and opens one with the new code and the same number (NUM-3.4); false when the code is no other. */
  async changeCode(db: Db, link: { personKey: string; generation: number }, residentCode: string, at: Date): Promise<boolean> {
    const { sealed, index } = this.assignments.sealCode(residentCode);
    const closed = await db.maybe<{ number_index: Buffer; number: Buffer }>(
      `UPDATE code_number_link SET state = 'CLOSED', valid_to = $4 WHERE code_index = (SELECT code_index FROM assignment WHERE person_key = $1 AND generation = $2)
         AND seq = $2 AND state = 'OPEN' AND code_index <> $3 RETURNING number_index, number`,
      link.personKey, link.generation, index, at.toISOString(),
    );
    if (closed === undefined) return false;
    await db.run(
      "INSERT INTO code_number_link (code_index, seq, code, number_index, number, person_key, state, valid_from) VALUES ($1, $2, $3, $4, $5, $6, 'OPEN', $7)",
      index, link.generation, sealed, closed.number_index, closed.number, link.personKey, at.toISOString(),
    );
    await db.run('UPDATE assignment SET code_index = $3, requested_code_index = coalesce(requested_code_index, code_index) WHERE person_key = $1 AND generation = $2', link.personKey, link.generation, index);
    return true;
  }

  private toLink({ number, code, ...row }: FoundRow): FoundLink {
    const { personKey, assignmentId, seq, state, since } = row;
    return { personKey, assignmentId, seq, state, since, number: this.assignments.openNumber(number), residentCode: this.assignments.openCode(code) };
  }
}
