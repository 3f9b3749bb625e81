import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { ResidentCode } from '#kernel';
import { registry, type Actor } from '#platform';
import { startEstate, type Answer, type TestEstate } from '#testing';
import { jukiNetModule } from '#contexts/juki-net';
import { INTAKE_COLUMNS } from './intake-row.js';

const town = (organisation: string): Actor => ({ clientId: `municipality-${organisation}`, kind: 'municipality', organisation });
const operator: Actor = { clientId: 'operator-1', kind: 'operator', organisation: 'agency', operator: 'o-1' };
const prefecture: Actor = { clientId: 'prefecture-99', kind: 'prefecture', organisation: '99' };
const API = '/api/juki-net/v1';
const A = '990019';

let estate: TestEstate;
beforeAll(async () => {
  estate = await startEstate([jukiNetModule], { at: new Date('2016-01-20T01:00:00Z') });
});
afterAll(() => estate.stop());

const code = (serial: number): string => ResidentCode.fromBody(`99${String(serial).padStart(8, '0')}`).reveal();
const notice = (municipalSeq: number, serial: number, over: Record<string, unknown> = {}): Record<string, unknown> => ({
  municipalSeq, residentCode: code(serial), personSeq: 1, changeReason: '14', changeDate: '20151005', nameKanji: '見本　太郎', birthDate: '19800101', sex: '1', address: '架空県試験市見本町1', municipalityCode: A, ...over,
});
const post = (path: string, body: unknown, as = town(A), headers = {}): Promise<Answer> => estate.request('POST', `${API}${path}`, { as, purpose: 'RESIDENT_REGISTER', body, headers });
const told = async (answer: Promise<Answer>): Promise<string> => {
  const { state, repeated, code: refusal, errors } = z.object({ state: z.string().optional(), repeated: z.boolean().optional(), code: z.string().optional(), errors: z.array(z.object({ pointer: z.string() })).optional() }).parse((await answer).json);
  return refusal === undefined ? `${state}${repeated === true ? ' again' : ''}` : [refusal, ...(errors ?? []).map(({ pointer }) => pointer)].join(' ');
};
const send = (...given: Parameters<typeof notice>): Promise<string> => told(post('/change-notices', notice(...given), town(String(given[2]?.['municipalityCode'] ?? A))));
const list = async (query = '', as = town(A)): Promise<unknown> => (await estate.request('GET', `${API}/sequence-gaps${query}`, { as })).json;

describe('JUKI-4.5.1 the sequence of a municipality', () => {
  it('leaves a gap that nothing waits for, is listed to all who see to it, and is filled by whoever brings its number', async () => {
    expect([await send(1, 1), await send(5, 2), await send(4, 3)]).toEqual(['APPLIED', 'APPLIED', 'APPLIED']);
    const gap = { municipalityCode: A, firstSeq: 2, lastSeq: 3, orderId: null };
    for (const as of [town(A), prefecture, operator]) expect(await list('', as)).toEqual({ items: [gap] });
    expect(await list('', town('990027'))).toEqual({ items: [] });
    expect(await told(Promise.resolve(await estate.request('GET', `${API}/sequence-gaps?municipalityCode=${A}`, { as: town('990027') })))).toBe('OUT_OF_JURISDICTION');
    const { orderId } = z.object({ orderId: z.uuid() }).parse((await post('/change-notices/resend-orders', { municipalityCode: A, firstSeq: 2, lastSeq: 3, ground: 'SEQUENCE_GAP' }, prefecture)).json);
    expect(await list()).toEqual({ items: [{ ...gap, orderId }] });
    expect(await send(3, 4)).toBe('APPLIED');
    expect(await list()).toEqual({ items: [{ ...gap, lastSeq: 2, orderId }] });
    expect(await send(2, 5)).toBe('APPLIED');
    expect(await list()).toEqual({ items: [] });
    expect(await estate.sql('SELECT state FROM juki_net.resend_order')).toEqual([{ state: 'FULFILLED' }]);
  });

  it('refuses a number that another notice has, never the same notice again, and another municipality has its own', async () => {
    expect(await send(5, 6)).toBe('SEQ_REUSED /municipalSeq');
    expect(await send(5, 2)).toBe('APPLIED again');
    expect(await send(5, 7, { municipalityCode: '990027' })).toBe('APPLIED');
    const change = { municipalSeq: 5, personSeq: 2, formerResidentCode: code(1), residentCode: code(901), changeReason: '40', changeDate: '2016-01-18', municipalityCode: A };
    expect(await told(post('/code-changes', change))).toBe('SEQ_REUSED');
    expect(await told(post('/code-changes', { ...change, municipalSeq: 6 }))).toBe('APPLIED');
  });

  it('a refused notice takes no number; one that was rejected when it came to its turn is sent again with its own', async () => {
    expect(await send(7, 99, { changeReason: '30' })).toContain('RESIDENT_UNKNOWN');
    expect(await send(8, 2, { personSeq: 3, changeReason: '30', sex: '2' })).toBe('HELD');
    expect(await list()).toMatchObject({ items: [{ firstSeq: 7, lastSeq: 7 }] });
    expect(await send(7, 2, { personSeq: 2, changeReason: '30', address: '架空県試験市見本町2' })).toBe('APPLIED');
    expect(await send(8, 3, { personSeq: 2, changeReason: '30', address: '架空県試験市見本町2' })).toBe('SEQ_REUSED /municipalSeq');
    expect(await send(8, 2, { personSeq: 3, changeReason: '30', address: '架空県試験市見本町3' })).toBe('APPLIED');
    expect(await list()).toEqual({ items: [] });
  });

  it('holds in a file row by row, and when notices with one number come at once', async () => {
    const rows = [notice(10, 20), notice(10, 21), notice(10, 20), notice(5, 22), notice(9, 23)].map((row) => INTAKE_COLUMNS.map((column) => row[column] ?? '').join(','));
    const { json } = await estate.request('POST', `${API}/notice-files?municipalityCode=${A}`, {
      as: town(A), purpose: 'RESIDENT_REGISTER', body: Buffer.from([INTAKE_COLUMNS.join(','), ...rows].join('\r\n')), headers: { 'content-type': 'text/csv' },
    });
    const { fileId } = z.object({ fileId: z.uuid() }).parse(json);
    await estate.eventually(async () => (await estate.sql("SELECT 1 FROM juki_net.notice_file WHERE file_id = $1 AND state = 'COMPLETED'", fileId)).length === 1);
    expect(await estate.sql('SELECT line, "column", code FROM juki_net.notice_file_fault WHERE file_id = $1 ORDER BY line', fileId)).toEqual([
      { line: 3, column: 'municipalSeq', code: 'SEQ_REUSED' }, { line: 5, column: 'municipalSeq', code: 'SEQ_REUSED' },
    ]);
    const answers = await Promise.all([30, 31, 32, 33, 34, 35].map((serial) => send(11, serial)));
    expect(answers.sort()).toEqual(['APPLIED', ...Array.from({ length: 5 }, () => 'SEQ_REUSED /municipalSeq')]);
    expect((await Promise.all(Array.from({ length: 12 }, (_value, at) => send(23 - at, 40 + at)))).filter((answer) => answer !== 'APPLIED')).toEqual([]);
    expect(await estate.sql('SELECT highest, gaps::text FROM juki_net.municipal_sequence WHERE municipality_code = $1', A)).toEqual([{ highest: 23, gaps: '{}' }]);
  });
});

