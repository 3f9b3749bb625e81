import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { ResidentCode, toLocalDate, toMunicipalityCode } from '#kernel';
import { connectStreams, parseCloudEvent, type Actor, type CloudEvent } from '#platform';
import { startEstate, type Answer, type TestEstate } from '#testing';
import { generatePopulation, INTAKE_COLUMNS, type IntakeColumn, writeIntakeFile } from '#testing/population';
import { jukiNetModule } from '#contexts/juki-net';
import { fieldsOfLine } from '../notice-file/csv-line.js';
import { bucketDigest, bucketOf, BUCKETS, leafHash, type PresentRecord } from './reconciliation.js';

const townA: Actor = { clientId: 'municipality-990019', kind: 'municipality', organisation: '990019' };
const townB: Actor = { clientId: 'municipality-990027', kind: 'municipality', organisation: '990027' };
const operator: Actor = { clientId: 'operator-1', kind: 'operator', organisation: 'agency' };
const prefecture = (organisation: string): Actor => ({ clientId: `prefecture-${organisation}`, kind: 'prefecture', organisation });
const API = '/api/juki-net/v1';
const REGISTER = 'RESIDENT_REGISTER';
/** More than one step of reading takes. */
const TEST_CODES = 2_100;
const REAL_CODES = 40;

let estate: TestEstate;
let streams: Awaited<ReturnType<typeof connectStreams>>;
const events: CloudEvent[] = [];
/** The municipality's own copy, by code. */
const own = new Map<string, PresentRecord>();
let municipalSeq = 0;

beforeAll(async () => {
  estate = await startEstate([jukiNetModule], { at: new Date('2016-01-20T01:00:00Z') });
  streams = await connectStreams(estate.natsUrl, 'reconciliation spec');
  streams.connection.subscribe('kiban.juki-net.reconciliation.>', { callback: (_error, message) => void events.push(parseCloudEvent(message.string())) });
  await loadTown();
});
afterAll(async () => {
  await streams.connection.close();
  await estate.stop();
});

type Row = Partial<Record<IntakeColumn, string>>;
const post = (path: string, body: unknown, as = townA, idempotencyKey?: string): Promise<Answer> =>
  estate.request('POST', `${API}${path}`, { as, purpose: REGISTER, body, ...(idempotencyKey === undefined ? {} : { idempotencyKey }) });
const get = (path: string, as = townA): Promise<Answer> => estate.request('GET', `${API}${path}`, { as, purpose: REGISTER });
const refusal = (answer: Answer): unknown[] => [answer.status, z.object({ code: z.string() }).parse(answer.json).code];

/** Entries by file, some of them with codes of a block so that many buckets have records. */
async function loadTown(): Promise<void> {
  const { blockId } = z.object({ blockId: z.uuid() }).parse((await post('/code-blocks', { municipalityCode: '990019', size: REAL_CODES, reason: 'INITIAL' })).json);
  const codes = z.object({ items: z.array(z.object({ residentCode: z.string() })) }).parse((await get(`/code-blocks/${blockId}/codes?limit=1000`)).json).items;
  const municipality = toMunicipalityCode('990019');
  const households = generatePopulation({ seed: 'reconciliation', size: TEST_CODES, firstSerial: 1, municipality, baseDate: toLocalDate('2015-10-05') });
  const [header = '', ...lines] = Buffer.concat([...writeIntakeFile(households, { municipality, changeDate: toLocalDate('2015-10-05') }).chunks]).toString('utf8').trimEnd().split('\r\n');
  const real = codes.map(({ residentCode }, index) => (lines[index] ?? '').replace(/^\d+,\d+/, `${lines.length + index + 1},${residentCode}`));
  municipalSeq = lines.length + real.length;
  for (const line of [...lines, ...real]) {
    const fields = fieldsOfLine(line) ?? [];
    const row: Row = Object.fromEntries(INTAKE_COLUMNS.map((column, index) => [column, fields[index] ?? '']));
    own.set(row.residentCode ?? '', recordOf(row));
  }
  const answer = await estate.request('POST', `${API}/notice-files?municipalityCode=990019`, { as: townA, purpose: REGISTER, body: Buffer.from([header, ...lines, ...real].join('\r\n')), headers: { 'content-type': 'text/csv' } });
  const { fileId } = z.object({ fileId: z.string() }).parse(answer.json);
  await estate.eventually(async () => (await estate.sql("SELECT 1 FROM juki_net.notice_file WHERE file_id = $1 AND state = 'COMPLETED' AND applied = rows", fileId)).length === 1, 60);
}

