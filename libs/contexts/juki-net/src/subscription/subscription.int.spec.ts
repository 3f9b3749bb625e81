import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { jukiNetModule } from '#contexts/juki-net';
import { ResidentCode, toLocalDate } from '#kernel';
import { parseCertificate, pemDecode, type ParsedCertificate } from '#pki';
import { connectStreams, parseCloudEvent, type Actor } from '#platform';
import { databaseAs, ExchangeParty, startEstate, type Answer, type TestEstate } from '#testing';
import { readFrame, writeFrame } from '../batch/frame.js';
import { INTAKE_COLUMNS, type IntakeRow } from '../change-notice/intake-row.js';
import { DisclosureStore } from '../disclosure/disclosure.store.js';
import { legalOfficer } from '../inquiry/legal-officer.fixture.js';

const town: Actor = { clientId: 'municipality-990019', kind: 'municipality', organisation: '990019' };
const pension: Actor = { clientId: 'agency-pension', kind: 'national-agency', organisation: 'pension', operator: 'p-77' };
const stranger: Actor = { clientId: 'agency-health', kind: 'national-agency', organisation: 'health' };
const operator = (officer: string): Actor => ({ clientId: 'operator-1', kind: 'operator', organisation: 'agency', operator: officer });
const API = '/api/juki-net/v1';
const PURPOSE = 'PENSION_CURRENT_STATUS';
const PEOPLE = 4_100;
const code = (serial: number): string => ResidentCode.fromBody(`99${String(serial).padStart(8, '0')}`).reveal();
const START = new Date('2026-02-02T01:00:00Z');

let estate: TestEstate;
let streams: Awaited<ReturnType<typeof connectStreams>>;
let agency: ExchangeParty;
let register: ParsedCertificate;
let feedGrant: string;
let batchGrant: string;
const events: ReturnType<typeof parseCloudEvent>[] = [];
const sequences = new Map<number, number>();
let municipalSeq = 0;

const codeOf = ({ status, json }: Answer): unknown[] => [status, z.looseObject({ code: z.string() }).parse(json).code];
const as = (actor: Actor, method: string, path: string, body?: unknown): Promise<Answer> => estate.request(method, `${API}${path}`, { as: actor, purpose: PURPOSE, ...(body === undefined ? {} : { body }) });
const put = (id: string, changes: Record<string, unknown> = {}, actor = pension): Promise<Answer> =>
  as(actor, 'PUT', `/subscriptions/${id}`, { grantId: feedGrant, reasons: ['20', '21', '30', '31', '40'], calendar: { every: 'DAILY' }, ...changes });
const view = async (id: string, actor = pension) => z.looseObject({ state: z.string(), persons: z.number(), comparedAt: z.string() }).parse((await as(actor, 'GET', `/subscriptions/${id}`)).json);
const listed = (serial: number, more: Record<string, unknown> = {}) => ({ residentCode: code(serial), requesterRef: `ref-${serial}`, ...more });
const change = (id: string, body: Record<string, unknown>, actor = pension): Promise<Answer> => as(actor, 'POST', `/subscriptions/${id}/persons`, body);

