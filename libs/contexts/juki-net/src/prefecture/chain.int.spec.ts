import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { ResidentCode, toLocalDate, toMunicipalityCode } from '#kernel';
import { connectStreams, FieldCipher, masterKey, parseCloudEvent, type Actor, type CloudEvent } from '#platform';
import { startEstate, type Answer, type TestEstate } from '#testing';
import { generatePopulation, writeIntakeFile } from '#testing/population';
import { jukiNetModule } from '#contexts/juki-net';

const municipality = (organisation: string): Actor => ({ clientId: `municipality-${organisation}`, kind: 'municipality', organisation });
const [home, town, tokyo] = [municipality('990019'), municipality('990027'), municipality('131016')];
const own: Actor = { clientId: 'prefecture-99', kind: 'prefecture', organisation: '99' };
const other: Actor = { clientId: 'prefecture-13', kind: 'prefecture', organisation: '13' };
const operator: Actor = { clientId: 'operator-1', kind: 'operator', organisation: 'agency' };
const API = '/api/juki-net/v1';
const REGISTER = 'RESIDENT_REGISTER';
/** More than one step takes. */
const RESIDENTS = 2_100;
const code = (serial: number): string => ResidentCode.fromBody(`99000${String(serial).padStart(5, '0')}`).reveal();

let estate: TestEstate;
let streams: Awaited<ReturnType<typeof connectStreams>>;
const events: CloudEvent[] = [];
beforeAll(async () => {
  estate = await startEstate([jukiNetModule], { at: new Date('2016-01-20T01:00:00Z') });
  streams = await connectStreams(estate.natsUrl, 'chain spec');
  streams.connection.subscribe('kiban.juki-net.>', { callback: (_error, message) => void events.push(parseCloudEvent(message.string())) });
  // The night's own run finds nobody yet; later it would take the place of one that a test begins.
  await estate.eventually(async () => (await estate.sql("SELECT 1 FROM juki_net.cursor WHERE name = 'schedule:prefecture.compare-nightly' AND value <> ''")).length === 1);
  const households = generatePopulation({ seed: 'chain', size: RESIDENTS, firstSerial: 1, municipality: toMunicipalityCode('990019'), baseDate: toLocalDate('2015-10-05') });
  const body = Buffer.concat([...writeIntakeFile(households, { municipality: toMunicipalityCode('990019'), changeDate: toLocalDate('2015-10-05') }).chunks]);
  const answer = await estate.request('POST', `${API}/notice-files?municipalityCode=990019`, { as: home, purpose: REGISTER, body, headers: { 'content-type': 'text/csv' } });
  const { fileId } = z.object({ fileId: z.uuid() }).parse(answer.json);
  await estate.eventually(async () => (await estate.sql("SELECT 1 FROM juki_net.notice_file WHERE file_id = $1 AND state = 'COMPLETED' AND applied = rows", fileId)).length === 1, 60);
});
afterAll(async () => {
  await streams.connection.close();
  await estate.stop();
});

type Body = Record<string, unknown>;
const post = (path: string, body: Body, as: Actor = own, idempotencyKey?: string): Promise<Answer> =>
  estate.request('POST', `${API}${path}`, { as, purpose: REGISTER, body, ...(idempotencyKey === undefined ? {} : { idempotencyKey }) });
