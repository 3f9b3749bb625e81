import { numberingProblems } from '#contracts/numbering';
import { platformProblems, type Ctx, type Db, type FieldCipher, type Row } from '#platform';
import type { CatchUpLine, CatchUpSource, CatchUpState } from './catch-up.js';

const NUMBER = 'ledger_catch_up_line.number';
const CODE = 'ledger_catch_up_line.code';

export interface CatchUp extends Row {
  readonly catchUpId: string;
  readonly state: CatchUpState;
  readonly source: CatchUpSource;
  readonly lines: number | null;
  readonly sha256: string | null;
  readonly neverIssued: number;
  readonly proposedBy: string;
}

interface LineRow extends Row, Omit<CatchUpLine, 'number' | 'residentCode' | 'generatedAt'> {
  readonly number: Buffer;
  readonly code: Buffer | null;
  readonly generatedAt: Date;
}

/** Lists of missing numbers; their lines go as they are taken in. */
export class CatchUpStore {
  constructor(private readonly cipher: FieldCipher) {}

  /** Begins a list, which takes the place of any that is not wholly taken in. */
  async open(db: Db, list: Pick<CatchUp, 'catchUpId' | 'source' | 'neverIssued' | 'proposedBy'>, at: Date): Promise<void> {
    await db.run('DELETE FROM ledger_catch_up_line');
    await db.run("DELETE FROM ledger_catch_up WHERE state <> 'DONE'");
    await db.run(
      "INSERT INTO ledger_catch_up (catch_up_id, state, source, never_issued, proposed_by, received_at) VALUES ($1, 'COLLECTING', $2, $3, $4, $5)",
      list.catchUpId, list.source, list.neverIssued, list.proposedBy, at.toISOString(),
    );
  }

  async lock(db: Db, catchUpId: string): Promise<CatchUp | undefined> {
    return db.maybe<CatchUp>(
      `SELECT catch_up_id AS "catchUpId", state, source, lines, sha256, never_issued AS "neverIssued", proposed_by AS "proposedBy"
       FROM ledger_catch_up WHERE catch_up_id = $1 FOR UPDATE`,
      catchUpId,
    );
  }

  async addLines(db: Db, catchUpId: string, lines: readonly CatchUpLine[]): Promise<void> {
    await db.copyIn('ledger_catch_up_line (catch_up_id, line, number, code, assignment_id, municipality_code, request_id, generated_at, seq, state)', lines.map((row) => [
      catchUpId, row.line, this.cipher.encrypt(NUMBER, row.number), row.residentCode === '' ? null : this.cipher.encrypt(CODE, row.residentCode),
      row.assignmentId === '' ? null : row.assignmentId, row.municipalityCode, row.requestId, row.generatedAt, row.seq, row.state,
    ]));
  }

  async propose(db: Db, catchUpId: string, list: { lines: number; sha256: string }): Promise<void> {
    await db.run("UPDATE ledger_catch_up SET state = 'PROPOSED', lines = $2, sha256 = $3 WHERE catch_up_id = $1", catchUpId, list.lines, list.sha256);
  }

  async confirm(db: Db, catchUpId: string, by: string): Promise<void> {
    await db.run("UPDATE ledger_catch_up SET state = 'RUNNING', confirmed_by = $2 WHERE catch_up_id = $1", catchUpId, by);
  }

  async finish(db: Db, catchUpId: string): Promise<void> {
    await db.run("UPDATE ledger_catch_up SET state = 'DONE' WHERE catch_up_id = $1", catchUpId);
  }

  async page(db: Db, catchUpId: string, limit: number): Promise<CatchUpLine[]> {
    const rows = await db.many<LineRow>(
      `SELECT line, number, code, coalesce(assignment_id::text, '') AS "assignmentId", municipality_code AS "municipalityCode", request_id AS "requestId", generated_at AS "generatedAt", seq, state
       FROM ledger_catch_up_line WHERE catch_up_id = $1 ORDER BY line LIMIT $2`,
      catchUpId, limit,
    );
    return rows.map(({ code, number, generatedAt, ...row }) => ({
      ...row, number: this.cipher.decrypt(NUMBER, number), residentCode: code === null ? '' : this.cipher.decrypt(CODE, code), generatedAt: generatedAt.toISOString(),
    }));
  }

  /** Forgets lines that are taken in; of their numbers, so many have no link. */
  async taken(db: Db, catchUpId: string, { upTo, unlinked }: { upTo: number; unlinked: number }): Promise<void> {
    await db.run('UPDATE ledger_catch_up SET unlinked = unlinked + $2 WHERE catch_up_id = $1', catchUpId, unlinked);
    await db.run('DELETE FROM ledger_catch_up_line WHERE catch_up_id = $1 AND line <= $2', catchUpId, upTo);
  }

  /** Brings numbers back into the ledger; tells which were not there. */
  async regain(db: Db, bases: readonly number[]): Promise<Set<number>> {
    const rows = await db.many<{ base11: number }>(
      'INSERT INTO number_ledger (base11) SELECT DISTINCT base11 FROM unnest($1::bigint[]) AS l (base11) ORDER BY base11 ON CONFLICT DO NOTHING RETURNING base11', bases,
    );
    return new Set(rows.map(({ base11 }) => base11));
  }
}

/** The list, locked. Refuses NOT_FOUND, CATCH_UP_STATE. */
export async function lockedList(ctx: Ctx, lists: CatchUpStore, catchUpId: string, states: readonly CatchUpState[]): Promise<CatchUp> {
  const list = await lists.lock(ctx.db, catchUpId);
  if (list === undefined) throw platformProblems.refuse('NOT_FOUND');
  if (!states.includes(list.state)) throw numberingProblems.refuse('CATCH_UP_STATE', { facts: { state: list.state } });
  return list;
}
