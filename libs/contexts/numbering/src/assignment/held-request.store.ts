import type { Db, Row } from '#platform';
import type { AssignmentStore } from './assignment.store.js';
import type { HeldRequest } from './held-request.js';

export const RESUME_HELD = 'numbering.held-request';

const COLUMNS = `held_id AS "heldId", municipality_code AS "municipalityCode", request_id AS "requestId", person_key AS "personKey", state, fault, job_id AS "jobId", held_until AS "heldUntil"`;

/** Requests that wait for a move. The code is kept as long as it is needed. */
export class HeldRequestStore {
  constructor(private readonly assignments: AssignmentStore) {}

  async of(db: Db, municipalityCode: string, requestId: string): Promise<HeldRequest | undefined> {
    return db.maybe<HeldRequest & Row>(`SELECT ${COLUMNS} FROM held_request WHERE municipality_code = $1 AND request_id = $2`, municipalityCode, requestId);
  }

  /** Another request of the same id that was faster raises unique_violation. */
  async add(db: Db, held: HeldRequest, residentCode: string): Promise<void> {
    await db.run(
      'INSERT INTO held_request (held_id, municipality_code, request_id, person_key, code, state, job_id, held_until) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)',
      held.heldId, held.municipalityCode, held.requestId, held.personKey, this.assignments.sealCode(residentCode).sealed, held.state, held.jobId, held.heldUntil.toISOString(),
    );
  }

  /** The code of a request that still waits. */
  async code(db: Db, heldId: string): Promise<string | undefined> {
    const row = await db.maybe<{ code: Buffer | null }>('SELECT code FROM held_request WHERE held_id = $1', heldId);
    return row?.code ? this.assignments.openCode(row.code) : undefined;
  }

  async lock(db: Db, heldId: string): Promise<HeldRequest> {
    return db.one<HeldRequest & Row>(`SELECT ${COLUMNS} FROM held_request WHERE held_id = $1 FOR UPDATE`, heldId);
  }

  async settle(db: Db, heldId: string, { fault, at }: { readonly fault: string | null; readonly at: Date }): Promise<void> {
    await db.run(
      "UPDATE held_request SET state = CASE WHEN $2::text IS NULL THEN 'ANSWERED' ELSE 'REFUSED' END, fault = $2, code = NULL, settled_at = $3 WHERE held_id = $1",
      heldId, fault, at.toISOString(),
    );
  }
}
