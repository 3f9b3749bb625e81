import { kanaKeyStrict, kanjiKey, type LocalDate } from '#kernel';
import type { Db, FieldCipher } from '#platform';
import type { FoundPerson } from '../inquiry/inquiry.js';
import type { FourItems, FoundByCode, InquiryStore } from '../inquiry/inquiry.store.js';
import { standingOf, statusOn } from '../resident/person-status.js';
import { type SegmentRow, toSegment } from '../resident/resident.store.js';
import { isSameStay } from '../resident/segment.js';

interface CopyRow extends SegmentRow {
  readonly resident_code: Buffer;
  readonly individual_number: Buffer | null;
  readonly record_version: number;
  readonly change_reason: string;
  readonly change_date: string;
  readonly is_protected: boolean;
}

/** Persons who share what was asked; beyond it the question is too wide to be answered with persons. */
const MOST_COMPARED = 500;
const RECORD = `r.*, false AS quarantined,
  EXISTS (SELECT 1 FROM support_measure m WHERE m.person_key = r.person_key AND $2::date BETWEEN m.starts_on AND m.ends_on) AS is_protected`;

/** The questions of inquiries, answered by the copy of the prefecture that the transaction entered. What it derives of a person is what its own records say. */
export class PrefectureRegister implements Pick<InquiryStore, 'byCode' | 'byCodes' | 'byNumber' | 'byNumbers' | 'byFourItems'> {
  constructor(private readonly cipher: FieldCipher) {}

  // The keyed indexes are the platform's: they lead to a person key, and only the entered copy knows whose it is.

  async byCode(db: Db, residentCode: string, today: LocalDate): Promise<FoundByCode | undefined> {
    const [found] = await this.byCodes(db, [residentCode], today);
    return found;
  }

  async byCodes(db: Db, residentCodes: readonly string[], today: LocalDate): Promise<(FoundByCode | undefined)[]> {
    const rows = await db.many<CopyRow & { place: number; superseded: boolean }>(
      `SELECT k.place, c.superseded, ${RECORD} FROM unnest($1::bytea[]) WITH ORDINALITY AS k (code_index, place)
       JOIN resident_code c ON c.code_index = k.code_index JOIN prefecture_record r ON r.person_key = c.person_key`,
      residentCodes.map((code) => this.cipher.blindIndex('resident-code', code)), today,
    );
    return byPlace(rows, residentCodes.length).map((records) => {
      const person = this.toPerson(records, today);
      return person === undefined ? undefined : { superseded: records[0]?.superseded === true, person };
    });
  }

  async byNumber(db: Db, number: string, today: LocalDate): Promise<FoundPerson | undefined> {
    const [person] = await this.byNumbers(db, [number], today);
    return person;
  }

  async byNumbers(db: Db, numbers: readonly string[], today: LocalDate): Promise<(FoundPerson | undefined)[]> {
    const rows = await db.many<CopyRow & { place: number }>(
      `SELECT k.place, ${RECORD} FROM unnest($1::bytea[]) WITH ORDINALITY AS k (number_index, place)
       JOIN individual_number n ON n.number_index = k.number_index JOIN prefecture_record r ON r.person_key = n.person_key`,
      numbers.map((number) => this.cipher.blindIndex('individual-number', number)), today,
    );
    return byPlace(rows, numbers.length).map((records) => this.toPerson(records, today));
  }

  async byFourItems(db: Db, asked: FourItems, { today, within }: { today: LocalDate; within: string }): Promise<{ readonly persons: readonly FoundPerson[]; readonly more: boolean }> {
    const kana = asked.nameKana === undefined ? undefined : kanaKeyStrict(asked.nameKana);
    const kanji = asked.nameKanji === undefined ? undefined : kanjiKey(asked.nameKanji);
    if (kana === '' || kanji === '') return { persons: [], more: false };
    const rows = await db.many<CopyRow>(
      `SELECT ${RECORD} FROM prefecture_record r WHERE r.person_key IN (
         SELECT m.person_key FROM prefecture_record m WHERE m.birth_date = $1 AND ($3::text IS NULL OR m.name_kana_folded = $3) AND ($4::text IS NULL OR m.name_kanji_key = $4)
           AND ($5::text IS NULL OR m.sex = $5) AND starts_with(m.municipality_code, $6) GROUP BY m.person_key LIMIT ${MOST_COMPARED + 1})`,
      asked.birthDate, today, kana ?? null, kanji ?? null, asked.sex ?? null, within,
    );
    const groups = new Map<string, CopyRow[]>();
    for (const row of rows) groups.set(row.person_key, [...(groups.get(row.person_key) ?? []), row]);
    const persons = [...groups.values()].flatMap((group) => this.toPerson(group, today) ?? []);
    // As in the national register, by the present record only.
    const matching = persons.filter(({ items }) => items.birthDate === asked.birthDate && (asked.sex ?? items.sex) === items.sex
      && (kana ?? kanaKeyStrict(items.nameKana)) === kanaKeyStrict(items.nameKana) && (kanji ?? kanjiKey(items.nameKanji)) === kanjiKey(items.nameKanji));
    return { persons: matching.slice(0, MOST_COMPARED), more: groups.size > MOST_COMPARED };
  }

  private toPerson(rows: readonly CopyRow[], today: LocalDate): FoundPerson | undefined {
    const standing = standingOf(rows.map(toSegment));
    const row = standing === undefined ? undefined : rows.find((candidate) => isSameStay(toSegment(candidate), standing.current));
    if (standing === undefined || row === undefined) return undefined;
    const { cipher } = this;
    return {
      personKey: row.person_key, factVersion: row.record_version, status: statusOn(standing, today), municipalityCode: row.municipality_code, isProtected: row.is_protected,
      closedDate: row.closed_date ?? undefined,
      items: {
        get residentCode() {
          return cipher.decrypt('person.resident_code', row.resident_code);
        },
        get individualNumber() {
          return row.individual_number === null ? '' : cipher.decrypt('person.individual_number', row.individual_number);
        },
        ...standing.current.content, municipalityCode: row.municipality_code, changeReason: row.change_reason, changeDate: row.change_date,
      },
    };
  }
}

/** The records of each place that was asked for. */
function byPlace<R extends { readonly place: number }>(rows: readonly R[], places: number): R[][] {
  const records: R[][] = Array.from({ length: places }, () => []);
  for (const row of rows) records[row.place - 1]?.push(row);
  return records;
}