const get = (path: string, as: Actor = own): Promise<Answer> => estate.request('GET', `${API}${path}`, { as, purpose: REGISTER });
const refusal = (answer: Answer): unknown[] => [answer.status, z.object({ code: z.string() }).parse(answer.json).code];
let municipalSeq = RESIDENTS;
function notice(serial: number, over: Body = {}, as = home): Body {
  municipalSeq += 1;
  return { municipalSeq, residentCode: code(serial), personSeq: 1, changeReason: '14', changeDate: '20160118', nameKanji: '見本　太郎', birthDate: '19800101', sex: '1', address: '架空県試験市見本町1-1', municipalityCode: as.organisation, ...over };
}
const key = async (serial: number): Promise<string> => {
  const index = new FieldCipher(masterKey(estate.config.keys), 'juki-net').blindIndex('resident-code', code(serial));
  return z.object({ person_key: z.uuid() }).parse((await estate.sql('SELECT person_key FROM juki_net.resident_code WHERE code_index = $1', index))[0]).person_key;
};
/** What the municipality has, whatever became of the copies. */
const current = async (serial: number): Promise<Body> => (await estate.sql('SELECT name_kanji AS "nameKanji", name_kana AS "nameKana", birth_date AS "birthDate", sex, address FROM juki_net.segment WHERE person_key = $1', await key(serial)))[0] ?? {};
/** A later notice about somebody of the first file; what it does not name is as it was notified. */
async function correct(serial: number, over: Body): Promise<void> {
  const { municipalSeq: seq, residentCode, municipalityCode } = notice(serial);
  const answer = await post('/change-notices', { ...(await current(serial)), municipalSeq: seq, residentCode, municipalityCode, changeDate: '20160118', ...over }, home);
  expect(answer.json).toMatchObject({ state: 'APPLIED' });
}
const copy = async (serial: number, set: string): Promise<unknown> => estate.sql(`UPDATE juki_net.prefecture_record SET ${set} WHERE person_key = $1 AND prefecture = '99'`, await key(serial));

const runView = z.object({ state: z.string(), compared: z.number().nullable(), differences: z.array(z.object({ class: z.string(), found: z.number(), open: z.number(), overdue: z.number() })) });
const opened = z.object({ runId: z.uuid(), jobId: z.uuid() });
const open = (as = own, prefecture = '99', idempotencyKey?: string): Promise<Answer> => post('/prefecture-reconciliations', { prefecture }, as, idempotencyKey);
async function compared(answer: Answer, as = own): Promise<{ runId: string } & z.output<typeof runView>> {
  const { runId } = opened.parse(answer.json);
  const found = await estate.eventually(async () => {
    const run = runView.parse((await get(`/prefecture-reconciliations/${runId}`, as)).json);
    return run.state !== 'COMPARING' && run;
  }, 40);
  return { runId, ...found };
}
const item = z.object({
  differenceId: z.uuid(), class: z.string(), municipalityCode: z.string(), residentCode: z.string(), prefectureVersion: z.number().nullable(), nationalVersion: z.number().nullable(), state: z.string(),
  explanation: z.string().nullable(), dueOn: z.string(), overdue: z.boolean(),
});
async function differences(runId: string): Promise<z.output<typeof item>[]> {
  const page = z.object({ items: z.array(item), next: z.uuid().optional() });
  const first = page.parse((await get(`/prefecture-reconciliations/${runId}/differences?limit=2`)).json);
  const rest = first.next === undefined ? [] : page.parse((await get(`/prefecture-reconciliations/${runId}/differences?limit=100&after=${first.next}`)).json).items;
  return [...first.items, ...rest];
}
/** The day begins, and the night's own run is over. */
async function nextDay(day: string): Promise<void> {
  estate.clock.set(new Date(`${day}T01:00:00Z`));
  await estate.eventually(async () => (await estate.sql("SELECT 1 FROM juki_net.prefecture_run WHERE as_of = $1 AND state = 'COMPLETED'", day)).length === 1);
}
const slow = async (on: boolean): Promise<unknown> => estate.sql(on
  ? `CREATE FUNCTION juki_net.spec_slow() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN PERFORM pg_sleep(0.5); RETURN NEW; END $$;
     CREATE TRIGGER spec_slow BEFORE UPDATE OF cursor ON juki_net.job FOR EACH ROW EXECUTE FUNCTION juki_net.spec_slow()`
  : 'DROP FUNCTION IF EXISTS juki_net.spec_slow CASCADE');

