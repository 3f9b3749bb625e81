import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { ResidentCode } from '#kernel';
import { connectStreams, parseCloudEvent, type Actor, type CloudEvent } from '#platform';
import { startEstate, type Answer, type TestEstate } from '#testing';
import { INTAKE_COLUMNS, type IntakeColumn } from '#testing/population';
import { jukiNetModule } from '#contexts/juki-net';

const townA: Actor = { clientId: 'municipality-990019', kind: 'municipality', organisation: '990019' };
const townB: Actor = { clientId: 'municipality-990027', kind: 'municipality', organisation: '990027' };
const first: Actor = { clientId: 'operator-1', kind: 'operator', organisation: 'agency' };
const second: Actor = { clientId: 'operator-2', kind: 'operator', organisation: 'agency' };
const API = '/api/juki-net/v1';
const REGISTER = 'RESIDENT_REGISTER';
const NOON = new Date('2016-01-20T03:00:00Z');

let estate: TestEstate;
let streams: Awaited<ReturnType<typeof connectStreams>>;
const suspicions: CloudEvent[] = [];
beforeAll(async () => {
  estate = await startEstate([jukiNetModule], { at: NOON });
  streams = await connectStreams(estate.natsUrl, 'waiting notice spec');
  streams.connection.subscribe('kiban.juki-net.identity.>', { callback: (_error, message) => void suspicions.push(parseCloudEvent(message.string())) });
});
afterAll(async () => {
  await streams.connection.close();
  await estate.stop();
});

type Row = Partial<Record<IntakeColumn | 'managementNo', string>>;
const code = (serial: number): string => ResidentCode.fromBody(`99${String(serial).padStart(8, '0')}`).reveal();
let municipalSeq = 0;
function notice(residentCode: string, over: Row = {}): Row {
  municipalSeq += 1;
  return {
    municipalSeq: String(municipalSeq), residentCode, personSeq: '1', changeReason: '14', changeDate: '20151005', nameKanji: '見本　太郎', nameKana: 'ミホン　タロウ', aliasName: '',
    birthDate: '19800101', sex: '1', address: '架空県試験市見本町2-3-4', townCode: '', postalCode: '0000001', municipalityCode: '990019', previousMunicipalityCode: '', ...over,
  };
}
const post = (path: string, body: unknown, as: Actor = first): Promise<Answer> => estate.request('POST', `${API}${path}`, { as, purpose: REGISTER, body });
const get = async (path: string, as: Actor = first): Promise<Answer> => estate.request('GET', `${API}${path}`, { as, purpose: REGISTER });
const told = z.looseObject({ state: z.string().optional(), code: z.string().optional(), noticeId: z.string().optional(), reportId: z.string().optional() });
const outcome = async (answer: Promise<Answer>): Promise<string | undefined> => {
  const { state, code: refusal } = told.parse((await answer).json);
  return refusal ?? state;
};
const noticeOf = async (answer: Promise<Answer>): Promise<string> => told.parse((await answer).json).noticeId ?? '';
const waiting = z.object({ items: z.array(z.looseObject({ noticeId: z.string(), code: z.string(), overdue: z.boolean(), ageHours: z.number(), missingFrom: z.number(), proposed: z.string().nullable() })), next: z.string().optional() });
const list = async (path: string, as: Actor = first): Promise<z.output<typeof waiting>> => waiting.parse((await get(path, as)).json);
async function sendFile(rows: readonly Row[]): Promise<string> {
  const lines = [INTAKE_COLUMNS.join(','), ...rows.map((row) => INTAKE_COLUMNS.map((column) => row[column] ?? '').join(','))];
  const answer = await estate.request('POST', `${API}/notice-files?municipalityCode=990027`, { as: townB, purpose: REGISTER, body: Buffer.from(lines.join('\r\n')), headers: { 'content-type': 'text/csv' } });
  const { fileId } = z.object({ fileId: z.uuid() }).parse(answer.json);
  await estate.eventually(async () => (await fileOf(fileId))['state'] === 'COMPLETED');
  return fileId;
}
const fileOf = async (fileId: string): Promise<Record<string, unknown>> => z.record(z.string(), z.unknown()).parse((await get(`/notice-files/${fileId}`, townB)).json);
const moveInOf = (residentCode: string): Row => notice(residentCode, { changeReason: '11', changeDate: '20151105', municipalityCode: '990027', previousMunicipalityCode: '990019', address: '架空県練習町1' });
const stepsAbout = async (personKey: unknown): Promise<unknown[]> =>
  estate.sql("SELECT DISTINCT (entry::jsonb)->>'action' AS action FROM juki_net.audit_line WHERE entry LIKE '%' || $1 || '%' AND entry LIKE '%quarantined-notice%'", personKey);
