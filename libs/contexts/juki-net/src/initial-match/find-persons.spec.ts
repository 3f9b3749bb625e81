import { expect, it } from 'vitest';
import { toLocalDate } from '#kernel';
import { Db } from '#platform';
import pg from 'pg';
import { findPersons } from './find-persons.js';
import { type MatchKeys, matchKeys, type MatchPerson } from './match-tier.js';

const ROWS = 1_050;
/** Never connected: the register of the test has its own answers. */
const db = new Db(new pg.Pool());
const rows = Array.from({ length: ROWS }, (_, index) => matchKeys({ kana: 'ミホン　ハナコ', kanji: `見本　花${'子'.repeat(index % 3)}`, birthDate: '19800312', sex: '2', address: `架空県試験市見本町${index + 1}番地` }));
const placeOf = new Map(rows.map((row, place) => [row, place]));

it('holds the persons of a few hundred rows at a time, however many a chunk has, and answers in the order of the rows', async () => {
  let [underWay, most] = [0, 0];
  const register = {
    named: async (_db: Db, keys: readonly MatchKeys[]): Promise<MatchPerson[][]> => {
      underWay += keys.length;
      most = Math.max(most, underWay);
      await new Promise((resolve) => setTimeout(resolve, 2));
      return keys.map((row) => [{ personKey: `p-${placeOf.get(row)}`, keys: row, placeWithheld: true }]);
    },
    alike: async (_db: Db, keys: readonly MatchKeys[]): Promise<MatchPerson[][]> => {
      await new Promise((resolve) => setTimeout(resolve, 2));
      underWay -= keys.length;
      return keys.map(() => []);
    },
  };
  const found = await findPersons(db, register, rows, { today: toLocalDate('2016-01-20'), within: '' });
  expect(found.map(([person]) => person?.personKey)).toEqual(rows.map((_, place) => `p-${place}`));
  expect(most).toBeLessThanOrEqual(400);
});
