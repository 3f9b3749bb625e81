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
}

interface SearchArea {
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
/** The second column of the index is passed over inside the index. */
const BY_KANJI = personsOf(
  `SELECT ${SEGMENT} FROM unnest($3::int[], $4::text[], $5::text[]) AS k (place, birth_date, kanji)
   CROSS JOIN LATERAL (SELECT * FROM segment WHERE birth_date = k.birth_date AND name_kanji_key = k.kanji OFFSET 0) AS s`,
);
const ALIASES = "SELECT person_key, birth_date, alias_name FROM segment WHERE alias_name <> '' AND birth_date = ANY (ARRAY(SELECT unnest($1::text[])))";
const BY_PERSON = personsOf(
  `SELECT ${SEGMENT} FROM unnest($3::int[], $4::uuid[]) AS k (place, person_key) CROSS JOIN LATERAL (SELECT * FROM segment WHERE person_key = k.person_key OFFSET 0) AS s`,
);
/** The days of birth of one name are read from its index alone, and compared as text: an index by day would be entered for each of the days. */
const BY_NEAR_DATE = personsOf(
  `SELECT ${SEGMENT} FROM unnest($3::int[], $4::text[], $5::text[]) AS k (place, near, kana)
   CROSS JOIN LATERAL (SELECT DISTINCT birth_date FROM segment WHERE name_kana_folded = k.kana AND strpos(k.near, birth_date) > 0 OFFSET 0) AS n
   CROSS JOIN LATERAL (SELECT * FROM segment WHERE birth_date = n.birth_date AND name_kana_folded = k.kana OFFSET 0) AS s`,
);
/** All names of one birth date are read from the index alone; rows of persons only for those that may be alike. Who has one loose key has one without vowels. */
const BY_LIKENESS = personsOf(
  `SELECT ${SEGMENT} FROM unnest($3::int[], $4::text[], $5::text[], $6::text[], $7::text[], $8::text[]) AS k (place, birth_date, kanji, consonants, kana_end, kanji_end)
   CROSS JOIN LATERAL (SELECT DISTINCT name_kana_folded, name_kanji_key FROM segment WHERE birth_date = k.birth_date AND (name_kanji_key = k.kanji
     OR translate(name_kana_folded, 'ーアイウエオ', '') = k.consonants
     OR right(name_kana_folded, length(k.kana_end)) = k.kana_end OR right(name_kanji_key, length(k.kanji_end)) = k.kanji_end) OFFSET 0) AS n
   CROSS JOIN LATERAL (SELECT * FROM segment WHERE birth_date = k.birth_date AND name_kana_folded = n.name_kana_folded AND name_kanji_key = n.name_kanji_key OFFSET 0) AS s`,
);

/** Finds the persons with whom rows are to be compared, by few statements for many rows. */
export class RegisterSearch {
  /** By place of the row: everybody who can be of tier 1 to 3, born on the same day with the same reading, or with the same characters where a reading is not known. */
  async named(db: Db, rows: readonly MatchKeys[], area: SearchArea): Promise<MatchPerson[][]> {
    const sought = soughtOf(rows);
    return byPlace(rows.length, await together([
      this.byKana(db, sought, area),
      this.byKanji(db, WITHOUT_KANA, sought.filter(({ kana }) => kana !== ''), area),
      this.byKanji(db, BY_KANJI, sought.filter(({ kana }) => kana === ''), area),
      this.byAlias(db, rows, area),
    ]));
  }

