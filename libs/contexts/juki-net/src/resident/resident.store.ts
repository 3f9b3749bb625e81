import { kanaKeyStrict, kanjiKey, localDateInJapan, type LocalDate, toLocalDate } from '#kernel';
import type { CopyValue, Ctx, Db, FieldCipher, Row } from '#platform';
import type { Pointer, Standing } from './person-status.js';
import type { Resident } from './resident.js';
import { placeKey } from './place-key.js';
import { closeDue, type Segment, type SegmentState } from './segment.js';

/** A person on record, as loaded for a change. */
export interface StoredPerson {
  readonly personKey: string;
  readonly resident: Resident;
  /** The present record as the table has it. */
  readonly present: Segment | undefined;
  /** Keys of the segments that are quarantined in the table. */
  readonly quarantined: ReadonlySet<string>;
}

/** A person with what a change made of it; `stored` is left out for one who is new. */
export interface ChangedPerson {
  readonly personKey: string;
  readonly residentCode: string;
  readonly resident: Resident;
  readonly standing: Standing;
  /** Stays that notices of their municipality changed, with the last such notice of each: what its prefecture's copy follows. */
  readonly notified: readonly NotifiedStay[];
  readonly stored?: StoredPerson | undefined;
  readonly formerAddresses?: readonly FormerAddress[] | undefined;
}

export interface NotifiedStay {
  readonly stay: number;
  readonly personSeq: number;
  readonly changeReason: string;
  readonly changeDate: LocalDate;
}

/** An address that a notice replaced within a stay. */
export interface FormerAddress {
  readonly municipalityCode: string;
  readonly stay: number;
  readonly personSeq: number;
  readonly address: string;
}

interface PersonRow extends Row {
  readonly person_key: string;
  readonly fact_version: number;
  readonly changed_on: string;
  readonly change_reason: string;
  readonly status: string;
  readonly municipality_code: string;
  readonly stay: number;
}

/** A segment as it is stored; a prefecture's copy has the same columns. */
export interface SegmentRow extends Row {
  readonly person_key: string;
  readonly municipality_code: string;
  readonly stay: number;
  readonly state: SegmentState;
  readonly quarantined: boolean;
  readonly entry_reason: string;
  readonly entry_date: string;
  readonly previous_municipality_code: string | null;
  readonly closed_reason: string | null;
  readonly closed_date: string | null;
  readonly name_kanji: string;
  readonly name_kana: string;
  readonly alias_name: string;
  readonly birth_date: string;
  readonly sex: string;
  readonly address: string;
  readonly town_code: string;
  readonly postal_code: string;
  readonly foreign_resident: boolean;
  readonly former_surname: string;
  /** The last change, where it is neither the entry nor the closing; a prefecture's copy keeps its own. */
  readonly last_reason?: string | null;
  readonly last_date?: string | null;
  readonly residency_class?: string | null;
  readonly update_lock?: boolean;
}

interface LockedRow extends SegmentRow {
  readonly pointers: readonly string[];
}

interface CodeRow extends Row {
  readonly code_index: Buffer;
  readonly person_key: string;
  readonly superseded: boolean;
}

/** What a resident code leads to. */
export interface CodeOwner {
  readonly personKey: string;
  readonly superseded: boolean;
}

