import { randomUUID } from 'node:crypto';
import { setTimeout } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { residentEntered, residentMovedIn, residentMovedOut } from '#contracts/juki-net';
import { localDateInJapan, ResidentCode } from '#kernel';
import { connectStreams, FieldCipher, masterKey, parseCloudEvent, start, TokenVerifier, type Actor, type CloudEvent } from '#platform';
import { startEstate, type Answer, type TestEstate } from '#testing';
import { jukiNetModule } from '#contexts/juki-net';
import { onResidentMoved } from '../on/on-resident-moved.js';
import { TransferStore } from './transfer.store.js';

const town = (organisation: string): Actor => ({ clientId: `municipality-${organisation}`, kind: 'municipality', organisation, operator: 'clerk-1' });
const [townA, townB, townC] = [town('990019'), town('990027'), town('131016')];
const prefecture = (organisation: string): Actor => ({ clientId: `prefecture-${organisation}`, kind: 'prefecture', organisation });
const API = '/api/juki-net/v1';
const purpose = 'RESIDENT_REGISTER';

let estate: TestEstate;
const events: CloudEvent[] = [];
let stopListening: () => Promise<void>;
beforeAll(async () => {
  estate = await startEstate([jukiNetModule], { at: new Date('2016-04-04T01:00:00Z') });
  const { connection } = await connectStreams(estate.natsUrl, 'listener');
  connection.subscribe('kiban.juki-net.transfer.>', { callback: (_error, message) => void events.push(parseCloudEvent(message.string())) });
  await connection.flush();
  stopListening = () => connection.close();
});
afterAll(async () => {
  await stopListening();
  await estate.stop();
});

const post = (path: string, as: Actor, body: object, idempotencyKey?: string): Promise<Answer> =>
  estate.request('POST', `${API}${path}`, { as, purpose, body, ...(idempotencyKey === undefined ? {} : { idempotencyKey }) });
const get = (path: string, as: Actor): Promise<Answer> => estate.request('GET', `${API}${path}`, { as, purpose });
const view = z.looseObject({ transferId: z.uuid(), state: z.string(), personKey: z.uuid() });
const page = z.object({ items: z.array(view), next: z.string().optional() });
const codeOf = ({ status, json }: Answer): string => `${status} ${z.object({ code: z.string() }).parse(json).code}`;

let seq = 0;
let person = 0;
/** A resident of town A, with what the towns then notify of them. */
async function resident(): Promise<{ code: string; notice: (as: Actor, over: Record<string, string>) => Promise<Answer> }> {
  person += 1;
  const code = ResidentCode.fromBody(`99${String(person).padStart(8, '0')}`).reveal();
  const personSeq = new Map<string, number>();
  const notice = async (as: Actor, over: Record<string, string>): Promise<Answer> => {
    seq += 1;
    personSeq.set(as.organisation, (personSeq.get(as.organisation) ?? 0) + 1);
    const answer = await post('/change-notices', as, {
      municipalSeq: String(seq), residentCode: code, personSeq: String(personSeq.get(as.organisation)), nameKanji: '見本　太郎', nameKana: 'ミホン　タロウ', birthDate: '19800101', sex: '1',
      address: '架空県試験市見本町2-3-4', municipalityCode: as.organisation, ...over,
    });
    expect(answer.status).toBe(202);
    return answer;
  };
  await notice(townA, { changeReason: '14', changeDate: '20151005' });
  return { code, notice };
}
const notifyOut = (code: string, route: string, over: object = {}): Promise<Answer> => post('/transfers', townA, { residentCode: code, to: '990027', plannedOn: '2016-04-04', route, ...over });
async function opened(code: string, route: string): Promise<string> {
  const answer = await notifyOut(code, route);
  expect(answer.status).toBe(201);
  return view.parse(answer.json).transferId;
}
const stateOf = async (transferId: string, as: Actor = townA): Promise<string> => view.parse((await get(`/transfers/${transferId}`, as)).json).state;
const reaches = (transferId: string, state: string): Promise<boolean> => estate.eventually(async () => (await stateOf(transferId)) === state);
const told = (transferId: string): string[] => events.filter(({ subject }) => subject === transferId).map(({ type, sequence }) => `${sequence} ${type.split('.')[4] ?? ''}`);
const audited = (transferId: string): Promise<{ action: string; subjects: number }[]> =>
  estate.sql("SELECT entry::json->>'action' AS action, json_array_length(entry::json->'subjects') AS subjects FROM juki_net.audit_line WHERE entry::json->>'object' = $1 ORDER BY at, id", `transfer:${transferId}`);