/** A notice of the town about a person of the register. */
function notice(serial: number, changeReason: string, items: Partial<IntakeRow> = {}): string {
  const personSeq = (sequences.get(serial) ?? 0) + 1;
  sequences.set(serial, personSeq);
  const row: IntakeRow = {
    municipalSeq: String(++municipalSeq), residentCode: code(serial), personSeq: String(personSeq), changeReason, changeDate: changeReason === '14' ? '20151005' : '20260202', municipalityCode: '990019',
    ...(changeReason === '20' ? {} : { nameKanji: `見本 ${serial}`, nameKana: 'ミホン', birthDate: '19800101', sex: '1', address: `架空県試験市見本町${serial}` }), ...items,
  };
  return INTAKE_COLUMNS.map((column) => row[column] ?? '').join(',');
}
async function notify(...rows: string[]): Promise<void> {
  const { json } = await estate.request('POST', `${API}/notice-files?municipalityCode=990019`, { as: town, purpose: 'RESIDENT_REGISTER', body: [INTAKE_COLUMNS.join(','), ...rows, ''].join('\r\n'), headers: { 'content-type': 'text/csv' } });
  const { fileId } = z.object({ fileId: z.uuid() }).parse(json);
  await estate.eventually(async () => {
    const { json: found } = await estate.request('GET', `${API}/notice-files/${fileId}`, { as: town, purpose: 'RESIDENT_REGISTER' });
    const file = z.looseObject({ state: z.string(), rejected: z.number() }).parse(found);
    if (file.rejected > 0) throw new Error(JSON.stringify((await estate.request('GET', `${API}/notice-files/${fileId}/faults`, { as: town, purpose: 'RESIDENT_REGISTER' })).json));
    return file.state === 'COMPLETED';
  }, 90);
}
async function grantFor(mode: string): Promise<string> {
  const draft = await estate.request('POST', `${API}/grants`, {
    as: operator('o-1'),
    body: {
      institution: 'national-agency', organisation: 'pension', affair: PURPOSE, legalBasis: '別表第一', items: ['residentCode', 'nameKanji', 'address', 'changeReason', 'changeDate'], modes: [mode],
      keyKinds: ['RESIDENT_CODE'], validFrom: '2015-10-05', validUntil: '2099-12-31',
    },
  });
  const { grantId } = z.looseObject({ grantId: z.uuid(), feeClass: z.literal('STANDARD') }).parse(draft.json);
  await estate.request('POST', `${API}/grants/${grantId}/approval`, { as: legalOfficer, body: {} });
  return grantId;
}
async function sealed(grantId: string, batchId: string, details: string[]): Promise<Uint8Array<ArrayBuffer>> {
  const text = writeFrame({ kind: 'BREQ', sender: 'pension', receiver: 'juki-net', grantId, batchId, createdAt: '2026-01-01T00:00:00Z' }, details);
  return agency.seal(text, register, estate.clock.now());
}
const upload = (path: string, body: Uint8Array<ArrayBuffer>, actor = pension): Promise<Answer> => estate.request('POST', `${API}${path}`, { as: actor, purpose: PURPOSE, body, headers: { 'content-type': 'application/pkcs7-mime' } });
const question = (lineNo: number, serial: number, sinceDate = ''): string => ['D', lineNo, '1', code(serial), '', '', '', '', '', '', sinceDate, `ref-${serial}`].join(',');

const fileView = z.looseObject({ batchId: z.uuid(), state: z.string(), lines: z.number(), feeYen: z.number(), reference: z.string(), resultSha256: z.string().optional() });
const filesOf = async (id: string) => z.object({ items: z.array(fileView) }).parse((await as(pension, 'GET', `/batches?subscriptionId=${id}`)).json).items;
async function linesOf(batchId: string, name: RegExp): Promise<readonly string[]> {
  const { bytes, status, headers } = await as(pension, 'GET', `/batches/${batchId}/result`);
  expect(status).toBe(200);
  expect(headers.get('content-disposition')).toMatch(name);
  const frame = readFrame(agency.open(bytes, register), 'CFED');
  if (typeof frame === 'string') throw new Error(frame);
  return frame.details;
}
/** Midday of so many days after the start; the files of that day are then made. */
async function onDay(days: number, ...ids: string[]): Promise<void> {
  const now = new Date(START.getTime() + days * 86_400_000);
  estate.clock.set(now);
  for (const id of ids) await estate.eventually(async () => (await view(id)).comparedAt >= now.toISOString(), 90);
}

beforeAll(async () => {
  estate = await startEstate([jukiNetModule], { at: START });
  streams = await connectStreams(estate.natsUrl, 'subscription spec');
  streams.connection.subscribe('kiban.juki-net.change-feed.>', { callback: (_error, message) => void events.push(parseCloudEvent(message.string())) });
  await notify(...Array.from({ length: PEOPLE }, (_, at) => notice(at + 1, '14')));
  agency = await ExchangeParty.create(7n, START);
  [feedGrant, batchGrant] = [await grantFor('CHANGE_FEED'), await grantFor('BATCH_LINE')];
  register = parseCertificate(pemDecode((await as(pension, 'GET', '/exchange-certificate')).bytes.toString(), ['CERTIFICATE']));
  expect((await as(operator('o-1'), 'POST', '/exchange-certificates', { institution: 'national-agency', organisation: 'pension', ...agency.registration })).status).toBe(201);
}, 180_000);
afterAll(async () => {
  await streams.connection.close();
  await estate.stop();
});