describe('JUKI-4.6 reconciliation of the prefecture’s copy with the national one', () => {
  it('finds nothing where both agree, after corrections, moves and departures', async () => {
    await correct(1, { personSeq: 2, changeReason: '30', address: '架空県試験市見本町7-7-7' });
    await correct(2, { personSeq: 2, changeReason: '21', changeDate: '20160121' });
    await post('/change-notices', notice(2, { changeReason: '11', changeDate: '20160119', previousMunicipalityCode: '990019' }, town), town);
    await correct(3, { personSeq: 2, changeReason: '20' });
    const body = { municipalSeq: (municipalSeq += 1), personSeq: 2, formerResidentCode: code(4), residentCode: code(9001), changeReason: '40', changeDate: '2016-01-18', municipalityCode: '990019' };
    expect((await post('/code-changes', body, home)).json).toMatchObject({ state: 'APPLIED' });
    expect(await compared(await open())).toMatchObject({ state: 'COMPLETED', compared: RESIDENTS + 1, differences: [] });
    await nextDay('2016-01-22');
    expect(await compared(await open())).toMatchObject({ state: 'COMPLETED', differences: [] });
  });

  it('finds and classes what was planted, over a restart in the middle, and shows it to the prefecture alone', async () => {
    await estate.sql('DELETE FROM juki_net.segment WHERE person_key = $1', await key(10));
    await estate.sql('DELETE FROM juki_net.prefecture_record WHERE person_key = $1', await key(11));
    await correct(12, { personSeq: 2, changeReason: '30', address: '架空県試験市見本町8-8-8' });
    await copy(12, "record_version = 1, address = '架空県試験市見本町8-8'");
    await copy(13, "address = '架空県試験市見本町0-0'");
    await estate.sql("UPDATE juki_net.segment SET former_surname = 'x' WHERE person_key = $1", await key(14));
    await copy(15, "state = 'CLOSED_MOVED', closed_date = '2016-01-10'");
    await slow(true);
    const answer = await open(own, '99', 'one-run');
    await estate.eventually(async () => (await estate.sql("SELECT 1 FROM juki_net.job WHERE id = $1 AND cursor ? 'person'", opened.parse(answer.json).jobId)).length === 1);
    await estate.restart();
    await slow(false);
    expect((await open(own, '99', 'one-run')).json).toEqual(answer.json);
    const run = await compared(answer);
    expect(run).toMatchObject({ state: 'COMPLETED', compared: RESIDENTS + 1, differences: [{ class: 'CONTENT', found: 2 }, { class: 'MISSING_DOWN', found: 2 }, { class: 'MISSING_UP', found: 1 }, { class: 'STALE', found: 1, open: 1, overdue: 0 }] });
    const items = await differences(run.runId);
    expect(Object.fromEntries(items.map((one) => [one.residentCode, [one.class, one.prefectureVersion, one.nationalVersion]]))).toEqual({
      [code(10)]: ['MISSING_UP', 1, null], [code(11)]: ['MISSING_DOWN', null, 1], [code(12)]: ['STALE', 1, 2], [code(13)]: ['CONTENT', 1, 1], [code(14)]: ['CONTENT', 1, 1], [code(15)]: ['MISSING_DOWN', null, 1],
    });
    expect(await estate.eventually(async () => events.find((event) => event.type.includes('prefecture-reconciliation') && JSON.stringify(event.data).includes(run.runId))?.data)).toEqual(
      { runId: run.runId, prefecture: '99', compared: RESIDENTS + 1, resolved: 0, differences: { MISSING_UP: 1, MISSING_DOWN: 2, STALE: 1, CONTENT: 2 } });
    expect(refusal(await get(`/prefecture-reconciliations/${run.runId}/differences`, other))).toEqual([403, 'OUT_OF_JURISDICTION']);
    for (const as of [operator, home]) expect(refusal(await get(`/prefecture-reconciliations/${run.runId}/differences`, as))).toEqual([403, 'ACTION_NOT_PERMITTED']);
    expect((await get(`/prefecture-reconciliations/${run.runId}`, operator)).json).toMatchObject({ prefecture: '99', state: 'COMPLETED' });
    expect(refusal(await open(other))).toEqual([403, 'OUT_OF_JURISDICTION']);
    const kept = JSON.stringify([events, await estate.sql('SELECT * FROM juki_net.job'), await estate.sql("SELECT entry FROM juki_net.audit_line WHERE entry LIKE '%prefecture-%'")]);
    for (const { residentCode } of items) expect(kept).not.toContain(residentCode);
    const [line] = await estate.sql<{ n: number }>("SELECT max(jsonb_array_length(entry::jsonb->'subjects')) AS n FROM juki_net.audit_line WHERE entry::jsonb->>'action' = 'juki-net.prefecture-reconciliation.list-differences'");
    expect(line?.n).toBe(4);
  });

  it('is explained by the prefecture, and repaired by notices of the municipality only', async () => {
    const before = await compared(await open());
    const [stale, content] = [code(12), code(13)].map(async (resident) => (await differences(before.runId)).find((one) => one.residentCode === resident)?.differenceId ?? '');
    const explain = async (id: Promise<string> | undefined, reason: string, as = own): Promise<Answer> =>
      estate.request('PUT', `${API}/prefecture-differences/${await id}/explanation`, { as, purpose: REGISTER, body: { reason } });
    expect(refusal(await explain(stale, 'RESEND_ORDERED'))).toEqual([422, 'RESEND_NOT_ORDERED']);
    expect(refusal(await explain(stale, 'UNDER_SURVEY', other))).toEqual([404, 'NOT_FOUND']);
    expect((await post('/change-notices/resend-orders', { municipalityCode: '990019', firstSeq: 12, lastSeq: 13, ground: 'DIFFERENCE' })).status).toBe(201);
    expect((await explain(stale, 'RESEND_ORDERED')).json).toMatchObject({ state: 'EXPLAINED' });
    expect(refusal(await explain(stale, 'UNDER_SURVEY'))).toEqual([409, 'DIFFERENCE_STATE']);
    expect((await explain(content, 'UNDER_SURVEY')).status).toBe(200);
    const again = await differences((await compared(await open())).runId);
    expect(again.find((one) => one.residentCode === code(12))).toMatchObject({ state: 'EXPLAINED', explanation: 'RESEND_ORDERED' });
    // Another class than was explained.
    await copy(13, 'record_version = 7');
    expect((await differences((await compared(await open())).runId)).find((one) => one.residentCode === code(13))).toMatchObject({ class: 'STALE', state: 'OPEN', explanation: null });
    for (const serial of [11, 13]) await correct(serial, { personSeq: 2, changeReason: '30', address: '架空県試験市見本町3-3-3' });
    await correct(12, { personSeq: 3, changeReason: '34' });
    const left = await compared(await open());
    expect((await differences(left.runId)).map((one) => one.residentCode).sort()).toEqual([code(10), code(14), code(15)].sort());
    expect(await estate.sql("SELECT count(*)::int AS n FROM juki_net.prefecture_difference WHERE state = 'RESOLVED'")).toEqual([{ n: 3 }]);
    await nextDay('2016-02-10');
    expect((await differences((await compared(await open())).runId)).map((one) => one.overdue)).toEqual([true, true, true]);
  });

  it('runs every night for prefectures that have residents, a newer run in the place of one under way', async () => {
    await nextDay('2016-02-11');
    expect(await estate.sql("SELECT prefecture FROM juki_net.prefecture_run WHERE as_of = '2016-02-11'")).toEqual([{ prefecture: '99' }]);
    await slow(true);
    const first = opened.parse((await open()).json);
    const second = await open();
    await slow(false);
    expect((await compared(second)).state).toBe('COMPLETED');
    expect(runView.parse((await get(`/prefecture-reconciliations/${first.runId}`)).json).state).toBe('ABANDONED');
    await estate.eventually(async () => (await estate.sql("SELECT 1 FROM juki_net.job WHERE state IN ('QUEUED', 'RUNNING', 'FAILED')")).length === 0);
  });
});