function recordOf(row: Row, before?: PresentRecord): PresentRecord {
  const { residentCode = '', nameKanji, nameKana, birthDate, sex, address, changeReason = '', changeDate = '' } = row;
  const base = { nameKanji: '', nameKana: '', birthDate: '', sex: '', address: '', ...before };
  return {
    residentCode, recordVersion: Number(row.personSeq), nameKanji: nameKanji ?? base.nameKanji, nameKana: nameKana ?? base.nameKana, birthDate: birthDate ?? base.birthDate, sex: sex ?? base.sex,
    municipalityCode: '990019', address: address ?? base.address, changeReason, changeDate,
  };
}

/** A notice to the register; the municipality's copy follows unless it is told not to. */
async function notify(residentCode: string, over: Row, follows = true): Promise<void> {
  municipalSeq += 1;
  const before = own.get(residentCode);
  if (before === undefined) throw new Error('no such record');
  const { nameKanji, nameKana, birthDate, sex, address } = before;
  const row = { municipalSeq: String(municipalSeq), residentCode, personSeq: String(before.recordVersion + 1), nameKanji, nameKana, birthDate, sex, address, changeDate: '20160118', municipalityCode: '990019', ...over };
  expect((await post('/change-notices', row)).json).toMatchObject({ state: 'APPLIED' });
  if (follows) own.set(residentCode, recordOf(row, before));
}

async function changeCode(former: string, residentCode: string): Promise<void> {
  municipalSeq += 1;
  const answer = await post('/code-changes', { municipalSeq, personSeq: 2, formerResidentCode: former, residentCode, changeReason: '40', changeDate: '2016-01-18', municipalityCode: '990019' });
  expect(answer.json).toMatchObject({ state: 'APPLIED' });
  own.set(residentCode, { ...recordOf({}, own.get(former)), residentCode, recordVersion: 2, changeReason: '40', changeDate: '20160118' });
  own.delete(former);
}

const inBucket = (copy: ReadonlyMap<string, PresentRecord>, bucket: number): PresentRecord[] =>
  [...copy.values()].filter(({ residentCode }) => bucketOf(residentCode) === bucket).sort((a, b) => (a.residentCode < b.residentCode ? -1 : 1));
const bucketsOf = (copy: ReadonlyMap<string, PresentRecord>) => Array.from({ length: BUCKETS }, (_value, bucket) => {
  const records = inBucket(copy, bucket);
  return { digest: bucketDigest(records.map((record) => ({ ...record, hash: leafHash(record) }))).toString('hex'), count: records.length };
});
const linesOf = (records: readonly PresentRecord[]): string => ['residentCode,recordVersion,leaf', ...records.map((record) => `${record.residentCode},${record.recordVersion},${leafHash(record)}`)].join('\r\n');
const open = (copy: ReadonlyMap<string, PresentRecord>, as = townA, key?: string): Promise<Answer> => post('/reconciliations', { municipalityCode: '990019', buckets: bucketsOf(copy) }, as, key);
const send = (runId: string, bucket: number, text: string, as = townA): Promise<Answer> =>
  estate.request('PUT', `${API}/reconciliations/${runId}/buckets/${String(bucket).padStart(2, '0')}`, { as, purpose: REGISTER, body: Buffer.from(text), headers: { 'content-type': 'text/csv' } });

