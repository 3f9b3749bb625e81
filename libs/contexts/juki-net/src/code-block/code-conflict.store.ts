import type { Db, Row } from '#platform';
import type { CodeState } from './code-block.js';
import type { CodeConflict, ConflictState } from './code-conflict.js';

/** Where a code is: the municipality of its block and those with records of its person. */
export interface CodePlaces {
  readonly municipalityCodes: string[];
  readonly personKeys: string[];
}

/** Cases about codes; a case is locked or made before its code, by everyone. */
export class CodeConflictStore {
  /** False while another case about the code is open. */
  async add(db: Db, { caseId, codeIndex, state, reportedBy }: CodeConflict, at: Date): Promise<boolean> {
    const added = await db.run(
      "INSERT INTO code_conflict (case_id, code_index, state, reported_by, changed_at) VALUES ($1, $2, $3, $4, $5) ON CONFLICT (code_index) WHERE state = 'REPORTED' DO NOTHING",
      caseId, codeIndex, state, reportedBy, at.toISOString(),
    );
    return added === 1;
  }

  /** The newest first. */
  async list(db: Db, page: { state?: ConflictState | undefined; before?: string | undefined; limit: number }): Promise<(Pick<CodeConflict, 'caseId' | 'state' | 'reportedBy'> & { readonly changedAt: Date })[]> {
    return db.many(
      `SELECT case_id AS "caseId", state, reported_by AS "reportedBy", changed_at AS "changedAt" FROM code_conflict
       WHERE ($1::text IS NULL OR state = $1) AND ($2::uuid IS NULL OR case_id < $2) ORDER BY case_id DESC LIMIT $3`,
      page.state ?? null, page.before ?? null, page.limit,
    );
  }

  async lock(db: Db, caseId: string): Promise<CodeConflict | undefined> {
    return db.maybe<CodeConflict & Row>(
      'SELECT case_id AS "caseId", code_index AS "codeIndex", state, reported_by AS "reportedBy" FROM code_conflict WHERE case_id = $1 FOR UPDATE', caseId);
  }

  async decide(db: Db, { caseId, state }: Pick<CodeConflict, 'caseId' | 'state'>, by: { readonly officer: string; readonly at: Date }): Promise<void> {
    await db.run('UPDATE code_conflict SET state = $2, decided_by = $3, changed_at = $4 WHERE case_id = $1', caseId, state, by.officer, by.at.toISOString());
  }

  /** The state of a code of a block, its row locked. */
  async lockCode(db: Db, codeIndex: Buffer): Promise<CodeState | undefined> {
    return (await db.maybe<{ state: CodeState }>('SELECT state FROM allocated_code WHERE code_index = $1 FOR UPDATE', codeIndex))?.state;
  }

  async places(db: Db, codeIndex: Buffer): Promise<CodePlaces> {
    return db.one<CodePlaces & Row>(
      `SELECT array_agg(DISTINCT place.municipality_code) AS "municipalityCodes", array_remove(array_agg(DISTINCT place.person_key::text), NULL) AS "personKeys"
       FROM (SELECT municipality_code, NULL::uuid AS person_key FROM allocated_code WHERE code_index = $1
             UNION SELECT s.municipality_code, s.person_key FROM resident_code c JOIN segment s ON s.person_key = c.person_key WHERE c.code_index = $1) AS place`,
      codeIndex,
    );
  }
}
