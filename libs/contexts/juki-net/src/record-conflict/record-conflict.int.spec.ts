import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { ResidentCode } from '#kernel';
import { connectStreams, parseCloudEvent, type Actor, type CloudEvent } from '#platform';
import { startEstate, type Answer, type TestEstate } from '#testing';
import { jukiNetModule } from '#contexts/juki-net';

const API = '/api/juki-net/v1';
const [A, B, C] = ['990019', '990027', '131016'] as const;
const town = (organisation: string): Actor => ({ clientId: `municipality-${organisation}`, kind: 'municipality', organisation, operator: 'clerk-1' });
const prefecture = (organisation: string): Actor => ({ clientId: `prefecture-${organisation}`, kind: 'prefecture', organisation, operator: 'clerk-2' });
const operator: Actor = { clientId: 'operator-1', kind: 'operator', organisation: 'agency', operator: 'o-1' };
const code = (serial: number): string => ResidentCode.fromBody(`99${String(serial).padStart(8, '0')}`).reveal();
const page = z.strictObject({
  items: z.array(z.strictObject({
    caseId: z.uuid(), foundOn: z.string(), municipalityCodes: z.array(z.string()), records: z.array(z.strictObject({ municipalityCode: z.string(), noticeId: z.uuid(), municipalSeq: z.number() })),
  })),
  next: z.string().optional(),
});

let estate: TestEstate;
let streams: Awaited<ReturnType<typeof connectStreams>>;
const heard: CloudEvent[] = [];
let municipalSeq = 0;
beforeAll(async () => {
  estate = await startEstate([jukiNetModule], { at: new Date('2016-02-01T03:00:00Z') });
  streams = await connectStreams(estate.natsUrl, 'record conflict spec');
  streams.connection.subscribe('kiban.juki-net.resident-conflict.>', { callback: (_error, message) => void heard.push(parseCloudEvent(message.string())) });
});
afterAll(async () => {
  await streams.connection.close();
  await estate.stop();
});

async function notice(serial: number, municipality: string, over: Record<string, unknown>): Promise<void> {
  municipalSeq += 1;
  const body = {
    municipalSeq, residentCode: code(serial), personSeq: 1, changeDate: '20160120', nameKanji: '見本　太郎', nameKana: 'ミホン　タロウ', birthDate: '19800101', sex: '1', address: `${municipality}の1番地`,
    municipalityCode: municipality, ...over,
  };
  expect((await estate.request('POST', `${API}/change-notices`, { as: town(municipality), purpose: 'RESIDENT_REGISTER', body })).status).toBe(202);
}
const ask = (as: Actor, query = ''): Promise<Answer> => estate.request('GET', `${API}/record-conflicts${query}`, { as, purpose: 'RESIDENT_REGISTER' });
const list = async (as: Actor, query = ''): Promise<z.output<typeof page>['items']> => page.parse((await ask(as, query)).json).items;
/** The schedule looks once a minute. */
async function found(as: Actor, count: number): Promise<z.output<typeof page>['items']> {
  estate.clock.set(new Date(estate.clock.now().getTime() + 61_000));
  await estate.eventually(async () => (await list(as)).length === count);
  return list(as);
}
const last = (): Promise<unknown> => estate.eventually(() => Promise.resolve(heard.at(-1) && [heard.at(-1)?.type.split('.').slice(-3, -1).join('.'), heard.at(-1)?.data]));