const runView = z.object({
  state: z.string(), compared: z.number().nullable(), differing: z.array(z.object({ bucket: z.number(), state: z.string(), municipalCount: z.number(), registerCount: z.number() })),
  differences: z.array(z.object({ class: z.string(), found: z.number(), open: z.number(), overdue: z.number() })),
});
const view = async (runId: string, as = townA): Promise<z.output<typeof runView>> => runView.parse((await get(`/reconciliations/${runId}`, as)).json);
async function compared(answer: Answer): Promise<{ runId: string } & z.output<typeof runView>> {
  const { runId } = z.object({ runId: z.uuid() }).parse(answer.json);
  const found = await estate.eventually(async () => {
    const run = await view(runId);
    return run.state !== 'COMPARING' && run;
  }, 30);
  return { runId, ...found };
}
/** Opens a run and sends what differs. */
async function reconcile(copy: ReadonlyMap<string, PresentRecord>): Promise<{ runId: string; state: string; items: Item[] }> {
  const { runId, differing } = await compared(await open(copy));
  for (const { bucket } of differing) await send(runId, bucket, linesOf(inBucket(copy, bucket)));
  return { runId, state: (await view(runId)).state, items: await differencesOf(runId) };
}
const item = z.object({
  differenceId: z.uuid(), class: z.string(), residentCode: z.string(), municipalVersion: z.number().nullable(), registerVersion: z.number().nullable(), state: z.string(),
  explanation: z.string().nullable(), foundOn: z.string(), dueOn: z.string(), overdue: z.boolean(),
});
type Item = z.output<typeof item>;
async function differencesOf(runId: string): Promise<Item[]> {
  const page = z.object({ items: z.array(item), next: z.uuid().optional() });
  const first = page.parse((await get(`/reconciliations/${runId}/differences?limit=3`)).json);
  const rest = first.next === undefined ? [] : page.parse((await get(`/reconciliations/${runId}/differences?limit=1000&after=${first.next}`)).json).items;
  return [...first.items, ...rest];
}
const completed = async (runId: string): Promise<unknown> => estate.eventually(async () => events.find((event) => z.object({ runId: z.string() }).parse(event.data).runId === runId)?.data);
const slow = async (on: boolean): Promise<unknown> => estate.sql(on
  ? `CREATE FUNCTION juki_net.spec_slow() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN PERFORM pg_sleep(0.05); RETURN NEW; END $$;
     CREATE TRIGGER spec_slow BEFORE UPDATE ON juki_net.reconciliation_bucket FOR EACH ROW EXECUTE FUNCTION juki_net.spec_slow()`
  : 'DROP FUNCTION IF EXISTS juki_net.spec_slow CASCADE');

/** A copy with one difference of each class, the first two in buckets of real codes, and the codes of them. */
function planted(): { copy: Map<string, PresentRecord>; codes: Record<string, string> } {
  const copy = new Map(own);
  const real = [...own.keys()].filter((code) => !code.startsWith('99'));
  const tests = [...own.keys()].filter((code) => code.startsWith('99'));
  const [missingDown = '', content = ''] = [real.at(-1), real.at(-2)];
  const [stale = '', taken = ''] = [tests[10], tests[20]];
  const missingUp = '99123456781';
  const change = (code: string, over: Partial<PresentRecord>): unknown => copy.set(code, { ...(own.get(code) ?? recordOf({})), ...over });
  copy.delete(missingDown);
  change(content, { address: '架空県試験市見本町9-9-9' });
  change(stale, { recordVersion: 2, changeReason: '30' });
  copy.set(missingUp, { ...(own.get(taken) ?? recordOf({})), residentCode: missingUp });
  return { copy, codes: { MISSING_UP: missingUp, MISSING_DOWN: missingDown, STALE: stale, CONTENT: content } };
}

