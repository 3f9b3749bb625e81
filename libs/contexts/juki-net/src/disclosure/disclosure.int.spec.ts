import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { ResidentCode } from '#kernel';
import { connectStreams, parseCloudEvent, type Actor, type CloudEvent } from '#platform';
import { startEstate, type Answer, type TestEstate } from '#testing';
import { jukiNetModule } from '#contexts/juki-net';

const townA: Actor = { clientId: 'municipality-990019', kind: 'municipality', organisation: '990019', operator: 'clerk-1' };
const townB: Actor = { clientId: 'municipality-990027', kind: 'municipality', organisation: '990027', operator: 'clerk-2' };
const prefecture: Actor = { clientId: 'prefecture-99', kind: 'prefecture', organisation: '99', operator: 'officer-9' };
const pension: Actor = { clientId: 'agency-pension', kind: 'national-agency', organisation: 'pension' };
const operator: Actor = { clientId: 'operator-1', kind: 'operator', organisation: 'agency', operator: 'officer-1' };
const API = '/api/juki-net/v1';
const GRANT = ['01930000-0000-7000-8000-000000000001', '01930000-0000-7000-8000-000000000002', '01930000-0000-7000-8000-000000000003'] as const;

let estate: TestEstate;
let personKey: string;
const code = (serial: number): string => ResidentCode.fromBody(`99${String(serial).padStart(8, '0')}`).reveal();
beforeAll(async () => {
  estate = await startEstate([jukiNetModule], { at: new Date('2016-03-20T01:00:00Z') });
  const entry = await estate.request('POST', `${API}/change-notices`, {
    as: townA, purpose: 'RESIDENT_REGISTER',
    body: {
      municipalSeq: 1, residentCode: code(1), personSeq: 1, changeReason: '14', changeDate: '20151005', nameKanji: '見本　太郎', nameKana: 'ミホン　タロウ', aliasName: '', birthDate: '19800101',
      sex: '1', address: '架空県試験市見本町2-3-4', townCode: '', postalCode: '0000001', municipalityCode: '990019', previousMunicipalityCode: '',
    },
  });
  expect(entry.status).toBe(202);
  personKey = (await estate.sql<{ person_key: string }>('SELECT person_key FROM juki_net.person'))[0]?.person_key ?? '';
  const grant = `INSERT INTO juki_net.provision_grant VALUES ($1, $2, $3, $4, $5, '{address}', '{IMMEDIATE_HOST}', '{RESIDENT_CODE}', false, '2015-01-01', '2030-01-01', 'APPROVED', 'a', 'b', now())`;
  await estate.sql(grant, GRANT[0], 'municipality', '990027', 'RESIDENT_REGISTER', '別表第二の1');
  await estate.sql(grant, GRANT[1], 'national-agency', 'pension', 'PENSION_CURRENT_STATUS', '別表第一の73');
  await estate.sql(grant.replace('{address}', '{nameKanji,formerSurname}'), GRANT[2], 'national-agency', 'pension', 'PENSION_CURRENT_STATUS', '別表第一の73');
  const uses: [string, string, string, string, string, string][] = [
    ['2016-01-10T01:00:00Z', GRANT[0], '990027', 'RESIDENT_REGISTER', '{address}', '00'],
    ['2016-02-29T14:59:59Z', GRANT[1], 'pension', 'PENSION_CURRENT_STATUS', '{individualNumber,address}', 'DELIVERY_UNKNOWN'],
    ['2016-02-29T15:00:00Z', GRANT[1], 'pension', 'PENSION_CURRENT_STATUS', '{address}', '00'],
  ];
  for (const use of uses) {
    await estate.sql("INSERT INTO juki_net.use_record (at, use_id, person_key, grant_id, organisation, affair, mode, key_kind, items, result_code, correlation_id) VALUES ($1, gen_random_uuid(), $7, $2, $3, $4, 'IMMEDIATE_HOST', 'RESIDENT_CODE', $5, $6, 'c')", ...use, personKey);
  }
});
afterAll(() => estate.stop());

const codeOf = (answer: Answer): string => z.object({ code: z.string() }).parse(answer.json).code;
const post = (path: string, body: unknown, as = townA, idempotencyKey?: string): Promise<Answer> =>
  estate.request('POST', `${API}${path}`, { as, purpose: 'DISCLOSURE', body, ...(idempotencyKey === undefined ? {} : { idempotencyKey }) });
