import type { LocalDate } from '#kernel';
import type { Db, Row } from '#platform';
import { EFFECTIVE_STATUS } from '../resident/person-view.store.js';
import type { PersonStatus } from '../resident/person-status.js';
import { matchKeys, type MatchKeys, type MatchPerson, nearBirthDates } from './match-tier.js';

interface PersonRow extends Row {
  readonly place: number;
  readonly person_key: string;
  readonly status: PersonStatus;
  readonly is_protected: boolean;
  readonly name_kanji: string;
  readonly name_kana: string;
  readonly birth_date: string;
  readonly sex: string;
  readonly address: string;
  readonly former_addresses: string[];
}

/** Whom a row is looked for with, and its place among the rows. */
interface Sought extends Pick<MatchKeys, 'birthDate' | 'kana' | 'kanji'> {
  readonly place: number;
}

interface SearchArea {
  readonly today: LocalDate;
  /** Beginning of the municipality codes: who lives elsewhere is as if they were not. */
  readonly within: string;
}

/** Persons whose present record is among the rows `s` of `names` (place, birth date, keys of both names), with all their addresses. */
const personsOf = (names: string): string =>
  `SELECT s.place, p.person_key, ${EFFECTIVE_STATUS}, s.name_kanji, s.name_kana, s.birth_date, s.sex, s.address,
     EXISTS (SELECT 1 FROM support_measure m WHERE m.person_key = p.person_key AND $2::date BETWEEN m.starts_on AND m.ends_on) AS is_protected,
     ARRAY(SELECT o.address FROM segment o WHERE o.person_key = p.person_key AND (o.municipality_code, o.stay) <> (p.municipality_code, p.stay) AND o.state <> 'CLOSED_ERROR'
           UNION ALL SELECT f.address FROM former_address f WHERE f.person_key = p.person_key) AS former_addresses
   FROM (${names}) AS s CROSS JOIN LATERAL (SELECT * FROM person WHERE person_key = s.person_key AND municipality_code = s.municipality_code AND stay = s.stay OFFSET 0) AS p
   WHERE starts_with(p.municipality_code, $1) AND s.state <> 'CLOSED_ERROR'`;

const SEGMENT = 'k.place, s.person_key, s.municipality_code, s.stay, s.state, s.name_kanji, s.name_kana, s.birth_date, s.sex, s.address';

const BY_KANA = personsOf(
  `SELECT ${SEGMENT} FROM unnest($3::int[], $4::text[], $5::text[]) AS k (place, birth_date, kana)
   CROSS JOIN LATERAL (SELECT * FROM segment WHERE birth_date = k.birth_date AND name_kana_folded = k.kana OFFSET 0) AS s`,
);
/** The second column of the index is passed over inside the index; who has the kana too was found by it. */
const BY_KANJI = personsOf(
  `SELECT ${SEGMENT} FROM unnest($3::int[], $4::text[], $5::text[], $6::text[]) AS k (place, birth_date, kana, kanji)
   CROSS JOIN LATERAL (SELECT * FROM segment WHERE birth_date = k.birth_date AND name_kanji_key = k.kanji AND (name_kana_folded <> k.kana OR k.kana = '') OFFSET 0) AS s`,
);
/** All names of one birth date are read from the index alone; rows of persons only for those that may be alike. */
const BY_LIKENESS = personsOf(
  `SELECT ${SEGMENT} FROM unnest($3::int[], $4::text[], $5::text[], $6::text[], $7::text[]) AS k (place, birth_date, initial, kana_end, kanji_end)
   CROSS JOIN LATERAL (SELECT DISTINCT name_kana_folded, name_kanji_key FROM segment WHERE birth_date = k.birth_date AND (starts_with(name_kana_folded, k.initial)
     OR right(name_kana_folded, length(k.kana_end)) = k.kana_end OR right(name_kanji_key, length(k.kanji_end)) = k.kanji_end) OFFSET 0) AS n
   CROSS JOIN LATERAL (SELECT * FROM segment WHERE birth_date = k.birth_date AND name_kana_folded = n.name_kana_folded AND name_kanji_key = n.name_kanji_key OFFSET 0) AS s`,
);

/** Finds the persons with whom rows are to be compared, by few statements for many rows. */
export class RegisterSearch {
  /** Persons born on the same day who have the same kana or kanji key, by place of the row. */
  async named(db: Db, rows: readonly MatchKeys[], area: SearchArea): Promise<MatchPerson[][]> {
    const sought = rows.map(({ birthDate, kana, kanji }, place) => ({ place, birthDate, kana, kanji }));
    return byPlace(rows.length, [...(await this.byKana(db, sought, area)), ...(await this.byKanji(db, sought, area))]);
  }

  /** Persons who may be of tier 4: the same kana with a birth date nearly the same, or the same day with a name that begins or ends alike. */
  async alike(db: Db, rows: readonly MatchKeys[], area: SearchArea): Promise<MatchPerson[][]> {
    const near = rows.flatMap(({ birthDate, kana, kanji }, place) => nearBirthDates(birthDate).map((date) => ({ place, birthDate: date, kana, kanji })));
    const orNull = (text: string): string | null => (text === '' ? null : text);
    const found = [
      ...(await this.byKana(db, near, area)),
      // Passing over the kana inside the index takes longer: only where there is none to look for.
      ...(await this.byKanji(db, near.filter(({ kana }) => kana === ''), area)),
      ...(await this.search(db, BY_LIKENESS, area, [
        rows.map((_row, place) => place), rows.map(({ birthDate }) => birthDate), rows.map(({ kana }) => orNull(kana.slice(0, 1))),
        rows.map(({ givenKana, kana }) => orNull(givenKana || kana.slice(-2))), rows.map(({ givenKanji, kanji }) => orNull(givenKanji || Array.from(kanji).slice(-1).join(''))),
      ])),
    ];
    return byPlace(rows.length, found);
  }

  private async byKana(db: Db, sought: readonly Sought[], area: SearchArea): Promise<PersonRow[]> {
    const known = sought.filter(({ kana }) => kana !== '');
    return this.search(db, BY_KANA, area, [known.map(({ place }) => place), known.map(({ birthDate }) => birthDate), known.map(({ kana }) => kana)]);
  }

  private async byKanji(db: Db, sought: readonly Sought[], area: SearchArea): Promise<PersonRow[]> {
    const known = sought.filter(({ kanji }) => kanji !== '');
    return this.search(db, BY_KANJI, area, [known.map(({ place }) => place), known.map(({ birthDate }) => birthDate), known.map(({ kana }) => kana), known.map(({ kanji }) => kanji)]);
  }

  private async search(db: Db, sql: string, { today, within }: SearchArea, columns: readonly (readonly unknown[])[]): Promise<PersonRow[]> {
    return columns[0]?.length === 0 ? [] : db.manyPlanned<PersonRow>(sql, within, today, ...columns);
  }
}

function byPlace(count: number, found: readonly PersonRow[]): MatchPerson[][] {
  const persons: MatchPerson[][] = Array.from({ length: count }, () => []);
  for (const row of found) {
    const group = persons[row.place];
    if (group?.some((person) => person.personKey === row.person_key) === false) group.push(toPerson(row));
  }
  return persons;
}

function toPerson(row: PersonRow): MatchPerson {
  const items = { kana: row.name_kana, kanji: row.name_kanji, birthDate: row.birth_date, sex: row.sex, address: row.address };
  return { personKey: row.person_key, keys: matchKeys(items, row.former_addresses), placeWithheld: row.is_protected || row.status === 'CONFLICT' };
}
