import { expect, it } from 'vitest';
import { toLocalDate } from '#kernel';
import { Db } from '#platform';
import pg from 'pg';
import { findPersons } from './find-persons.js';
import { type MatchKeys, matchKeys, type MatchPerson } from './match-tier.js';

const ROWS = 1_250;
/** Never connected: the register of the test has its own answers. */
const db = new Db(new pg.Pool());
const rows = Array.from({ length: ROWS }, (_, index) => matchKeys({ kana: 'ミホン　ハナコ', kanji: `見本　花${'子'.repeat(index % 3)}`, birthDate: '19800312', sex: '2', address: `架空県試験市見本町${index + 1}番地` }));
const placeOf = new Map(rows.map((row, place) => [row, place]));

/** Rows whose persons are there at one moment, and the most there were. */
class Held {
  most = 0;
  private now = 0;

  async while<T>(rows: number, found: T): Promise<T> {
    this.now += rows;
    this.most = Math.max(this.most, this.now);
    await new Promise((resolve) => setTimeout(resolve, 2));
    this.now -= rows;
    return found;
  }
}

it('holds the persons of a few hundred rows at a time, however many a chunk has, of a name on one day of a thousand, and answers in the order of the rows', async () => {
  const [named, alike] = [new Held(), new Held()];
  const register = {
    named: (_db: Db, keys: readonly MatchKeys[]): Promise<MatchPerson[][]> => named.while(keys.length, keys.map((row) => [{ personKey: `p-${placeOf.get(row)}`, keys: row, placeWithheld: true }])),
    alike: (_db: Db, keys: readonly MatchKeys[]): Promise<MatchPerson[][]> => alike.while(keys.length, keys.map((row) => [{ personKey: `q-${placeOf.get(row)}`, keys: row, placeWithheld: true }])),
  };
  const found = await findPersons(db, register, rows, { today: toLocalDate('2016-01-20'), within: '' });
  expect(found.map((persons) => persons.map(({ personKey }) => personKey))).toEqual(rows.map((_, place) => [`p-${place}`, `q-${place}`]));
  expect(named.most).toBeLessThanOrEqual(1_000);
  expect(alike.most).toBeLessThanOrEqual(400);
});
