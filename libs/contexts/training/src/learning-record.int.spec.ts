import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { bodyOf, codeOf, ElearningEstate, first, HIMEJI, NOTHING_TO_DO, SAPPORO, second } from './elearning.fixture.js';
import { LEARNER_COLUMNS } from './registration/learner-list.js';
import { film } from './video/film.fixture.js';

const API = '/api/training/v1';
let e: ElearningEstate;
beforeAll(async () => {
  e = await ElearningEstate.start('2015-10-05T01:00:00Z');
});
afterAll(() => e?.estate.stop());

const at = (instant: string): void => e.estate.clock.set(new Date(instant));
const later = (seconds: number): void => e.estate.clock.set(new Date(e.estate.clock.now().getTime() + seconds * 1_000));
const sapporo = bodyOf(SAPPORO);
const named = (staffNo: string): object => ({ staffNo, nameKanji: '髙橋 花子', nameKana: 'タカハシ', mail: `${staffNo}@example.jp` });
const rows = z.object({ results: z.array(z.object({ outcome: z.string(), code: z.string().optional(), enrolmentId: z.string().optional(), missing: z.array(z.string()).optional() })) });
const idIn = (json: unknown, name: string): string => String(z.looseObject({}).parse(json)[name]);
const countOf = async (from: string): Promise<number> => (await e.estate.sql<{ n: number }>(`SELECT count(*)::int AS n FROM training.${from}`))[0]?.n ?? -1;

async function completed(courseId: string, staffNo: string): Promise<void> {
  const id = await e.registered(courseId, SAPPORO, staffNo);
  await e.launched(id, 0);
  expect(await e.state(id)).toBe('COMPLETED');
}

/** Does `work` while a row is locked by somebody else, and kills the connection that waits for it. */
async function killed<T>(lock: string, work: () => Promise<T>): Promise<T> {
  const blocker = new pg.Client({ connectionString: e.estate.adminUrl });
  await blocker.connect();
  await blocker.query('BEGIN');
  await blocker.query(lock);
  const working = work();
  await e.estate.eventually(async () => (await e.estate.sql("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'kiban_training_app' AND wait_event_type = 'Lock' AND datname = current_database()")).length > 0);
  const done = await working;
  await blocker.query('ROLLBACK');
  await blocker.end();
  return done;
}