/** Transfer cases that may decide between entries of one day (JUKI-4.5.2). */
const POINTS = "t.pointed_to IS NOT NULL AND t.planned_on IS NOT NULL AND t.exit_state IS DISTINCT FROM 'WITHDRAWN'";
const CODE_KIND = 'resident-code';
const CODE_COLUMN = 'person.resident_code';
const SEGMENT_KEY = ['person_key', 'municipality_code', 'stay'] as const;
const SEGMENT_TYPES = {
  person_key: 'uuid', municipality_code: 'text', stay: 'smallint', state: 'text', quarantined: 'boolean', entry_reason: 'text', entry_date: 'date',
  previous_municipality_code: 'text', closed_reason: 'text', closed_date: 'date', name_kanji: 'text', name_kana: 'text', alias_name: 'text', birth_date: 'text',
  sex: 'text', address: 'text', town_code: 'text', postal_code: 'text', foreign_resident: 'boolean', name_kana_folded: 'text', name_kanji_key: 'text',
  place_key: 'bigint', last_reason: 'text', last_date: 'date', former_surname: 'text', residency_class: 'text', update_lock: 'boolean',
} as const;
const PERSON_TYPES = {
  person_key: 'uuid', fact_version: 'int', status: 'text', next_status: 'text', next_status_on: 'date', municipality_code: 'text', stay: 'smallint',
  changed_on: 'date', change_reason: 'text',
} as const;

/** Key of a code as the maps of one intake use it. */
export function codeKey(index: Buffer): string {
  return index.toString('latin1');
}

export function segmentKey({ municipalityCode, stay }: Pick<Segment, 'municipalityCode' | 'stay'>): string {
  return `${municipalityCode}/${stay}`;
}

/** Persons, their codes and segments; everything is read and written in sets. */
export class ResidentStore {
  constructor(private readonly cipher: FieldCipher) {}

  codeIndex(residentCode: string): Buffer {
    return this.cipher.blindIndex(CODE_KIND, residentCode);
  }

  // One index probe a value in its own partition: `= ANY` would probe every partition for every value.

  /** Owners of codes by `codeKey`, their rows locked: whoever else takes a notice of the same code in waits. */
  async lockCodes(db: Db, indexes: readonly Buffer[]): Promise<Map<string, CodeOwner>> {
    const rows = await db.many<CodeRow>(
      `SELECT found.* FROM unnest($1::bytea[]) AS asked (code_index)
       CROSS JOIN LATERAL (SELECT c.code_index, c.person_key, c.superseded FROM resident_code c WHERE c.code_index = asked.code_index FOR UPDATE) AS found`,
      [...indexes].sort((a, b) => a.compare(b)),
    );
    return new Map(rows.map((row) => [codeKey(row.code_index), { personKey: row.person_key, superseded: row.superseded }]));
  }

  /** Writes codes to persons; a code that somebody wrote in the meantime is left as it is and missing in the answer. */
  async writeCodes(db: Db, entries: readonly { index: Buffer; personKey: string }[]): Promise<Set<string>> {
    const sorted = [...entries].sort((a, b) => a.index.compare(b.index));
    const rows = await db.many<Pick<CodeRow, 'person_key'>>(
      'INSERT INTO resident_code (code_index, person_key) SELECT * FROM unnest($1::bytea[], $2::uuid[]) ON CONFLICT DO NOTHING RETURNING person_key',
      sorted.map((entry) => entry.index),
      sorted.map((entry) => entry.personKey),
    );
    return new Set(rows.map((row) => row.person_key));
  }

  /** Gives a code that nobody has a record of to a person. */
  async moveCode(db: Db, index: Buffer, personKey: string): Promise<void> {
    await db.run('UPDATE resident_code SET person_key = $2 WHERE code_index = $1', index, personKey);
  }

  async supersedeCode(db: Db, index: Buffer, personKey: string, newCode: string): Promise<void> {
    await db.run('UPDATE resident_code SET superseded = true WHERE code_index = $1', index);
    await db.run('UPDATE person SET resident_code = $2 WHERE person_key = $1', personKey, this.cipher.encrypt(CODE_COLUMN, newCode));
  }

