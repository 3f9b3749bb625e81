import { z } from 'zod';
import { platformProblems, requireJurisdiction, type Ctx, type Db, type FieldCipher, type Row } from '#platform';
import type { Addressee, MailedSet, SetState, TargetFault, TargetRow } from './delivery-target.js';

const CODE = 'delivery_target.code';
const ADDRESSEE = 'delivery_target.addressee';
const addressee = z.object({ postalCode: z.string(), address: z.string(), addresseeName: z.string() });

export interface SetRow extends Row {
  readonly set_id: string;
  readonly municipality_code: string;
  readonly base_date: string;
  readonly state: SetState;
  readonly rows: number | null;
  readonly sha256: string | null;
  readonly job_id: string | null;
  readonly households: number | null;
  readonly persons: number | null;
  readonly faults: number | null;
  readonly received_at: Date;
  readonly handed_at: Date | null;
  readonly returned: number;
  readonly settled: number;
}

/** A target as card-issuance gets it. */
export interface HandedTarget extends Addressee {
  readonly position: number;
  readonly householdRef: string;
  readonly lineInHousehold: number;
  readonly personKey: string;
  readonly temporaryAddress: boolean;
  readonly itemCount: number;
}

interface TargetDbRow extends Row {
  readonly position: number;
  readonly household_ref: string;
  readonly line_in_household: number;
  readonly person_key: string;
  readonly addressee: Buffer;
  readonly temporary_address: boolean;
  readonly item_count: number;
}

const COLUMNS = 'set_id, municipality_code, base_date, state, rows, sha256, job_id, households, persons, faults, received_at, handed_at, returned, settled';

/** Delivery target sets, their rows and faults. */
export class DeliveryTargetStore {
  constructor(private readonly cipher: FieldCipher) {}

  async open(db: Db, set: { setId: string; municipalityCode: string; baseDate: string; at: Date }): Promise<void> {
    await db.run(
      "INSERT INTO delivery_target_set (set_id, municipality_code, base_date, state, received_at) VALUES ($1, $2, $3, 'COLLECTING', $4)",
      set.setId, set.municipalityCode, set.baseDate, set.at.toISOString(),
    );
  }

  async find(db: Db, setId: string): Promise<SetRow | undefined> {
    return db.maybe<SetRow>(`SELECT ${COLUMNS} FROM delivery_target_set WHERE set_id = $1`, setId);
  }

  async addRows(db: Db, setId: string, rows: readonly TargetRow[]): Promise<void> {
    await db.copyIn(
      'delivery_target (set_id, position, household_ref, line_in_household, code, addressee, temporary_address, item_count)',
      rows.map((row) => [
        setId, row.position, row.householdRef, row.lineInHousehold, this.cipher.encrypt(CODE, row.residentCode),
        this.cipher.encrypt(ADDRESSEE, JSON.stringify(row.addressee)), row.temporaryAddress, row.itemCount,
      ]),
    );
  }

  async addFaults(db: Db, setId: string, faults: readonly TargetFault[]): Promise<void> {
    if (faults.length > 0) await db.copyIn('delivery_target_fault (set_id, position, field, code)', faults.map(({ position, field, code }) => [setId, position, field, code]));
  }

  /** The set of these bytes, if the municipality sent them before for the date; until the transaction ends nobody else cuts the same one off. */
  async bySha256(db: Db, list: { municipalityCode: string; baseDate: string; sha256: string }): Promise<SetRow | undefined> {
    const { municipalityCode, baseDate, sha256 } = list;
    await db.run('SELECT pg_advisory_xact_lock(hashtextextended($1, 0))', `delivery-target-set/${municipalityCode}/${baseDate}/${sha256}`);
    return db.maybe<SetRow>(`SELECT ${COLUMNS} FROM delivery_target_set WHERE municipality_code = $1 AND base_date = $2 AND sha256 = $3`, municipalityCode, baseDate, sha256);
  }

  /** Forgets a set that was never cut off, with its rows. */
  async drop(db: Db, setId: string): Promise<void> {
    for (const table of ['delivery_target', 'delivery_target_fault', 'delivery_target_set']) await db.run(`DELETE FROM ${table} WHERE set_id = $1`, setId);
  }

  /** Sets whose upload broke off. */
  async broken(db: Db, openedBefore: Date): Promise<string[]> {
    const rows = await db.many<{ set_id: string }>("SELECT set_id FROM delivery_target_set WHERE state = 'COLLECTING' AND received_at < $1 FOR UPDATE", openedBefore.toISOString());
    return rows.map((row) => row.set_id);
  }

  async setJob(db: Db, setId: string, jobId: string): Promise<void> {
    await db.run('UPDATE delivery_target_set SET job_id = $2 WHERE set_id = $1', setId, jobId);
  }

  /** The list has arrived completely: nothing is added to it any more. */
  async cutOff(db: Db, setId: string, received: { rows: number; sha256: string; jobId: string }): Promise<void> {
    await db.run("UPDATE delivery_target_set SET state = 'CUT_OFF', rows = $2, sha256 = $3, job_id = $4 WHERE set_id = $1", setId, received.rows, received.sha256, received.jobId);
  }