describe('what is learned before (TRN-3.1, 2)', () => {
  it('prerequisites: in this or an earlier year, as it was by whichever way; prework: until the door, told in the reminder', async () => {
    const [basic, prep] = [await e.offer(NOTHING_TO_DO), await e.offer(NOTHING_TO_DO)];
    const next = await e.course(100, { prerequisites: [basic.code] });
    await e.offer(NOTHING_TO_DO, { courseId: next.courseId });
    const refused = await e.register(next.courseId, SAPPORO, 'P-1');
    expect([codeOf(refused), refused.json]).toEqual(['422 PREREQUISITE_MISSING', expect.objectContaining({ facts: { courses: basic.code } })]);
    await completed(basic.courseId, 'P-1');
    const text = [LEARNER_COLUMNS.join(), ...['P-1', 'P-2'].map((staffNo) => `${SAPPORO},${staffNo},山田,ヤマダ,a@example.jp,${next.code}`), ''].join('\r\n');
    const list = await e.estate.request('POST', `${API}/registrations/list?fiscalYear=2015&encoding=UTF-8`, { as: sapporo, purpose: 'TRAINING', headers: { 'content-type': 'text/csv' }, body: text });
    expect(list.json).toMatchObject({ registered: 1, rows: [{ line: 2 }, { line: 3, code: 'PREREQUISITE_MISSING', missing: [basic.code] }] });
    expect(codeOf(await e.register(next.courseId, HIMEJI, 'P-1'))).toBe('422 PREREQUISITE_MISSING');

    const draft = {
      code: '0201', fiscalYear: 2015, kind: 'CLASSROOM', title: '監査', series: 'SECURITY', level: 'ADVANCED', targetPosts: [], plannedMinutes: 360, prerequisites: [basic.code], prework: [prep.code], completionRule: 'ATTENDANCE_80',
    };
    const courseId = idIn((await e.post('/courses', first, draft)).json, 'courseId');
    for (const [step, as] of [['review', second], ['publication', first]] as const) await e.post(`/courses/${courseId}/steps/${step}`, as, {});
    const plan = { courseId, number: 1, capacity: 9, roomPlaces: 9, selection: 'FCFS', windowOpensAt: '2015-10-05T02:00:00Z', windowClosesAt: '2015-10-06T00:00:00Z', startsAt: '2015-11-10T00:00:00Z', endsAt: '2015-11-10T07:00:00Z', venue: '会館', prefecture: '13' };
    const session = idIn((await e.post('/sessions', first, plan)).json, 'sessionId');
    await e.post(`/sessions/${session}/steps/publication`, first, {});
    at('2015-10-05T02:00:00Z');
    const isIn = (state: string) => e.estate.eventually(async () => (await countOf(`session WHERE id = '${session}' AND state = '${state}'`)) === 1);
    await isIn('ACCEPTING');
    const apply = async (learners: readonly string[], more: object = {}) => rows.parse((await e.post(`/sessions/${session}/applications`, sapporo, { learners: learners.map(named), ...more })).json).results;
    expect((await apply(['P-1', 'P-2'], { together: true })).map(({ code }) => code)).toEqual(['GROUP_NOT_WHOLE', 'PREREQUISITE_MISSING']);
    const year = (fiscalYear: number) => e.estate.sql('UPDATE training.course SET fiscal_year = $2 WHERE id = $1', basic.courseId, fiscalYear);
    await year(2016);
    expect(await apply(['P-1'])).toEqual([{ outcome: 'REFUSED', code: 'PREREQUISITE_MISSING', missing: [basic.code] }]);
    await year(2014);
    const [one] = await apply(['P-1']);
    expect(one?.outcome).toBe('ADMITTED');
    expect(codeOf(await e.post(`/enrolments/${one?.enrolmentId}/substitution`, sapporo, { learner: named('P-2') }))).toBe('422 PREREQUISITE_MISSING');
    await year(2015);
    await completed(basic.courseId, 'P-4');
    const [four] = await apply(['P-4']);

    at('2015-10-06T00:00:00Z');
    await isIn('CLOSED');
    await e.post(`/sessions/${session}/steps/confirmation`, first, {});
    at('2015-11-03T01:00:00Z');
    await e.estate.eventually(async () => (await countOf("message WHERE kind = 'REMINDER_7'")) === 2);
    const told = await e.get('/messages?limit=20', sapporo);
    expect(JSON.stringify(told.json)).toContain(`事前学習 (未修了の講座): ${prep.code}`);
    at('2015-11-09T23:50:00Z');
    const token = idIn((await e.get(`/enrolments/${one?.enrolmentId}/door-token`, sapporo)).json, 'token');
    const door = () => e.post(`/sessions/${session}/door-entries`, first, { token, device: 'phone-of-1' });
    expect(codeOf(await door())).toBe('409 PREWORK_MISSING');
    await completed(prep.courseId, 'P-1');
    expect(codeOf(await door())).toBe('200');
    at('2015-11-10T07:01:00Z');
    // What is completed after the beginning is no prework.
    await completed(prep.courseId, 'P-4');
    const content = `enrolmentId,halfDay,minutes\r\n${one?.enrolmentId},1,180\r\n${one?.enrolmentId},2,180\r\n${four?.enrolmentId},1,180\r\n`;
    const imported = await e.estate.request('POST', `${API}/sessions/${session}/attendance`, { as: first, purpose: 'TRAINING', headers: { 'content-type': 'text/csv' }, body: content });
    expect(imported.json).toEqual({ rows: 3, good: 2, errors: [{ line: 4, column: 'enrolmentId', code: 'PREWORK_MISSING' }] });
    await e.post(`/sessions/${session}/steps/holding`, first, {});
    expect((await e.post(`/enrolments/${one?.enrolmentId}/evidence`, sapporo, { evidence: 'QUESTIONNAIRE' })).json).toMatchObject({ state: 'COMPLETED' });
    expect((await e.post(`/sessions/${session}/attendance-closing`, first, {})).json).toEqual({ completed: 0, incomplete: 0, absent: 1, open: 0 });
  }, 240_000);
});

