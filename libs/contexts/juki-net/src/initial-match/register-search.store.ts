import type { LocalDate } from '#kernel';
import type { Db, Row } from '#platform';
import { EFFECTIVE_STATUS } from '../resident/person-view.store.js';
import type { PersonStatus } from '../resident/person-status.js';
import { aliasKeys, matchKeys, type MatchKeys, type MatchPerson, nameKey, nearBirthDates } from './match-tier.js';

interface PersonRow extends Row {
  readonly place: number;
  readonly person_key: string;
  readonly status: PersonStatus;
  readonly is_protected: boolean;
  readonly name_kanji: string;
  readonly name_kana: string;
  readonly alias_name: string;
  readonly birth_date: string;
  readonly sex: string;
  readonly address: string;
  readonly former_addresses: string[];
}

interface AliasRow extends Row {
  readonly person_key: string;
  readonly birth_date: string;
  readonly alias_name: string;
}

/** Whom a row is looked for with, and its place among the rows. */
interface Sought extends Pick<MatchKeys, 'birthDate' | 'kana' | 'kanji'> {
  readonly place: number;
  readonly kanaEnd: string;
  readonly kanjiEnd: string;
}

export interface SearchArea {
  readonly today: LocalDate;
  /** Beginning of the municipality codes: who lives elsewhere is as if they were not. */
  readonly within: string;
}

/** Persons whose present record is among the rows `s` of `names` (place, birth date, keys of both names), with all their addresses. */
const personsOf = (names: string): string =>
  `SELECT s.place, p.person_key, ${EFFECTIVE_STATUS}, s.name_kanji, s.name_kana, s.alias_name, s.birth_date, s.sex, s.address,
     EXISTS (SELECT 1 FROM support_measure m WHERE m.person_key = p.person_key AND $2::date BETWEEN m.starts_on AND m.ends_on) AS is_protected,
     ARRAY(SELECT o.address FROM segment o WHERE o.person_key = p.person_key AND (o.municipality_code, o.stay) <> (p.municipality_code, p.stay) AND o.state <> 'CLOSED_ERROR'
           UNION ALL SELECT f.address FROM former_address f WHERE f.person_key = p.person_key) AS former_addresses
   FROM (${names}) AS s CROSS JOIN LATERAL (SELECT * FROM person WHERE person_key = s.person_key AND municipality_code = s.municipality_code AND stay = s.stay OFFSET 0) AS p
   WHERE starts_with(p.municipality_code, $1) AND s.state <> 'CLOSED_ERROR'`;

const SEGMENT = 'k.place, s.person_key, s.municipality_code, s.stay, s.state, s.name_kanji, s.name_kana, s.alias_name, s.birth_date, s.sex, s.address';

