import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { connectStreams, parseCloudEvent, type Actor, type CloudEvent } from '#platform';
import { startEstate, type Answer, type TestEstate } from '#testing';
import { trainingModule } from '../training.module.js';

const API = '/api/training/v1';
const officer = (name: string): Actor => ({ clientId: 'operator-1', kind: 'operator', organisation: 'agency', operator: name });
const [first, second] = [officer('officer-1'), officer('officer-2')];
const town: Actor = { clientId: 'municipality-990019', kind: 'municipality', organisation: '990019' };
const courses = z.object({ items: z.array(z.object({ courseId: z.string(), code: z.string(), kind: z.string(), state: z.string(), capacity: z.number().nullable(), version: z.number() })) });
const session = z.object({ sessionId: z.string(), courseId: z.string(), courseCode: z.string(), number: z.number(), state: z.string(), version: z.number(), places: z.number(), bodyQuota: z.number(), selection: z.string(), startsAt: z.string(), windowOpensAt: z.string(), windowClosesAt: z.string(), endsAt: z.string(), successorId: z.string().nullable() });
const sessions = z.object({ items: z.array(session) });
type Session = z.output<typeof session>;

let estate: TestEstate;
let streams: Awaited<ReturnType<typeof connectStreams>>;
const events: CloudEvent[] = [];
beforeAll(async () => {
  estate = await startEstate([trainingModule], { at: new Date('2015-04-10T00:00:00Z') });
  streams = await connectStreams(estate.natsUrl, 'listener');
  streams.connection.subscribe('kiban.training.>', { callback: (_error, message) => void events.push(parseCloudEvent(message.string())) });
  await streams.connection.flush();
  expect((await post('/plans/2015/loading', {})).json).toEqual({ courses: 37, sessions: 38 });
});
afterAll(async () => {
  await streams?.connection.close();
  await estate?.stop();
});

const post = (path: string, body: unknown, as: Actor = first): Promise<Answer> => estate.request('POST', `${API}${path}`, { as, body });
const patch = (path: string, body: unknown): Promise<Answer> => estate.request('PATCH', `${API}${path}`, { as: first, body });
const get = (path: string, as: Actor = first): Promise<Answer> => estate.request('GET', `${API}${path}`, { as });
const codeOf = ({ status, json }: Answer): string => `${status} ${status < 300 ? '' : z.object({ code: z.string() }).parse(json).code}`.trim();
const step = (id: string, name: string, body: unknown = {}): Promise<Answer> => post(`/sessions/${id}/steps/${name}`, body);
const read = async (id: string): Promise<Session> => session.parse((await get(`/sessions/${id}`)).json);
const inState = (id: string, state: string): Promise<Session> => estate.eventually(async () => { const one = await read(id); return one.state === state && one; });

/** The sessions of a course of the plan, the course published. */
async function published(code: string): Promise<Session[]> {
  const { items } = courses.parse((await get('/courses?year=2015')).json);
  const course = items.find((one) => one.code === code);
  await post(`/courses/${course?.courseId}/steps/publication`, {});
  return sessions.parse((await get(`/sessions?courseId=${course?.courseId}`)).json).items;
}

const told = (id: string): string[] => events.filter(({ subject }) => subject === id).map(({ type, sequence }) => `${sequence} ${type.split('.').at(-2)}`);