const person = async (noticeId: string): Promise<Record<string, unknown>> =>
  (await estate.sql<Record<string, unknown>>('SELECT p.* FROM juki_net.change_notice c JOIN juki_net.person p USING (person_key) WHERE c.notice_id = $1', noticeId))[0] ?? {};

describe('JUKI-3.3 held notices', () => {
  it('are listed with age and the missing number; an operator rejects one after 24 hours, not before', async () => {
    await post('/change-notices', notice(code(1)), townA);
    const third = await noticeOf(post('/change-notices', notice(code(1), { personSeq: '3', changeReason: '30', address: '三', managementNo: '2016-3' }), townA));
    const fourth = await noticeOf(post('/change-notices', notice(code(1), { personSeq: '4', changeReason: '30', address: '四' }), townA));
    const page = await list('/held-notices?limit=1');
    expect(page.items).toEqual([{ noticeId: third, municipalityCode: '990019', municipalSeq: 2, personSeq: 3, code: 'SEQ_GAP', receivedAt: expect.any(String), ageHours: 0, overdue: false, missingFrom: 2, proposed: null, managementNo: '2016-3' }]);
    expect((await list(`/held-notices?after=${page.next}`)).items.map(({ noticeId }) => noticeId)).toEqual([fourth]);
    expect(await list('/held-notices', townB)).toEqual({ items: [] });
    expect((await get('/held-notices?municipalityCode=990019', townB)).json).toMatchObject({ code: 'OUT_OF_JURISDICTION' });
    expect((await list('/held-notices?olderThanHours=24')).items).toEqual([]);
    expect(await outcome(post(`/held-notices/${third}/rejection`, {}))).toBe('HELD_NOT_OVERDUE');
    expect(await outcome(post(`/held-notices/${third}/rejection`, {}, townA))).toBe('ACTION_NOT_PERMITTED');
    estate.clock.set(new Date(NOON.getTime() + 25.5 * 3_600_000));
    expect((await list('/held-notices?olderThanHours=24&municipalityCode=990019', townA)).items).toMatchObject([{ noticeId: third, overdue: true, ageHours: 25 }, { noticeId: fourth, overdue: true }]);
    expect(await outcome(post(`/held-notices/${third}/rejection`, {}))).toBe('REJECTED');
    expect(await outcome(post(`/held-notices/${third}/rejection`, {}))).toBe('NOTICE_STATE');
    expect((await get(`/change-notices/${third}`, townA)).json).toMatchObject({ state: 'REJECTED', code: 'SEQ_GAP' });
    expect(await estate.sql('SELECT 1 FROM juki_net.change_notice WHERE notice_id = $1 AND sealed IS NOT NULL', third)).toEqual([]);
  });

  it('a rejected number can be sent again, and what waited behind it is decided then', async () => {
    expect(await outcome(post('/change-notices', notice(code(1), { personSeq: '2', changeReason: '30', changeDate: '20151105', address: '二' }), townA))).toBe('APPLIED');
    expect(await outcome(post('/change-notices', notice(code(1), { personSeq: '3', changeReason: '30', changeDate: '20151105', address: '三' }), townA))).toBe('APPLIED');
    expect(await list('/held-notices')).toEqual({ items: [] });
    expect(await estate.sql("SELECT address FROM juki_net.segment WHERE municipality_code = '990019'")).toEqual([{ address: '四' }]);
  });

  it('a rejection and the missing notice at once: one of them wins, and the counts of the file stay right', async () => {
    for (let round = 0; round < 8; round += 1) {
      const residentCode = code(20 + round);
      await post('/change-notices', notice(residentCode, { municipalityCode: '990027' }), townB);
      const fileId = await sendFile([notice(residentCode, { municipalityCode: '990027', personSeq: '3', changeReason: '30', changeDate: '20151105', address: '三' })]);
      estate.clock.set(new Date(estate.clock.now().getTime() + 25.5 * 3_600_000));
      const [held] = (await list('/held-notices')).items;
      const missing = notice(residentCode, { municipalityCode: '990027', personSeq: '2', changeReason: '30', changeDate: '20151105', address: '二' });
      const [rejected, sent] = await Promise.all([outcome(post(`/held-notices/${held?.noticeId}/rejection`, {})), outcome(post('/change-notices', missing, townB))]);
      expect(sent).toBe('APPLIED');
      expect(await fileOf(fileId)).toMatchObject(rejected === 'REJECTED' ? { held: 0, rejected: 1, applied: 0 } : { held: 0, rejected: 0, applied: 1 });
    }
  });
});

