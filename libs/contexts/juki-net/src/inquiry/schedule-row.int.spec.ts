import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { jukiNetModule } from '#contexts/juki-net';
import { IndividualNumber, ResidentCode } from '#kernel';
import type { Actor } from '#platform';
import { startEstate, type Answer, type TestEstate } from '#testing';
import { legalOfficer } from './legal-officer.fixture.js';

const town: Actor = { clientId: 'municipality-990019', kind: 'municipality', organisation: '990019', operator: 'clerk-1' };
const pension: Actor = { clientId: 'agency-pension', kind: 'national-agency', organisation: 'pension', operator: 'p-77' };
const operator = (officer?: string): Actor => ({ clientId: 'operator-1', kind: 'operator', organisation: 'agency', ...(officer === undefined ? {} : { operator: officer }) });
const API = '/api/juki-net/v1';
const PURPOSE = 'PENSION_CURRENT_STATUS';
const code = ResidentCode.fromBody('9900000001').reveal();
const number = IndividualNumber.fromBody('99000000001').reveal();
const wrongNumber = number.replace(/.$/, (digit) => String((Number(digit) + 1) % 10));
type Body = Record<string, unknown>;

let estate: TestEstate;
const post = (path: string, as: Actor, body: Body = {}, purpose?: string): Promise<Answer> => estate.request('POST', `${API}${path}`, { as, body, ...(purpose === undefined ? {} : { purpose }) });
const refusal = ({ status, json }: Answer): unknown[] => [status, z.looseObject({ code: z.string() }).parse(json).code];
const on = (instant: string): void => estate.clock.set(new Date(instant));
const rowView = z.object({ rowId: z.uuid(), schedule: z.number(), row: z.string(), affair: z.string(), usesNumbers: z.boolean(), validFrom: z.string(), validUntil: z.string().optional(), state: z.string() });
async function entered(over: Body = {}): Promise<string> {
  const answer = await post('/schedule-rows', operator('law-1'), { schedule: 1, row: '77', affair: PURPOSE, usesNumbers: true, validFrom: '2016-02-01', ...over });
  expect(answer.status).toBe(201);
  return rowView.parse(answer.json).rowId;
}
async function law(over: Body): Promise<void> {
  expect((await post(`/schedule-rows/${await entered(over)}/approval`, operator('law-2'))).json).toMatchObject({ state: 'APPROVED' });
}
const versions = async (): Promise<string[]> => {
  const { json } = await estate.request('GET', `${API}/schedule-rows?schedule=1&affair=${PURPOSE}`, { as: operator('law-1') });
  return z.object({ items: z.array(rowView) }).parse(json).items.filter(({ state }) => state !== 'WITHDRAWN').map((row) => `${row.validFrom} ${row.validUntil ?? ''} ${row.usesNumbers ? 'numbers' : 'none'} ${row.state}`);
};
const draft = (over: Body = {}): Promise<Answer> => post('/grants', operator('legal-1'), {
  institution: 'national-agency', organisation: 'pension', affair: PURPOSE, legalBasis: '住基法30条の9', schedule: 1, scheduleRow: '77', items: ['address', 'individualNumber'],
  modes: ['IMMEDIATE_HOST'], keyKinds: ['RESIDENT_CODE', 'INDIVIDUAL_NUMBER', 'FOUR_ITEMS'], validFrom: '2016-01-01', validUntil: '2030-12-31', ...over,
});
async function granted(over: Body = {}): Promise<string> {
  const { grantId } = z.object({ grantId: z.uuid() }).parse((await draft(over)).json);
  expect((await post(`/grants/${grantId}/approval`, legalOfficer)).json).toMatchObject({ state: 'ACTIVE', isRowInForce: true });
  return grantId;
}
const ask = (grantId: string, over: Body = { residentCode: code }): Promise<Answer> => post('/inquiries', pension, { grantId, ...over }, PURPOSE);

