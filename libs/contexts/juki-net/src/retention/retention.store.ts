import { addDays, type LocalDate, startOfDayInJapan } from '#kernel';
import type { Db, FieldCipher, Row } from '#platform';
import { createHash } from 'node:crypto';
import { dropCopies } from '../prefecture/prefecture-record.store.js';
import { NETWORK_BEGAN, type Lot, type LotKind } from './retention.js';

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

/** A municipality's records of a person. */
export interface RecordPlace {
  readonly place: string;
  readonly person: string;
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

/** A notice that took effect and was followed by another one received before $1; addresses that a notice received before $1 replaced. */
const SUPERSEDED_NOTICE = `n.state = 'APPLIED' AND EXISTS (SELECT FROM change_notice l WHERE l.municipality_code = n.municipality_code AND l.person_key = n.person_key
  AND l.person_seq > n.person_seq AND l.state IN ('APPLIED', 'QUARANTINED') AND l.received_at < $1)`;
const SUPERSEDED_ADDRESS = `EXISTS (SELECT FROM change_notice n
  WHERE n.municipality_code = f.municipality_code AND n.person_key = f.person_key AND n.person_seq = f.person_seq AND n.received_at < $1)`;

export class RetentionStore {
  constructor(private readonly cipher: FieldCipher) {}

  /** Draws the lot of a month unless nothing is over; what earlier lots left is in it. */
  async draw(db: Db, lot: Omit<Lot, 'rows' | 'state' | 'officers'>, at: Date): Promise<Lot | undefined> {
    const { lotId, kind, month, rule, countedUntil } = lot;
    await db.run("UPDATE retention_lot SET state = 'LAPSED' WHERE kind = $1 AND month < $2 AND (state = 'DUE' OR (state = 'APPROVED' AND rule <> $3))", kind, month, rule);
    const rows = await this.count(db, kind, countedUntil);
    if (rows === 0) return undefined;
    const drawn = await db.run(
      "INSERT INTO retention_lot (lot_id, kind, month, rule, counted_until, rows, state, drawn_at) VALUES ($1, $2, $3, $4, $5, $6, 'DUE', $7) ON CONFLICT (kind, month) DO NOTHING",
      lotId, kind, month, rule, countedUntil, rows, at.toISOString(),
    );
    return drawn === 0 ? undefined : { ...lot, rows, state: 'DUE', officers: [] };
  }

  private async count(db: Db, kind: LotKind, countedUntil: LocalDate): Promise<number> {
    if (kind === 'USE_RECORD') return this.countUses(db, countedUntil);
    return kind === 'CLOSED_RECORD' ? this.countRecords(db, countedUntil) : this.countSuperseded(db, countedUntil);
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

  private async countSuperseded(db: Db, countedUntil: LocalDate): Promise<number> {
    // Under the long rule every month for a century: no notice need be looked at.
    if (countedUntil < NETWORK_BEGAN) return 0;
    const { n } = await db.one<{ n: number }>(
      `SELECT (SELECT count(*) FROM change_notice n WHERE ${SUPERSEDED_NOTICE}) + (SELECT count(*) FROM former_address f WHERE ${SUPERSEDED_ADDRESS}) AS n`, dayAfter(countedUntil),
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

  /** What later notices replaced, of one chunk of a municipality's persons: former addresses, then former notices. The last one that took effect stays. */
  async purgeSuperseded(db: Db, lot: Lot, after: RecordPlace, most: number): Promise<Purged<RecordPlace>> {
    const before = dayAfter(lot.countedUntil);
    const records = await db.many<RecordPlace & Row>(
      `SELECT DISTINCT n.municipality_code AS place, n.person_key AS person FROM change_notice n WHERE ${SUPERSEDED_NOTICE} AND (n.municipality_code, n.person_key) > ($2, $3::uuid)
       ORDER BY n.municipality_code, n.person_key LIMIT $4`,
      before, after.place, after.person, most,
    );
    const of = [records.map(({ place }) => place), records.map(({ person }) => person)] as const;
    const gone: { key: string }[] = [];
    for (const [table, row, condition] of [['former_address', 'f', SUPERSEDED_ADDRESS], ['change_notice', 'n', SUPERSEDED_NOTICE]] as const) {
      gone.push(...(await db.many<{ key: string }>(
        `DELETE FROM ${table} ${row} USING unnest($2::text[], $3::uuid[]) AS k (place, person) WHERE ${row}.municipality_code = k.place AND ${row}.person_key = k.person AND ${condition}
         RETURNING '${table},' || ${row}.person_key || ',' || ${row}.municipality_code || ',' || ${row}.person_seq AS key`,
        before, ...of,
      )));
    }
    return { rows: gone.length, digest: createHash('sha256').update(gone.map(({ key }) => key).sort().join('\n')).digest(), last: records.at(-1) };
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