describe('JUKI-4.6 reconciliation', () => {
  it('finds nothing where both copies agree, after moves, changes of code and departures', async () => {
    const [moved = '', leaving = '', left = '', dead = '', renamed = ''] = [...own.keys()].filter((code) => code.startsWith('99'));
    await notify(moved, { changeReason: '30', address: '架空県試験市見本町1-1-1' });
    await notify(leaving, { changeReason: '21', changeDate: '20160210' });
    await notify(left, { changeReason: '21', changeDate: '20160121' });
    await notify(dead, { changeReason: '20', changeDate: '20160119' });
    own.delete(dead);
    await changeCode(renamed, ResidentCode.fromBody('9910000000').reveal());
    const run = await compared(await open(own));
    expect(run).toMatchObject({ state: 'COMPLETED', compared: TEST_CODES + REAL_CODES - 1, differing: [], differences: [] });
    expect(await completed(run.runId)).toEqual({ runId: run.runId, municipalityCode: '990019', compared: TEST_CODES + REAL_CODES - 1, resolved: 0, differences: { MISSING_UP: 0, MISSING_DOWN: 0, STALE: 0, CONTENT: 0 } });
    expect(await estate.sql('SELECT 1 FROM juki_net.reconciliation_leaf')).toEqual([]);
    estate.clock.set(new Date('2016-01-21T01:00:00Z'));
    own.delete(left);
    expect((await compared(await open(own))).state).toBe('COMPLETED');
  });

  it('a kill in the middle changes nothing; one difference of each class is found, and exactly those', async () => {
    const { copy, codes } = planted();
    await slow(true);
    const key = 'open-the-run';
    const answer = await open(copy, townA, key);
    await estate.eventually(async () => (await estate.sql("SELECT 1 FROM juki_net.job WHERE kind = 'juki-net.reconciliation' AND state = 'RUNNING' AND (cursor->>'bucket')::int > 30")).length === 1);
    await estate.restart();
    await slow(false);
    expect((await open(copy, townA, key)).json).toEqual(answer.json);
    const run = await compared(answer);
    const buckets = [...new Set(Object.values(codes).map(bucketOf))].sort((a, b) => a - b);
    expect(run).toMatchObject({ state: 'AWAITING_LEAVES', compared: own.size });
    expect(run.differing.map(({ bucket }) => bucket)).toEqual(buckets);
    const job = z.object({ jobId: z.uuid() }).parse(answer.json).jobId;
    expect((await estate.request('GET', `${API}/jobs/${job}`, { as: townA })).json).toMatchObject({ state: 'SUCCEEDED', done: own.size + BUCKETS, total: own.size + BUCKETS });
    for (const [index, bucket] of buckets.entries()) {
      const text = linesOf(inBucket(copy, bucket));
      expect((await send(run.runId, bucket, text)).json).toMatchObject({ state: index === buckets.length - 1 ? 'COMPLETED' : 'AWAITING_LEAVES', repeated: false });
      expect((await send(run.runId, bucket, text)).json).toMatchObject({ differences: 0, repeated: true });
    }
    const items = await differencesOf(run.runId);
    expect(Object.fromEntries(items.map((one) => [one.class, one.residentCode]))).toEqual(codes);
    expect(items).toHaveLength(4);
    expect(items.find((one) => one.class === 'STALE')).toMatchObject({ municipalVersion: 2, registerVersion: 1, state: 'OPEN', explanation: null, foundOn: '2016-01-21', dueOn: '2016-01-28', overdue: false });
    expect(await completed(run.runId)).toMatchObject({ compared: own.size, differences: { MISSING_UP: 1, MISSING_DOWN: 1, STALE: 1, CONTENT: 1 } });
    expect(await estate.sql('SELECT 1 FROM juki_net.reconciliation_leaf')).toEqual([]);
    const lines = await estate.sql<{ subjects: number }>("SELECT sum(jsonb_array_length(entry::jsonb->'subjects'))::int AS subjects FROM juki_net.audit_line WHERE entry::jsonb->>'action' = 'juki-net.reconciliation.list-differences'");
    // Nobody has the code that the register lacks.
    expect(lines).toEqual([{ subjects: 3 }]);
    const kept = JSON.stringify([events, await estate.sql('SELECT * FROM juki_net.job'), await estate.sql("SELECT entry FROM juki_net.audit_line WHERE entry LIKE '%econciliation%'"), await estate.sql('SELECT * FROM juki_net.reconciliation_difference')]);
    for (const code of Object.values(codes)) expect(kept).not.toContain(code);
  });

  it('an explained difference stands until a run no longer finds it, and must be explained anew when it is another', async () => {
    const { copy, codes } = planted();
    const first = await reconcile(copy);
    const byClass = (items: readonly Item[], kind: string): Item => items.find((one) => one.class === kind) ?? item.parse({});
    const content = byClass(first.items, 'CONTENT');
    const explain = (id: string, reason: string, as = townA, key?: string): Promise<Answer> =>
      estate.request('PUT', `${API}/reconciliation-differences/${id}/explanation`, { as, purpose: REGISTER, body: { reason }, ...(key === undefined ? {} : { idempotencyKey: key }) });
    expect(refusal(await explain(content.differenceId, 'UNDER_SURVEY', townB))).toEqual([403, 'OUT_OF_JURISDICTION']);
    expect((await explain(content.differenceId, 'BECAUSE')).status).toBe(400);
    expect((await explain(content.differenceId, 'UNDER_SURVEY', townA, 'explain-1')).json).toEqual({ differenceId: content.differenceId, state: 'EXPLAINED' });
    expect((await explain(content.differenceId, 'UNDER_SURVEY', townA, 'explain-1')).status).toBe(200);
    expect(refusal(await explain(content.differenceId, 'SYSTEM_FAULT'))).toEqual([409, 'DIFFERENCE_STATE']);
    expect(refusal(await explain('00000000-0000-4000-8000-000000000000', 'SYSTEM_FAULT'))).toEqual([404, 'NOT_FOUND']);

    estate.clock.set(new Date('2016-01-29T01:00:00Z'));
    copy.delete(codes['MISSING_UP'] ?? '');
    const second = await reconcile(copy);
    expect(second.items.map(({ class: kind, state, overdue }) => [kind, state, overdue]).sort()).toEqual([['CONTENT', 'EXPLAINED', false], ['MISSING_DOWN', 'OPEN', true], ['STALE', 'OPEN', true]]);
    expect(byClass(second.items, 'CONTENT')).toMatchObject({ differenceId: content.differenceId, explanation: 'UNDER_SURVEY', foundOn: '2016-01-21' });
    expect((await differencesOf(first.runId)).map(({ class: kind, state }) => [kind, state])).toEqual([['MISSING_UP', 'RESOLVED']]);
    expect(await completed(second.runId)).toMatchObject({ resolved: 1 });

    copy.set(content.residentCode, { ...(copy.get(content.residentCode) ?? recordOf({})), recordVersion: 7 });
    const third = await reconcile(copy);
    expect(third.items.find(({ residentCode }) => residentCode === content.residentCode)).toMatchObject({ class: 'STALE', state: 'OPEN', explanation: null, dueOn: '2016-02-05', municipalVersion: 7 });
    // The municipality sends the notice that was missing: nothing is corrected here.
    await notify(codes['STALE'] ?? '', { changeReason: '30' });
    const last = await reconcile(own);
    expect(last).toMatchObject({ state: 'COMPLETED', items: [] });
    expect(await estate.sql("SELECT 1 FROM juki_net.reconciliation_difference WHERE state <> 'RESOLVED'")).toEqual([]);
    expect(refusal(await explain(content.differenceId, 'SYSTEM_FAULT'))).toEqual([409, 'DIFFERENCE_STATE']);
  });

  it('refuses leaves that are not those of the digest, malformed ones, and what nobody asked for', async () => {
    const { copy, codes } = planted();
    const earlier = await compared(await open(copy));
    const { runId, differing } = await compared(await open(copy));
    expect((await view(earlier.runId)).state).toBe('ABANDONED');
    const bucket = bucketOf(codes['CONTENT'] ?? '');
    const records = inBucket(copy, bucket);
    expect(refusal(await send(earlier.runId, bucket, linesOf(records)))).toEqual([409, 'RUN_STATE']);
    const equal = Array.from({ length: BUCKETS }, (_value, index) => index).find((index) => differing.every((one) => one.bucket !== index)) ?? 0;
    expect(refusal(await send(runId, equal, linesOf(inBucket(copy, equal))))).toEqual([409, 'BUCKET_STATE']);
    expect(refusal(await send(runId, bucket, linesOf(inBucket(own, bucket))))).toEqual([422, 'BUCKET_DIGEST']);
    const tests = inBucket(copy, 99);
    expect(refusal(await send(runId, 99, linesOf(tests.slice(1))))).toEqual([422, 'BUCKET_DIGEST']);
    expect(refusal(await send(runId, bucket, linesOf([...records, ...tests.slice(0, 1)])))).toEqual([422, 'LEAF_ROW']);
    const wrongOrder = await send(runId, 99, linesOf([...tests.slice(0, 2)].reverse()));
    expect([...refusal(wrongOrder), wrongOrder.json]).toEqual([422, 'LEAF_ROW', expect.objectContaining({ facts: { line: 3 } })]);
    for (const text of ['', 'residentCode,leaf\r\n']) expect((await send(runId, bucket, text)).json).toMatchObject({ status: 422, code: 'MALFORMED_HEADER', facts: { expected: 'residentCode,recordVersion,leaf' } });
    expect(refusal(await send(runId, 99, `residentCode,recordVersion,leaf\r\n99000000016,1,${'a'.repeat(64)}`))).toEqual([422, 'LEAF_ROW']);
    for (const path of ['100', '9%00', 'ab']) {
      expect((await estate.request('PUT', `${API}/reconciliations/${runId}/buckets/${path}`, { as: townA, purpose: REGISTER, body: Buffer.from('x'), headers: { 'content-type': 'text/csv' } })).status).toBe(400);
    }
    const buckets = bucketsOf(copy);
    for (const body of [{ municipalityCode: '990019', buckets: buckets.slice(1) }, { municipalityCode: '990018', buckets }, { municipalityCode: '990019', buckets: buckets.map((one) => ({ ...one, digest: `${one.digest.slice(1)}\u0000` })) }]) {
      expect(refusal(await post('/reconciliations', body))).toEqual([400, 'INVALID_INPUT']);
    }
    expect(await estate.sql('SELECT 1 FROM juki_net.reconciliation_bucket WHERE run_id = $1 AND state = $2', runId, 'DESCENDED')).toEqual([]);
  });

  it('JUKI-4.6 tells who has not compared since the night before', async () => {
    const missing = async (as: Actor, query = ''): Promise<unknown> => (await get(`/missing-reconciliations${query}`, as)).json;
    const [none, since] = [{ items: [] }, { items: [{ municipalityCode: '990019', lastOn: '2016-01-29' }] }];
    estate.clock.set(new Date('2016-01-29T01:00:00Z'));
    await estate.sql("INSERT INTO juki_net.reconciliation (run_id, municipality_code, state, as_of, job_id, records, opened_at, completed_at) VALUES (gen_random_uuid(), '990019', 'COMPLETED', '2016-01-29', gen_random_uuid(), 1, now(), now())");
    expect(await missing(townA)).toEqual(none);
    estate.clock.set(new Date('2016-01-30T01:00:00Z'));
    expect(await missing(townA)).toEqual(none);
    estate.clock.set(new Date('2016-01-30T15:00:00Z'));
    for (const as of [townA, prefecture('99'), operator]) expect(await missing(as, '?municipalityCode=990019')).toEqual(since);
    expect(await missing(operator, '?limit=1&after=990018')).toEqual({ ...since, next: '990019' });
    expect(refusal(await get('/missing-reconciliations?municipalityCode=990019', townB))).toEqual([403, 'OUT_OF_JURISDICTION']);
  });

  it('keeps other municipalities out, and what is left unfinished goes after a week', async () => {
    const { copy, codes } = planted();
    const { runId } = await compared(await open(copy));
    const before = await estate.sql<{ n: number }>("SELECT count(*)::int AS n FROM juki_net.audit_line WHERE entry::jsonb->>'code' = 'OUT_OF_JURISDICTION'");
    for (const answer of [await open(copy, townB), await get(`/reconciliations/${runId}`, townB), await get(`/reconciliations/${runId}/differences`, townB), await send(runId, bucketOf(codes['CONTENT'] ?? ''), 'x', townB), await get(`/reconciliations/${runId}`, prefecture('13'))]) {
      expect(refusal(answer)).toEqual([403, 'OUT_OF_JURISDICTION']);
    }
    const after = await estate.sql<{ n: number }>("SELECT count(*)::int AS n FROM juki_net.audit_line WHERE entry::jsonb->>'code' = 'OUT_OF_JURISDICTION'");
    expect((after[0]?.n ?? 0) - (before[0]?.n ?? 0)).toBe(5);
    expect((await view(runId, prefecture('99'))).state).toBe('AWAITING_LEAVES');
    expect((await view(runId, operator)).state).toBe('AWAITING_LEAVES');
    expect(refusal(await get(`/reconciliations/${runId}/differences`, operator))).toEqual([403, 'ACTION_NOT_PERMITTED']);
    expect(await estate.sql('SELECT 1 FROM juki_net.reconciliation_leaf LIMIT 1')).toHaveLength(1);
    estate.clock.set(new Date('2016-02-08T01:00:00Z'));
    await estate.eventually(async () => (await view(runId)).state === 'ABANDONED' && (await estate.sql('SELECT 1 FROM juki_net.reconciliation_leaf LIMIT 1')).length === 0);
  });
});
