import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startEstate, type TestEstate } from '#testing';
import { Desk } from '../bridge-ca.fixture.js';
import { bridgeCaModule } from '../bridge-ca.module.js';

let estate: TestEstate;
const desk = new Desk(() => estate);

beforeAll(async () => {
  estate = await startEstate([bridgeCaModule]);
}, 60_000);

afterAll(async () => {
  await estate?.stop();
});

describe('the authorities (JPKI-3.1)', () => {
  it('are the bridge and 47 prefectures, without keys until one is needed', async () => {
    expect(await desk.keys().list()).toEqual([]);
    const [counted] = await estate.sql("SELECT count(*)::int, count(*) FILTER (WHERE kind = 'PREFECTURAL')::int AS prefectural FROM bridge_ca.authority");
    expect(counted).toEqual({ count: 48, prefectural: 47 });
    expect((await desk.get('/authorities/pref-13')).json).toMatchObject({ name: 'C=JP, O=JPKI-TEST, OU=Prefectural Certification Authority, OU=Tokyo-to', generations: [] });
  });
});
