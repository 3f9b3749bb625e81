import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { numberingModule } from '../numbering.module.js';
import { redListPrepared } from '#contracts/numbering';
import { connectStreams, parseCloudEvent, streamName, type Actor } from '#platform';
import { startEstate, type TestEstate } from '#testing';
import { fakeRegister } from '../register/register.fixture.js';
import { code, Desk, officer, problemOf, town } from '../wave/wave.fixture.js';

const [HERE, NEXT, FAR] = [code('99001'), code('99002'), code('01100')];
const prefecture = (organisation: string): Actor => ({ clientId: `prefecture-${organisation}`, kind: 'prefecture', organisation });
const read = z.object({ lists: z.array(z.object({ listId: z.string(), week: z.string(), entries: z.array(z.object({ municipalityCode: z.string(), score: z.number(), overdue: z.array(z.string()), tickets: z.array(z.string()) })) })) });
const register = fakeRegister();
const desk = new Desk(() => estate, register, 9_960_000_000);
let estate: TestEstate;

const lists = async (of: string, as = prefecture(of), query = '') => read.parse((await desk.call('GET', `/red-lists/${of}${query}`, { as })).json).lists;
const rows = () => estate.sql<{ week: string; prefecture_code: string }>('SELECT week::text AS week, prefecture_code FROM numbering.red_list ORDER BY week, prefecture_code');

/** Data of the latest event, as it came out. */
async function lastEvent(): Promise<object> {
  const streams = await connectStreams(estate.natsUrl, 'spec');
  try {
    const message = await estate.eventually(async () => (await streams.manager.streams.getMessage(streamName('numbering'), { last_by_subj: redListPrepared.subject }).catch(() => null)) ?? undefined);
    return z.record(z.string(), z.unknown()).parse(parseCloudEvent(message.string()).data);
  } finally {
    await streams.connection.close();
  }
}

beforeAll(async () => {
  estate = await startEstate([numberingModule, register.module], { at: new Date('2015-07-20T01:00:00Z') });
});
afterAll(() => estate.stop());

describe('the weekly red list of a prefecture (NUM-5.5)', () => {
  it('is not made where nothing is red', async () => {
    const dueDates = { SYSTEM_REPAIR: '2015-07-31', TEST_DATA: '2015-09-25' };
    await desk.call('PUT', '/readiness', { as: officer('a'), body: { municipalityCodes: [HERE, NEXT, FAR], dueDates } });
    await estate.eventually(async () => (await estate.sql("SELECT FROM numbering.cursor WHERE name = 'schedule:readiness.red-lists' AND value = '2015-07-20'")).length === 1);
    expect(await rows()).toEqual([]);
    expect(await lists('99')).toEqual([]);
  });

  it('names blockers and overdue milestones, once a week also after a restart, and tells counts alone', async () => {
    const ticketId = randomUUID();
    await desk.call('PUT', `/ticket-links/${ticketId}`, { as: officer('a'), body: { municipalityCode: NEXT, blocksWave: true } });
    await desk.call('PUT', `/readiness/${HERE}/SYSTEM_REPAIR`, { as: town(HERE), body: { state: 'DONE', evidence: '受入試験報告書' } });
    estate.clock.set(new Date('2015-08-03T01:00:00Z'));
    await estate.eventually(async () => (await rows()).length === 2);
    await estate.restart();
    expect(await rows()).toEqual([{ week: '2015-08-03', prefecture_code: '01' }, { week: '2015-08-03', prefecture_code: '99' }]);
    const [list] = await lists('99');
    expect(list?.entries).toEqual([{ municipalityCode: NEXT, score: 0, overdue: ['SYSTEM_REPAIR'], tickets: [ticketId] }]);
    const audited = await estate.sql<{ entry: string }>("SELECT entry FROM numbering.audit_line WHERE entry LIKE '%red-list:' || $1 || '%'", list?.listId);
    expect(JSON.parse(audited[0]?.entry ?? '{}')).toMatchObject({ facts: { prefectureCode: '99', red: 1, blocked: 1, overdue: 1 } });
    expect(Object.keys(await lastEvent()).sort()).toEqual(['blocked', 'listId', 'overdue', 'prefectureCode', 'red', 'week']);
    estate.clock.set(new Date('2015-08-10T01:00:00Z'));
    await estate.eventually(async () => (await rows()).length === 4);
    expect((await lists('99', prefecture('99'), '?limit=5')).map(({ week }) => week)).toEqual(['2015-08-10', '2015-08-03']);
  });

  it('is read by that prefecture alone, and whoever else asks is audited', async () => {
    const asked = (as: Actor) => desk.call('GET', '/red-lists/99', { as });
    expect(problemOf(await asked(prefecture('01')))).toBe('OUT_OF_JURISDICTION');
    for (const as of [town(HERE), officer('a')]) expect(problemOf(await asked(as))).toBe('ACTION_NOT_PERMITTED');
    const audited = await estate.sql<{ entry: string }>("SELECT entry FROM numbering.audit_line WHERE entry LIKE '%numbering.red-list.list%' AND entry LIKE '%REFUSED%'");
    expect(audited).toHaveLength(3);
    for (const bad of ['9', 'ab', '99?limit=0', '99?before=x']) expect((await desk.call('GET', `/red-lists/${bad}`, { as: prefecture('99') })).status).toBe(400);
  });
});
