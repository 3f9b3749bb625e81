import { addDays, type LocalDate, startOfDayInJapan } from '#kernel';
import type { Db, FieldCipher, Row } from '#platform';
import { createHash } from 'node:crypto';
import { dropCopies } from '../prefecture/prefecture-record.store.js';
import type { Lot } from './retention.js';

export interface Certificate {
  readonly rows: number;
  readonly sha256: string;
  readonly officers: readonly string[];
  readonly purgedAt: Date;
}

/** Where a purge is: the last row of the chunk before. */
export interface UsePlace {
  readonly person: string;
  readonly at: string;
  readonly use: string;
}

/** What a chunk purged: how many rows, their digest, and the last of them, missing when nothing is left. */
export interface Purged<Place> {
  readonly rows: number;
  readonly digest: Buffer;
  readonly last?: Place | undefined;
}

interface PersonGone extends Row {
  readonly resident_code: Buffer;
  readonly individual_number: Buffer | null;
}

const COLUMNS = `lot_id AS "lotId", kind, month, rule, counted_until AS "countedUntil", rows, state,
  ARRAY(SELECT a.officer FROM retention_approval a WHERE a.lot_id = retention_lot.lot_id ORDER BY a.at, a.officer) AS officers`;

/** A closed record whose last notice was received before $2; $1 is the day before. */
const over = (record: string): string => `(${record}.state LIKE 'CLOSED\\_%' AND ${record}.closed_date <= $1::date AND NOT EXISTS (
  SELECT FROM change_notice n WHERE n.municipality_code = ${record}.municipality_code AND n.person_key = ${record}.person_key AND n.received_at >= $2::timestamptz))`;
/** A person's present record goes with the last of theirs: until then it says what became of them. */
const OVER = `${over('s')} AND ((p.municipality_code, p.stay) <> (s.municipality_code, s.stay) OR NOT EXISTS (SELECT FROM segment o WHERE o.person_key = s.person_key AND NOT ${over('o')}))`;

export class RetentionStore {
  constructor(private readonly cipher: FieldCipher) {}

  /** Draws the lot of a month unless nothing is over; what earlier lots left is in it. */
  async draw(db: Db, lot: Omit<Lot, 'rows' | 'state' | 'officers'>, at: Date): Promise<Lot | undefined> {
    const { lotId, kind, month, rule, countedUntil } = lot;
    await db.run("UPDATE retention_lot SET state = 'LAPSED' WHERE kind = $1 AND month < $2 AND (state = 'DUE' OR (state = 'APPROVED' AND rule <> $3))", kind, month, rule);
    const rows = kind === 'USE_RECORD' ? await this.countUses(db, countedUntil) : await this.countRecords(db, countedUntil);
    if (rows === 0) return undefined;
    const drawn = await db.run(
      "INSERT INTO retention_lot (lot_id, kind, month, rule, counted_until, rows, state, drawn_at) VALUES ($1, $2, $3, $4, $5, $6, 'DUE', $7) ON CONFLICT (kind, month) DO NOTHING",
      lotId, kind, month, rule, countedUntil, rows, at.toISOString(),
    );
    return drawn === 0 ? undefined : { ...lot, rows, state: 'DUE', officers: [] };
  }

  private async countUses(db: Db, countedUntil: LocalDate): Promise<number> {
    const { n } = await db.one<{ n: number }>('SELECT count(*) AS n FROM use_record WHERE at < $1', dayAfter(countedUntil));
    return n;
  }

  private async countRecords(db: Db, countedUntil: LocalDate): Promise<number> {
    const { n } = await db.one<{ n: number }>(
      `SELECT count(*) AS n FROM segment s JOIN person p ON p.person_key = s.person_key WHERE ${OVER}`, countedUntil, dayAfter(countedUntil),
    );
    return n;
  }

  async lock(db: Db, lotId: string): Promise<Lot | undefined> {
    return db.maybe<Lot & Row>(`SELECT ${COLUMNS} FROM retention_lot WHERE lot_id = $1 FOR UPDATE`, lotId);
  }

  async find(db: Db, lotId: string): Promise<Lot | undefined> {
    return db.maybe<Lot & Row>(`SELECT ${COLUMNS} FROM retention_lot WHERE lot_id = $1`, lotId);
  }

  async list(db: Db, limit: number): Promise<Lot[]> {
    return db.many<Lot & Row>(`SELECT ${COLUMNS} FROM retention_lot ORDER BY month DESC, kind LIMIT $1`, limit);
  }

  async approve(db: Db, lot: Lot, officer: string, at: Date): Promise<void> {
    await db.run('INSERT INTO retention_approval (lot_id, officer, at) VALUES ($1, $2, $3)', lot.lotId, officer, at.toISOString());
    await db.run('UPDATE retention_lot SET state = $2 WHERE lot_id = $1', lot.lotId, lot.state);
  }