const certificate = (residentCode: string): object => ({
  nameKanji: '見本　太郎', birthDate: '19800101', sex: '1', address: '架空県試験市見本町2-3-4', householdHead: '見本　一郎', relationship: '子', domicile: '架空県試験市本籍1', residentCode,
});
const ask = (transferId: string, as: Actor, residentCode: string, over: object = {}): Promise<Answer> =>
  post(`/transfers/${transferId}/certificate-request`, as, { residentCode, livingSince: '2016-04-04', cardChecked: true, pinChecked: true, ...over });

describe('JUKI-3.4 by paper', () => {
  it('goes from the notification to the deletion; every step is told in order', async () => {
    const { code, notice } = await resident();
    const first = await notifyOut(code, 'PAPER');
    expect(first.json).toMatchObject({ state: 'CERTIFICATE_ISSUED', from: '990019', to: '990027', dueDate: '2016-04-18' });
    const { transferId } = view.parse(first.json);
    expect(await post(`/transfers/${transferId}/move-in-notice`, townB, { livingSince: '2016-03-20' })).toMatchObject({ status: 200, json: { state: 'IN_NOTICE_SENT', late: true, dueDate: '2016-04-07' } });
    await notice(townB, { changeReason: '11', changeDate: '20160404', previousMunicipalityCode: '990019' });
    await notice(townA, { changeReason: '21', changeDate: '20160404' });
    await reaches(transferId, 'OUT_CLOSED');
    await estate.eventually(async () => told(transferId).length === 2);
    expect(told(transferId)).toEqual(['1 out-notified', '2 in-notice-delivered']);
    const move = { transferId, from: '990019', to: '990027' };
    expect(events.filter(({ subject }) => subject === transferId).map(({ data }) => data)).toEqual([
      { ...move, state: 'CERTIFICATE_ISSUED', dueDate: '2016-04-18' }, { ...move, state: 'IN_NOTICE_SENT', dueDate: '2016-04-07' },
    ]);
    const lines = await audited(transferId);
    expect(lines.map(({ action }) => action)).toEqual(expect.arrayContaining(['juki-net.transfer.notify-out', 'juki-net.transfer.notify-in', 'consume:juki-net-transfers', 'juki-net.transfer.get']));
    expect(lines.every(({ subjects }) => subjects === 1)).toBe(true);
  });

  it('is begun by the register alone, and completed by the late notification of town A', async () => {
    const { code, notice } = await resident();
    await notice(townB, { changeReason: '11', changeDate: '20160404', previousMunicipalityCode: '990019' });
    const listed = await estate.eventually(async () => page.parse((await get('/transfers?municipalityCode=990019&state=UNMATCHED_IN', townA)).json).items[0]);
    expect(listed).toMatchObject({ from: '990019', to: '990027', movedInOn: '2016-04-04' });
    expect(view.parse((await notifyOut(code, 'PAPER')).json)).toMatchObject({ transferId: listed.transferId, state: 'MOVED_IN' });
    await notice(townA, { changeReason: '21', changeDate: '20160404' });
    await post(`/transfers/${listed.transferId}/move-in-notice`, townB, { livingSince: '2016-04-04' });
    await reaches(listed.transferId, 'OUT_CLOSED');
  });

  it('ended, it takes the late notification of town A and its correction; the return begins another', async () => {
    const { code, notice } = await resident();
    await notice(townA, { changeReason: '21', changeDate: '20160404' });
    // At once: whether or not the case has heard of the deletion.
    const { transferId } = view.parse((await notifyOut(code, 'PAPER', { to: '131016' })).json);
    await notice(townB, { changeReason: '11', changeDate: '20160404', previousMunicipalityCode: '990019' });
    await reaches(transferId, 'MOVED_IN');
    await post(`/transfers/${transferId}/move-in-notice`, townB, { livingSince: '2016-04-04' });
    await reaches(transferId, 'OUT_CLOSED');
    expect((await notifyOut(code, 'CARD', { plannedOn: '2016-04-03' })).json).toMatchObject({ transferId, state: 'OUT_CLOSED', to: '990027', route: 'CARD', plannedOn: '2016-04-03', movedOutOn: '2016-04-04' });
    expect(codeOf(await notifyOut(code, 'PAPER', { plannedOn: '2016-04-05' }))).toBe('422 DATE_IN_FUTURE');
    expect(codeOf(await post('/transfers', townC, { residentCode: code, to: '990027', plannedOn: '2016-04-04', route: 'PAPER' }))).toBe('403 NOT_YOUR_RESIDENT');
    await notice(townB, { changeReason: '21', changeDate: '20160404' });
    await notice(townA, { changeReason: '11', changeDate: '20160404', previousMunicipalityCode: '990027' });
    expect(await opened(code, 'PAPER')).not.toBe(transferId);
    await estate.eventually(async () => told(transferId).slice(-2).map((line) => line.slice(2)).join() === 'in-notice-delivered,out-notified');
    const away = await resident();
    await away.notice(townA, { changeReason: '21', changeDate: '20160320' });
    expect(codeOf(await notifyOut(away.code, 'PAPER'))).toBe('422 TERM');
    await away.notice(townC, { changeReason: '11', changeDate: '20160404', previousMunicipalityCode: '990019' });
    const dead = await resident();
    await dead.notice(townA, { changeReason: '20', changeDate: '20160404' });
    expect(codeOf(await notifyOut(dead.code, 'PAPER'))).toBe('403 NOT_YOUR_RESIDENT');
  });

  it('the same key is answered once, the same notification again changes nothing', async () => {
    const { code } = await resident();
    const body = { residentCode: code, to: '990027', plannedOn: '2016-04-04', route: 'CARD' };
    const [one, two] = await Promise.all([post('/transfers', townA, body, 'same'), post('/transfers', townA, body, 'same')]);
    expect(two.json).toEqual(one.json);
    expect((await post('/transfers', townA, body)).json).toEqual(one.json);
    const { transferId } = view.parse(one.json);
    await estate.eventually(async () => told(transferId).length > 0);
    expect(told(transferId)).toEqual(['1 out-notified']);
  });

  it('two notifications of one person at once open one case', async () => {
    const { code } = await resident();
    const answers = await Promise.all(['990027', '131016', '990027', '131016'].map((to) => notifyOut(code, 'PAPER', { to })));
    expect(new Set(answers.map(({ json }) => view.parse(json).transferId)).size).toBe(1);
  });

  it('a withdrawal ends the case; the next notification opens another, which a move abroad ends', async () => {
    const { code, notice } = await resident();
    const transferId = await opened(code, 'PAPER');
    expect((await post(`/transfers/${transferId}/withdrawal`, townA, {})).json).toMatchObject({ state: 'WITHDRAWN' });
    expect((await post(`/transfers/${transferId}/withdrawal`, townA, {})).json).toMatchObject({ state: 'WITHDRAWN' });
    expect(codeOf(await post(`/transfers/${transferId}/move-in-notice`, townB, { livingSince: '2016-04-04' }))).toBe('409 TRANSFER_STATE');
    const next = await opened(code, 'PAPER');
    expect(next).not.toBe(transferId);
    await notice(townA, { changeReason: '22', changeDate: '20160404' });
    await reaches(next, 'WITHDRAWN');
  });
});

