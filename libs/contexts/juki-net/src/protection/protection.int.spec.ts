import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { isProtected } from '#contracts/juki-net';
import { ResidentCode } from '#kernel';
import { connectStreams, parseCloudEvent, Peers, type Actor, type CloudEvent, type Streams } from '#platform';
import { startEstate, type Answer, type TestEstate } from '#testing';
import { jukiNetModule } from '#contexts/juki-net';

const town = (organisation: string): Actor => ({ clientId: `municipality-${organisation}`, kind: 'municipality', organisation, operator: 'clerk-1' });
const [townA, townB, townC] = [town('990019'), town('990027'), town('990035')];
const API = '/api/juki-net/v1';
const purpose = 'RESIDENT_REGISTER';

let estate: TestEstate;
let cards: Peers;
let streams: Streams;
const events: CloudEvent[] = [];
const cardPeers = (): Peers => new Peers(estate.config, { token: () => estate.token({ clientId: 'svc-card-issuance', kind: 'service', organisation: 'card-issuance' }) });
beforeAll(async () => {
  estate = await startEstate([jukiNetModule], { at: new Date('2015-07-01T01:00:00Z') });
  cards = cardPeers();
  streams = await connectStreams(estate.natsUrl, 'protection spec');
  streams.connection.subscribe('kiban-restricted.juki-net.support.>', { callback: (_error, message) => void events.push(parseCloudEvent(message.string())) });
  await streams.connection.flush();
});
afterAll(async () => {
  cards.close();
  await streams.connection.close();
  await estate.stop();
});

const code = (serial: number): string => ResidentCode.fromBody(`99${String(serial).padStart(8, '0')}`).reveal();
const codeOf = (answer: Answer): string => z.object({ code: z.string() }).parse(answer.json).code;
const post = (path: string, body: unknown, as = townA, idempotencyKey?: string): Promise<Answer> =>
  estate.request('POST', `${API}${path}`, { as, purpose, body, ...(idempotencyKey === undefined ? {} : { idempotencyKey }) });
let municipalSeq = 0;
async function notify(serial: number, over: Record<string, unknown>, as = townA): Promise<void> {
  municipalSeq += 1;
  const answer = await post('/change-notices', {
    municipalSeq, residentCode: code(serial), personSeq: 1, changeReason: '14', changeDate: '20150601', nameKanji: '見本　花子', nameKana: 'ミホン　ハナコ', aliasName: '', birthDate: '19800101', sex: '2',
    address: '架空県試験市見本町2-3-4', townCode: '', postalCode: '0000001', municipalityCode: as.organisation, previousMunicipalityCode: '', ...over,
  }, as);
  expect(answer.status, answer.bytes.toString()).toBe(202);
}
const apply = (serials: readonly number[], as = townA, over: Record<string, unknown> = {}): Promise<Answer> =>
  post('/support-applications', { residentCodes: serials.map(code), grounds: 'STALKING', appliedOn: localDay(), startEvent: 'DECISION', ...over }, as);
const localDay = (): string => new Date(estate.clock.now().getTime() + 9 * 3_600_000).toISOString().slice(0, 10);
const idOf = (answer: Answer): string => z.object({ measureId: z.uuid() }).parse(answer.json).measureId;
interface PersonRow { person_key: string; told: number; reapply_by: string | null; ends_on: string | null }
const personsOf = (measureId: string): Promise<PersonRow[]> => estate.sql<PersonRow>('SELECT person_key, told, reapply_by::text, ends_on::text FROM juki_net.support_measure WHERE measure_id = $1 ORDER BY person_key', measureId);
/** What was told of the measure's persons with this number, in the order of `personsOf`. */
async function toldOf(measureId: string, sequence: string): Promise<unknown[]> {
  const keys = (await personsOf(measureId)).map((row) => row.person_key);
  const told = await estate.eventually(async () => {
    const found = events.filter((event) => event.sequence === sequence && keys.includes(event.subject));
    return found.length >= keys.length && found;
  });
  return told.sort((one, other) => keys.indexOf(one.subject) - keys.indexOf(other.subject)).map(({ data }) => data);
}
async function protectedNow(measureId: string): Promise<boolean[]> {
  const personKeys = (await personsOf(measureId)).map((row) => row.person_key);
  const { entries } = await cards.call(isProtected, { correlationId: 'spec-protected', purpose: 'CARD_HANDOVER' }, { personKeys });
  return entries.map((entry) => entry.isProtected);
}
const show = async (measureId: string, as = townA): Promise<unknown> => (await estate.request('GET', `${API}/support-measures/${measureId}`, { as, purpose })).json;
async function granted(measureId: string, as = townA): Promise<Answer> {
  await post(`/support-measures/${measureId}/consultation`, { consulted: 'POLICE' }, as);
  await post(`/support-measures/${measureId}/opinion`, { necessary: true }, as);
  return post(`/support-measures/${measureId}/decision`, { granted: true }, as);
}