describe('JUKI-4.2, 7 what is told of a notice', () => {
  it('the characters that map to no standard one, in names and address, also later', async () => {
    const { json } = await post('/change-notices', notice(24, 60, { nameKanji: '\u{E000}田　太郎', aliasName: '〓子', address: '\u{E001}町\u{E002}' }));
    const answer = z.object({ noticeId: z.uuid() }).parse(json);
    expect(json).toMatchObject({ state: 'APPLIED', gaijiCountName: 2, gaijiCountAddress: 2 });
    expect((await estate.request('GET', `${API}/change-notices/${answer.noticeId}`, { as: town(A), purpose: 'RESIDENT_REGISTER' })).json).toMatchObject({ gaijiCountName: 2, gaijiCountAddress: 2 });
    expect((await post('/change-notices', notice(25, 61))).json).toMatchObject({ gaijiCountName: 0, gaijiCountAddress: 0 });
  });

  // Of the metric that operations watch; the process may have served other specs.
  const refusedClocks = async (): Promise<number> =>
    [...(await registry.getSingleMetricAsString('kiban_action_seconds')).matchAll(/_count\{.*outcome="CLOCK_SKEW"\} (\d+)/g)].reduce((sum, [, count]) => sum + Number(count), 0);

  it.each([[-60_000, 'CLOCK_SKEW'], [60_000, 'CLOCK_SKEW'], [1_000, 'APPLIED']])('a clock that is %d ms off: %s', async (ms, expected) => {
    const sent = new Date(estate.clock.now().getTime() + ms).toISOString();
    const before = await refusedClocks();
    expect(await told(post('/change-notices', notice(100_000 + ms, 100_000 + ms), town(A), { 'kiban-sent-at': sent }))).toBe(expected);
    expect((await refusedClocks()) - before).toBe(expected === 'CLOCK_SKEW' ? 1 : 0);
  });

  it('a file and a change of code of a clock that is off are refused as well, a time that is none is told as such', async () => {
    const off = { 'kiban-sent-at': new Date(estate.clock.now().getTime() + 60_000).toISOString() };
    expect(await told(post('/code-changes', { municipalSeq: 300, personSeq: 2, formerResidentCode: code(2), residentCode: code(902), changeReason: '40', changeDate: '2016-01-18', municipalityCode: A }, town(A), off))).toBe('CLOCK_SKEW');
    expect(await told(estate.request('POST', `${API}/notice-files?municipalityCode=${A}`, { as: town(A), purpose: 'RESIDENT_REGISTER', body: Buffer.from('x'), headers: { 'content-type': 'text/csv', ...off } }))).toBe('CLOCK_SKEW');
    expect(await told(post('/change-notices', notice(301, 80), town(A), { 'kiban-sent-at': 'now' }))).toBe('INVALID_INPUT /kiban-sent-at');
  });
});

describe('JUKI-4.1 codes that begin with 99 in the real environment', () => {
  it('nobody is entered under one or given one', async () => {
    const real = await startEstate([jukiNetModule], { at: new Date('2016-01-20T01:00:00Z'), realm: 'production' });
    try {
      const ask = (path: string, body: unknown): Promise<Answer> => real.request('POST', `${API}${path}`, { as: town(A), purpose: 'RESIDENT_REGISTER', body });
      for (const changeReason of ['14', '10', '11']) expect(await told(ask('/change-notices', notice(1, 1, { changeReason })))).toBe('TRAINING_REALM /residentCode');
      const change = { municipalSeq: 1, personSeq: 2, formerResidentCode: code(1), residentCode: code(2), changeReason: '41', changeDate: '2016-01-18', municipalityCode: A };
      expect(await told(ask('/code-changes', change))).toBe('TRAINING_REALM');
      expect(await told(ask('/change-notices', notice(1, 1, { changeReason: '26', personSeq: 1 })))).toContain('RESIDENT_UNKNOWN');
    } finally {
      await real.stop();
    }
  });
});
