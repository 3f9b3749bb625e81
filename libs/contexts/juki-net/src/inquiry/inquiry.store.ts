import { kanaKeyStrict, kanjiKey, type LocalDate } from '#kernel';
import { Grouped, type Db, type FieldCipher, type JournalTable, type Row } from '#platform';
import { EFFECTIVE_STATUS } from '../resident/person-view.store.js';
import type { PersonStatus } from '../resident/person-status.js';
import { withoutVowels } from '../resident/reading-index.js';
import type { FoundPerson } from './inquiry.js';

interface FoundRow extends Row {
  readonly superseded: boolean;
  readonly person_key: string;
  readonly fact_version: number;
  readonly status: PersonStatus;
  readonly municipality_code: string;
  readonly is_protected: boolean;
  readonly closed_date: string | null;
  readonly resident_code: Buffer;
  readonly individual_number: Buffer | null;
  readonly name_kanji: string;
  readonly name_kana: string;
  readonly alias_name: string;
  readonly birth_date: string;
  readonly sex: string;
  readonly address: string;
  readonly town_code: string;
  readonly postal_code: string;
  readonly former_surname: string;
  readonly change_reason: string;
  readonly changed_on: string;
}

export interface FourItems {
  readonly nameKanji?: string | undefined;
  readonly nameKana?: string | undefined;
  readonly birthDate: string;
  readonly sex?: string | undefined;
  readonly addressPrefix?: string | undefined;
}

/** Who received what (JUKI-4.12), and of which answers it is known that they were not heard (JUKI-7). Without a provider the national server provided. */
export const useRecords: JournalTable = {
  name: 'use_record',
  columns: {
    at: 'timestamptz', use_id: 'uuid', person_key: 'uuid', grant_id: 'uuid', organisation: 'text', affair: 'text', mode: 'text', key_kind: 'text', items: 'text[]',
    result_code: 'text', correlation_id: 'text', provider: 'text',
  },
  unheard: { name: 'delivery_unknown', columns: { person_key: 'uuid', at: 'timestamptz', use_id: 'uuid' } },
};

const NAMED_IN_KANA = `${withoutVowels('s.name_kana_folded')} = ${withoutVowels('$3')} AND s.name_kana_folded = $3`;
/** Candidates that are compared by address at most; beyond it the question is too wide to be answered with persons. */
const MOST_COMPARED = 500;

const PERSON = `p.person_key, p.fact_version, ${EFFECTIVE_STATUS}, p.municipality_code, p.resident_code, p.individual_number, p.change_reason, p.changed_on, s.closed_date, s.name_kanji,
  s.name_kana, s.alias_name, s.birth_date, s.sex, s.address, s.town_code, s.postal_code, s.former_surname,
  EXISTS (SELECT 1 FROM support_measure m WHERE m.person_key = p.person_key AND $2::date BETWEEN m.starts_on AND m.ends_on) AS is_protected`;
const CURRENT = 's.person_key = p.person_key AND s.municipality_code = p.municipality_code AND s.stay = p.stay';

export interface FoundByCode {
  readonly superseded: boolean;
  readonly person: FoundPerson;
}

interface AskedCode {
  readonly db: Db;
  readonly index: Buffer;
  readonly today: LocalDate;
}

/** Questions of inquiries, one prepared statement each. */
export class InquiryStore {
  private readonly codes = new Grouped<AskedCode, FoundByCode>((asked) => this.readCodes(asked), 100);

  constructor(private readonly cipher: FieldCipher) {}

  /** Concurrent questions are answered by one statement; each sees what was committed when it was asked, or later. */
  async byCode(db: Db, residentCode: string, today: LocalDate): Promise<FoundByCode | undefined> {
    return this.codes.add({ db, index: this.cipher.blindIndex('resident-code', residentCode), today });
  }

  /** In the order of the codes. */
  async byCodes(db: Db, residentCodes: readonly string[], today: LocalDate): Promise<(FoundByCode | undefined)[]> {
    return this.readCodes(residentCodes.map((code) => ({ db, index: this.cipher.blindIndex('resident-code', code), today })));
  }

  private async readCodes(asked: readonly AskedCode[]): Promise<(FoundByCode | undefined)[]> {
    const [first] = asked;
    if (first === undefined) return [];
    const rows = await first.db.many<FoundRow & { place: number }>(
      `SELECT k.place, c.superseded, ${PERSON} FROM unnest($1::bytea[]) WITH ORDINALITY AS k (code_index, place)
       JOIN resident_code c ON c.code_index = k.code_index JOIN person p ON p.person_key = c.person_key JOIN segment s ON ${CURRENT}`,
      asked.map(({ index }) => index), first.today,
    );
    const found: (FoundByCode | undefined)[] = [];
    for (const row of rows) found[row.place - 1] = { superseded: row.superseded, person: this.toPerson(row) };
    return found;
  }