  /** Rows whose person is not known yet, with their resident codes. */
  async unchecked(db: Db, setId: string, page: { after: number; limit: number }): Promise<{ position: number; residentCode: string }[]> {
    const rows = await db.many<{ position: number; code: Buffer }>(
      'SELECT position, code FROM delivery_target WHERE set_id = $1 AND position > $2 AND code IS NOT NULL ORDER BY position LIMIT $3',
      setId, page.after, page.limit,
    );
    return rows.map(({ position, code }) => ({ position, residentCode: this.cipher.decrypt(CODE, code) }));
  }

  /** Which of these people stand in the set already. */
  async present(db: Db, setId: string, personKeys: readonly string[]): Promise<Set<string>> {
    const rows = await db.many<{ person_key: string }>('SELECT person_key FROM delivery_target WHERE set_id = $1 AND person_key = ANY($2::uuid[])', setId, personKeys);
    return new Set(rows.map((row) => row.person_key));
  }

  /** Keeps the rows whose person was found and forgets their codes; rows with a fault leave the set. */
  async settle(db: Db, setId: string, outcome: { people: ReadonlyMap<number, string>; faults: readonly TargetFault[] }): Promise<void> {
    await db.run(
      `UPDATE delivery_target t SET person_key = p.person_key, code = NULL
       FROM unnest($2::int[], $3::uuid[]) AS p (position, person_key) WHERE t.set_id = $1 AND t.position = p.position`,
      setId, [...outcome.people.keys()], [...outcome.people.values()],
    );
    await db.run('DELETE FROM delivery_target WHERE set_id = $1 AND position = ANY($2::int[])', setId, outcome.faults.map(({ position }) => position));
    await this.addFaults(db, setId, outcome.faults);
  }

  /** An envelope counts what is in it, also where a member was left out for a fault. */
  async countEnvelopes(db: Db, setId: string): Promise<void> {
    await db.run(
      `UPDATE delivery_target t SET item_count = h.items FROM (SELECT household_ref, count(*) AS items FROM delivery_target WHERE set_id = $1 GROUP BY household_ref) AS h
       WHERE t.set_id = $1 AND t.household_ref = h.household_ref AND t.item_count <> h.items`,
      setId,
    );
  }

  /** Counts the rows themselves and closes the check. */
  async check(db: Db, setId: string): Promise<{ households: number; persons: number }> {
    return db.one(
      `UPDATE delivery_target_set s SET state = 'CHECKED', households = n.households, persons = n.persons,
         faults = (SELECT count(DISTINCT position) FROM delivery_target_fault WHERE set_id = $1)
       FROM (SELECT count(DISTINCT household_ref) AS households, count(*) AS persons FROM delivery_target WHERE set_id = $1) AS n
       WHERE s.set_id = $1 RETURNING s.households, s.persons`,
      setId,
    );
  }

  async hand(db: Db, setId: string, at: Date): Promise<void> {
    await db.run("UPDATE delivery_target_set SET state = 'HANDED_TO_CARD', handed_at = $2 WHERE set_id = $1", setId, at.toISOString());
  }

  /** A set that was handed over, locked. */
  async lockMailed(db: Db, setId: string): Promise<MailedSet | undefined> {
    return db.maybe<MailedSet & Row>("SELECT state, persons, returned, settled FROM delivery_target_set WHERE set_id = $1 AND handed_at IS NOT NULL FOR UPDATE", setId);
  }

  async setMailed(db: Db, setId: string, { state, returned, settled }: MailedSet): Promise<void> {
    await db.run('UPDATE delivery_target_set SET state = $2, returned = $3, settled = $4 WHERE set_id = $1', setId, state, returned, settled);
  }

  async faults(db: Db, setId: string, page: { after: number; limit: number }): Promise<TargetFault[]> {
    return db.many<Row & TargetFault>(
      'SELECT position, field, code FROM delivery_target_fault WHERE set_id = $1 AND position > $2 ORDER BY position, field LIMIT $3',
      setId, page.after, page.limit,
    );
  }

  async targets(db: Db, setId: string, page: { after: number; limit: number }): Promise<HandedTarget[]> {
    const rows = await db.many<TargetDbRow>(
      `SELECT position, household_ref, line_in_household, person_key, addressee, temporary_address, item_count
       FROM delivery_target WHERE set_id = $1 AND position > $2 ORDER BY position LIMIT $3`,
      setId, page.after, page.limit,
    );
    return rows.map((row) => ({
      position: row.position,
      householdRef: row.household_ref,
      lineInHousehold: row.line_in_household,
      personKey: row.person_key,
      ...addressee.parse(JSON.parse(this.cipher.decrypt(ADDRESSEE, row.addressee))),
      temporaryAddress: row.temporary_address,
      itemCount: row.item_count,
    }));
  }
}

/** The set if it exists and the caller may see it; refuses NOT_FOUND or OUT_OF_JURISDICTION. */
export function permittedSet(ctx: Ctx, set: SetRow | undefined): SetRow {
  if (set === undefined) throw platformProblems.refuse('NOT_FOUND');
  requireJurisdiction(ctx, set.municipality_code);
  return set;
}