describe('JUKI-4.5 V7, JUKI-7 a person with live records in several municipalities', () => {
  it('is the task of both, each with its own entry only, until one record is cancelled', async () => {
    await notice(1, A, { changeReason: '14', changeDate: '20151005' });
    await notice(1, B, { changeReason: '14' });
    const [atA] = await found(town(A), 1);
    const [atB] = await list(town(B));
    expect(atA).toMatchObject({ foundOn: '2016-02-01', municipalityCodes: [A, B], records: [{ municipalityCode: A, municipalSeq: 1 }] });
    expect(atB).toMatchObject({ caseId: atA?.caseId, records: [{ municipalityCode: B, municipalSeq: 2 }] });
    expect((await list(operator))[0]?.records).toHaveLength(2);
    expect(JSON.stringify([atA, atB, heard])).not.toMatch(/番地|見本|99\d{9}/);
    expect(await last()).toEqual(['resident-conflict.found', { caseId: atA?.caseId, municipalityCodes: [A, B] }]);
    await notice(1, B, { personSeq: 2, changeReason: '26', changeDate: '20160201' });
    expect(await found(town(A), 0)).toEqual([]);
    await estate.eventually(() => Promise.resolve(heard.length === 2));
    expect(await last()).toEqual(['resident-conflict.solved', { caseId: atA?.caseId, municipalityCodes: [A, B] }]);
  });

  it('JUKI-3.2 comes by the day alone where a move-in explains the former record, and its municipality deletes it', async () => {
    await notice(2, A, { changeReason: '14', changeDate: '20151005' });
    await notice(2, B, { changeReason: '11', previousMunicipalityCode: A });
    expect(await list(town(B))).toEqual([]);
    estate.clock.set(new Date('2016-02-19T15:00:00Z'));
    const [item] = await found(town(B), 1);
    await notice(2, A, { personSeq: 2, changeReason: '21', changeDate: '20160120' });
    expect(await found(town(B), 0)).toEqual([]);
    await estate.eventually(() => Promise.resolve(heard.length === 4));
    expect(await last()).toEqual(['resident-conflict.solved', { caseId: item?.caseId, municipalityCodes: [A, B] }]);
  });

  it('of three is told again when two remain, and is no task of the third any more', async () => {
    for (const [municipality, changeDate] of [[A, '20151005'], [B, '20160110'], [C, '20160112']] as const) await notice(3, municipality, { changeReason: '14', changeDate });
    expect((await found(town(C), 1))[0]?.municipalityCodes).toEqual([C, A, B]);
    await notice(3, C, { personSeq: 2, changeReason: '26', changeDate: '20160201' });
    expect(await found(town(C), 0)).toEqual([]);
    expect((await list(town(A)))[0]?.municipalityCodes).toEqual([A, B]);
    await estate.eventually(() => Promise.resolve(heard.length === 6));
    expect(await last()).toMatchObject(['resident-conflict.found', { municipalityCodes: [A, B] }]);
  });

  it('is no task while the person is dead, and tells nothing twice', async () => {
    await notice(3, A, { personSeq: 2, changeReason: '20', changeDate: '20160215' });
    expect(await found(town(A), 0)).toEqual([]);
    await estate.eventually(() => Promise.resolve(heard.length === 7));
    estate.clock.set(new Date(estate.clock.now().getTime() + 3_600_000));
    await estate.restart();
    await notice(4, A, { changeReason: '14' });
    expect(heard).toHaveLength(7);
  });

  it('is for the municipalities of the records, their prefectures and operators, by pages, and audited with the persons', async () => {
    for (const serial of [5, 6]) for (const municipality of [A, C]) await notice(serial, municipality, { changeReason: '14' });
    await found(town(A), 2);
    const first = page.parse((await ask(prefecture('13'), '?limit=1')).json);
    const second = page.parse((await ask(prefecture('13'), `?limit=1&after=${first.next}`)).json);
    expect([first.items.length, second.items.length, second.next]).toEqual([1, 1, undefined]);
    expect([first, second].flatMap(({ items }) => items.flatMap(({ records }) => records.map(({ municipalityCode }) => municipalityCode)))).toEqual([C, C]);
    expect([await list(town(B)), await list(operator, `?municipalityCode=${B}`)]).toEqual([[], []]);
    for (const [as, query] of [[town(B), `?municipalityCode=${A}`], [prefecture('13'), `?municipalityCode=${A}`]] as const) expect((await ask(as, query)).status).toBe(403);
    expect((await ask(town(A), '?after=x')).status).toBe(400);
    expect((await estate.request('GET', `${API}/record-conflicts`, { as: town(A) })).status).toBe(400);
    await list(town(A));
    const [line] = await estate.sql<{ entry: string }>("SELECT entry FROM juki_net.audit_line WHERE entry LIKE '%record-conflict.list%' ORDER BY at DESC, id DESC LIMIT 1");
    expect(z.object({ subjects: z.array(z.string()) }).parse(JSON.parse(line?.entry ?? '')).subjects).toHaveLength(2);
  });
});