describe('JUKI-4.4 by card', () => {
  it('carries the certificate information encrypted, for the new municipality only, until the case closes', async () => {
    const { code, notice } = await resident();
    const transferId = await opened(code, 'CARD');
    expect(codeOf(await ask(transferId, townB, code, { pinChecked: false }))).toBe('422 PIN_NOT_ASSERTED');
    expect(codeOf(await ask(transferId, townB, (await resident()).code))).toBe('404 RESIDENT_UNKNOWN');
    expect(await stateOf(transferId)).toBe('CERT_INFO_HELD');
    expect((await ask(transferId, townB, code)).json).toMatchObject({ state: 'CERT_INFO_REQUESTED', dueDate: '2016-04-18' });
    expect(codeOf(await get(`/transfers/${transferId}/certificate`, townB))).toBe('409 TRANSFER_STATE');
    expect(codeOf(await post(`/transfers/${transferId}/certificate`, townA, { certificate: certificate((await resident()).code) }))).toBe('404 RESIDENT_UNKNOWN');
    expect((await post(`/transfers/${transferId}/certificate`, townA, { certificate: certificate(code) })).json).toMatchObject({ state: 'CERT_INFO_SENT' });
    expect((await get(`/transfers/${transferId}/certificate`, townB)).json).toMatchObject({ relationship: '子', residentCode: code, from: '990019', insurance: [] });
    for (const as of [townA, townC]) expect(codeOf(await get(`/transfers/${transferId}/certificate`, as))).toBe('403 OUT_OF_JURISDICTION');
    expect(await audited(transferId)).toContainEqual({ action: 'juki-net.transfer.read-certificate', subjects: 1 });
    const [stored] = await estate.sql<{ sealed: Buffer }>('SELECT sealed FROM juki_net.transfer_certificate WHERE transfer_id = $1', transferId);
    expect(stored?.sealed.includes(Buffer.from(code)) ?? true).toBe(false);
    await notice(townA, { changeReason: '21', changeDate: '20160404' });
    await notice(townB, { changeReason: '11', changeDate: '20160404' });
    await reaches(transferId, 'MOVED_IN');
    expect((await get(`/transfers/${transferId}/certificate`, townB)).status).toBe(200);
    await post(`/transfers/${transferId}/move-in-notice`, townB, { livingSince: '2016-04-04' });
    await reaches(transferId, 'OUT_CLOSED');
    expect(await estate.sql('SELECT 1 FROM juki_net.transfer_certificate WHERE transfer_id = $1', transferId)).toEqual([]);
    expect(codeOf(await get(`/transfers/${transferId}/certificate`, townB))).toBe('409 TRANSFER_STATE');
    await estate.eventually(async () => told(transferId).length === 4);
    expect(told(transferId)).toEqual(['1 out-notified', '2 certificate-requested', '3 certificate-sent', '4 in-notice-delivered']);
    const traces = await estate.sql<{ text: string }>('SELECT entry AS text FROM juki_net.audit_line');
    expect([...traces.map(({ text }) => text), JSON.stringify(events)].filter((text) => text.includes(code) || text.includes('見本'))).toEqual([]);
  });

  it('a request after the last day is refused and leaves the case expired', async () => {
    const { code } = await resident();
    const transferId = view.parse((await notifyOut(code, 'CARD', { plannedOn: '2016-03-25' })).json).transferId;
    expect(codeOf(await ask(transferId, townB, code, { livingSince: '2016-03-20' }))).toBe('409 EXPIRED');
    expect(await stateOf(transferId)).toBe('EXPIRED');
    await estate.eventually(async () => told(transferId).length === 2);
    expect(told(transferId)).toEqual(['1 out-notified', '2 expired']);
    expect(codeOf(await notifyOut(code, 'CARD', { plannedOn: '2016-03-25' }))).toBe('409 EXPIRED');
    expect(view.parse((await notifyOut(code, 'PAPER', { plannedOn: '2016-03-25' })).json)).toMatchObject({ transferId, state: 'CERTIFICATE_ISSUED' });
  });
});