  /** Persons with all their segments as they stand today, locked. What only the day has closed `closeDepartures` writes. */
  async lockPersons({ db, now }: Pick<Ctx, 'db' | 'now'>, personKeys: readonly string[]): Promise<Map<string, StoredPerson>> {
    if (personKeys.length === 0) return new Map();
    const persons = await db.many<PersonRow>(
      `SELECT found.* FROM unnest($1::uuid[]) AS asked (person_key)
       CROSS JOIN LATERAL (SELECT p.person_key, p.fact_version, p.changed_on, p.change_reason, p.status, p.municipality_code, p.stay FROM person p WHERE p.person_key = asked.person_key FOR UPDATE) AS found`,
      [...personKeys].sort(),
    );
    const rows = persons.length === 0 ? [] : await db.many<LockedRow>(
      `SELECT s.*, ARRAY(SELECT t.pointed_to || ' ' || t.planned_on FROM transfer_case t WHERE t.person_key = asked.person_key AND ${POINTS}) AS pointers
       FROM unnest($1::uuid[]) AS asked (person_key) CROSS JOIN LATERAL (SELECT * FROM segment WHERE segment.person_key = asked.person_key OFFSET 0) AS s`,
      personKeys,
    );
    const segments = new Map<string, LockedRow[]>();
    for (const row of rows) {
      const group = segments.get(row.person_key);
      if (group === undefined) segments.set(row.person_key, [row]);
      else group.push(row);
    }
    const today = localDateInJapan(now);
    return new Map(persons.map((person) => [person.person_key, storedPerson(person, segments.get(person.person_key) ?? [], today)]));
  }

  /** Writes changed persons and segments: new rows by COPY, changed ones by one statement a table. */
  async write(db: Db, changed: readonly ChangedPerson[]): Promise<void> {
    const fresh = changed.filter((person) => person.stored === undefined);
    const known = changed.filter((person) => person.stored !== undefined);
    if (fresh.length > 0) {
      await db.copyIn(`person(${[...Object.keys(PERSON_TYPES), 'resident_code'].join(', ')})`, fresh.map((person) => [...personValues(person), this.cipher.encrypt(CODE_COLUMN, person.residentCode)]));
    }
    if (known.length > 0) await updateRows(db, { table: 'person', types: PERSON_TYPES, keys: ['person_key'] }, known.map(personValues));
    const { added, altered } = segmentChanges(changed);
    if (added.length > 0) await db.copyIn(`segment(${Object.keys(SEGMENT_TYPES).join(', ')})`, added);
    if (altered.length > 0) await updateRows(db, { table: 'segment', types: SEGMENT_TYPES, keys: SEGMENT_KEY }, altered);
    const former = changed.flatMap(formerAddressValues);
    if (former.length > 0) await db.copyIn('former_address(person_key, municipality_code, stay, person_seq, address, place_key)', former);
  }
}

function storedPerson(person: PersonRow, rows: readonly LockedRow[], today: LocalDate): StoredPerson {
  const quarantined = new Set(rows.filter((row) => row.quarantined).map((row) => segmentKey({ municipalityCode: row.municipality_code, stay: row.stay })));
  const segments = rows.map((row) => withNumberChange(closeDue(toSegment(row), today), person));
  return {
    personKey: person.person_key,
    present: segments.find((segment) => isPresentOf(person, segment)),
    resident: { factVersion: person.fact_version, segments, pointers: (rows[0]?.pointers ?? []).map(toPointer) },
    quarantined,
  };
}

function toPointer(text: string): Pointer {
  const [to = '', on = ''] = text.split(' ');
  return { to, on: toLocalDate(on) };
}

function isPresentOf({ municipality_code, stay }: PersonRow, segment: Segment): boolean {
  return segment.municipalityCode === municipality_code && segment.stay === stay;
}

/** What numbering changed (42 to 44) is kept with the person only; but for a death that is the last change of the present record. */
function withNumberChange(segment: Segment, person: PersonRow): Segment {
  return isPresentOf(person, segment) && person.status !== 'DECEASED' ? { ...segment, change: { reason: person.change_reason, date: toLocalDate(person.changed_on) } } : segment;
}

