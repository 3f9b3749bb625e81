import type { LocalDate } from '#kernel';
import type { Db, Row } from '#platform';
import type { DelegatedTask, Delegation, DelegationState } from './delegation.js';

/** A delegation as stored. */
export interface DelegationRecord extends Delegation {
  readonly delegationId: string;
  readonly municipalityCode: string;
  readonly endedOn: LocalDate | null;
  readonly grantBasis: string;
  readonly version: number;
}
type DelegationRow = DelegationRecord & Row;

export interface NewDelegation {
  readonly delegationId: string;
  readonly municipalityCode: string;
  readonly tasks: readonly DelegatedTask[];
  readonly startsOn: LocalDate;
  readonly grantBasis: string;
}

export interface Stamp {
  readonly person: string;
  readonly now: Date;
}

const COLUMNS = `delegation_id AS "delegationId", municipality_code AS "municipalityCode", state, tasks, amended_tasks AS "amendedTasks", starts_on AS "startsOn", ended_on AS "endedOn",
  grant_basis AS "grantBasis", version`;

/** Delegations; a municipality has one that is not ended, and none begins before the former one's last day is over. */
export class DelegationStore {
  /** Those that were written: where a municipality has an open one, or had one on the first day, nothing is (the ended row counts as open to whoever does not see its end yet). */
  async add(db: Db, added: readonly NewDelegation[], state: DelegationState, { person, now }: Stamp): Promise<Set<string>> {
    const rows = await db.many<{ delegation_id: string }>(
      `INSERT INTO delegation (delegation_id, municipality_code, state, tasks, starts_on, grant_basis, version, changed_by, changed_at)
       SELECT id, town, $1, string_to_array(tasks, '|'), starts, basis, 1, $2, $3 FROM unnest($4::uuid[], $5::text[], $6::text[], $7::date[], $8::text[]) AS row (id, town, tasks, starts, basis)
       WHERE NOT EXISTS (SELECT 1 FROM delegation d WHERE d.municipality_code = town AND coalesce(d.ended_on, 'infinity') >= starts)
       ON CONFLICT DO NOTHING RETURNING delegation_id`,
      state, person, now.toISOString(), added.map((one) => one.delegationId), added.map((one) => one.municipalityCode), added.map((one) => one.tasks.join('|')),
      added.map((one) => one.startsOn), added.map((one) => one.grantBasis),
    );
    return new Set(rows.map((row) => row.delegation_id));
  }

  async lock(db: Db, delegationId: string): Promise<DelegationRecord | undefined> {
    return db.maybe<DelegationRow>(`SELECT ${COLUMNS} FROM delegation WHERE delegation_id = $1 FOR UPDATE`, delegationId);
  }

  /** The one that is not ended. */
  async open(db: Db, municipalityCodes: readonly string[]): Promise<DelegationRecord[]> {
    return db.many<DelegationRow>(`SELECT ${COLUMNS} FROM delegation WHERE municipality_code = ANY($1::text[]) AND state <> 'TERMINATED'`, municipalityCodes);
  }

  async save(db: Db, { delegationId, state, tasks, amendedTasks, endedOn, grantBasis }: DelegationRecord, { person, now }: Stamp): Promise<void> {
    await db.run(
      'UPDATE delegation SET state = $2, tasks = $3, amended_tasks = $4, ended_on = $5, grant_basis = $6, version = version + 1, changed_by = $7, changed_at = $8 WHERE delegation_id = $1',
      delegationId, state, tasks, amendedTasks, endedOn, grantBasis, person, now.toISOString(),
    );
  }

  async list(db: Db, filter: { readonly municipalityCode: string | undefined; readonly state: string | undefined; readonly after: string | undefined; readonly limit: number }): Promise<DelegationRecord[]> {
    return db.many<DelegationRow>(
      `SELECT ${COLUMNS} FROM delegation WHERE ($1::text IS NULL OR municipality_code = $1) AND ($2::text IS NULL OR state = $2) AND ($3::uuid IS NULL OR delegation_id > $3) ORDER BY delegation_id LIMIT $4`,
      filter.municipalityCode ?? null, filter.state ?? null, filter.after ?? null, filter.limit,
    );
  }
}