describe('JUKI-7 who may not, and bad input', () => {
  it('refuses strangers, and that is on record', async () => {
    const { code } = await resident();
    const transferId = await opened(code, 'CARD');
    const steps: [string, object][] = [['certificate-request', { residentCode: code, livingSince: '2016-04-04', cardChecked: true, pinChecked: true }], ['certificate', { certificate: certificate(code) }], ['move-in-notice', { livingSince: '2016-04-04' }], ['withdrawal', {}]];
    for (const [step, body] of steps) expect(codeOf(await post(`/transfers/${transferId}/${step}`, townC, body))).toBe('403 OUT_OF_JURISDICTION');
    expect(codeOf(await post(`/transfers/${transferId}/withdrawal`, townB, {}))).toBe('403 OUT_OF_JURISDICTION');
    expect(codeOf(await ask(transferId, townA, code))).toBe('403 OUT_OF_JURISDICTION');
    expect(codeOf(await get(`/transfers/${transferId}`, townC))).toBe('403 OUT_OF_JURISDICTION');
    expect(codeOf(await get('/transfers?municipalityCode=990019', townC))).toBe('403 OUT_OF_JURISDICTION');
    expect(codeOf(await post('/transfers', townC, { residentCode: code, to: '990027', plannedOn: '2016-04-04', route: 'PAPER' }))).toBe('403 NOT_YOUR_RESIDENT');
    const refused = await estate.sql("SELECT 1 FROM juki_net.audit_line WHERE entry::json->>'outcome' = 'REFUSED' AND entry::json->>'code' = 'OUT_OF_JURISDICTION' AND entry::json->>'organisation' = '131016'");
    expect(refused.length).toBeGreaterThanOrEqual(6);
    expect((await estate.request('GET', `${API}/transfers/${transferId}`, { as: townA })).status).toBe(400);
  });

  it('unknown cases and persons, impossible days, and text that cannot stand', async () => {
    const { code } = await resident();
    const unknown = '01900000-0000-7000-8000-000000000000';
    for (const step of ['withdrawal', 'move-in-notice']) expect(codeOf(await post(`/transfers/${unknown}/${step}`, townA, step === 'withdrawal' ? {} : { livingSince: '2016-04-04' }))).toBe('404 UNKNOWN_TRANSFER');
    expect(codeOf(await get(`/transfers/${unknown}`, townA))).toBe('404 UNKNOWN_TRANSFER');
    expect(codeOf(await notifyOut(ResidentCode.fromBody('9988888888').reveal(), 'PAPER'))).toBe('404 RESIDENT_UNKNOWN');
    expect(codeOf(await notifyOut(code, 'PAPER', { to: '990019' }))).toBe('422 SAME_MUNICIPALITY');
    expect(codeOf(await notifyOut(code, 'PAPER', { plannedOn: '2016-07-01' }))).toBe('422 DATE_IN_FUTURE');
    expect(codeOf(await notifyOut(code, 'PAPER', { plannedOn: '2016-03-01' }))).toBe('422 TERM');
    for (const over of [{ to: '990028' }, { plannedOn: '2016-02-30' }, { route: 'POST' }, { more: 1 }]) expect((await notifyOut(code, 'PAPER', over)).status).toBe(400);
    const transferId = await opened(code, 'CARD');
    await ask(transferId, townB, code);
    for (const over of [{ domicile: 'a\u0000b' }, { relationship: '' }, { nationality: 'x' }]) expect((await post(`/transfers/${transferId}/certificate`, townA, { certificate: { ...certificate(code), ...over } })).status).toBe(400);
    expect((await get('/transfers?municipalityCode=990019&after=%00', townA)).status).toBe(400);
  });

  it('lists open cases of both sides page by page', async () => {
    const all = page.parse((await get('/transfers?municipalityCode=990019&limit=1000', townA)).json).items;
    expect(all.length).toBeGreaterThan(3);
    expect(all.some(({ state }) => state === 'OUT_CLOSED' || state === 'WITHDRAWN')).toBe(false);
    const paged: string[] = [];
    for (let after = ''; ; ) {
      const { items, next } = page.parse((await get(`/transfers?municipalityCode=990019&limit=2${after}`, townA)).json);
      paged.push(...items.map(({ transferId }) => transferId));
      if (next === undefined) break;
      after = `&after=${next}`;
    }
    expect(paged).toEqual(all.map(({ transferId }) => transferId));
    const incoming = page.parse((await get('/transfers?municipalityCode=990027&state=CERT_INFO_HELD', townB)).json).items;
    expect(incoming.length).toBeGreaterThan(0);
    expect(incoming.every(({ to }) => to === '990027')).toBe(true);
  });
});