describe('the catalogue (TRN-3.1, 4.1, 5)', () => {
  it('has the plan once, and shows bodies what was published', async () => {
    expect((await post('/plans/2015/loading', {})).json).toEqual({ courses: 0, sessions: 0 });
    expect(codeOf(await post('/plans/2014/loading', {}))).toBe('404 NOT_FOUND');
    expect(codeOf(await post('/plans/2015/loading', {}, town))).toBe('403 ACTION_NOT_PERMITTED');
    const all = courses.parse((await get('/courses?year=2015')).json).items;
    const planned = sessions.parse((await get('/sessions?year=2015')).json).items;
    const sum = (numbers: readonly number[]): number => numbers.reduce((total, one) => total + one, 0);
    expect([all.length, planned.length, sum(planned.map(({ places }) => places)), sum(all.map(({ capacity }) => capacity ?? 0))]).toEqual([37, 38, 2_490, 244_400]);

    expect(courses.parse((await get('/courses?year=2015', town)).json).items).toEqual([]);
    const [lab] = await published('0121');
    expect(lab).toMatchObject({ places: 60, bodyQuota: 1, selection: 'FCFS' });
    const seen = courses.parse((await get('/courses?year=2015&series=SYSTEMATIC&kind=CLASSROOM', town)).json).items;
    expect(seen.map(({ code, state }) => `${code} ${state}`)).toEqual(['0121 PUBLISHED']);
    expect(codeOf(await get(`/courses/${all.find(({ code }) => code === '0101')?.courseId}`, town))).toBe('404 NOT_FOUND');
    expect(codeOf(await get(`/sessions/${lab?.sessionId}`, town))).toBe('404 NOT_FOUND');
  });

  it('a draft is changed as it was read, and reviewed by another officer', async () => {
    const draft = { code: '0131', fiscalYear: 2015, kind: 'CLASSROOM', title: '追加', series: 'SMALL_BODY', level: 'ADVANCED', targetPosts: ['情報担当'], plannedMinutes: 180, prerequisites: [], completionRule: 'ATTENDANCE_80_TEST' };
    const { operator: _name, ...unnamed } = first;
    expect(codeOf(await post('/courses', draft, unnamed))).toBe('403 OPERATOR_NOT_ASSERTED');
    expect(codeOf(await post('/courses', { ...draft, capacity: 100 }))).toBe('400 INVALID_INPUT');
    expect(codeOf(await post('/courses', { ...draft, title: 'a\0' }))).toBe('400 INVALID_INPUT');
    const made = await post('/courses', draft);
    expect(made.json).toMatchObject({ state: 'DRAFT', eligible: { kinds: ['MUNICIPALITY'], populationBelow: 100_000 } });
    expect(codeOf(await post('/courses', draft))).toBe('409 COURSE_CODE_TAKEN');
    const { courseId } = z.object({ courseId: z.string() }).parse(made.json);
    expect((await patch(`/courses/${courseId}`, { version: 1, title: '追加 改' })).json).toMatchObject({ title: '追加 改', version: 2 });
    expect(codeOf(await patch(`/courses/${courseId}`, { version: 1, title: '別' }))).toBe('409 AGGREGATE_CHANGED');
    expect(codeOf(await post(`/courses/${courseId}/steps/review`, {}))).toBe('409 SAME_OFFICER');
    expect(codeOf(await post(`/courses/${courseId}/steps/review`, {}, second))).toBe('200');
    expect(codeOf(await patch(`/courses/${courseId}`, { version: 3, title: '別' }))).toBe('409 NOT_IN_STATE');
    expect(codeOf(await post(`/courses/${courseId}/steps/archival`, {}))).toBe('409 NOT_IN_STATE');
  });
});