describe('JUKI-3.3, 4.5 V3 quarantined notices', () => {
  const decide = (noticeId: string, decision: string, as: Actor, answerReference = '試住第12号'): Promise<string | undefined> => outcome(post(`/quarantined-notices/${noticeId}/decision`, { decision, answerReference }, as));

  it('the entry takes effect when two officers say so and the record of the death has been restored, with the event that was missing', async () => {
    await post('/change-notices', notice(code(40)), townA);
    await post('/change-notices', notice(code(40), { personSeq: '2', changeReason: '20', changeDate: '20151101' }), townA);
    const fileId = await sendFile([moveInOf(code(40))]);
    const [entry] = (await list('/quarantined-notices', townB)).items;
    const noticeId = entry?.noticeId ?? '';
    expect(entry).toMatchObject({ code: 'ENTRY_AFTER_DEATH', proposed: null, overdue: false });
    expect(await decide(noticeId, 'APPLY', first)).toBe('ENTRY_AFTER_DEATH');
    await post('/change-notices', notice(code(40), { personSeq: '3', changeReason: '15', changeDate: '20151201' }), townA);
    const before = await person(noticeId);
    expect(await decide(noticeId, 'APPLY', townB)).toBe('ACTION_NOT_PERMITTED');
    expect(await decide(noticeId, 'APPLY', first, '試住\u0000')).toBe('INVALID_INPUT');
    expect(await decide(noticeId, 'APPLY', first)).toBe('QUARANTINED');
    expect(await decide(noticeId, 'APPLY', first)).toBe('SAME_OFFICER');
    expect(await decide(noticeId, 'APPLY', second, '別の回答')).toBe('QUARANTINED');
    expect((await list('/quarantined-notices')).items).toMatchObject([{ noticeId, proposed: 'APPLY' }]);
    await estate.restart();
    expect(await decide(noticeId, 'APPLY', first, '別の回答')).toBe('APPLIED');
    expect(await decide(noticeId, 'REJECT', second)).toBe('NOTICE_STATE');
    const after = await person(noticeId);
    expect(after).toMatchObject({ fact_version: Number(before['fact_version']) + 1, municipality_code: '990027', change_reason: '11', changed_on: expect.anything() });
    expect(await fileOf(fileId)).toMatchObject({ applied: 1, quarantined: 0 });
    expect(await stepsAbout(after['person_key'])).toEqual([{ action: 'juki-net.quarantined-notice.decide' }]);
    expect((await list('/quarantined-notices')).items).toEqual([]);
  });

  it('rejected, it is history entered by mistake, tells nobody, and the municipality can enter the person anew', async () => {
    await post('/change-notices', notice(code(41)), townA);
    await post('/change-notices', notice(code(41), { personSeq: '2', changeReason: '20', changeDate: '20151101' }), townA);
    const fileId = await sendFile([moveInOf(code(41))]);
    const noticeId = (await list('/quarantined-notices')).items[0]?.noticeId ?? '';
    const before = await person(noticeId);
    expect(await decide(noticeId, 'REJECT', first)).toBe('QUARANTINED');
    expect(await decide(noticeId, 'REJECT', second)).toBe('REJECTED');
    expect(await person(noticeId)).toMatchObject({ fact_version: before['fact_version'], status: 'DECEASED', municipality_code: '990019' });
    expect(await estate.sql("SELECT state, quarantined FROM juki_net.segment WHERE person_key = $1 AND municipality_code = '990027'", before['person_key'])).toEqual([{ state: 'CLOSED_ERROR', quarantined: false }]);
    expect(await fileOf(fileId)).toMatchObject({ applied: 0, quarantined: 0, rejected: 1 });
    expect((await get(`/change-notices/${noticeId}`, townB)).json).toMatchObject({ state: 'REJECTED', code: 'ENTRY_AFTER_DEATH' });
    await post('/change-notices', notice(code(41), { personSeq: '3', changeReason: '15', changeDate: '20151201' }), townA);
    expect(await outcome(post('/change-notices', moveInOf(code(41)), townB))).toBe('APPLIED');
  });

  it('an entry applied before the death was known can be rejected by two officers, not applied; restored, it needs no word', async () => {
    await post('/change-notices', notice(code(42)), townA);
    const fileId = await sendFile([moveInOf(code(42))]);
    const [entered] = await estate.sql<{ notice_id: string }>("SELECT notice_id FROM juki_net.change_notice WHERE file_id = $1", fileId);
    const noticeId = entered?.notice_id ?? '';
    expect(await decide(noticeId, 'REJECT', first)).toBe('NOTICE_STATE');
    const die = (personSeq: string): Promise<Answer> => post('/change-notices', notice(code(42), { personSeq, changeReason: '20', changeDate: '20151101' }), townA);
    await die('2');
    expect((await list('/quarantined-notices', townB)).items).toMatchObject([{ noticeId, proposed: null }]);
    expect(await decide(noticeId, 'APPLY', first)).toBe('ENTRY_AFTER_DEATH');
    await post('/change-notices', notice(code(42), { personSeq: '3', changeReason: '15', changeDate: '20151201' }), townA);
    expect(await decide(noticeId, 'REJECT', first)).toBe('NOTICE_STATE');
    await die('4');
    expect(await decide(noticeId, 'REJECT', townB)).toBe('ACTION_NOT_PERMITTED');
    expect(await decide(noticeId, 'REJECT', first)).toBe('APPLIED');
    expect(await decide(noticeId, 'REJECT', first)).toBe('SAME_OFFICER');
    expect((await list('/quarantined-notices')).items).toMatchObject([{ noticeId, proposed: 'REJECT' }]);
    const before = await person(noticeId);
    await estate.restart();
    expect(await decide(noticeId, 'REJECT', second)).toBe('REJECTED');
    expect(await decide(noticeId, 'REJECT', first)).toBe('NOTICE_STATE');
    expect(await person(noticeId)).toMatchObject({ fact_version: before['fact_version'], status: 'DECEASED', municipality_code: '990019' });
    const closed = "SELECT state FROM juki_net.segment WHERE person_key = $1 AND municipality_code = '990027' UNION SELECT state FROM juki_net.prefecture_record WHERE person_key = $1 AND municipality_code = '990027'";
    expect(await estate.sql(closed, before['person_key'])).toEqual([{ state: 'CLOSED_ERROR' }]);
    expect(await fileOf(fileId)).toMatchObject({ applied: 0, quarantined: 0, rejected: 1 });
    expect((await list('/quarantined-notices')).items).toEqual([]);
  });

  it('refuses what is not there', async () => {
    expect(await decide('0198f0c2-0000-7000-8000-000000000000', 'APPLY', first)).toBe('NOT_FOUND');
    expect(await outcome(post('/held-notices/0198f0c2-0000-7000-8000-000000000000/rejection', {}))).toBe('NOT_FOUND');
  });
});