describe('JUKI-4.4 timers, with two replicas', () => {
  it('expires, delivers, reminds and lists, each once, also after a restart', async () => {
    const [held, moved, away] = [await resident(), await resident(), await resident()];
    const heldId = await opened(held.code, 'CARD');
    await moved.notice(townB, { changeReason: '11', changeDate: '20160404', previousMunicipalityCode: '990019' });
    await away.notice(townA, { changeReason: '21', changeDate: '20160404' });
    const awayId = await estate.eventually(async () => page.parse((await get('/transfers?municipalityCode=990019&state=OUT_NOTIFIED', townA)).json).items[0]?.transferId);
    const movedId = await estate.eventually(async () => page.parse((await get('/transfers?municipalityCode=990019&state=UNMATCHED_IN', townA)).json).items.at(-1)?.transferId);
    await estate.restart();
    const replica = await start(estate.config, [jukiNetModule], { clock: estate.clock, verifier: new TokenVerifier({ issuer: '', audience: '' }, () => Promise.reject(new Error('no requests'))) });
    const column = (name: string, transferId: string): Promise<boolean> =>
      estate.eventually(async () => (await estate.sql(`SELECT 1 FROM juki_net.transfer_case WHERE transfer_id = $1 AND ${name}`, transferId)).length === 1);
    estate.clock.set(new Date('2016-04-04T02:30:00Z'));
    await column("state = 'IN_NOTICE_SENT'", movedId);
    expect(page.parse((await get('/transfers?municipalityCode=990019&task=DELETE_RECORD', townA)).json).items).toEqual([]);
    estate.clock.set(new Date('2016-04-07T15:00:01Z'));
    await column('reminded_on IS NOT NULL', movedId);
    const tasks = page.parse((await get('/transfers?municipalityCode=990019&task=DELETE_RECORD', townA)).json).items;
    expect(tasks.find(({ transferId }) => transferId === movedId)).toMatchObject({ task: 'DELETE_RECORD', remindedOn: '2016-04-08' });
    expect(page.parse((await get('/transfers?municipalityCode=990027&task=DELETE_RECORD', townB)).json).items).toEqual([]);
    estate.clock.set(new Date('2016-05-04T15:00:01Z'));
    await column("state = 'EXPIRED'", heldId);
    await column('in_transit_on IS NOT NULL', awayId);
    for (const as of [townA, prefecture('990000')]) {
      const { items } = page.parse((await get('/transfers/in-transit?municipalityCode=990019', as)).json);
      expect(items.map(({ transferId }) => transferId)).toEqual([awayId]);
    }
    expect(codeOf(await get('/transfers/in-transit?municipalityCode=990019', prefecture('130001')))).toBe('403 OUT_OF_JURISDICTION');
    await away.notice(townC, { changeReason: '11', changeDate: '20160505' });
    await column("state = 'MOVED_IN'", awayId);
    expect(page.parse((await get('/transfers/in-transit?municipalityCode=990019', townA)).json).items).toEqual([]);
    await replica.stop();
    expect(told(heldId)).toEqual(['1 out-notified', '2 expired']);
    expect(told(movedId)).toEqual(['1 in-notice-delivered']);
    expect(told(awayId)).toEqual(['1 out-notified']);
    const sequences = events.map(({ subject, sequence }) => `${subject} ${sequence}`);
    expect(new Set(sequences).size).toBe(sequences.length);
  });
});