const BY_KANA = personsOf(
  `SELECT ${SEGMENT} FROM unnest($3::int[], $4::text[], $5::text[]) AS k (place, birth_date, kana)
   CROSS JOIN LATERAL (SELECT * FROM segment WHERE birth_date = k.birth_date AND name_kana_folded = k.kana OFFSET 0) AS s`,
);
/** Sub-selects hide the arrays from the planner, which would weigh each of their elements. */
const WITHOUT_KANA = personsOf(
  `SELECT ${SEGMENT} FROM unnest($3::int[], $4::text[], $5::text[]) AS k (place, birth_date, kanji)
   JOIN (SELECT * FROM segment WHERE name_kana_folded = '' AND birth_date = ANY (ARRAY(SELECT unnest($4::text[]))) AND name_kanji_key = ANY (ARRAY(SELECT unnest($5::text[]))) OFFSET 0) AS s
     ON s.birth_date = k.birth_date AND s.name_kanji_key = k.kanji`,
);
const BY_KANJI = personsOf(
  `SELECT ${SEGMENT} FROM unnest($3::int[], $4::text[], $5::text[]) AS k (place, birth_date, kanji)
   CROSS JOIN LATERAL (SELECT * FROM segment WHERE birth_date = k.birth_date AND reverse(name_kanji_key) = reverse(k.kanji) OFFSET 0) AS s`,
);
const ALIASES = "SELECT person_key, birth_date, alias_name FROM segment WHERE alias_name <> '' AND birth_date = ANY (ARRAY(SELECT unnest($1::text[])))";
const BY_PERSON = personsOf(
  `SELECT ${SEGMENT} FROM unnest($3::int[], $4::uuid[]) AS k (place, person_key) CROSS JOIN LATERAL (SELECT * FROM segment WHERE person_key = k.person_key OFFSET 0) AS s`,
);
/** All the days are looked for in one passage through the index of the name. */
const KANA_BY_NEAR_DATE = personsOf(
  `SELECT ${SEGMENT} FROM unnest($3::int[], $4::text[], $5::text[]) AS k (place, days, kana)
   CROSS JOIN LATERAL (SELECT * FROM segment WHERE name_kana_folded = k.kana AND birth_date = ANY (string_to_array(k.days, ' ')) OFFSET 0) AS s`,
);
const KANJI_BY_NEAR_DATE = personsOf(
  `SELECT ${SEGMENT} FROM unnest($3::int[], $4::text[], $5::text[]) AS k (place, days, kanji)
   CROSS JOIN LATERAL (SELECT * FROM segment WHERE reverse(name_kanji_key) = reverse(k.kanji) AND birth_date = ANY (string_to_array(k.days, ' ')) OFFSET 0) AS s`,
);
/** An index on texts read backwards finds what ends alike; no character comes after the last of Unicode. */
const endsWith = (text: string, end: string): string => `reverse(${text}) >= reverse(${end}) AND reverse(${text}) < reverse(${end}) || U&'\\+10FFFF'`;
const consonantsOf = (kana: string): string => `translate(${kana}, 'ーアイウエオ', '')`;
const BY_KANJI_END = personsOf(
  `SELECT ${SEGMENT} FROM unnest($3::int[], $4::text[], $5::text[]) AS k (place, birth_date, kanji_end)
   CROSS JOIN LATERAL (SELECT * FROM segment WHERE birth_date = k.birth_date AND ${endsWith('name_kanji_key', 'k.kanji_end')} OFFSET 0) AS s`,
);
/** Whose name ends with the same kana, or has one loose key and therefore one without vowels: both end with the same consonants. */
const BY_SOUND = personsOf(
  `SELECT ${SEGMENT} FROM unnest($3::int[], $4::text[], $5::text[], $6::text[]) AS k (place, birth_date, kana, kana_end)
   CROSS JOIN LATERAL (SELECT * FROM segment WHERE birth_date = k.birth_date AND ${endsWith(consonantsOf('name_kana_folded'), consonantsOf('k.kana_end'))} OFFSET 0) AS s
   WHERE right(s.name_kana_folded, length(k.kana_end)) = k.kana_end OR ${consonantsOf('s.name_kana_folded')} = ${consonantsOf('k.kana')}`,
);

/** Finds the persons with whom rows are to be compared, by few statements for many rows. */
export class RegisterSearch {
  /** By place of the row: everybody who can be of tier 1 to 3, born on the same day with the same reading, or with the same characters where a reading is not known. */
  async named(db: Db, rows: readonly MatchKeys[], area: SearchArea): Promise<MatchPerson[][]> {
    const sought = soughtOf(rows);
    const [read, silent] = [sought.filter(({ kana }) => kana !== ''), sought.filter(({ kana }) => kana === '')];
    return byPlace(rows.length, await together([
      this.search(db, BY_KANA, area, columns(read, 'birthDate', 'kana')),
      this.search(db, WITHOUT_KANA, area, columns(written(read), 'birthDate', 'kanji')),
      this.search(db, BY_KANJI, area, columns(written(silent), 'birthDate', 'kanji')),
      this.byAlias(db, rows, area),
    ]));
  }