const receive = async (kind: string, over: Record<string, unknown> = {}, as = townA): Promise<string> =>
  z.object({ requestId: z.uuid() }).parse((await post('/disclosures', { kind, residentCode: code(1), ...over }, as)).json).requestId;
async function given(requestId: string, decision: Record<string, unknown> = { outcome: 'FULL' }): Promise<Answer> {
  expect((await post(`/disclosures/${requestId}/identification`, { means: 'INDIVIDUAL_NUMBER_CARD' })).status).toBe(200);
  expect((await post(`/disclosures/${requestId}/decision`, decision, prefecture)).status).toBe(200);
  return post(`/disclosures/${requestId}/hand-over`, {});
}

describe('disclosure', () => {
  it('JUKI-4.12 own identity information goes from counter to officer to the person, once, and is audited', async () => {
    const requestId = await receive('SELF');
    expect((await estate.request('GET', `${API}/disclosures/${requestId}`, { as: townA, purpose: 'DISCLOSURE' })).json).toEqual({
      requestId, kind: 'SELF', state: 'RECEIVED', receivedOn: '2016-03-20', targetOn: '2016-04-03', dueOn: '2016-04-18',
    });
    expect(codeOf(await post(`/disclosures/${requestId}/decision`, { outcome: 'FULL' }, prefecture))).toBe('DISCLOSURE_STATE');
    expect(codeOf(await post(`/disclosures/${requestId}/decision`, { outcome: 'FULL' }, townA))).toBe('ACTION_NOT_PERMITTED');
    expect(codeOf(await post(`/disclosures/${requestId}/identification`, { means: 'PASSPORT' }, townB))).toBe('OUT_OF_JURISDICTION');
    const answer = await given(requestId);
    expect(answer.json).toMatchObject({ request: { state: 'GIVEN', outcome: 'FULL' }, own: { residentCode: code(1), nameKanji: '見本　太郎', birthDate: '19800101', sex: '1', address: '架空県試験市見本町2-3-4' } });
    expect(codeOf(await post(`/disclosures/${requestId}/hand-over`, {}))).toBe('DISCLOSURE_STATE');
    const [line] = await estate.sql<{ entry: string }>("SELECT entry FROM juki_net.audit_line WHERE entry LIKE '%disclosure.give%DONE%'");
    expect(line?.entry).toContain(personKey);
    expect(JSON.stringify(await estate.sql("SELECT entry FROM juki_net.audit_line WHERE entry LIKE '%disclosure%'"))).not.toContain(code(1));
  });

  it('a hand-over that is repeated with its key gives the same', async () => {
    const requestId = await receive('SELF');
    await given(requestId, { outcome: 'NONE', reason: '第三者の請求と認められる' });
    const other = await receive('SELF');
    await post(`/disclosures/${other}/identification`, { means: 'PASSPORT' });
    await post(`/disclosures/${other}/decision`, { outcome: 'PARTIAL', withheld: ['address', 'postalCode', 'municipalityCode'], reason: '代理人による請求' }, operator);
    const first = await post(`/disclosures/${other}/hand-over`, {}, townA, 'hand-over-1');
    expect(first.bytes.toString()).not.toContain('見本町');
    expect(first.json).toMatchObject({ own: { nameKanji: '見本　太郎' } });
    expect((await post(`/disclosures/${other}/hand-over`, {}, townA, 'hand-over-1')).json).toEqual(first.json);
  });

  it('JUKI-4.12 the history of use: columns, up to the end of the month before, an unknown delivery shown; the recipient unnamed while protected', async () => {
    const history = async (): Promise<unknown> => (await given(await receive('USE_HISTORY'))).json;
    const pensionUse = {
      day: '2016-02-29', function: 'IMMEDIATE_HOST', reason: '別表第一の73', affair: 'PENSION_CURRENT_STATUS', numberAffair: true, provider: 'NATIONAL_SERVER', recipient: 'pension',
      items: ['individualNumber', 'address'], deliveryUnknown: true,
    };
    const townUse = { day: '2016-01-10', recipient: '990027', deliveryUnknown: false, numberAffair: false };
    expect(await history()).toMatchObject({ request: { period: { from: '2003-10-01', until: '2016-02-29' } }, history: [{ prefecture: '99', uses: [townUse, pensionUse] }] });
    const register = { residentCodes: [code(1)], grounds: 'STALKING', startsOn: '2016-03-20', opinionFrom: 'police' };
    expect((await estate.request('POST', `${API}/support-measures`, { as: townA, purpose: 'RESIDENT_REGISTER', body: register })).status).toBe(201);
    const hidden = await history();
    expect(hidden).toMatchObject({ history: [{ uses: [{ recipient: 'MUNICIPALITY' }, { recipient: 'pension' }] }] });
    expect(JSON.stringify(hidden)).not.toContain('990027');
  });

  it('JUKI-4.12 a correction that is asked for goes to the municipality; its answer comes back to the counter', async () => {
    const requestId = await receive('SELF');
    const ask = (over: Record<string, unknown> = {}, as = townA): Promise<Answer> => post(`/disclosures/${requestId}/corrections`, { municipalityCode: '990019', items: ['address'], ...over }, as);
    expect(codeOf(await ask())).toBe('DISCLOSURE_STATE');
    await given(requestId);
    expect(codeOf(await ask({}, townB))).toBe('OUT_OF_JURISDICTION');
    expect(codeOf(await ask({ municipalityCode: '990027' }))).toBe('RESIDENT_UNKNOWN');
    expect((await ask({ items: ['household'] })).status).toBe(400);
    const asked = await ask();
    expect([asked.status, asked.json]).toEqual([201, { reportId: expect.any(String), municipalityCode: '990019', items: ['address'], state: 'OPEN' }]);
    expect(codeOf(await ask())).toBe('ERROR_REPORT_STANDS');
    const { reportId } = z.object({ reportId: z.uuid() }).parse(asked.json);
    const answer = { explanation: 'RECORD_IS_RIGHT', answerReference: '試験市回答第1号' };
    expect((await estate.request('POST', `${API}/error-reports/${reportId}/answer`, { as: townA, purpose: 'RESIDENT_REGISTER', body: answer })).status).toBe(200);
    const corrections = (as: Actor): Promise<Answer> => estate.request('GET', `${API}/disclosures/${requestId}/corrections`, { as, purpose: 'DISCLOSURE' });
    expect((await corrections(townA)).json).toEqual({ items: [{ reportId, municipalityCode: '990019', items: ['address'], state: 'ANSWERED', ...answer }] });
    expect(codeOf(await corrections(townB))).toBe('OUT_OF_JURISDICTION');
    const refused = await receive('SELF');
    await given(refused, { outcome: 'NONE', reason: '第三者の請求と認められる' });
    expect(codeOf(await post(`/disclosures/${refused}/corrections`, { municipalityCode: '990019', items: ['address'] }))).toBe('DISCLOSURE_STATE');
  });

  it('bad input, strangers and codes that nobody has', async () => {
    expect(codeOf(await post('/disclosures', { kind: 'SELF', residentCode: code(1) }, townB))).toBe('OUT_OF_JURISDICTION');
    expect((await post('/disclosures', { kind: 'SELF', residentCode: '99000000011' })).status).toBe(400);
    expect(codeOf(await post('/disclosures', { kind: 'USE_HISTORY', residentCode: code(1), period: { from: '2016-03-01' } }))).toBe('TERM');
    const requestId = await receive('SELF', { residentCode: code(77) });
    await post(`/disclosures/${requestId}/identification`, { means: 'PASSPORT' });
    expect(codeOf(await post(`/disclosures/${requestId}/decision`, { outcome: 'FULL' }, prefecture))).toBe('RESIDENT_UNKNOWN');
    expect((await post(`/disclosures/${requestId}/decision`, { outcome: 'NONEXISTENT', reason: 'a\u0000b' }, prefecture)).status).toBe(400);
    expect(codeOf(await post(`/disclosures/${requestId}/decision`, { outcome: 'NONEXISTENT' }, prefecture))).toBe('REASON_MISSING');
    expect((await post(`/disclosures/${requestId}/decision`, { outcome: 'NONEXISTENT', reason: '該当者なし' }, prefecture)).status).toBe(200);
    const late = async (as: Actor): Promise<unknown> => (await estate.request('GET', `${API}/overdue-disclosures`, { as, purpose: 'DISCLOSURE' })).json;
    expect(await late(townA)).toEqual({ items: [] });
    estate.clock.set(new Date('2016-04-04T01:00:00Z'));
    expect(await late(townA)).toMatchObject({ items: [{ requestId, state: 'DECIDED', lawful: true }] });
    estate.clock.set(new Date('2016-04-19T01:00:00Z'));
    expect(await late(prefecture)).toMatchObject({ items: [{ requestId, lawful: false }] });
    expect(await late(townB)).toEqual({ items: [] });
  });

  it('JUKI-5.6, 4.7 the report has numbers only, with the fees of immediate answers by the class of the grant', async () => {
    const refused = await estate.request('POST', `${API}/inquiries`, { as: townB, purpose: 'RESIDENT_REGISTER', body: { grantId: personKey, residentCode: code(1) } });
    expect(codeOf(refused)).toBe('GRANT_NOT_ACTIVE');
    const report = (from: string, to: string): Promise<Answer> => estate.request('GET', `${API}/provision-report?from=${from}&to=${to}`, { as: operator });
    expect((await report('2016-02-01', '2016-02-29')).json).toEqual({
      from: '2016-02-01', to: '2016-02-29', refusals: [],
      provisions: [{ organisation: 'pension', affair: 'PENSION_CURRENT_STATUS', mode: 'IMMEDIATE_HOST', resultCode: 'DELIVERY_UNKNOWN', count: 1, feeYen: 10 }],
    });
    expect((await report('2016-04-01', '2016-04-30')).json).toMatchObject({ provisions: [], refusals: [{ organisation: '990027', affair: 'RESIDENT_REGISTER', code: 'GRANT_NOT_ACTIVE', count: 1 }] });
    await estate.sql("UPDATE juki_net.provision_grant SET fee_class = 'EXEMPT' WHERE grant_id = $1", GRANT[0]);
    expect((await report('2016-01-01', '2016-01-31')).json).toMatchObject({ provisions: [{ organisation: '990027', count: 1, feeYen: 0 }] });
    expect(codeOf(await report('2016-01-01', '2016-02-01'))).toBe('TERM');
    expect(codeOf(await report('2016-02-02', '2016-02-01'))).toBe('TERM');
  });

  it('JUKI-4.2 a former surname goes from the notice to both copies, to who may ask for it, and to the person; its value to no event or audit line', async () => {
    const notify = (municipalSeq: number): Promise<Answer> => estate.request('POST', `${API}/change-notices`, {
      as: townA, purpose: 'RESIDENT_REGISTER',
      body: {
        municipalSeq, residentCode: code(1), personSeq: 2, changeReason: '36', changeDate: '20160120', nameKanji: '見本　太郎', formerSurname: '例示川', birthDate: '19800101', sex: '1', address: '架空県試験市見本町2-3-4',
        municipalityCode: '990019',
      },
    });
    expect([codeOf(await notify(2)), (await notify(2)).json]).toMatchObject(['ITEM_NOT_ALLOWED', { errors: [{ pointer: '/formerSurname' }] }]);
    estate.clock.set(new Date('2019-11-05T01:00:00Z'));
    const streams = await connectStreams(estate.natsUrl, 'disclosure spec');
    const news: CloudEvent[] = [];
    streams.connection.subscribe('kiban.juki-net.resident.>', { callback: (_error, message) => void news.push(parseCloudEvent(message.string())) });
    await streams.connection.flush();
    expect((await notify(2)).json).toMatchObject({ state: 'APPLIED', gaijiCountName: 0 });
    expect(await estate.sql(`SELECT former_surname FROM juki_net.segment UNION ALL SELECT former_surname FROM juki_net.prefecture_record`)).toEqual(Array(2).fill({ former_surname: '例示川' }));
    const ask = (grantId: string): Promise<Answer> => estate.request('POST', `${API}/inquiries`, { as: pension, purpose: 'PENSION_CURRENT_STATUS', body: { grantId, residentCode: code(1) } });
    const without = await ask(GRANT[1]);
    expect(without.json).toMatchObject({ persons: [{ address: '架空県試験市見本町2-3-4' }] });
    expect(without.bytes.toString()).not.toContain('例示川');
    expect((await ask(GRANT[2])).json).toMatchObject({ persons: [{ resultCode: '00', nameKanji: '見本　太郎', formerSurname: '例示川' }] });
    expect((await given(await receive('SELF'))).json).toMatchObject({ own: { formerSurname: '例示川' } });
    expect((await estate.eventually(async () => news[0])).data).toMatchObject({ personKey, reason: '36', fields: ['formerSurname'] });
    await streams.connection.close();
    expect(JSON.stringify([news, await estate.sql('SELECT entry FROM juki_net.audit_line')])).not.toContain('例示川');
  });
});