  /** Persons who may be of tier 4 or a hint: the same name with a birth date nearly the same, or the same day with a name that is alike. */
  async alike(db: Db, rows: readonly MatchKeys[], area: SearchArea): Promise<MatchPerson[][]> {
    const sought = soughtOf(rows);
    const near = sought.flatMap(({ place, birthDate, kana, kanji }) => (rows[place]?.places.length === 0 ? [] : [{ place, kana, kanji, days: nearBirthDates(birthDate) }]));
    const known = near.filter(({ kana }) => kana !== '');
    // Passing over the kana inside the index takes longer: only where there is none to look for.
    const silent = near.filter(({ kana }) => kana === '').flatMap(({ days, ...name }) => days.map((birthDate) => ({ ...name, birthDate })));
    // Without an address nobody is of tier 4, and only equal characters make a hint.
    const unlessHomeless = (of: (row: MatchKeys) => string | null): (string | null)[] => rows.map((row) => (row.places.length === 0 ? null : of(row)));
    return byPlace(rows.length, await together([
      this.search(db, BY_NEAR_DATE, area, [known.map(({ place }) => place), known.map(({ days }) => days.join(' ')), known.map(({ kana }) => kana)]),
      this.byKanji(db, BY_KANJI, silent, area),
      this.search(db, BY_LIKENESS, area, [
        sought.map(({ place }) => place), sought.map(({ birthDate }) => birthDate), sought.map(({ kanji }) => kanji || null),
        unlessHomeless(({ kana }) => (kana === '' ? null : kana.replace(/[ーアイウエオ]/gu, ''))),
        unlessHomeless(({ givenKana, kana }) => givenKana || kana.slice(-2) || null),
        unlessHomeless(({ givenKanji, kanji }) => givenKanji || Array.from(kanji).slice(-1).join('') || null),
      ]),
    ]));
  }

  /** Persons born on the same day whose alias is the name of the row, or ends with its given name. */
  private async byAlias(db: Db, rows: readonly MatchKeys[], area: SearchArea): Promise<PersonRow[]> {
    const ofDay = new Map<string, { readonly personKey: string; readonly kanji: string }[]>();
    for (const row of await db.manyPlanned<AliasRow>(ALIASES, rows.map(({ birthDate }) => birthDate))) {
      const alias = { personKey: row.person_key, kanji: nameKey(row.alias_name) };
      const others = ofDay.get(row.birth_date);
      if (others === undefined) ofDay.set(row.birth_date, [alias]);
      else others.push(alias);
    }
    const hits = rows.flatMap(({ birthDate, kanji, givenKanji }, place) =>
      (ofDay.get(birthDate) ?? []).flatMap((alias) => ((kanji !== '' && alias.kanji === kanji) || (givenKanji !== '' && alias.kanji.endsWith(givenKanji)) ? [{ place, personKey: alias.personKey }] : [])));
    return this.search(db, BY_PERSON, area, [hits.map(({ place }) => place), hits.map(({ personKey }) => personKey)]);
  }

  private async byKana(db: Db, sought: readonly Sought[], area: SearchArea): Promise<PersonRow[]> {
    const known = sought.filter(({ kana }) => kana !== '');
    return this.search(db, BY_KANA, area, [known.map(({ place }) => place), known.map(({ birthDate }) => birthDate), known.map(({ kana }) => kana)]);
  }

  private async byKanji(db: Db, sql: string, sought: readonly Sought[], area: SearchArea): Promise<PersonRow[]> {
    const known = sought.filter(({ kanji }) => kanji !== '');
    return this.search(db, sql, area, [known.map(({ place }) => place), known.map(({ birthDate }) => birthDate), known.map(({ kanji }) => kanji)]);
  }

  private async search(db: Db, sql: string, { today, within }: SearchArea, columns: readonly (readonly unknown[])[]): Promise<PersonRow[]> {
    return columns[0]?.length === 0 ? [] : db.manyPlanned<PersonRow>(sql, within, today, ...columns);
  }
}

/** Searches have nothing to do with each other: each has a connection, and the database more than one core. */
async function together(searches: readonly Promise<PersonRow[]>[]): Promise<PersonRow[]> {
  return (await Promise.all(searches)).flat();
}

function soughtOf(rows: readonly MatchKeys[]): Sought[] {
  return rows.map(({ birthDate, kana, kanji }, place) => ({ place, birthDate, kana, kanji }));
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