  /** Persons who may be of tier 4 or a hint: the same name with a birth date nearly the same, or the same day with a name that is alike. */
  async alike(db: Db, rows: readonly MatchKeys[], area: SearchArea): Promise<MatchPerson[][]> {
    const sought = soughtOf(rows);
    // Without an address nobody is of tier 4, and only equal characters make a hint.
    const settled = sought.flatMap((row) => (rows[row.place]?.places.length === 0 ? [] : [{ ...row, days: nearBirthDates(row.birthDate).join(' ') }]));
    const [read, silent] = [settled.filter(({ kana }) => kana !== ''), settled.filter(({ kana }) => kana === '')];
    return byPlace(rows.length, await together([
      this.search(db, KANA_BY_NEAR_DATE, area, columns(read, 'days', 'kana')),
      this.search(db, KANJI_BY_NEAR_DATE, area, columns(written(silent), 'days', 'kanji')),
      this.search(db, BY_KANJI_END, area, columns(written(sought), 'birthDate', 'kanjiEnd')),
      this.search(db, BY_SOUND, area, columns(read, 'birthDate', 'kana', 'kanaEnd')),
    ]));
  }

  /** Persons born on the same day whose alias is the name of the row, or ends with its given name. */
  private async byAlias(db: Db, rows: readonly MatchKeys[], area: SearchArea): Promise<PersonRow[]> {
    const ofDay = new Map<string, { readonly personKey: string; readonly kanji: string }[]>();
    for (const row of await db.many<AliasRow>(ALIASES, rows.map(({ birthDate }) => birthDate))) {
      const alias = { personKey: row.person_key, kanji: nameKey(row.alias_name) };
      const others = ofDay.get(row.birth_date);
      if (others === undefined) ofDay.set(row.birth_date, [alias]);
      else others.push(alias);
    }
    const hits = rows.flatMap(({ birthDate, kanji, givenKanji }, place) =>
      (ofDay.get(birthDate) ?? []).flatMap((alias) => ((kanji !== '' && alias.kanji === kanji) || (givenKanji !== '' && alias.kanji.endsWith(givenKanji)) ? [{ place, personKey: alias.personKey }] : [])));
    return this.search(db, BY_PERSON, area, columns(hits, 'personKey'));
  }

  private async search(db: Db, sql: string, { today, within }: SearchArea, columns: readonly (readonly unknown[])[]): Promise<PersonRow[]> {
    return columns[0]?.length === 0 ? [] : db.many<PersonRow>(sql, within, today, ...columns);
  }
}

/** Searches have nothing to do with each other: each has a connection, and the database more than one core. */
async function together(searches: readonly Promise<PersonRow[]>[]): Promise<PersonRow[]> {
  return (await Promise.all(searches)).flat();
}

/** Where surname and given name are not parted, the end of the whole may be the beginning of the given name's. */
function soughtOf(rows: readonly MatchKeys[]): Sought[] {
  return rows.map(({ birthDate, kana, kanji, givenKana, givenKanji, places }, place) => ({
    place, birthDate, kana, kanji,
    kanaEnd: givenKana || kana.slice(-2),
    kanjiEnd: places.length === 0 ? kanji : givenKanji || Array.from(kanji).slice(-1).join(''),
  }));
}

function written<S extends Sought>(sought: readonly S[]): S[] {
  return sought.filter(({ kanji }) => kanji !== '');
}

function columns<S extends { readonly place: number }>(sought: readonly S[], ...names: readonly (keyof S)[]): unknown[][] {
  return [sought.map(({ place }) => place), ...names.map((name) => sought.map((row) => row[name]))];
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
  const keys = matchKeys(items, row.former_addresses);
  const alias = row.alias_name === '' ? undefined : aliasKeys(keys, row.alias_name);
  return { personKey: row.person_key, keys, alias, placeWithheld: row.is_protected || row.status === 'CONFLICT' };
}