describe('JUKI-3.4 what ends a record otherwise than by a move', () => {
  const hour = (hours: number): void => estate.clock.set(new Date(estate.clock.now().getTime() + hours * 3_600_000));
  /** The watch looks every quarter of a minute. */
  const nextLook = (): void => hour(1 / 180);
  const taskOf = async (transferId: string): Promise<boolean> =>
    page.parse((await get('/transfers?municipalityCode=990019&task=DELETE_RECORD&limit=1000', townA)).json).items.some((item) => item.transferId === transferId);
  const caseOf = (noticeId: string): Promise<string> => estate.eventually(async () =>
    (await estate.sql<{ id: string }>('SELECT t.transfer_id AS id FROM juki_net.transfer_case t JOIN juki_net.change_notice n USING (person_key) WHERE n.notice_id = $1', noticeId))[0]?.id);
  async function arrived(): Promise<{ transferId: string; notice: Awaited<ReturnType<typeof resident>>['notice'] }> {
    const { notice } = await resident();
    const { json } = await notice(townB, { changeReason: '11', changeDate: '20160404', previousMunicipalityCode: '990019' });
    const transferId = await caseOf(z.object({ noticeId: z.uuid() }).parse(json).noticeId);
    hour(2);
    await estate.eventually(async () => (await estate.sql("SELECT 1 FROM juki_net.transfer_case WHERE transfer_id = $1 AND state = 'IN_NOTICE_SENT'", transferId)).length === 1);
    return { transferId, notice };
  }

  it('a mistaken arrival (26) is undone: town A is not to delete the record', async () => {
    const { transferId, notice } = await arrived();
    hour(24 * 6);
    await estate.eventually(() => taskOf(transferId));
    await notice(townB, { changeReason: '26', changeDate: '20160405' });
    nextLook();
    await reaches(transferId, 'WITHDRAWN');
    expect(await taskOf(transferId)).toBe(false);
  });

  it('a notified move whose arrival was a mistake goes on, and ends where the person arrives', async () => {
    const { code, notice } = await resident();
    const { transferId } = view.parse((await notifyOut(code, 'PAPER', { to: '131016', plannedOn: localDateInJapan(estate.clock.now()) })).json);
    await notice(townB, { changeReason: '11', changeDate: '20160404', previousMunicipalityCode: '990019' });
    await reaches(transferId, 'MOVED_IN');
    hour(2);
    await reaches(transferId, 'IN_NOTICE_SENT');
    await notice(townB, { changeReason: '26', changeDate: '20160405' });
    await reaches(transferId, 'CERTIFICATE_ISSUED');
    expect((await get(`/transfers/${transferId}`, townA)).json).toMatchObject({ to: '131016' });
    await notice(townC, { changeReason: '11', changeDate: '20160405', previousMunicipalityCode: '990019' });
    await reaches(transferId, 'MOVED_IN');
  });

  it.each(['20', '23', '26'])('a record that town A ends by %s needs no deletion, whether or not it was the present one', async (changeReason) => {
    const { transferId, notice } = await arrived();
    hour(24 * 6);
    await estate.eventually(() => taskOf(transferId));
    await notice(townA, { changeReason, changeDate: '20160405' });
    nextLook();
    await reaches(transferId, 'OUT_CLOSED');
  });

  it.each(['', '23'])('an entry ex officio (14) of a person on record stands for an arrival from nobody knows where, also after a deletion %s', async (deleted) => {
    const { notice } = await resident();
    if (deleted !== '') await notice(townA, { changeReason: deleted, changeDate: '20160403' });
    const { json } = await notice(townB, { changeReason: '14', changeDate: '20160404' });
    const transferId = await caseOf(z.object({ noticeId: z.uuid() }).parse(json).noticeId);
    expect((await get(`/transfers/${transferId}`, townB)).json).toMatchObject({ state: 'UNMATCHED_IN', to: '990027', movedInOn: '2016-04-04' });
    await notice(townB, { changeReason: '26', changeDate: '20160405' });
    nextLook();
    await estate.eventually(async () => (await estate.sql("SELECT 1 FROM juki_net.transfer_case WHERE transfer_id = $1 AND state = 'WITHDRAWN'", transferId)).length === 1);
  });

  it('the dead do not move: their notified move is off', async () => {
    const { code, notice } = await resident();
    const { transferId } = view.parse((await notifyOut(code, 'PAPER', { plannedOn: localDateInJapan(estate.clock.now()) })).json);
    await notice(townA, { changeReason: '20', changeDate: '20160405' });
    nextLook();
    await reaches(transferId, 'WITHDRAWN');
  });
});