describe('change subscriptions (JUKI-3.5, 4.7, 5.1, 5.3)', () => {
  const small = randomUUID();
  const large = randomUUID();

  it('are set under a grant for CHANGE_FEED, by its organisation, and stay under it', async () => {
    expect(codeOf(await put(small, { grantId: batchGrant }))).toEqual([403, 'MODE_NOT_GRANTED']);
    expect(codeOf(await put(small, {}, stranger))).toEqual([403, 'GRANT_NOT_ACTIVE']);
    for (const changes of [{ reasons: ['99'] }, { reasons: [] }, { calendar: { every: 'WEEKLY' } }, { calendar: { every: 'DAILY', day: 3 } }]) expect((await put(small, changes)).status).toBe(400);
    expect((await put(small, { calendar: { every: 'MONTHLY', day: 31 } })).json).toMatchObject({ state: 'ACTIVE', persons: 0, nextOn: '2026-02-28' });
    expect((await put(small)).json).toMatchObject({ calendar: { every: 'DAILY' }, nextOn: '2026-02-03', reasons: ['20', '21', '30', '31', '40'] });
    expect(codeOf(await put(small, { grantId: await grantFor('CHANGE_FEED') }))).toEqual([409, 'SUBSCRIPTION_GRANT']);
    expect((await put(large)).status).toBe(200);
    for (const [method, path] of [['GET', ''], ['POST', '/end'], ['POST', '/persons']] as const) expect((await as(stranger, method, `/subscriptions/${small}${path}`, method === 'GET' ? undefined : {})).status).toBe(404);
    expect((await view(small, operator('o-1'))).state).toBe('ACTIVE');
  });

  it('list persons by page and by sealed file, each once, and tell what is no person', async () => {
    const wrongDigit = code(1).replace(/.$/, (digit) => String((Number(digit) + 1) % 10));
    const page = [1, 2, 3, 4, 5, 6, 7, 8].map((serial) => listed(serial));
    const bad = [{ ...listed(1), residentCode: wrongDigit }, listed(900_000), { ...listed(1), requesterRef: 'other' }, { ...listed(9), requesterRef: 'ref-1' }, { individualNumber: '012345678901', requesterRef: 'n' }];
    const answer = await change(small, { add: [...page, ...bad, listed(2)] });
    expect(answer.json).toEqual({
      added: 8, repeated: 1, removed: 0, refused: 5,
      faults: ['CHECK_DIGIT', 'RESIDENT_UNKNOWN', 'PERSON_REPEATED', 'REF_REPEATED', 'KEY_KIND_NOT_GRANTED'].map((fault, at) => ({ line: 9 + at, code: fault })),
    });
    for (const requesterRef of ['a\u0000', 'x'.repeat(41)]) expect((await change(small, { add: [{ ...listed(9), requesterRef }] })).status).toBe(400);
    expect((await change(small, { remove: ['ref-8', 'nobody'] })).json).toMatchObject({ removed: 1 });
    const body = await sealed(feedGrant, small, [question(1, 9), question(2, 10), question(3, 11, '20150101'), question(4, 12).replace('D,4,1', 'D,4,3')]);
    expect((await upload(`/subscriptions/${small}/list-files`, body)).json).toMatchObject({ added: 3, refused: 1, faults: [{ line: 4, column: 'nameKanji', code: 'REQUIRED' }] });
    expect((await upload(`/subscriptions/${small}/list-files`, body)).json).toMatchObject({ added: 0, repeated: 3 });
    expect(codeOf(await upload(`/subscriptions/${large}/list-files`, body))).toEqual([422, 'FRAME']);
    expect((await upload(`/subscriptions/${small}/list-files`, body, stranger)).status).toBe(404);
    expect(await view(small)).toMatchObject({ persons: 10 });
    expect(await estate.sql("SELECT DISTINCT items, result_code FROM juki_net.use_record WHERE mode = 'CHANGE_FEED'")).toEqual([{ items: [], result_code: '00' }]);
  });

  it('tell changed persons and items only, by the reasons wanted, with the codes and the protection of inquiries', async () => {
    const measure = { residentCodes: [code(5)], grounds: 'STALKING', startsOn: '2026-02-02', opinionFrom: 'police' };
    expect((await estate.request('POST', `${API}/support-measures`, { as: town, purpose: 'RESIDENT_REGISTER', body: measure })).status).toBeLessThan(300);
    await notify(
      notice(1, '30', { address: '架空県試験市転居町1' }), notice(1, '34', { address: '架空県試験市転居町一丁目1' }), notice(2, '34', { address: '架空県試験市新見本町2' }),
      notice(4, '20'), notice(5, '30', { address: '架空県試験市秘密町5' }), notice(6, '31', { nameKanji: '改姓 6' }), notice(8, '30', { address: '架空県試験市転居町8' }),
    );
    const former = { municipalSeq: ++municipalSeq, personSeq: 2, formerResidentCode: code(3), residentCode: code(800_003), changeReason: '40', changeDate: '2026-02-02', municipalityCode: '990019' };
    expect((await estate.request('POST', `${API}/code-changes`, { as: town, purpose: 'RESIDENT_REGISTER', body: former })).status).toBe(202);
    await onDay(1, small);
    const [file, ...others] = await filesOf(small);
    expect([others.length, file?.state, file?.lines, file?.feeYen, file?.reference]).toEqual([0, 'PACKAGED', 6, 60, 'CFED/20260203_0001']);
    const lines = await linesOf(file?.batchId ?? '', /filename="pension_CFED_20260203_0001\.p7m"$/);
    expect(lines.map((line) => line.replace(`D,${small},`, '')).sort()).toEqual([
      'ref-11,14,2015-10-05,00,residentCode=' + code(11) + ',nameKanji=見本 11,address=架空県試験市見本町11',
      'ref-1,34,2026-02-02,00,address=架空県試験市転居町一丁目1',
      'ref-3,40,2026-02-02,00,residentCode=' + code(800_003),
      'ref-4,,2026-02-02,20',
      'ref-5,30,2026-02-02,41',
      'ref-6,31,2026-02-02,00,nameKanji=改姓 6',
    ].sort());
    const used = await estate.sql("SELECT items, result_code FROM juki_net.use_record WHERE mode = 'CHANGE_FEED' AND at >= '2026-02-03' ORDER BY result_code, items");
    expect(used.map(({ items, result_code }) => [result_code, items].join(' ')).sort()).toEqual([
      '00 changeReason,changeDate,address', '00 changeReason,changeDate,nameKanji', '00 changeReason,changeDate,residentCode', '00 changeReason,changeDate,residentCode,nameKanji,address', '20 changeDate', '41 changeReason,changeDate',
    ]);
  });

  it('tell what was passed over with the next wanted change, and those who left the register once', async () => {
    await estate.sql('DELETE FROM juki_net.person WHERE person_key = (SELECT person_key FROM juki_net.segment WHERE address = $1)', '架空県試験市見本町9');
    await notify(notice(2, '31', { nameKanji: '改姓 2', address: '架空県試験市新見本町2' }));
    await onDay(2, small);
    const file = (await filesOf(small))[0];
    expect((await linesOf(file?.batchId ?? '', /_20260204_0001/)).map((line) => line.replace(`D,${small},`, '')).sort()).toEqual(['ref-2,31,2026-02-02,00,nameKanji=改姓 2,address=架空県試験市新見本町2', 'ref-9,,,10']);
    expect(await view(small)).toMatchObject({ persons: 9 });
    await onDay(3, small, large);
    expect(await filesOf(small)).toHaveLength(2);
  });

  it('go on after a stop in the middle, and tell nobody twice', async () => {
    const everybody = Array.from({ length: PEOPLE - 100 }, (_, at) => question(at + 1, at + 101, '20150101'));
    expect((await upload(`/subscriptions/${large}/list-files`, await sealed(feedGrant, large, everybody))).json).toMatchObject({ added: everybody.length, refused: 0 });
    estate.clock.set(new Date(START.getTime() + 4 * 86_400_000));
    await estate.eventually(async () => (await estate.sql("SELECT 1 FROM juki_net.job WHERE kind = 'juki-net.change-feed' AND state = 'RUNNING' AND done > 0")).length > 0);
    await estate.restart();
    await onDay(4, small, large);
    const [file, ...others] = await filesOf(large);
    expect([others.length, file?.lines]).toEqual([0, everybody.length]);
    const refs = (await linesOf(file?.batchId ?? '', /_20260206_0002/)).map((line) => line.split(',')[2]);
    expect(new Set(refs).size).toBe(everybody.length);
    const [{ n } = {}] = await estate.sql("SELECT count(*)::int AS n FROM juki_net.use_record WHERE mode = 'CHANGE_FEED' AND at >= '2026-02-06T01:00:00Z' AND items <> '{}'");
    expect(n).toBe(everybody.length);
  });

  it('have files that are received and purged like batches, told by events of the subscription without people', async () => {
    const [file] = await filesOf(large);
    const path = `/batches/${file?.batchId ?? ''}`;
    expect((await as(stranger, 'GET', `${path}/result`)).status).toBe(404);
    // JUKI-7: whether it arrived is known by its receipt, and after it was purged.
    const app = databaseAs(estate, 'juki-net', 'app');
    const [used] = await estate.sql<{ person_key: string }>("SELECT u.person_key FROM juki_net.use_record u JOIN juki_net.provision_batch b ON b.job_id::text = u.correlation_id WHERE b.batch_id = $1 LIMIT 1", file?.batchId);
    const unknown = async (): Promise<boolean[]> => {
      const uses = await new DisclosureStore().uses(app.db, used?.person_key ?? '', { from: toLocalDate('2026-01-01'), until: toLocalDate('2026-12-31') });
      return uses.filter(({ mode, items }) => mode === 'CHANGE_FEED' && items.length > 0).map(({ deliveryUnknown }) => deliveryUnknown);
    };
    const before = await unknown();
    expect([before.length > 0, before.every((one) => one)]).toEqual([true, true]);
    expect((await as(pension, 'POST', `${path}/receipt`, { resultSha256: file?.resultSha256 })).json).toEqual({ state: 'RECEIPT_CONFIRMED' });
    estate.clock.set(new Date(START.getTime() + 20 * 86_400_000));
    await estate.eventually(async () => (await filesOf(large)).at(-1)?.state === 'PURGED');
    expect((await unknown()).filter((one) => !one)).toHaveLength(1);
    await app.close();
    expect(codeOf(await as(pension, 'GET', `${path}/result`))).toEqual([409, 'BATCH_STATE']);
    const told = await estate.eventually(() => Promise.resolve(events.filter(({ subject }) => subject === large).length >= 5 && events.filter(({ subject }) => subject === large)));
    expect(told.map(({ sequence, data }) => `${sequence} ${z.looseObject({ state: z.string() }).parse(data).state}`)).toEqual(['1 PROCESSING', '2 PACKAGED', '3 DELIVERED', '4 RECEIPT_CONFIRMED', '5 PURGED']);
    const audit = JSON.stringify(await estate.sql("SELECT entry FROM juki_net.audit_line WHERE entry LIKE '%subscription%'"));
    for (const secret of [code(1), code(800_003), 'ref-1', '転居町']) expect(JSON.stringify(events) + audit).not.toContain(secret);
  });

  it('can be weighed beforehand against asking for everybody again, and batches tell how often they repeat themselves', async () => {
    const persons = Array.from({ length: 50 }, (_, at) => ({ residentCode: code(at + 20) }));
    const preview = (body: Record<string, unknown>, actor = pension) => as(actor, 'POST', '/subscription-previews', { grantId: batchGrant, reasons: ['30', '31'], calendar: { every: 'MONTHLY', day: 1 }, ...body });
    expect(codeOf(await preview({ persons: persons.slice(0, 19) }))).toEqual([422, 'LIST_TOO_SHORT']);
    expect(codeOf(await preview({ persons: Array.from({ length: 30 }, () => persons[0]) }))).toEqual([422, 'LIST_TOO_SHORT']);
    expect(codeOf(await preview({ persons }, stranger))).toEqual([403, 'GRANT_NOT_ACTIVE']);
    expect((await preview({ persons, subscriptionId: large })).status).toBe(400);
    await notify(notice(21, '30', { address: '架空県試験市転居町21' }), notice(21, '31', { nameKanji: '改姓 21', address: '架空県試験市転居町21' }), notice(22, '34', { address: '架空県試験市新見本町22' }));
    expect((await preview({ persons, listSize: 10_000, timesPerYear: 12 })).json).toMatchObject({
      asked: 50, sampled: 50, listSize: 10_000, fullAsking: { lines: 120_000, yen: 1_200_000 }, changeFeed: { lines: 200, arithmetic: expect.stringContaining('1 lines of the past year × 10000 persons / 50 sampled') }, saved: { yen: 1_198_000 },
    });
    const batch = async (reference: string) => {
      const { json } = await upload(`/batches?grantId=${batchGrant}&reference=${reference}`, await sealed(batchGrant, reference, [20, 21, 22].map((serial, at) => question(at + 1, serial))));
      const { batchId } = z.object({ batchId: z.uuid() }).parse(json);
      return estate.eventually(async () => {
        const found = z.looseObject({ state: z.string(), unchangedLines: z.number(), feeYen: z.number() }).parse((await as(pension, 'GET', `/batches/${batchId}`)).json);
        return found.state === 'PACKAGED' && [found.unchangedLines, found.feeYen];
      }, 60);
    };
    expect(await batch('first')).toEqual([0, 30]);
    await notify(notice(22, '30', { address: '架空県試験市転居町22' }));
    expect(await batch('second')).toEqual([2, 30]);
    expect((await preview({ subscriptionId: large })).json).toMatchObject({ sampled: 1_000, listSize: PEOPLE - 100, fullAsking: { lines: 6, arithmetic: expect.stringContaining('2 batches of the past year') } });
  });

  it('end for good: the list goes, nothing more is told, what was made can be fetched', async () => {
    const path = `/subscriptions/${small}/end`;
    expect((await as(pension, 'POST', path, {})).json).toMatchObject({ state: 'ENDED', persons: 0 });
    expect((await as(pension, 'POST', path, {})).json).toMatchObject({ state: 'ENDED' });
    expect(codeOf(await put(small))).toEqual([409, 'SUBSCRIPTION_STATE']);
    expect(codeOf(await change(small, { add: [listed(12)] }))).toEqual([409, 'SUBSCRIPTION_STATE']);
    expect(await estate.sql('SELECT 1 FROM juki_net.change_subscription_person WHERE subscription_id = $1', small)).toEqual([]);
    const files = (await filesOf(small)).length;
    await notify(notice(1, '30', { address: '架空県試験市再転居町1' }));
    await onDay(22, large);
    expect(await filesOf(small)).toHaveLength(files);
    expect((await as(pension, 'GET', `/batches/${(await filesOf(small))[0]?.batchId ?? ''}/result`)).status).toBe(200);
  });

  it('tell nothing while the grant is suspended, and afterwards what changed meanwhile', async () => {
    const step = (name: string) => estate.request('POST', `${API}/grants/${feedGrant}/${name}`, { as: operator('o-1'), body: {} });
    await notify(notice(200, '30', { address: '架空県試験市転居町200' }));
    await step('suspension');
    const before = (await filesOf(large)).length;
    estate.clock.set(new Date(START.getTime() + 23 * 86_400_000));
    await estate.eventually(async () => (await estate.sql("SELECT 1 FROM juki_net.job WHERE kind = 'juki-net.change-feed' AND parameters ->> 'day' = '2026-02-25' AND state = 'SUCCEEDED'")).length > 0);
    expect(await filesOf(large)).toHaveLength(before);
    await step('resumption');
    await onDay(24, large);
    const [file] = await filesOf(large);
    expect(await linesOf(file?.batchId ?? '', /_20260226_0002/)).toEqual([`D,${large},ref-200,30,2026-02-02,00,address=架空県試験市転居町200`]);
  });

  it('are followed by their last job alone, though an operator starts an earlier one again', async () => {
    const file = (await filesOf(large))[0];
    await notify(notice(201, '30', { address: '架空県試験市転居町201' }));
    const job = "kind = 'juki-net.change-feed' AND parameters ->> 'subscriptionId' = $1 AND parameters ->> 'day' = '2026-02-24'";
    await estate.sql(`UPDATE juki_net.job SET state = 'QUEUED', cursor = NULL, result = NULL, ended_at = NULL, lease_until = NULL WHERE ${job}`, large);
    await estate.eventually(async () => (await estate.sql(`SELECT 1 FROM juki_net.job WHERE ${job} AND state = 'SUCCEEDED'`, large)).length > 0);
    expect((await filesOf(large))[0]).toEqual(file);
    await onDay(25, large);
    expect(await linesOf((await filesOf(large))[0]?.batchId ?? '', /_20260227_0002/)).toEqual([`D,${large},ref-201,30,2026-02-02,00,address=架空県試験市転居町201`]);
  });
});