beforeAll(async () => {
  estate = await startEstate([jukiNetModule], { at: new Date('2016-01-20T01:00:00Z') });
  const body = {
    municipalSeq: 1, residentCode: code, personSeq: 1, changeReason: '14', changeDate: '20151005', nameKanji: '見本　太郎', nameKana: 'ミホン　タロウ', birthDate: '19800101', sex: '1',
    address: '架空県試験市見本町2-3-4', municipalityCode: '990019',
  };
  expect((await post('/change-notices', town, body, 'RESIDENT_REGISTER')).status).toBe(202);
});
afterAll(() => estate.stop());

describe('JUKI-4.7 a grant rests on a row of the schedules', () => {
  it('which one officer enters and another approves; bad input, strangers and second decisions are refused', async () => {
    const rowId = await entered();
    expect(refusal(await post(`/schedule-rows/${rowId}/approval`, operator('law-1')))).toEqual([409, 'SAME_OFFICER']);
    expect(refusal(await post(`/schedule-rows/${rowId}/approval`, operator()))).toEqual([403, 'OPERATOR_NOT_ASSERTED']);
    expect(refusal(await post(`/schedule-rows/${rowId}/approval`, town))).toEqual([403, 'ACTION_NOT_PERMITTED']);
    expect((await post(`/schedule-rows/${rowId}/withdrawal`, operator('law-1'))).json).toMatchObject({ state: 'WITHDRAWN' });
    expect(refusal(await post(`/schedule-rows/${rowId}/approval`, operator('law-2')))).toEqual([409, 'SCHEDULE_ROW_STATE']);
    expect((await post('/schedule-rows/01930000-0000-7000-8000-000000000000/approval', operator('law-2'))).status).toBe(404);
    const bad = (over: Body): Promise<Answer> => post('/schedule-rows', operator('law-1'), { schedule: 1, row: '1', affair: 'A_B', usesNumbers: false, validFrom: '2016-02-01', ...over });
    for (const over of [{ schedule: 7 }, { row: 'a\u0000' }, { affair: 'x' }, { validFrom: '2016-02-30' }]) expect((await bad(over)).status).toBe(400);
    expect(refusal(await bad({ validUntil: '2016-01-31' }))).toEqual([422, 'TERM']);
    expect(await versions()).toEqual(['2002-08-05  numbers APPROVED']);
    const [line] = await estate.sql("SELECT 1 FROM juki_net.audit_line WHERE entry LIKE '%juki-net.schedule-row.withdraw%' AND entry LIKE '%law-1%'");
    expect(line).toBeDefined();
  });

  it('else it is not drafted; schedule 6 is for organs of a prefecture', async () => {
    expect(refusal(await draft({ scheduleRow: '78' }))).toEqual([422, 'SCHEDULE_ROW']);
    expect(refusal(await draft({ affair: 'SOMETHING_ELSE', scheduleRow: '77' }))).toEqual([422, 'SCHEDULE_ROW']);
    expect(refusal(await draft({ modes: ['BATCH_MEDIUM'] }))).toEqual([422, 'MODE_NOT_SERVED']);
    expect(refusal(await draft({ schedule: 6 }))).toEqual([422, 'SCHEDULE']);
    await law({ schedule: 6, row: '3', affair: 'RESIDENT_REGISTER', usesNumbers: false, validFrom: '2016-01-01' });
    const six = { institution: 'prefecture', organisation: '99', affair: 'RESIDENT_REGISTER', schedule: 6, scheduleRow: '3' };
    expect(refusal(await draft(six))).toEqual([403, 'AFFAIR_WITHOUT_NUMBERS']);
    const grantId = await granted({ ...six, items: ['address'], keyKinds: ['RESIDENT_CODE'] });
    const prefecture: Actor = { clientId: 'prefecture-99', kind: 'prefecture', organisation: '99', operator: 'officer-9' };
    expect((await post('/inquiries', prefecture, { grantId, residentCode: code }, 'RESIDENT_REGISTER')).json).toMatchObject({ resultCode: '00', persons: [{ address: '架空県試験市見本町2-3-4' }] });
  });

  it('goes by its versions of the day: the number ends with the affair’s use of it, the grant with the row', async () => {
    const grantId = await granted();
    await law({ usesNumbers: false, validFrom: '2016-02-01' });
    await law({ usesNumbers: true, validFrom: '2016-05-01' });
    await law({ usesNumbers: false, validFrom: '2016-03-01', validUntil: '2016-03-31' });
    expect(await versions()).toEqual(['2002-08-05 2016-01-31 numbers APPROVED', '2016-02-01 2016-02-29 none APPROVED', '2016-03-01 2016-03-31 none APPROVED', '2016-05-01  numbers REPLACED']);
    on('2016-01-31T14:59:00Z');
    expect((await ask(grantId, { individualNumber: wrongNumber })).json).toMatchObject({ resultCode: '30', persons: [] });
    on('2016-01-31T15:00:10Z');
    expect(refusal(await ask(grantId, { individualNumber: number }))).toEqual([403, 'KEY_KIND_NOT_GRANTED']);
    expect(refusal(await ask(grantId, { residentCode: code, items: ['individualNumber'] }))).toEqual([403, 'ITEM_NOT_GRANTED']);
    expect((await ask(grantId)).json).toMatchObject({ resultCode: '00' });
    expect(refusal(await draft({ validFrom: '2016-02-01' }))).toEqual([403, 'AFFAIR_WITHOUT_NUMBERS']);
    const symbol = { acquisitionNo: 'PENSION-0001', grantId, fourItems: { nameKana: 'ミホン　タロウ', birthDate: '19800101' } };
    expect(refusal(await post('/symbol-acquisitions', pension, symbol, PURPOSE))).toEqual([403, 'AFFAIR_WITHOUT_NUMBERS']);
    on('2016-03-31T15:00:10Z');
    expect(refusal(await ask(grantId))).toEqual([403, 'GRANT_NOT_ACTIVE']);
    expect((await estate.request('GET', `${API}/grants/${grantId}`, { as: operator('legal-1') })).json).toMatchObject({ state: 'ACTIVE', isRowInForce: false, scheduleRow: '77' });
    await law({ validFrom: '2016-04-01' });
    on('2016-04-01T01:00:00Z');
    expect((await ask(grantId, { residentCode: code, items: ['individualNumber'] })).json).toMatchObject({ resultCode: '00' });
  });
});