describe('support measures', () => {
  let measureId: string;

  it('JUKI-3.8 an application joins persons at one address; only the municipality of residence takes it, once', async () => {
    await notify(1, { changeReason: '11', previousMunicipalityCode: '990027' });
    await notify(2, {});
    await notify(3, { address: '架空県試験市例示10-5' });
    const foreign = await apply([1], townB);
    expect([foreign.status, codeOf(foreign)]).toEqual([403, 'OUT_OF_JURISDICTION']);
    expect(codeOf(await apply([1, 3]))).toBe('NOT_SAME_ADDRESS');
    expect(codeOf(await apply([1, 98]))).toBe('RESIDENT_UNKNOWN');
    expect(codeOf(await apply([1], townA, { appliedOn: '2015-07-02' }))).toBe('TERM');
    expect((await apply([1], townA, { concerned: ['990018'] })).status).toBe(400);
    const applied = await apply([1, 2]);
    expect([applied.status, applied.json]).toEqual([201, { measureId: expect.any(String), state: 'APPLIED', appliedOn: '2015-07-01' }]);
    measureId = idOf(applied);
    expect(codeOf(await apply([2]))).toBe('MEASURE_EXISTS');
    expect(await protectedNow(measureId)).toEqual([false, false]);
  });

  it('JUKI-3.8 it is granted with the opinion only, and by its municipality only; an event a person tells', async () => {
    const decide = (as = townA): Promise<Answer> => post(`/support-measures/${measureId}/decision`, { granted: true }, as);
    expect(codeOf(await decide())).toBe('OPINION_MISSING');
    expect(codeOf(await post(`/support-measures/${measureId}/opinion`, { necessary: true }))).toBe('SUPPORT_STATE');
    await post(`/support-measures/${measureId}/consultation`, { consulted: 'POLICE' });
    expect(codeOf(await decide())).toBe('OPINION_MISSING');
    await post(`/support-measures/${measureId}/opinion`, { necessary: true });
    expect(codeOf(await decide(townB))).toBe('OUT_OF_JURISDICTION');
    expect((await decide()).json).toMatchObject({ state: 'ACTIVE', startsOn: '2015-07-01', endsOn: '2016-06-30', remindOn: '2016-05-31', renewableFrom: '2016-05-30' });
    expect(codeOf(await decide())).toBe('SUPPORT_STATE');
    expect(await protectedNow(measureId)).toEqual([true, true]);
    const persons = await personsOf(measureId);
    expect(persons.map((row) => row.told)).toEqual([1, 1]);
    expect(await toldOf(measureId, '1')).toEqual(persons.map((row) => ({ personKey: row.person_key, active: true })));
  });

  it('JUKI-3.8 the municipality of a former address sees that there is one and nothing else; a stranger is refused and audited', async () => {
    const check = (as: Actor): Promise<Answer> => post('/protection-checks', { residentCode: code(1) }, as);
    expect((await check(townB)).json).toEqual({ isProtected: true });
    expect((await check(townA)).json).toEqual({ isProtected: true });
    const stranger = await check(townC);
    expect([stranger.status, codeOf(stranger)]).toEqual([403, 'OUT_OF_JURISDICTION']);
    expect(codeOf(await estate.request('GET', `${API}/support-measures/${measureId}`, { as: townB, purpose }))).toBe('OUT_OF_JURISDICTION');
    const lines = await estate.sql<{ entry: string }>("SELECT entry FROM juki_net.audit_line WHERE entry LIKE '%support-measure.check%' ORDER BY id");
    expect(lines.map((line) => z.object({ outcome: z.string() }).parse(JSON.parse(line.entry)).outcome)).toEqual(['DONE', 'DONE', 'REFUSED']);
    expect(lines[0]?.entry).toContain('"subjects"');
    const unnamed = cards.call(isProtected, { correlationId: 'spec-no-purpose', purpose: 'PENSION_CURRENT_STATUS' }, { personKeys: [measureId] });
    await expect(unnamed).rejects.toMatchObject({ code: 'PURPOSE_NOT_PERMITTED' });
  });

  it('JUKI-4.13 renewed from one month before the end, by nobody else and not by itself; repeated with its key it is one renewal', async () => {
    const renew = (key?: string, opinion: Record<string, unknown> = { necessary: true }): Promise<Answer> => post(`/support-measures/${measureId}/renewal`, { consulted: 'POLICE', ...opinion }, townA, key);
    expect(codeOf(await renew())).toBe('RENEWAL_TOO_EARLY');
    estate.clock.set(new Date('2016-06-01T01:00:00Z'));
    const ending = async (as: Actor): Promise<unknown> => (await estate.request('GET', `${API}/ending-support-measures`, { as, purpose })).json;
    expect(await ending(townA)).toMatchObject({ items: [{ measureId, endsOn: '2016-06-30' }] });
    expect(await ending(townB)).toEqual({ items: [] });
    for (const opinion of [{}, { necessary: false }]) expect(codeOf(await renew(undefined, opinion))).toBe('OPINION_MISSING');
    const first = await renew('renewal-1');
    expect(first.json).toMatchObject({ state: 'ACTIVE', endsOn: '2017-06-30' });
    expect((await renew('renewal-1')).json).toEqual(first.json);
    expect(codeOf(await renew())).toBe('RENEWAL_TOO_EARLY');
    estate.clock.set(new Date('2017-06-30T14:59:00Z'));
    expect(await protectedNow(measureId)).toEqual([true, true]);
    estate.clock.set(new Date('2017-06-30T15:00:00Z'));
    expect(await show(measureId)).toMatchObject({ state: 'ENDED', endReason: 'TERM' });
    expect(await protectedNow(measureId)).toEqual([false, false]);
    const persons = await estate.eventually(async () => {
      const rows = await personsOf(measureId);
      return rows.every((row) => row.told === 3) && rows;
    });
    expect(await toldOf(measureId, '3')).toEqual(persons.map((row) => ({ personKey: row.person_key, active: false })));
    expect(await estate.sql('SELECT state, end_reason FROM juki_net.support_case WHERE measure_id = $1', measureId)).toEqual([{ state: 'ENDED', end_reason: 'TERM' }]);
  });

  it('JUKI-3.8 who moves away and does not apply again is protected for 14 days; who applies keeps it until the new one stands', async () => {
    for (const serial of [5, 6]) await notify(serial, { changeDate: '20170601' });
    const [stayed, moved] = [idOf(await apply([5])), idOf(await apply([6]))];
    for (const id of [stayed, moved]) expect((await granted(id)).json).toMatchObject({ state: 'ACTIVE' });
    for (const serial of [5, 6]) await notify(serial, { personSeq: 2, changeReason: '21', changeDate: '20170701' });
    const marked = await estate.eventually(async () => {
      const rows = [...(await personsOf(stayed)), ...(await personsOf(moved))];
      return rows.every((row) => row.reapply_by !== null) && rows;
    });
    expect(marked.map((row) => row.reapply_by)).toEqual(['2017-07-15', '2017-07-15']);
    estate.clock.set(new Date('2017-07-02T01:00:00Z'));
    await notify(6, { changeReason: '11', changeDate: '20170702', previousMunicipalityCode: '990019', address: '架空県模擬市1-1' }, townB);
    const again = idOf(await apply([6], townB));
    cards.close();
    await estate.restart();
    cards = cardPeers();
    estate.clock.set(new Date('2017-07-16T01:00:00Z'));
    await estate.eventually(async () => (await personsOf(stayed))[0]?.ends_on === '2017-07-15');
    expect(await show(stayed)).toMatchObject({ state: 'ENDED', endReason: 'MOVED_OUT' });
    expect([await protectedNow(stayed), await protectedNow(moved)]).toEqual([[false], [true]]);
    expect((await granted(again, townB)).json).toMatchObject({ state: 'ACTIVE' });
    estate.clock.set(new Date('2017-07-17T01:00:00Z'));
    await estate.eventually(async () => (await personsOf(moved))[0]?.ends_on === '2017-07-16');
    expect(await protectedNow(again)).toEqual([true]);
  });

  it('JUKI-3.8 the municipality of the registered domicile gets to know of it, however it was registered; joined persons live at one address', async () => {
    await notify(8, { changeDate: '20170701' });
    await notify(9, { changeDate: '20170701', address: '架空県試験市例示10-5' });
    const sees = async (serial: number): Promise<unknown> => (await post('/protection-checks', { residentCode: code(serial) }, townC)).json;
    expect(await sees(8)).toMatchObject({ code: 'OUT_OF_JURISDICTION' });
    const applied = idOf(await apply([8], townA, { concerned: ['990035', '990019', '990035'] }));
    expect((await granted(applied)).json).toMatchObject({ state: 'ACTIVE' });
    expect(await sees(8)).toEqual({ isProtected: true });
    const register = (serials: readonly number[], over: Record<string, unknown>): Promise<Answer> =>
      post('/support-measures', { residentCodes: serials.map(code), grounds: 'OTHER', startsOn: localDay(), opinionFrom: 'police', ...over });
    expect(codeOf(await register([8, 9], {}))).toBe('NOT_SAME_ADDRESS');
    expect((await register([9], { concerned: ['990036'] })).status).toBe(400);
    const registered = idOf(await register([9], { concerned: ['990035'] }));
    expect(await sees(9)).toEqual({ isProtected: true });
    const copies = await estate.sql('SELECT municipality_code FROM juki_net.support_copy WHERE measure_id IN ($1, $2)', applied, registered);
    expect(copies).toEqual([{ municipality_code: '990035' }, { municipality_code: '990035' }]);
  });

  it('JUKI-3.8 a decision that refuses ends the case as not necessary, and protects nobody', async () => {
    await notify(10, { changeDate: '20170701' });
    const refused = idOf(await apply([10]));
    expect((await post(`/support-measures/${refused}/decision`, { granted: false })).json).toMatchObject({ state: 'ENDED', endReason: 'NOT_NECESSARY' });
    expect(await show(refused)).toMatchObject({ state: 'ENDED', endReason: 'NOT_NECESSARY' });
    expect(await protectedNow(refused)).toEqual([false]);
    expect(codeOf(await post(`/support-measures/${refused}/decision`, { granted: true }))).toBe('SUPPORT_STATE');
  });

  it('a measure that was registered as decided can be withdrawn; no code, name or address is in events and audit lines', async () => {
    await notify(7, { changeDate: '20170701' });
    const registered = await post('/support-measures', { residentCodes: [code(7)], grounds: 'OTHER', startsOn: '2017-07-10', opinionFrom: 'police' });
    const id = idOf(registered);
    expect((await post('/support-measures', { residentCodes: [code(7)], grounds: 'OTHER', startsOn: '2017-07-10', opinionFrom: 'pol\u0000ice' })).status).toBe(400);
    expect(await protectedNow(id)).toEqual([true]);
    expect((await post(`/support-measures/${id}/withdrawal`, {})).json).toMatchObject({ state: 'ENDED', endReason: 'WITHDRAWN', endsOn: '2017-07-16' });
    expect(await protectedNow(id)).toEqual([false]);
    expect(codeOf(await post(`/support-measures/${id}/withdrawal`, {}))).toBe('SUPPORT_STATE');
    const lines = JSON.stringify(await estate.sql("SELECT entry FROM juki_net.audit_line WHERE entry LIKE '%support%'"));
    for (const secret of [code(1), code(7), '見本', '架空県']) expect(lines).not.toContain(secret);
  });
});