describe('life of a session (TRN-3.2)', () => {
  it('from the plan to the report, its window by the clock', async () => {
    const [lottery] = await published('0107');
    const [fcfs] = await published('0122');
    const id = fcfs?.sessionId ?? '';
    const unpublished = sessions.parse((await get('/sessions?year=2015')).json).items.find(({ courseCode }) => courseCode === '0129');
    expect(codeOf(await step(unpublished?.sessionId ?? '', 'publication'))).toBe('409 COURSE_NOT_PUBLISHED');
    for (const one of [id, lottery?.sessionId ?? '']) expect(codeOf(await step(one, 'publication'))).toBe('200');
    expect(codeOf(await post(`/courses/${fcfs?.courseId}/steps/closing`, {}))).toBe('409 SESSIONS_OPEN');
    expect(codeOf(await step(id, 'confirmation'))).toBe('409 NOT_IN_STATE');
    expect((await get(`/sessions/${id}`, town)).json).toMatchObject({ state: 'PUBLISHED' });

    estate.clock.set(new Date(fcfs?.windowOpensAt ?? ''));
    await inState(id, 'ACCEPTING');
    estate.clock.set(new Date(fcfs?.windowClosesAt ?? ''));
    await inState(id, 'CLOSED');
    await inState(lottery?.sessionId ?? '', 'SELECTING');
    expect(codeOf(await step(id, 'confirmation'))).toBe('200');
    expect(codeOf(await step(id, 'holding'))).toBe('409 NOT_STARTED_YET');
    estate.clock.set(new Date(fcfs?.endsAt ?? ''));
    expect(codeOf(await step(id, 'holding'))).toBe('200');
    expect((await step(id, 'report', { reportRef: '報告第1号' })).json).toMatchObject({ state: 'REPORTED' });
    expect(codeOf(await step(id, 'cancellation', { reason: '台風' }))).toBe('409 NOT_IN_STATE');
    expect(codeOf(await post(`/courses/${fcfs?.courseId}/steps/closing`, {}))).toBe('200');
    const [, unheld] = sessions.parse((await get(`/sessions?courseId=${fcfs?.courseId}`)).json).items;
    expect(codeOf(await step(unheld?.sessionId ?? '', 'publication'))).toBe('409 COURSE_NOT_PUBLISHED');
    await estate.eventually(() => Promise.resolve(told(id).length === 4));
    expect(told(id)).toEqual(['1 published', '2 accepting', '3 confirmed', '4 held']);
  });

  it('an extra session is planned with its dates in order, and changed as it was read while it may', async () => {
    const courseId = (await published('0124'))[0]?.courseId;
    const dates = { windowOpensAt: '2016-01-12T09:00:00+09:00', windowClosesAt: '2016-01-29T17:00:00+09:00', startsAt: '2016-03-01T10:00:00+09:00', endsAt: '2016-03-01T17:00:00+09:00' };
    const plan = { courseId, number: 9, capacity: 40, roomPlaces: 50, labMachines: 20, selection: 'FCFS', venue: '那覇会場', prefecture: '47', isExtra: true, ...dates };
    expect(codeOf(await post('/sessions', { ...plan, windowClosesAt: dates.windowOpensAt }))).toBe('422 WINDOW_INVALID');
    expect(codeOf(await post('/sessions', { ...plan, prefecture: '48' }))).toBe('400 INVALID_INPUT');
    const made = session.parse((await post('/sessions', plan)).json);
    expect(made).toMatchObject({ state: 'PLANNED', places: 20, bodyQuota: 1, version: 1 });
    expect(codeOf(await post('/sessions', plan))).toBe('409 SESSION_NUMBER_TAKEN');
    const path = `/sessions/${made.sessionId}`;
    expect((await patch(path, { version: 1, labMachines: null, capacity: 60 })).json).toMatchObject({ places: 50, version: 2 });
    expect(codeOf(await patch(path, { version: 1, capacity: 61 }))).toBe('409 AGGREGATE_CHANGED');
    expect(codeOf(await step(made.sessionId, 'publication'))).toBe('200');
    expect(codeOf(await patch(path, { version: 3, windowOpensAt: '2015-05-01T09:00:00+09:00' }))).toBe('422 WINDOW_INVALID');
    expect(codeOf(await patch(path, { version: 3, endsAt: dates.startsAt }))).toBe('422 WINDOW_INVALID');
    estate.clock.set(new Date(dates.windowOpensAt));
    const { version } = await inState(made.sessionId, 'ACCEPTING');
    expect(codeOf(await patch(path, { version, startsAt: '2016-03-02T10:00:00+09:00' }))).toBe('409 NOT_IN_STATE');
    expect((await patch(path, { version, windowClosesAt: '2016-01-30T17:00:00+09:00' })).json).toMatchObject({ state: 'ACCEPTING', windowClosesAt: '2016-01-30T08:00:00.000Z' });
  });

  it('a session that is called off names a successor that has not opened (TRN-4.13)', async () => {
    const [a] = (await published('0129')).slice(-1);
    const plan = (number: number, window: string) => ({
      courseId: a?.courseId, number, capacity: 40, roomPlaces: 50, selection: 'LOTTERY', venue: '会場', prefecture: '13',
      windowOpensAt: `${window}T09:00:00+09:00`, windowClosesAt: '2016-02-20T17:00:00+09:00', startsAt: '2016-03-20T10:00:00+09:00', endsAt: '2016-03-20T17:00:00+09:00',
    });
    const [lost, next] = [session.parse((await post('/sessions', plan(8, '2016-01-20'))).json), session.parse((await post('/sessions', plan(9, '2016-02-15'))).json)];
    await step(lost.sessionId, 'publication');
    expect(codeOf(await step(lost.sessionId, 'cancellation', { reason: '台風', successorId: next.sessionId }))).toBe('409 SUCCESSOR_NOT_OPEN');
    expect(codeOf(await step(lost.sessionId, 'cancellation', { reason: '台風', successorId: lost.sessionId }))).toBe('409 SUCCESSOR_NOT_OPEN');
    await step(next.sessionId, 'publication');
    expect(codeOf(await step(lost.sessionId, 'postponement', { reason: '台風', successorId: next.sessionId }))).toBe('409 NOT_IN_STATE');
    expect((await step(lost.sessionId, 'cancellation', { reason: '台風', successorId: next.sessionId })).json).toMatchObject({ state: 'CANCELLED', successorId: next.sessionId, reason: '台風' });
    await estate.eventually(() => Promise.resolve(told(lost.sessionId).length === 2));
    expect(told(lost.sessionId)).toEqual(['1 published', '2 cancelled']);
  });

  it('the calendar of the year can be subscribed to (RFC 5545)', async () => {
    const answer = await get('/calendar.ics?year=2015', town);
    const text = answer.bytes.toString();
    expect(answer.headers.get('content-type')).toBe('text/calendar; charset=utf-8');
    expect([text.match(/^BEGIN:VEVENT\r$/gm)?.length, text.match(/^STATUS:CANCELLED\r$/gm)?.length]).toEqual([5, 1]);
    const again = await estate.request('GET', `${API}/calendar.ics?year=2015`, { as: town, headers: { 'if-none-match': answer.headers.get('etag') ?? '' } });
    expect(again.status).toBe(304);
  });
});