describe('a course that is watched (TRN-4.8, WATCHED_90)', () => {
  it('is completed by nine tenths on whatever devices of its learner, in the transaction that credits them', async () => {
    at('2015-11-20T01:00:00Z');
    const { courseId } = await e.course(100, { completionRule: 'WATCHED_90' });
    expect(codeOf(await e.post(`/courses/${(await e.course()).courseId}/elearning`, first, { floor: 1 }))).toBe('400 INVALID_INPUT');
    expect(codeOf(await e.post(`/courses/${courseId}/elearning`, first, { floor: 1 }))).toBe('201');
    const raw = (method: string, path: string, type: string, content: Buffer | string) => e.estate.request(method, `${API}${path}`, { as: first, headers: { 'content-type': type }, body: content });
    const videoId = idIn((await raw('POST', `/videos?title=film&courseId=${courseId}`, 'video/mp4', film(100))).json, 'videoId');
    await raw('PUT', `/videos/${videoId}/captions/ja`, 'text/vtt', 'WEBVTT\n\n00:00.000 --> 00:05.000\n動向\n');
    await e.post(`/videos/${videoId}/steps/publication`, first, { expiresOn: '2016-03-31' });
    const [id, other] = [await e.registered(courseId, SAPPORO, 'W-1'), await e.registered(courseId, SAPPORO, 'W-2')];
    const open = (registrationId: string, as = sapporo) => e.post(`/videos/${videoId}/viewings`, as, { registrationId });
    expect(codeOf(await open(id, bodyOf(HIMEJI)))).toBe('404 NOT_FOUND');
    expect(codeOf(await e.launch(id, 0))).toBe('404 NOT_FOUND');
    const [phone, desk] = [idIn((await open(id)).json, 'playedAddress'), idIn((await open(id)).json, 'playedAddress')];
    expect(await e.state(id)).toBe('STARTED');
    const played = (address: string, from: number, to: number) => e.estate.request('POST', address, { as: 'nobody', body: { intervals: [[from * 1_000, to * 1_000]] } });
    later(50);
    expect((await played(phone, 0, 60)).json).toMatchObject({ playedMs: 60_000, isWatched: false });
    later(50);
    expect(codeOf(await killed(`SELECT FROM training.elearning_registration WHERE id = '${id}' FOR UPDATE`, () => played(desk, 50, 90)))).toBe('503 UNAVAILABLE');
    expect(await e.state(id)).toBe('STARTED');
    expect((await played(desk, 50, 89)).json).toMatchObject({ playedMs: 89_000, isWatched: false });
    expect(await e.state(id)).toBe('STARTED');
    later(10);
    expect((await played(phone, 80, 90)).json).toMatchObject({ playedMs: 90_000, isWatched: true });
    expect([await e.state(id), await e.state(other)]).toEqual(['COMPLETED', 'REGISTERED']);
    expect(await e.progress(id)).toMatchObject({ state: 'COMPLETED', isSatisfied: true, units: [] });
    expect(codeOf(await played(phone, 80, 90))).toBe('200');
  });
});

describe('a test while storage is away (TRN-7)', () => {
  it('refuses 503, and takes the same answer and the submission within the grace', async () => {
    const { courseId } = await e.course();
    const items = [{ itemId: 'n1', topic: 'law', points: 1, question: '値', options: [], key: { kind: 'NUMBER', value: 8, tolerance: 0 } }];
    const assessmentId = idIn((await e.post('/assessments', first, { courseId, title: 'テスト', passScore: 0.8, limitMinutes: 30, drawn: { law: 1 }, items })).json, 'assessmentId');
    await e.offer(NOTHING_TO_DO, { courseId, assessmentId });
    const id = await e.registered(courseId, SAPPORO, 'T-1');
    await e.launched(id, 0);
    const { attemptId, dueAt } = z.object({ attemptId: z.string(), dueAt: z.string() }).parse((await e.post('/attempts', sapporo, { registrationId: id })).json);
    const answer = () => e.estate.request('PUT', `${API}/attempts/${attemptId}/answers/n1`, { as: sapporo, purpose: 'TRAINING', body: { answer: ['8'] }, idempotencyKey: 'answer-1' });
    expect(codeOf(await killed(`SELECT FROM training.assessment_attempt WHERE id = '${attemptId}' FOR UPDATE`, answer))).toBe('503 UNAVAILABLE');
    e.estate.clock.set(new Date(new Date(dueAt).getTime() + 25_000));
    expect(codeOf(await answer())).toBe('200');
    expect((await e.post(`/attempts/${attemptId}/submission`, sapporo, {})).json).toEqual({ score: 1, isPassed: true });
    expect(await e.state(id)).toBe('COMPLETED');
  });
});