describe('JUKI-7 orders to send again', () => {
  const order = (over: Body = {}, as = own): Promise<Answer> => post('/change-notices/resend-orders', { municipalityCode: '990027', firstSeq: 5_001, lastSeq: 5_003, ground: 'SEQUENCE_GAP', ...over }, as);
  const list = z.object({ items: z.array(z.object({ orderId: z.uuid(), firstSeq: z.number(), state: z.string(), arrived: z.number(), overdue: z.boolean() })) });
  const listed = async (as = town): Promise<z.output<typeof list>['items']> => list.parse((await get('/resend-orders?municipalityCode=990027', as)).json).items;

  it('are given by the municipality’s own prefecture, once a number, and seen by both', async () => {
    expect((await order()).status).toBe(201);
    expect(refusal(await order({ firstSeq: 5_003, lastSeq: 5_009 }))).toEqual([409, 'RESEND_ORDERED']);
    expect(refusal(await order({ firstSeq: 9, lastSeq: 8 }))).toEqual([422, 'RESEND_RANGE']);
    expect(refusal(await order({ municipalityCode: '990028' }))).toEqual([400, 'INVALID_INPUT']);
    expect(refusal(await order({}, other))).toEqual([403, 'OUT_OF_JURISDICTION']);
    expect(refusal(await order({}, town))).toEqual([403, 'ACTION_NOT_PERMITTED']);
    expect(await listed()).toMatchObject([{ firstSeq: 5_001, state: 'OPEN', arrived: 0, overdue: false }]);
    expect(await listed(own)).toEqual(await listed());
    expect(refusal(await get('/resend-orders?municipalityCode=990027', home))).toEqual([403, 'OUT_OF_JURISDICTION']);
  });

  it('are fulfilled when every number has come, for the first time or again; refused ones and another municipality’s do not count', async () => {
    const send = (seq: number, serial: number, over: Body = {}, as = town): Promise<Answer> => post('/change-notices', { ...notice(serial, over, as), municipalSeq: seq }, as);
    const state = async (): Promise<unknown> => (await listed()).map((one) => [one.state, one.arrived]);
    await send(5_001, 9_101);
    await send(5_002, 9_102, {}, tokyo);
    expect(refusal(await send(5_002, 9_103, { changeReason: '30' }))).toEqual([404, 'RESIDENT_UNKNOWN']);
    expect(await state()).toEqual([['OPEN', 1]]);
    expect((await send(5_001, 9_101)).json).toMatchObject({ repeated: true });
    expect((await send(5_003, 9_104, { personSeq: 2 })).json).toMatchObject({ state: 'HELD' });
    expect(await state()).toEqual([['OPEN', 2]]);
    estate.clock.set(new Date(estate.clock.now().getTime() + 25 * 3_600_000));
    expect((await listed())[0]?.overdue).toBe(true);
    expect((await send(5_002, 9_104)).json).toMatchObject({ state: 'APPLIED' });
    expect(await state()).toEqual([['FULFILLED', 3]]);
    const [{ orderId } = { orderId: '' }] = await listed();
    await estate.eventually(async () => events.some((event) => event.type.includes('resend-order.ended') && JSON.stringify(event.data).includes(orderId)));
    expect(refusal(await post(`/resend-orders/${orderId}/withdrawal`, {}))).toEqual([409, 'RESEND_STATE']);
  });

  it('are withdrawn by the prefecture when the numbers never were', async () => {
    const { orderId } = z.object({ orderId: z.uuid() }).parse((await order({ firstSeq: 9_001, lastSeq: 9_002 })).json);
    expect(refusal(await post(`/resend-orders/${orderId}/withdrawal`, {}, other))).toEqual([403, 'OUT_OF_JURISDICTION']);
    expect((await post(`/resend-orders/${orderId}/withdrawal`, {})).json).toMatchObject({ state: 'WITHDRAWN' });
    expect((await order({ firstSeq: 9_001, lastSeq: 9_002 })).status).toBe(201);
  });
});
