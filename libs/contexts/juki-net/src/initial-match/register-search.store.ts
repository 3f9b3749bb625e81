import type { LocalDate } from '#kernel';
import type { Db, Row } from '#platform';
import { EFFECTIVE_STATUS } from '../resident/person-view.store.js';
import type { PersonStatus } from '../resident/person-status.js';
import { placeKeyOf } from '../resident/place-key.js';
import { withoutVowels } from '../resident/reading-index.js';
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
  readonly placeKey: string | null;
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
   CROSS JOIN LATERAL (SELECT * FROM segment WHERE ${withoutVowels('name_kana_folded')} = ${withoutVowels('k.kana')} AND birth_date = k.birth_date OFFSET 0) AS s`,
);
const BY_KANJI = personsOf(
  `SELECT ${SEGMENT} FROM unnest($3::int[], $4::text[], $5::text[]) AS k (place, birth_date, kanji)
   CROSS JOIN LATERAL (SELECT * FROM segment WHERE name_kanji_key = k.kanji AND birth_date = k.birth_date OFFSET 0) AS s`,
);
const BY_KANJI_UNREAD = personsOf(
  `SELECT ${SEGMENT} FROM unnest($3::int[], $4::text[], $5::text[]) AS k (place, birth_date, kanji)
   CROSS JOIN LATERAL (SELECT * FROM segment WHERE name_kanji_key = k.kanji AND birth_date = k.birth_date AND name_kana_folded = '' OFFSET 0) AS s`,
);
const ALIASES = "SELECT person_key, birth_date, alias_name FROM segment WHERE alias_name <> '' AND birth_date = ANY (ARRAY(SELECT unnest($1::text[])))";
const BY_PERSON = personsOf(
  `SELECT ${SEGMENT} FROM unnest($3::int[], $4::uuid[]) AS k (place, person_key) CROSS JOIN LATERAL (SELECT * FROM segment WHERE person_key = k.person_key OFFSET 0) AS s`,
);
/** All the days are looked for in one passage through the index of the name. */
const KANA_BY_NEAR_DATE = personsOf(
  `SELECT ${SEGMENT} FROM unnest($3::int[], $4::text[], $5::text[]) AS k (place, days, kana)
   CROSS JOIN LATERAL (SELECT * FROM segment WHERE ${withoutVowels('name_kana_folded')} = ${withoutVowels('k.kana')} AND birth_date = ANY (string_to_array(k.days, ' ')) AND name_kana_folded = k.kana OFFSET 0) AS s`,
);
const KANJI_BY_NEAR_DATE = personsOf(
  `SELECT ${SEGMENT} FROM unnest($3::int[], $4::text[], $5::text[]) AS k (place, days, kanji)
   CROSS JOIN LATERAL (SELECT * FROM segment WHERE name_kanji_key = k.kanji AND birth_date = ANY (string_to_array(k.days, ' ')) OFFSET 0) AS s`,
);
/** By addresses of every day: a former one is in a former record or among the addresses that a record had before. */
const BY_PLACE = personsOf(
  `SELECT ${SEGMENT} FROM (
     SELECT DISTINCT asked.place, lived.person_key FROM unnest($3::int[], $4::bigint[]) AS asked (place, place_key)
     CROSS JOIN LATERAL (SELECT person_key FROM segment WHERE place_key = asked.place_key UNION ALL SELECT person_key FROM former_address WHERE place_key = asked.place_key) AS lived
   ) AS k CROSS JOIN LATERAL (SELECT * FROM segment WHERE person_key = k.person_key OFFSET 0) AS s`,
);

/** Finds the persons with whom rows are to be compared, by few statements for many rows. */
export class RegisterSearch {
  /** By place of the row: of a row with a reading everybody who can be of tier 1 to 3. That takes nearly the same reading; of persons without one, and of an alias, the same characters. */
  async named(db: Db, rows: readonly MatchKeys[], area: SearchArea): Promise<MatchPerson[][]> {
    const [read] = byReading(soughtOf(rows));
    return byPlace(rows.length, [
      ...await this.search(db, BY_KANA, area, columns(read, 'birthDate', 'kana')),
      ...await this.search(db, BY_KANJI_UNREAD, area, columns(written(read), 'birthDate', 'kanji')),
      ...await this.byAlias(db, rows, area),
    ]);
  }

  /** Others: the same characters with another reading, or of a row without one; the same name with a birth date nearly the same, or the same day at the same place. */
  async alike(db: Db, rows: readonly MatchKeys[], area: SearchArea): Promise<MatchPerson[][]> {
    const sought = soughtOf(rows);
    // Without an address nobody is of tier 4.
    const settled = sought.filter(({ placeKey }) => placeKey !== null);
    const [read, silent] = byReading(settled);
    return byPlace(rows.length, [
      ...await this.search(db, BY_KANJI, area, columns(written(sought), 'birthDate', 'kanji')),
      ...await this.search(db, KANA_BY_NEAR_DATE, area, columns(withDays(read), 'days', 'kana')),
      ...await this.search(db, KANJI_BY_NEAR_DATE, area, columns(withDays(written(silent)), 'days', 'kanji')),
      ...await this.search(db, BY_PLACE, area, columns(placesOf(rows), 'placeKey')),
    ]);
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

function soughtOf(rows: readonly MatchKeys[]): Sought[] {
  return rows.map(({ birthDate, kana, kanji, places: [present] }, place) => ({ place, birthDate, kana, kanji, placeKey: present === undefined ? null : placeKeyOf(birthDate, present.whole) }));
}

/** By each name of the address. */
function placesOf(rows: readonly MatchKeys[]): { readonly place: number; readonly placeKey: string | null }[] {
  return rows.flatMap(({ birthDate, places }, place) => places.map(({ whole }) => ({ place, placeKey: placeKeyOf(birthDate, whole) })));
}

function byReading(sought: readonly Sought[]): readonly [read: Sought[], silent: Sought[]] {
  return [sought.filter(({ kana }) => kana !== ''), sought.filter(({ kana }) => kana === '')];
}

function withDays(sought: readonly Sought[]): (Sought & { readonly days: string })[] {
  return sought.map((row) => ({ ...row, days: nearBirthDates(row.birthDate).join(' ') }));
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