describe('retention (TRN-9)', () => {
  it('forgets statements after two years and learning records after five; what was counted stays, though a process is killed in the middle', async () => {
    const { courseId, code } = await e.offer(NOTHING_TO_DO);
    const list = [LEARNER_COLUMNS.join(), ...[1, 2, 3, 4, 5, 6].map((n) => `${SAPPORO},R-${n},山田,ヤマダ,a@example.jp,${code}`), ''].join('\r\n');
    await e.estate.request('POST', `${API}/registrations/list?fiscalYear=2015&encoding=UTF-8`, { as: sapporo, purpose: 'TRAINING', headers: { 'content-type': 'text/csv' }, body: list });
    await e.estate.sql("UPDATE training.elearning_registration SET state = 'COMPLETED', started_at = registered_at, ended_at = registered_at + get_byte(uuid_send(id), 15) * interval '1 hour', certified_at = registered_at WHERE course_id = $1", courseId);
    await e.estate.eventually(async () => (await countOf("enrolment WHERE state = 'COMPLETED'")) === 0);
    at('2015-12-01T01:00:00Z');
    await e.estate.eventually(async () => (await countOf("elearning_registration WHERE state IN ('REGISTERED', 'STARTED')")) === 0);
    // What is left open is abandoned with a statement of its own.
    await e.estate.eventually(async () => (await countOf("au_session WHERE state IN ('LAUNCHED', 'INITIALIZED')")) === 0);
    const counted = async () => JSON.stringify([
      (await e.get('/statistics/years/2015/own', sapporo)).json, (await e.get('/statistics/years/2015', first)).json, (await e.get('/statistics/years/2015/size-classes', first)).json,
      await e.estate.sql("SELECT t.score, a.score AS item FROM training.assessment_attempt t JOIN training.attempt_answer a ON a.attempt_id = t.id WHERE t.state = 'GRADED'"),
    ]);
    const [before, statements, registrations] = [await counted(), await countOf('statement'), await countOf('elearning_registration')];
    expect(before).toMatch(/"applications":2,"admitted":2,"absent":1,"attended":1,"completed":1.*"medianDays":\d/);

    // Until the day on which the first of them is two years old nothing goes; by the server's own clock no younger one ever does.
    at('2017-10-04T03:00:00Z');
    await e.estate.eventually(async () => (await countOf("job WHERE kind = 'purge-records' AND state = 'SUCCEEDED' AND created_at > '2017-01-01'")) > 0);
    expect(await countOf('statement')).toBe(statements);
    const [{ id: young } = { id: '' }] = await e.estate.sql<{ id: string }>('UPDATE training.statement SET stored = now() WHERE id = (SELECT id FROM training.statement LIMIT 1) RETURNING id');
    at('2018-01-01T03:00:00Z');
    await e.estate.eventually(async () => (await countOf('statement')) === 1);
    await e.estate.sql("SELECT training.purge_statements(now() + interval '9 years', 1000)");
    expect([await countOf('statement'), await countOf(`statement WHERE id = '${young}'`), await countOf('elearning_registration')]).toEqual([1, 1, registrations]);
    expect((await e.estate.sql<{ n: number }>('SELECT sum(statements)::int AS n FROM training.statement_figure'))[0]?.n).toBe(statements - 1);
    expect(await e.estate.sql("SELECT has_table_privilege('kiban_training_app', 'training.statement', 'DELETE') AS may")).toEqual([{ may: false }]);

    await killed('SELECT FROM training.session FOR UPDATE', async () => at('2021-01-01T03:00:00Z'));
    const gone = ['enrolment', 'attendance', 'door_device', 'elearning_registration', 'au_session', 'au_progress', 'learner_document', 'video_viewing', 'message WHERE created_at < \'2016-01-01\''];
    await e.estate.eventually(async () => (await Promise.all(gone.map(countOf))).every((count) => count === 0), 60);
    expect(await counted()).toBe(before);
    expect((await e.estate.request('GET', `${API}/place-drifts`, { as: first })).json).toEqual({ drifts: [] });
    expect(await countOf('session_figure')).toBe(1);
    const [{ told } = { told: 0 }] = await e.estate.sql<{ told: number }>("SELECT sum((entry::jsonb -> 'facts' ->> 'forgotten')::int)::int AS told FROM training.audit_line WHERE entry LIKE '%retention:REGISTRATION%'");
    expect(told).toBe(registrations);
  }, 240_000);
});
