import { createHash, randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { subsidyPaid } from '#contracts/training';
import type { Actor } from '#platform';
import { startEstate, type Answer, type TestEstate } from '#testing';
import { lastTold } from './elearning.fixture.js';
import { trainingModule } from './training.module.js';

const API = '/api/training/v1';
const agency: Actor = { clientId: 'operator-1', kind: 'operator', organisation: 'agency', operator: 'officer-1' };
const prefecture: Actor = { clientId: 'prefecture-28', kind: 'prefecture', organisation: '28' };
const town: Actor = { clientId: 'municipality-282049', kind: 'municipality', organisation: '282049', operator: 'clerk-1' };
const other: Actor = { clientId: 'municipality-131016', kind: 'municipality', organisation: '131016' };
const MUNICIPALITIES = ['282049', '281000', '282014'];

let estate: TestEstate;
beforeAll(async () => {
  estate = await startEstate([trainingModule], { at: new Date('2015-10-01T01:00:00Z') });
});
afterAll(() => estate?.stop());

const request = (method: string, path: string, as: Actor | 'nobody', body?: unknown): Promise<Answer> => estate.request(method, `${API}${path}`, { as, purpose: 'TRAINING', ...(body === undefined ? {} : { body }) });
const post = (path: string, body: unknown, as: Actor = agency): Promise<Answer> => request('POST', path, as, body);
const upload = (path: string, type: string, body: Buffer | string, as: Actor): Promise<Answer> => estate.request('POST', `${API}${path}`, { as, purpose: 'TRAINING', headers: { 'content-type': type }, body });
const codeOf = ({ status, json }: Answer): string => `${status} ${z.object({ code: z.string().optional() }).parse(json ?? {}).code ?? ''}`.trim();
const stateOf = ({ json }: Answer): string => z.looseObject({ state: z.string() }).parse(json).state;
const moveTo = (instant: string): void => estate.clock.set(new Date(instant));

describe('subsidies (TRN-4.11)', () => {
  const costs = { room: 200_000, lecturer: 150_000, travel: 42_500, materials: 20_000, meals: 90_000 };
  const application = (more: object = {}): object => ({ title: '番号制度合同研修', series: 'NUMBER_SYSTEM', municipalities: MUNICIPALITIES, plannedOn: '2015-11-05', plannedParticipants: 60, plannedCosts: costs, ...more });
  const caseId = async (more: object = {}): Promise<string> => z.looseObject({ caseId: z.string() }).parse((await post('/subsidies', application(more), prefecture)).json).caseId;
  const fund = (): Promise<unknown[]> => estate.sql('SELECT fund_yen::int AS fund, approved_yen::int AS approved FROM training.subsidy_fund');
  const report = (id: string, csv: string | Buffer, encoding = 'UTF-8', as = prefecture): Promise<Answer> => upload(`/subsidies/${id}/steps/report?${new URLSearchParams({ ...Object.fromEntries(Object.entries(costs).map(([name, yen]) => [name, String(yen)])), encoding }).toString()}`, 'text/csv', csv, as);
  const list = (...rows: readonly string[]): string => `bodyCode,staffNo,nameKanji,nameKana\r\n${rows.join('\r\n')}\r\n`;

  it('the fund never gives more than it has, also when all are approved at once', async () => {
    expect(codeOf(await request('PUT', '/subsidy-funds/2015', agency, { fundYen: 700_000 }))).toBe('200');
    const cases = await Promise.all(Array.from({ length: 6 }, () => caseId()));
    const codes = (await Promise.all(cases.map((id) => post(`/subsidies/${id}/steps/approval`, {})))).map(codeOf);
    expect(codes.sort()).toEqual(['200', '200', '200', '409 FUND_EXHAUSTED', '409 FUND_EXHAUSTED', '409 FUND_EXHAUSTED']);
    expect(await fund()).toEqual([{ fund: 700_000, approved: 618_000 }]);
    expect(codeOf(await request('PUT', '/subsidy-funds/2015', agency, { fundYen: 617_999 }))).toBe('409 BELOW_TAKEN');
    expect(codeOf(await request('PUT', '/subsidy-funds/2015', agency, { fundYen: 2_000_000 }))).toBe('200');
    expect(codeOf(await post(`/subsidies/${cases[0]}/steps/approval`, {}, prefecture))).toBe('403 ACTION_NOT_PERMITTED');
    const held = await estate.sql<{ id: string }>("SELECT id FROM training.subsidy_case WHERE state = 'APPLIED'");
    expect(stateOf(await post(`/subsidies/${held[0]?.id}/steps/declination`, { reason: '予算の都合' }))).toBe('DECLINED');
  });

  it('from the application to the payment, with an attendance list whose bad rows are told', async () => {
    expect(codeOf(await post('/subsidies', application({ series: 'SECURITY' }), prefecture))).toBe('422 OTHER_SUBJECT');
    expect(codeOf(await post('/subsidies', application({ municipalities: ['282049', '281000', '131016'] }), prefecture))).toBe('422 OTHER_PREFECTURE');
    expect(codeOf(await post('/subsidies', application(), agency))).toBe('400 INVALID_INPUT');
    const id = await caseId();
    const before = await fund();
    expect((await post(`/subsidies/${id}/steps/approval`, {})).json).toMatchObject({ state: 'APPROVED', approvedYen: 206_000 });
    expect(codeOf(await post(`/subsidies/${id}/steps/holding`, { heldOn: '2015-11-05' }, prefecture))).toBe('422 TOO_SOON');
    moveTo('2015-11-06T01:00:00Z');
    expect(codeOf(await post(`/subsidies/${id}/steps/holding`, { heldOn: '2015-11-05' }, { ...prefecture, organisation: '13', clientId: 'prefecture-13' }))).toBe('403 OUT_OF_JURISDICTION');
    expect(stateOf(await post(`/subsidies/${id}/steps/holding`, { heldOn: '2015-11-05' }, prefecture))).toBe('HELD');
    expect(codeOf(await report(id, 'name\r\nx\r\n'))).toBe('422 FILE_MALFORMED');
    const rows = ['282049,1,試験　花子,シケン　ハナコ', '282049,1,試験　花子,シケン　ハナコ', '131016,2,試験　太郎,シケン　タロウ', '281000,a b,試験　桃子,シケン　モモコ', '281000,3,試験　桃子', '282014,4,,シケン　ウメコ', '281000,5,試験　梅子,シケン　ウメコ'];
    const first = z.looseObject({ state: z.string(), participants: z.int(), faults: z.array(z.unknown()) }).parse((await report(id, list(...rows))).json);
    expect(first).toMatchObject({ state: 'REPORTED', participants: 2 });
    expect(first.faults).toEqual([
      { line: 3, column: 'staffNo', reason: 'TWICE' }, { line: 4, column: 'bodyCode', reason: 'NOT_OF_THE_CASE' }, { line: 5, column: 'staffNo', reason: 'FORMAT' },
      { line: 6, column: '', reason: 'COLUMNS' }, { line: 7, column: 'nameKanji', reason: 'FORMAT' },
    ]);
    expect(codeOf(await post(`/subsidies/${id}/steps/fixing`, {}))).toBe('422 TOO_FEW_MUNICIPALITIES');
    // The mended list in the other encoding: 試 is 0x8E8E in Windows-31J.
    const bytes = Buffer.concat(MUNICIPALITIES.flatMap((code, at) => Array.from({ length: 4 }, (_, no) => Buffer.concat([Buffer.from(`${code},${at}${no},`), Buffer.from([0x8e, 0x8e]), Buffer.from(','), Buffer.from([0x83, 0x56]), Buffer.from('\r\n')]))));
    expect((await report(id, Buffer.concat([Buffer.from('bodyCode,staffNo,nameKanji,nameKana\r\n'), bytes]), 'Windows-31J')).json).toMatchObject({ participants: 12, faults: [] });
    const learners = await estate.sql<{ learner: Buffer }>('SELECT learner FROM training.external_completion WHERE case_id = $1', id);
    expect([learners.length, learners.some(({ learner }) => learner.includes('試'))]).toEqual([12, false]);
    expect((await post(`/subsidies/${id}/steps/fixing`, {})).json).toMatchObject({ state: 'FIXED', fixedYen: 60_000 });
    expect((await fund())[0]).toMatchObject({ approved: z.object({ approved: z.int() }).parse(before[0]).approved + 60_000 });
    expect(stateOf(await post(`/subsidies/${id}/steps/payment`, { paymentRef: '支出第12号' }))).toBe('PAID');
    expect((await lastTold(estate, subsidyPaid)).data).toEqual({ caseId: id, host: '28', fiscalYear: 2015, amountYen: 60_000, at: expect.any(String) });
    expect(codeOf(await post(`/subsidies/${id}/steps/payment`, { paymentRef: '支出第13号' }))).toBe('409 NOT_IN_STATE');
  });

  it('a report is due within 30 days; what was not reported gives its money back', async () => {
    const id = await caseId({ plannedOn: '2015-11-10' });
    await post(`/subsidies/${id}/steps/approval`, {});
    moveTo('2015-11-11T01:00:00Z');
    await post(`/subsidies/${id}/steps/holding`, { heldOn: '2015-11-10' }, prefecture);
    moveTo('2015-12-10T01:00:00Z');
    expect(codeOf(await report(id, 'x'))).toBe('422 FILE_MALFORMED');
    moveTo('2015-12-11T01:00:00Z');
    expect(codeOf(await report(id, list()))).toMatch(/^409 (TOO_LATE|NOT_IN_STATE)$/);
    await estate.eventually(async () => (await estate.sql("SELECT 1 FROM training.subsidy_case WHERE id = $1 AND state = 'LAPSED'", id)).length === 1);
    // Those that were approved before and never held lapse with it: what is left is what was paid.
    expect(await fund()).toEqual([{ fund: 2_000_000, approved: 60_000 }]);
  });
});

describe('lecturers (TRN-4.12)', () => {
  const lecturer = async (more: object = {}): Promise<string> => z.looseObject({ lecturerId: z.string() }).parse((await post('/lecturers', { name: '講師　一郎', employer: '情報大学', subjects: ['SECURITY'], interests: [], ...more })).json).lecturerId;
  const ask = (startsAt: string, as: Actor = town, more: object = {}): Promise<Answer> => post('/lecturer-requests', { kind: 'INTRODUCE', subject: 'SECURITY', audience: '管理職', place: '西宮市役所', candidates: [{ startsAt, endsAt: new Date(Date.parse(startsAt) + 7_200_000).toISOString() }], ...more }, as);
  const requestId = async (startsAt: string, as?: Actor): Promise<string> => z.looseObject({ requestId: z.string() }).parse((await ask(startsAt, as)).json).requestId;
  const match = (id: string, lecturerId: string, travelMinutes = 60): Promise<Answer> => post(`/lecturer-requests/${id}/steps/match`, { lecturerId, candidate: 0, travelMinutes });

  it('one free dispatch of a body and year, thirty days ahead; the host pays the travel', async () => {
    moveTo('2016-01-05T01:00:00Z');
    expect(codeOf(await ask('2016-02-03T01:00:00Z'))).toBe('422 TOO_SOON');
    const first = await ask('2016-02-10T01:00:00Z', town, { kind: 'DISPATCH' });
    expect(first.json).toMatchObject({ state: 'REQUESTED', fiscalYear: 2015, travelPaidBy: 'HOST' });
    expect(codeOf(await ask('2016-03-10T01:00:00Z', town, { kind: 'DISPATCH' }))).toBe('409 FREE_DISPATCH_USED');
    expect((await ask('2016-04-10T01:00:00Z', town, { kind: 'DISPATCH', isDisasterHit: true })).json).toMatchObject({ fiscalYear: 2016, travelPaidBy: 'AGENCY' });
    const { requestId: id } = z.looseObject({ requestId: z.string() }).parse(first.json);
    expect(stateOf(await post(`/lecturer-requests/${id}/steps/withdrawal`, {}, town))).toBe('WITHDRAWN');
    expect(codeOf(await ask('2016-03-10T01:00:00Z', town, { kind: 'DISPATCH' }))).toBe('201');
  });

  it('nobody is booked twice, the way included, also by those who match at once; none with an interest', async () => {
    const id = await lecturer();
    const ids = await Promise.all(['2016-03-01T01:00:00Z', '2016-03-01T02:30:00Z', '2016-03-01T04:30:00Z'].map((at) => requestId(at)));
    const codes = (await Promise.all(ids.map((one) => match(one, id)))).map(codeOf);
    expect(codes.filter((code) => code === '200').length).toBe(1);
    expect(new Set(codes)).toEqual(new Set(['200', '409 LECTURER_BUSY']));
    const winner = ids[codes.indexOf('200')] ?? '';
    expect(codeOf(await match(winner, id, 0))).toBe('200');
    expect(codeOf(await post(`/lecturer-requests/${winner}/steps/agreement`, {}, other))).toBe('404 NOT_FOUND');
    expect(stateOf(await post(`/lecturer-requests/${winner}/steps/agreement`, {}, town))).toBe('AGREED');
    expect(codeOf(await post(`/lecturer-requests/${winner}/steps/completion`, {}))).toBe('422 TOO_SOON');
    const [loser = ''] = ids.filter((one) => one !== winner);
    expect(stateOf(await post(`/lecturer-requests/${winner}/steps/withdrawal`, {}, town))).toBe('WITHDRAWN');
    expect(codeOf(await match(loser, id))).toBe('200');
    const dealing = await lecturer({ interests: [{ bodyCode: '282049', from: '2014-04-01', until: '2015-03-31' }] });
    expect(codeOf(await match(loser, dealing))).toBe('409 CONFLICT_OF_INTEREST');
    expect(stateOf(await post(`/lecturer-requests/${loser}/steps/agreement`, {}, town))).toBe('AGREED');
    moveTo('2016-03-02T01:00:00Z');
    expect(stateOf(await post(`/lecturer-requests/${loser}/steps/completion`, {}))).toBe('DONE');
    expect((await post(`/lecturer-requests/${loser}/steps/report`, { attended: 48, rating: 5 }, town)).json).toMatchObject({ state: 'REPORTED', attended: 48 });
    expect(z.object({ items: z.array(z.unknown()) }).parse((await request('GET', '/lecturer-requests', other)).json).items).toEqual([]);
  });
});

describe('textbooks (TRN-4.12)', () => {
  const draft = async (as: Actor, more: object = {}): Promise<Answer> => post('/textbooks', { title: '情報セキュリティ入門', scope: 'PUBLIC', creditLine: '出典: 機構「情報セキュリティ入門」', ...more }, as);
  const idOf = ({ json }: Answer): string => z.looseObject({ textbookId: z.string() }).parse(json).textbookId;
  const file = (id: string, text: string, as: Actor = agency): Promise<Answer> => upload(`/textbooks/${id}/versions`, 'application/pdf', Buffer.from(text), as);
  const figures = (id: string, ...all: readonly object[]): Promise<Answer> => request('PUT', `/textbooks/${id}/figures`, agency, { figures: all });
  const step = (id: string, name: string): Promise<Answer> => post(`/textbooks/${id}/steps/${name}`, {});

  it('is public only with all rights cleared, version by version, and no longer when a licence has run out', async () => {
    moveTo('2016-03-02T01:00:00Z');
    const id = idOf(await draft(agency));
    expect(codeOf(await step(id, 'clearance'))).toBe('409 NOT_IN_STATE');
    expect((await file(id, '%PDF-1')).json).toMatchObject({ latestVersion: 1, state: 'DRAFT' });
    expect((await file(id, '%PDF-1')).json).toMatchObject({ latestVersion: 1 });
    expect((await figures(id, { figure: '図1', right: 'OWN' }, { figure: '図2', right: 'THIRD_PARTY' })).json).toEqual({ uncleared: ['図2'] });
    expect(codeOf(await step(id, 'clearance'))).toBe('409 RIGHTS_NOT_CLEARED');
    await figures(id, { figure: '図1', right: 'OWN' }, { figure: '図2', right: 'LICENSED', licensedUntil: '2016-03-31' });
    expect(stateOf(await step(id, 'clearance'))).toBe('RIGHTS_CLEARED');
    expect(codeOf(await request('GET', `/textbooks/${id}/public-file`, 'nobody'))).toBe('404 NOT_FOUND');
    expect(stateOf(await step(id, 'publication'))).toBe('PUBLISHED');
    const shown = await request('GET', `/textbooks/${id}/public-file`, 'nobody');
    expect([shown.bytes.toString(), shown.headers.get('etag')]).toEqual(['%PDF-1', `"${createHash('sha256').update('%PDF-1').digest('hex')}"`]);
    expect((await file(id, '%PDF-2')).json).toMatchObject({ latestVersion: 2, publishedVersion: 1, state: 'DRAFT' });
    expect((await request('GET', `/textbooks/${id}/public-file`, 'nobody')).bytes.toString()).toBe('%PDF-1');
    moveTo('2016-04-01T01:00:00Z');
    expect(codeOf(await request('GET', `/textbooks/${id}/public-file`, 'nobody'))).toBe('409 RIGHTS_NOT_CLEARED');
    await step(id, 'clearance');
    await step(id, 'publication');
    expect((await request('GET', `/textbooks/${id}/public-file`, 'nobody')).bytes.toString()).toBe('%PDF-2');
    await step(id, 'withdrawal');
    expect(codeOf(await request('GET', `/textbooks/${id}/public-file`, 'nobody'))).toBe('404 NOT_FOUND');
  });

  it('a municipal one needs a login, and an edition of it keeps the credit line', async () => {
    const id = idOf(await draft(agency, { scope: 'MUNICIPAL' }));
    await file(id, `%PDF-${randomUUID()}`);
    await step(id, 'clearance');
    await step(id, 'publication');
    expect(codeOf(await request('GET', `/textbooks/${id}/public-file`, 'nobody'))).toBe('404 NOT_FOUND');
    expect(codeOf(await request('GET', `/textbooks/${id}/file`, 'nobody'))).toBe('401 UNAUTHENTICATED');
    expect((await request('GET', `/textbooks/${id}/file`, town)).status).toBe(200);
    expect(codeOf(await draft(town))).toBe('422 CREDIT_LINE_MISSING');
    expect(codeOf(await draft(town, { derivedFrom: id, creditLine: '西宮市作成' }))).toBe('422 CREDIT_LINE_MISSING');
    const own = idOf(await draft(town, { derivedFrom: id, creditLine: '出典: 機構「情報セキュリティ入門」、西宮市が加工' }));
    expect(codeOf(await file(own, '%PDF-x', other))).toBe('404 NOT_FOUND');
    expect((await file(own, '%PDF-x', town)).json).toMatchObject({ owner: '282049', derivedFrom: id, latestVersion: 1 });
    expect(z.object({ items: z.array(z.looseObject({ textbookId: z.string() })) }).parse((await request('GET', '/textbooks', other)).json).items.map((one) => one.textbookId)).not.toContain(own);
  });
});