describe('JUKI-3.3 suspected errors (住基法30条の8)', () => {
  const report = (over: Record<string, unknown> = {}, as: Actor = first): Promise<Answer> => post('/error-reports', { residentCode: code(50), municipalityCode: '990019', items: ['birthDate'], ground: 'AGENCY', ...over }, as);

  it('are told without the person, answered by a notice or an explanation, and closed by the operator', async () => {
    const earlier = await noticeOf(post('/change-notices', notice(code(50), { birthDate: '19800102' }), townA));
    expect(await outcome(report({ residentCode: code(51) }))).toBe('RESIDENT_UNKNOWN');
    expect(await outcome(report({ municipalityCode: '990027' }))).toBe('RESIDENT_UNKNOWN');
    expect(await outcome(report({}, townA))).toBe('ACTION_NOT_PERMITTED');
    const reportId = told.parse((await report()).json).reportId ?? '';
    expect(await outcome(report())).toBe('ERROR_REPORT_STANDS');
    const answer = (body: unknown, as: Actor = townA): Promise<string | undefined> => outcome(post(`/error-reports/${reportId}/answer`, body, as));
    const review = (result: string): Promise<string | undefined> => outcome(post(`/error-reports/${reportId}/review`, { outcome: result }));
    expect((await get(`/error-reports/${reportId}`, townA)).json).toMatchObject({ residentCode: code(50), state: 'OPEN', items: ['birthDate'], ground: 'AGENCY' });
    expect((await get(`/error-reports/${reportId}`, townB)).json).toMatchObject({ code: 'OUT_OF_JURISDICTION' });
    expect((await get(`/error-reports/${reportId}`)).json).toMatchObject({ code: 'ACTION_NOT_PERMITTED' });
    expect(JSON.stringify((await get('/error-reports?state=OPEN')).json)).not.toContain(code(50));
    expect(await review('ACCEPT')).toBe('ERROR_REPORT_STATE');
    expect(await answer({ noticeId: earlier })).toBe('ANSWER_NOTICE');
    expect(await answer({ explanation: 'RECORD_IS_RIGHT' })).toBe('INVALID_INPUT');
    expect(await answer({ explanation: 'RECORD_IS_RIGHT', answerReference: '試住第13号' }, townB)).toBe('OUT_OF_JURISDICTION');
    expect(await answer({ explanation: 'RECORD_IS_RIGHT', answerReference: '試住第13号' })).toBe('ANSWERED');
    expect(await answer({ explanation: 'RECORD_IS_RIGHT', answerReference: '試住第13号' })).toBe('ERROR_REPORT_STATE');
    expect(await review('WITHDRAW')).toBe('ERROR_REPORT_STATE');
    expect(await review('ASK_AGAIN')).toBe('OPEN');
    const corrected = await noticeOf(post('/change-notices', notice(code(50), { personSeq: '2', changeReason: '32', changeDate: '20151106', birthDate: '19800101' }), townA));
    expect(await answer({ noticeId: corrected })).toBe('ANSWERED');
    expect((await get('/error-reports?state=ANSWERED', townA)).json).toMatchObject({ items: [{ reportId, noticeId: corrected, explanation: null }] });
    expect(await review('ACCEPT')).toBe('CLOSED');
    expect(await review('ASK_AGAIN')).toBe('ERROR_REPORT_STATE');
    const again = told.parse((await report()).json).reportId ?? '';
    expect(await outcome(post(`/error-reports/${again}/review`, { outcome: 'WITHDRAW' }))).toBe('CLOSED');
    expect((await get('/error-reports', townB)).json).toEqual({ items: [] });
    // Told when it was reported and when it was asked again, to the municipality, without the person.
    await estate.eventually(async () => suspicions.length === 3);
    expect(suspicions.map(({ type, data }) => [type, data])).toEqual([reportId, reportId, again].map((id) => (
      ['jp.kiban.juki-net.identity.error-suspected.v1', { reportId: id, municipalityCode: '990019', ground: 'AGENCY' }])));
  });
});
