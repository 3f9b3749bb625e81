import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import type { Actor } from '#platform';
import { startEstate, type TestEstate } from '#testing';
import { jukiNetModule } from '#contexts/juki-net';

const townA: Actor = { clientId: 'municipality-990019', kind: 'municipality', organisation: '990019' };
const townB: Actor = { clientId: 'municipality-990027', kind: 'municipality', organisation: '990027' };
const operator: Actor = { clientId: 'operator-1', kind: 'operator', organisation: 'agency', operator: 'o-1' };
const API = '/api/juki-net/v1/code-blocks';
/** More municipalities than one step looks at, and more codes than one step makes. */
const OTHERS = 60;

let estate: TestEstate;
beforeAll(async () => {
  estate = await startEstate([jukiNetModule], { at: new Date('2016-01-20T01:00:00Z') });
});
afterAll(async () => estate.stop());

const allocated = z.object({ blockId: z.uuid() });
async function order(as: Actor, size: number): Promise<string> {
  const answer = await estate.request('POST', API, { as, purpose: 'RESIDENT_REGISTER', body: { municipalityCode: as.organisation, size, reason: 'INITIAL' } });
  return allocated.parse(answer.json).blockId;
}
async function looked(day: string): Promise<unknown> {
  estate.clock.set(new Date(`${day}T01:00:00Z`));
  await estate.eventually(async () => (await estate.sql("SELECT 1 FROM juki_net.cursor WHERE name = 'schedule:code-block.refill' AND value = $1", day)).length === 1);
  return estate.eventually(async () => {
    const [job] = await estate.sql<{ state: string; result: unknown }>("SELECT state, result FROM juki_net.job WHERE kind = 'code-block.refill' ORDER BY created_at DESC LIMIT 1");
    return job?.state === 'SUCCEEDED' && job.result;
  }, 60);
}
const blocksOf = (town: string): Promise<unknown> => estate.sql('SELECT size, reason FROM juki_net.code_block WHERE municipality_code = $1 ORDER BY allocated_at', town);

describe('JUKI-3.1 low water', () => {
  it('nothing is looked through before anybody has had a block', async () => {
    await estate.eventually(async () => (await estate.sql("SELECT 1 FROM juki_net.cursor WHERE name = 'schedule:code-block.refill' AND value = '2016-01-20'")).length === 1);
    expect(await estate.sql("SELECT 1 FROM juki_net.job WHERE kind = 'code-block.refill'")).toEqual([]);
  });

  it('a stock below the mark is reordered once; one above it, or whose latest block is withdrawn, is not', async () => {
    await order(townA, 150);
    await order(townB, 250);
    expect(await looked('2016-01-21')).toEqual({ municipalities: 2, blocks: 1 });
    expect(await blocksOf('990019')).toEqual([{ size: 150, reason: 'INITIAL' }, { size: 250, reason: 'LOW_WATER' }]);
    expect(await blocksOf('990027')).toEqual([{ size: 250, reason: 'INITIAL' }]);
    expect(await looked('2016-01-22')).toEqual({ municipalities: 2, blocks: 0 });
    const last = await order(townB, 1);
    expect((await estate.request('POST', `${API}/${last}/withdrawal`, { as: operator })).status).toBe(200);
    await estate.sql("UPDATE juki_net.allocated_code SET state = 'WRITTEN', written_on = '2016-01-22' WHERE municipality_code = '990027' AND state = 'ALLOCATED'");
    expect(await looked('2016-01-23')).toEqual({ municipalities: 2, blocks: 0 });
  });

  it('average use raises the mark', async () => {
    await estate.sql("UPDATE juki_net.allocated_code SET state = 'WRITTEN', written_on = '2016-01-23' WHERE municipality_code = '990019' AND position <= 150 AND block_id IN (SELECT block_id FROM juki_net.code_block WHERE reason = 'LOW_WATER')");
    const [{ unused, written } = { unused: 0, written: 0 }] = await estate.sql<{ unused: number; written: number }>(
      "SELECT count(*) FILTER (WHERE state = 'ALLOCATED')::int AS unused, count(written_on)::int AS written FROM juki_net.allocated_code WHERE municipality_code = '990019'");
    expect(await looked('2016-01-24')).toEqual({ municipalities: 2, blocks: 1 });
    expect(await blocksOf('990019')).toContainEqual({ size: 2 * Math.ceil((written / 30) * 90) - unused, reason: 'LOW_WATER' });
  });

  it('a kill in the middle orders nothing twice and leaves nobody out', async () => {
    await estate.sql(
      "INSERT INTO juki_net.code_block SELECT gen_random_uuid(), (200000 + n)::text, 1, 'INITIAL', 'ACTIVE', '2016-01-01T00:00:00Z' FROM generate_series(1, $1) AS n", OTHERS);
    estate.clock.set(new Date('2016-01-25T01:00:00Z'));
    for (let restarts = 0; restarts < 2; restarts += 1) {
      await estate.eventually(async () => (await estate.sql("SELECT 1 FROM juki_net.job WHERE kind = 'code-block.refill' AND state = 'RUNNING' AND done > $1", restarts * 20)).length === 1);
      await estate.restart();
    }
    expect(await looked('2016-01-25')).toEqual({ municipalities: OTHERS + 2, blocks: OTHERS });
    expect(await estate.sql("SELECT DISTINCT size, count(*) OVER ()::int AS blocks FROM juki_net.code_block WHERE municipality_code LIKE '2000%' OR municipality_code LIKE '2001%' GROUP BY size, reason, municipality_code HAVING reason = 'LOW_WATER'"))
      .toEqual([{ size: 400, blocks: OTHERS }]);
    expect(await estate.sql("SELECT count(*)::int AS codes, count(DISTINCT code_index)::int AS indexes FROM juki_net.allocated_code WHERE municipality_code LIKE '2%'")).toEqual([{ codes: OTHERS * 400, indexes: OTHERS * 400 }]);
    const [job] = await estate.sql<{ done: number; total: number }>("SELECT done, total FROM juki_net.job WHERE kind = 'code-block.refill' ORDER BY created_at DESC LIMIT 1");
    expect(job).toEqual({ done: OTHERS + 2, total: OTHERS + 2 });
  });
});