describe('JUKI-3.4, 4.5 news of many people', () => {
  type News = { readonly type: string; readonly version: number; readonly data: object };
  const told = (what: number, code: string, version: number): News => {
    const [definition, data] = [
      [residentMovedOut, { reason: '21', abroad: false }] as const, [residentMovedOut, { reason: '22', abroad: true }] as const, [residentEntered, { reason: '15' }] as const,
      [residentEntered, { reason: '14' }] as const, [residentMovedIn, { reason: '11', previousMunicipalityCode: code === '990019' ? '990027' : '990019' }] as const, [residentMovedIn, { reason: '11' }] as const,
    ][what] ?? ([residentMovedIn, { reason: '11' }] as const);
    return { type: definition.type, version, data: { factVersion: version, factDate: `2016-03-${String(10 + version)}`, municipalityCode: code, fields: [], ...data } };
  };

  it('one by one or all at once: the same cases, with their events in order', async () => {
    let dice = 20_160_404;
    const roll = (sides: number): number => (dice = (dice * 48_271) % 2_147_483_647) % sides;
    const stories = Array.from({ length: 60 }, () => Array.from({ length: 1 + roll(7) }, () => told(roll(6), ['990019', '990027', '131016'][roll(3)] ?? '', 2 + roll(7))));
    const moved = onResidentMoved(new TransferStore(new FieldCipher(masterKey(estate.config.keys), 'juki-net')));
    const time = estate.clock.now().toISOString();
    const take = async (...taken: readonly (readonly [string, News])[]): Promise<void> => {
      await estate.running.runners.get('juki-net')?.inTransaction('spec.take', { actor: townA, correlationId: 'spec' }, (ctx) => moved.handle(taken.map(([personKey, { type, data }]) => ({
        ctx: ctx.following(`spec-${personKey}`, undefined),
        event: { specversion: '1.0', id: randomUUID(), source: '/kiban/juki-net', type, subject: personKey, time, datacontenttype: 'application/json', sequence: '1', correlationid: 'spec', data: { personKey, ...data } },
      }))));
    };
    const [alone, crowd] = [stories.map(() => randomUUID()), stories.map(() => randomUUID())];
    for (const [index, story] of stories.entries()) for (const news of story) await take([alone[index] ?? '', news]);
    const rounds = Array.from({ length: 8 }, (_value, round) => stories.flatMap((story, index) => story.slice(round, round + 1).map((news) => [crowd[index] ?? '', news] as const)));
    await take(...rounds.flat());
    const cases = (personKey: string): Promise<{ transfer_id: string; event_seq: number }[]> => estate.sql(
      `SELECT transfer_id, from_code, to_code, out_on, out_version, in_on, in_version, in_at, notice_on, exit_state, exit_at IS NULL AS open, state, event_seq, wake_at FROM juki_net.transfer_case
       WHERE person_key = $1 ORDER BY transfer_id`, personKey);
    const seen = { cases: 0, events: 0 };
    for (const [index] of stories.entries()) {
      const [one, other] = [await cases(alone[index] ?? ''), await cases(crowd[index] ?? '')];
      const ofCase = ({ transfer_id: _id, ...rest }: { transfer_id: string }): object => rest;
      expect(other.map(ofCase)).toEqual(one.map(ofCase));
      for (const { transfer_id: id, event_seq: count } of other) {
        const own = await estate.eventually(async () => Promise.resolve(events.filter(({ subject }) => subject === id)).then((found) => found.length === count && found));
        expect(own.map(({ sequence, correlationid }) => [sequence, correlationid])).toEqual(own.map((_event, at) => [String(at + 1), `spec-${crowd[index] ?? ''}`]));
        seen.cases += 1;
        seen.events += count;
      }
    }
    expect(seen.cases).toBeGreaterThan(60);
    expect(seen.events).toBeGreaterThan(40);
  });
});

it('JUKI-4.4 the watch over cases writes nothing while time has nothing to do', async () => {
  const moved = (): Promise<unknown[]> => estate.sql("SELECT value, moved_at FROM juki_net.cursor WHERE name = 'schedule:transfer.watch'");
  await estate.sql('UPDATE juki_net.transfer_case SET wake_at = NULL');
  estate.clock.set(new Date(estate.clock.now().getTime() + 60_000));
  const before = await moved();
  estate.clock.set(new Date(estate.clock.now().getTime() + 60_000));
  await setTimeout(2_500);
  expect(await moved()).toEqual(before);
});