export function toSegment(row: SegmentRow): Segment {
  return {
    municipalityCode: row.municipality_code,
    stay: row.stay,
    state: row.state,
    entryReason: row.entry_reason,
    entryDate: toLocalDate(row.entry_date),
    previousMunicipalityCode: row.previous_municipality_code ?? undefined,
    closedReason: row.closed_reason ?? undefined,
    closedDate: row.closed_date === null ? undefined : toLocalDate(row.closed_date),
    content: {
      nameKanji: row.name_kanji, nameKana: row.name_kana, aliasName: row.alias_name, birthDate: row.birth_date, sex: row.sex,
      address: row.address, townCode: row.town_code, postalCode: row.postal_code, formerSurname: row.former_surname,
    },
    foreignResident: row.foreign_resident,
    residencyClass: row.residency_class ?? undefined,
    updateLock: row.update_lock,
    change: typeof row.last_reason === 'string' && typeof row.last_date === 'string' ? { reason: row.last_reason, date: toLocalDate(row.last_date) } : undefined,
  };
}

function segmentValues(personKey: string, segment: Segment, quarantined: boolean): CopyValue[] {
  const { content } = segment;
  return [
    personKey, segment.municipalityCode, segment.stay, segment.state, quarantined, segment.entryReason, segment.entryDate,
    segment.previousMunicipalityCode ?? null, segment.closedReason ?? null, segment.closedDate ?? null,
    content.nameKanji, content.nameKana, content.aliasName, content.birthDate, content.sex, content.address, content.townCode, content.postalCode,
    segment.foreignResident, kanaKeyStrict(content.nameKana), kanjiKey(content.nameKanji), placeKey(content.birthDate, content.address), segment.change?.reason ?? null, segment.change?.date ?? null,
    content.formerSurname, segment.residencyClass ?? null, segment.updateLock ?? false,
  ];
}

function formerAddressValues({ personKey, resident, formerAddresses = [] }: ChangedPerson): CopyValue[][] {
  return formerAddresses.map((was) => {
    const birthDate = resident.segments.find((segment) => segmentKey(segment) === segmentKey(was))?.content.birthDate ?? '';
    return [personKey, was.municipalityCode, was.stay, was.personSeq, was.address, placeKey(birthDate, was.address)];
  });
}

function personValues({ personKey, resident, standing }: ChangedPerson): CopyValue[] {
  const { status, next, current, change } = standing;
  return [personKey, resident.factVersion, status, next?.status ?? null, next?.on ?? null, current.municipalityCode, current.stay, change.date, change.reason];
}

function segmentChanges(changed: readonly ChangedPerson[]): { added: CopyValue[][]; altered: CopyValue[][] } {
  const added: CopyValue[][] = [];
  const altered: CopyValue[][] = [];
  for (const { personKey, resident, standing, stored } of changed) {
    for (const segment of resident.segments) {
      const quarantined = standing.quarantined.includes(segment);
      const key = segmentKey(segment);
      const before = stored?.resident.segments.find((other) => segmentKey(other) === key);
      if (before === undefined) added.push(segmentValues(personKey, segment, quarantined));
      else if (before !== segment || stored?.quarantined.has(key) !== quarantined) altered.push(segmentValues(personKey, segment, quarantined));
    }
  }
  return { added, altered };
}

interface UpdateTarget {
  readonly table: string;
  readonly types: Readonly<Record<string, string>>;
  readonly keys: readonly string[];
}

/** One UPDATE for many rows. Names come from the tables of this file, never from input. */
async function updateRows(db: Db, { table, types, keys }: UpdateTarget, rows: readonly (readonly CopyValue[])[]): Promise<void> {
  const columns = Object.keys(types);
  const set = columns.filter((column) => !keys.includes(column)).map((column) => `${column} = changed.${column}`);
  const arrays = columns.map((column, index) => `$${index + 1}::${types[column]}[]`);
  const match = keys.map((column) => `${table}.${column} = changed.${column}`);
  await db.run(
    `UPDATE ${table} SET ${set.join(', ')} FROM unnest(${arrays.join(', ')}) AS changed (${columns.join(', ')}) WHERE ${match.join(' AND ')}`,
    ...columns.map((_column, index) => rows.map((row) => row[index])),
  );
}

