import type { Db, Row } from '#platform';
import { PRESENT_STATE, type AssignmentStore } from '../assignment/assignment.store.js';
import type { CatchUpLine } from './catch-up.js';

/** Who asked for the numbers drawn since a moment. */
export interface LedgerList extends Row {
  readonly since: Date;
  readonly askedBy: string;
}

/** Where a page begins: after the assignment of this moment and id. */
export interface ListPlace {
  readonly at: string;
  readonly assignmentId: string;
}

interface DrawnRow extends Row, Omit<CatchUpLine, 'line' | 'number' | 'residentCode' | 'generatedAt' | 'state'> {
  readonly personKey: string;
  readonly number: Buffer;
  readonly code: Buffer;
  readonly generatedAt: Date;
  readonly state: string;
}

/** A number that was drawn, with the person whose it is. */
export interface DrawnNumber extends Omit<CatchUpLine, 'line' | 'state'> {
  readonly personKey: string;
  readonly state: string;
}

/** What a copy of the database can tell a ledger that lacks it (NUM-7). */
export class LedgerListStore {
  constructor(private readonly assignments: AssignmentStore) {}

  /** Records the wish; how many numbers it is about. */
  async ask(db: Db, list: { listId: string; since: string; reason: string; askedBy: string }, at: Date): Promise<number> {
    await db.run('INSERT INTO ledger_list (list_id, since, reason, asked_by, asked_at) VALUES ($1, $2, $3, $4, $5)', list.listId, list.since, list.reason, list.askedBy, at.toISOString());
    return (await db.one<{ lines: number }>('SELECT count(*)::int AS lines FROM assignment WHERE generated_at >= $1', list.since)).lines;
  }

  /** A wish that is not older than `from`. */
  async find(db: Db, listId: string, from: Date): Promise<LedgerList | undefined> {
    return db.maybe<LedgerList>('SELECT since, asked_by AS "askedBy" FROM ledger_list WHERE list_id = $1 AND asked_at >= $2', listId, from.toISOString());
  }

  async page(db: Db, { since }: LedgerList, { after, limit }: { after: ListPlace | undefined; limit: number }): Promise<DrawnNumber[]> {
    const rows = await db.many<DrawnRow>(
      `SELECT a.person_key AS "personKey", l.number, l.code, a.municipality_code AS "municipalityCode", a.request_id AS "requestId", a.assignment_id AS "assignmentId",
         a.generated_at AS "generatedAt", a.generation AS seq, ${PRESENT_STATE} AS state
       FROM assignment a LEFT JOIN generation_batch b ON b.batch_id = a.batch_id JOIN code_number_link l ON l.code_index = a.code_index AND l.seq = a.generation
       WHERE a.generated_at >= $1 AND (a.generated_at, a.assignment_id) > ($2, $3) ORDER BY a.generated_at, a.assignment_id LIMIT $4`,
      after?.at ?? since.toISOString(), after?.at ?? '-infinity', after?.assignmentId ?? '00000000-0000-0000-0000-000000000000', limit,
    );
    return rows.map(({ number, code, generatedAt, ...row }) => ({
      ...row, number: this.assignments.openNumber(number), residentCode: this.assignments.openCode(code), generatedAt: generatedAt.toISOString(),
    }));
  }
}