describe('JUKI-4.7 a grant with a daily quota', () => {
  it('is refused once as many were told, and answered again the next day; others are not concerned', async () => {
    on('2016-04-05T03:00:20Z');
    const [grantId, free] = [await granted({ dailyQuota: 3 }), await granted()];
    for (let n = 0; n < 3; n += 1) expect((await ask(grantId)).status).toBe(200);
    expect((await ask(free)).status).toBe(200);
    on('2016-04-05T03:01:30Z');
    await estate.eventually(async () => (await estate.sql('SELECT 1 FROM juki_net.grant_day WHERE grant_id = $1 AND told = 3', grantId)).length === 1, 30);
    expect(refusal(await ask(grantId))).toEqual([429, 'DAILY_QUOTA']);
    expect((await ask(free)).status).toBe(200);
    on('2016-04-05T15:00:20Z');
    expect((await ask(grantId)).status).toBe(200);
    on('2016-04-05T15:01:30Z');
    await estate.eventually(async () => (await estate.sql('SELECT 1 FROM juki_net.grant_day WHERE grant_id = $1', grantId)).length === 2, 30);
    expect(await estate.sql('SELECT day::text, told FROM juki_net.grant_day ORDER BY day')).toEqual([{ day: '2016-04-05', told: 3 }, { day: '2016-04-06', told: 1 }]);
  });
});