  /** One chunk of use records, by the owner's function: the app role itself cannot delete from a journal. */
  async purgeUses(db: Db, { lotId }: Lot, after: UsePlace, most: number): Promise<Purged<UsePlace>> {
    const row = await db.one<{ purged: number; digest: Buffer; last_person: string | null; last_at: string | null; last_use: string | null }>(
      'SELECT purged, digest, last_person, last_at::text, last_use FROM purge_use_records($1, $2, $3::timestamptz, $4, $5)', lotId, after.person, after.at, after.use, most,
    );
    const { last_person: person, last_at: at, last_use: use } = row;
    return { rows: row.purged, digest: row.digest, last: person === null || at === null || use === null ? undefined : { person, at, use } };
  }

  /** The closed records of one chunk of persons, with the notices about them; whoever has no record left goes too. */
  async purgeRecords(db: Db, lot: Lot, after: string, most: number): Promise<Purged<string>> {
    const until = [lot.countedUntil, dayAfter(lot.countedUntil)] as const;
    const persons = await db.many<{ person_key: string }>(
      `SELECT DISTINCT s.person_key FROM segment s JOIN person p ON p.person_key = s.person_key WHERE ${OVER} AND s.person_key > $3 ORDER BY s.person_key LIMIT $4`,
      ...until, after, most,
    );
    const keys = persons.map((row) => row.person_key);
    const gone = await db.many<{ person_key: string; municipality_code: string; stay: number }>(
      `DELETE FROM segment s USING person p WHERE s.person_key = ANY($3::uuid[]) AND p.person_key = s.person_key AND ${OVER}
       RETURNING s.person_key, s.municipality_code, s.stay`,
      ...until, keys,
    );
    await dropCopies(db, gone);
    const columns = [gone.map((row) => row.person_key), gone.map((row) => row.municipality_code), gone.map((row) => row.stay)] as const;
    await db.run(
      `DELETE FROM former_address f USING unnest($1::uuid[], $2::text[], $3::smallint[]) AS gone (person_key, municipality_code, stay)
       WHERE f.person_key = gone.person_key AND f.municipality_code = gone.municipality_code AND f.stay = gone.stay`,
      ...columns,
    );
    await db.run(
      `DELETE FROM change_notice n USING (SELECT DISTINCT * FROM unnest($1::uuid[], $2::text[])) AS gone (person_key, municipality_code)
       WHERE n.municipality_code = gone.municipality_code AND n.person_key = gone.person_key
         AND NOT EXISTS (SELECT FROM segment s WHERE s.person_key = gone.person_key AND s.municipality_code = gone.municipality_code)`,
      columns[0], columns[1],
    );
    await this.purgePersons(db, keys);
    const lines = gone.map((row) => `${row.person_key},${row.municipality_code},${row.stay}`).sort();
    return { rows: gone.length, digest: createHash('sha256').update(lines.join('\n')).digest(), last: keys.at(-1) };
  }

  /** A code is never given again (JUKI-3.1): what remains of it is its keyed hash, as superseded. */
  private async purgePersons(db: Db, personKeys: readonly string[]): Promise<void> {
    const gone = await db.many<PersonGone>(
      'DELETE FROM person p WHERE p.person_key = ANY($1::uuid[]) AND NOT EXISTS (SELECT FROM segment s WHERE s.person_key = p.person_key) RETURNING p.resident_code, p.individual_number',
      personKeys,
    );
    const { cipher } = this;
    const codes = gone.map((row) => cipher.blindIndex('resident-code', cipher.decrypt('person.resident_code', row.resident_code)));
    const numbers = gone.flatMap(({ individual_number: number }) => (number === null ? [] : [cipher.blindIndex('individual-number', cipher.decrypt('person.individual_number', number))]));
    await db.run('UPDATE resident_code SET superseded = true WHERE code_index = ANY($1::bytea[])', codes);
    await db.run('DELETE FROM individual_number WHERE number_index = ANY($1::bytea[])', numbers);
  }

  async certify(db: Db, lot: Lot, purged: { readonly rows: number; readonly sha256: string }, at: Date): Promise<void> {
    await db.run(
      'INSERT INTO retention_certificate (lot_id, kind, month, rule, rows, sha256, officers, purged_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)',
      lot.lotId, lot.kind, lot.month, lot.rule, purged.rows, Buffer.from(purged.sha256, 'hex'), lot.officers, at.toISOString(),
    );
    await db.run("UPDATE retention_lot SET state = 'PURGED' WHERE lot_id = $1", lot.lotId);
  }

  async certificate(db: Db, lotId: string): Promise<Certificate | undefined> {
    return db.maybe<Certificate & Row>(`SELECT rows, encode(sha256, 'hex') AS sha256, officers, purged_at AS "purgedAt" FROM retention_certificate WHERE lot_id = $1`, lotId);
  }
}

function dayAfter(day: LocalDate): string {
  return startOfDayInJapan(addDays(day, 1)).toISOString();
}
