import { setImmediate } from 'node:timers/promises';
import type { Db } from '#platform';
import { decideMatch, type Found, likenessOf, type MatchKeys, type MatchPerson } from './match-tier.js';
import type { RegisterSearch, SearchArea } from './register-search.store.js';

/** Rows worked on without a pause: a few milliseconds, so that requests beside the job do not wait. */
export const AT_ONCE = 50;
/** Rows searched for together by birth date and name, which has a person or two: a statement over all partitions costs as much to begin as dozens of rows to search for. */
const NAMED_AT_ONCE = 250;
/** The same of those nearly like them: of a common name and its days nearly the same there may be hundreds of persons a row. */
const ALIKE_AT_ONCE = 100;
/** So that the database searches for some groups while persons are compared with another. */
const LANES = 4;

type Search = Pick<RegisterSearch, 'named' | 'alike'>;

/**
 * Who of the register is like each row (JUKI-4.8), in the order of the rows; of persons that are not alike nothing stays in memory. Everybody is compared
 * with who has the same birth date and name; those whom that does not link to the very address, with who is nearly like them too.
 */
export async function findPersons(db: Db, register: Search, keys: readonly MatchKeys[], area: SearchArea): Promise<(readonly Found[])[]> {
  const found = await inGroups(NAMED_AT_ONCE, keys, (rows) => register.named(db, rows, area));
  const unsure = keys.flatMap((row, place) => {
    const { outcome, tier } = decideMatch(row, found[place] ?? []);
    return outcome === 'AUTO' && tier === 1 ? [] : [place];
  });
  const alike = await inGroups(ALIKE_AT_ONCE, unsure.flatMap((place) => keys[place] ?? []), (rows) => register.alike(db, rows, area));
  for (const [index, place] of unsure.entries()) found[place] = merged(found[place] ?? [], alike[index] ?? []);
  return found;
}

async function inGroups(size: number, keys: readonly MatchKeys[], search: (rows: readonly MatchKeys[]) => Promise<MatchPerson[][]>): Promise<(readonly Found[])[]> {
  const groups = Array.from({ length: Math.ceil(keys.length / size) }, (_, index) => keys.slice(index * size, (index + 1) * size));
  const found: (readonly Found[])[][] = [];
  const waiting = groups.entries();
  const lane = async (): Promise<void> => {
    for (const [index, rows] of waiting) found[index] = await likened(rows, await search(rows));
  };
  await Promise.all(Array.from({ length: LANES }, lane));
  return found.flat();
}

/** Who of the persons found is alike at all, and how much. */
async function likened(rows: readonly MatchKeys[], persons: readonly (readonly MatchPerson[])[]): Promise<(readonly Found[])[]> {
  const all: (readonly Found[])[] = [];
  for (const [place, row] of rows.entries()) {
    if (place % AT_ONCE === 0) await setImmediate();
    all.push((persons[place] ?? []).flatMap((person) => {
      const likeness = likenessOf(row, person);
      return likeness === undefined ? [] : [{ personKey: person.personKey, likeness }];
    }));
  }
  return all;
}

function merged(first: readonly Found[], second: readonly Found[]): readonly Found[] {
  return [...first, ...second.filter(({ personKey }) => !first.some((found) => found.personKey === personKey))];
}