  async byNumber(db: Db, number: string, today: LocalDate): Promise<FoundPerson | undefined> {
    const [person] = await this.byNumbers(db, [number], today);
    return person;
  }

  async byKeys(db: Db, personKeys: readonly string[], today: LocalDate): Promise<FoundPerson[]> {
    const rows = await db.many<FoundRow>(`SELECT false AS superseded, ${PERSON} FROM person p JOIN segment s ON ${CURRENT} WHERE p.person_key = ANY($1::uuid[])`, personKeys, today);
    return rows.map((row) => this.toPerson(row));
  }

  /** The person themselves, for what is disclosed to them. */
  async byPerson(db: Db, personKey: string, today: LocalDate): Promise<FoundPerson | undefined> {
    const row = await db.maybe<FoundRow>(`SELECT false AS superseded, ${PERSON} FROM person p JOIN segment s ON ${CURRENT} WHERE p.person_key = $1`, personKey, today);
    return row === undefined ? undefined : this.toPerson(row);
  }

  /** In the order of the numbers. */
  async byNumbers(db: Db, numbers: readonly string[], today: LocalDate): Promise<(FoundPerson | undefined)[]> {
    if (numbers.length === 0) return [];
    const rows = await db.many<FoundRow & { place: number }>(
      `SELECT k.place, false AS superseded, ${PERSON} FROM unnest($1::bytea[]) WITH ORDINALITY AS k (number_index, place)
       JOIN individual_number n ON n.number_index = k.number_index JOIN person p ON p.person_key = n.person_key JOIN segment s ON ${CURRENT}`,
      numbers.map((number) => this.cipher.blindIndex('individual-number', number)), today,
    );
    const found: (FoundPerson | undefined)[] = [];
    for (const row of rows) found[row.place - 1] = this.toPerson(row);
    return found;
  }

  /**
   * Persons whose present record has the name and date of birth; `more` when there are too many to compare. `within` is the beginning
   * of the municipality codes that the asker may ask about, `outside` that of those it may not: strangers must not use up the comparison.
   * One of the names must be given.
   */
  async byFourItems(db: Db, asked: FourItems, { today, within, outside = '' }: { today: LocalDate; within: string; outside?: string }): Promise<{ readonly persons: readonly FoundPerson[]; readonly more: boolean }> {
    const kana = asked.nameKana === undefined ? null : kanaKeyStrict(asked.nameKana);
    const kanji = asked.nameKanji === undefined ? null : kanjiKey(asked.nameKanji);
    // A name of separators alone names nobody, though its key equals that of everybody without kana.
    if (kana === '' || kanji === '') return { persons: [], more: false };
    const rows = await db.many<FoundRow>(
      `SELECT false AS superseded, ${PERSON} FROM segment s JOIN person p ON ${CURRENT}
       WHERE s.birth_date = $1 AND ${kana === null ? '$3::text IS NULL' : NAMED_IN_KANA} AND ${kanji === null ? '$4::text IS NULL' : 's.name_kanji_key = $4'} AND ($5::text IS NULL OR s.sex = $5)
         AND starts_with(p.municipality_code, $6) AND ($7 = '' OR NOT starts_with(p.municipality_code, $7))
       LIMIT ${MOST_COMPARED + 1}`,
      asked.birthDate, today, kana, kanji, asked.sex ?? null, within, outside,
    );
    return { persons: rows.slice(0, MOST_COMPARED).map((row) => this.toPerson(row)), more: rows.length > MOST_COMPARED };
  }

  private toPerson(row: FoundRow): FoundPerson {
    const cipher = this.cipher;
    return {
      personKey: row.person_key,
      factVersion: row.fact_version,
      status: row.status,
      municipalityCode: row.municipality_code,
      isProtected: row.is_protected,
      closedDate: row.closed_date ?? undefined,
      items: {
        // Decrypted only when a grant has it: getters keep the two out of memory otherwise.
        get residentCode() {
          return cipher.decrypt('person.resident_code', row.resident_code);
        },
        get individualNumber() {
          return row.individual_number === null ? '' : cipher.decrypt('person.individual_number', row.individual_number);
        },
        nameKanji: row.name_kanji, nameKana: row.name_kana, aliasName: row.alias_name, birthDate: row.birth_date, sex: row.sex, address: row.address,
        municipalityCode: row.municipality_code, townCode: row.town_code, postalCode: row.postal_code, changeReason: row.change_reason, changeDate: row.changed_on,
        formerSurname: row.former_surname,
      },
    };
  }
}
