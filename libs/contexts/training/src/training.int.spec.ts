import { randomBytes, randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { monthTable, yearlyStatistics } from '#contracts/training';
import { connectStreams, parseCloudEvent, Peers, type Actor, type CloudEvent, type ContextModule } from '#platform';
import { startEstate, type Answer, type TestEstate } from '#testing';
import { remindersDaily, type AdmittedLearner } from './message/message-schedules.js';
import { shelfOf } from './shelf.js';
import { trainingModule } from './training.module.js';

const API = '/api/training/v1';
const officer: Actor = { clientId: 'operator-1', kind: 'operator', organisation: 'agency', operator: 'officer-1' };
const body = (code: string): Actor => ({ clientId: `municipality-${code}`, kind: 'municipality', organisation: code });
const [town, village] = [body('990019'), body('990027')];
const message = z.object({ messageId: z.string(), recipient: z.string(), kind: z.string(), subject: z.string(), text: z.string(), address: z.string().optional(), takenAt: z.string().nullable() });
const messages = z.object({ items: z.array(message) });
const session = z.object({ sessionId: z.string(), courseId: z.string(), number: z.number(), startsAt: z.string(), endsAt: z.string() });

const learners: AdmittedLearner[] = [
  { enrolmentId: randomUUID(), bodyCode: '990019', person: randomBytes(32), name: '架空太郎', mail: 'taro@shiken.example' },
  { enrolmentId: randomUUID(), bodyCode: '990019', person: randomBytes(32), name: '架空花子', mail: 'hanako@shiken.example' },
  { enrolmentId: randomUUID(), bodyCode: '990027', person: randomBytes(32), name: '見本一郎', mail: 'ichiro@mihon.example' },
];
/** Training whose reminders go to the learners above. */
const module: ContextModule = {
  ...trainingModule,
  build: (platform) => {
    const parts = trainingModule.build(platform);
    const reminders = remindersDaily({ ...shelfOf(platform), learners: { admitted: () => Promise.resolve(learners) } });
    return { ...parts, schedules: [...parts.schedules.filter(({ name }) => name !== reminders.name), reminders] };
  },
};

let estate: TestEstate;
let streams: Awaited<ReturnType<typeof connectStreams>>;
const closed: CloudEvent[] = [];
let held: z.output<typeof session>;

beforeAll(async () => {
  estate = await startEstate([module], { at: new Date('2015-04-10T00:00:00Z') });
  streams = await connectStreams(estate.natsUrl, 'listener');
  streams.connection.subscribe('kiban.training.statistics.>', { callback: (_error, one) => void closed.push(parseCloudEvent(one.string())) });
  await streams.connection.flush();
  await post('/plans/2015/loading', {});
  const place = (code: string, population: number, staff: number) => ({ code, kind: 'MUNICIPALITY', name: code, population, staff });
  expect((await post('/bodies', { bodies: [{ ...place('990019', 120_000, 1_000), coordinatorMail: 'desk@shiken.example' }, place('990027', 8_000, 100), place('011002', 1_900_000, 0)] })).json).toEqual({ bodies: 3 });
  const courses = z.object({ items: z.array(z.object({ courseId: z.string(), code: z.string() })) }).parse((await get('/courses?year=2015', officer)).json).items;
  const found = await get(`/sessions?courseId=${courses.find(({ code }) => code === '0107')?.courseId}`, officer);
  const [first] = z.object({ items: z.array(session) }).parse(found.json).items;
  held = session.parse(first);
  await estate.sql("UPDATE training.session SET state = 'CONFIRMED', published_at = created_at WHERE id = $1", held.sessionId);
});
afterAll(async () => {
  await streams?.connection.close();
  await estate?.stop();
});

const post = (path: string, content: unknown, purpose = 'TRAINING'): Promise<Answer> => estate.request('POST', `${API}${path}`, { as: officer, body: content, purpose });
const get = (path: string, as: Actor, purpose = 'TRAINING'): Promise<Answer> => estate.request('GET', `${API}${path}`, { as, purpose });
const codeOf = ({ status, json }: Answer): string => `${status} ${z.object({ code: z.string() }).parse(json).code}`;
const read = async (as: Actor) => messages.parse((await get('/messages', as)).json).items;
const outgoing = async () => messages.parse((await get('/outgoing-messages', officer)).json).items;
const before = (days: number, hours: number): Date => new Date(Math.floor((new Date(held.startsAt).getTime() + 9 * 3_600_000) / 86_400_000 - days) * 86_400_000 + (hours - 9) * 3_600_000);
const moved = async (schedule: string, since: Date): Promise<void> => {
  await estate.eventually(async () => (await estate.sql('SELECT 1 FROM training.cursor WHERE name = $1 AND moved_at >= $2', `schedule:${schedule}`, since.toISOString())).length > 0);
};
/** An evening with its digests: no digest of it is left for the morning after, where it might come before or after the reminders. */
const evening = async (days: number): Promise<void> => {
  estate.clock.set(before(days, 18));
  await moved('message-digests', before(days, 18));
};

describe('messages (TRN-4.13)', () => {
  it('a learner is reminded 7 days and 1 day before, once each, and by a message that names nobody else', async () => {
    await evening(8);
    estate.clock.set(before(7, 8));
    await moved('message-reminders', before(7, 8));
    expect((await read(town)).map(({ kind, recipient }) => `${kind} ${recipient}`)).toEqual(['REMINDER_7 LEARNER', 'REMINDER_7 LEARNER']);
    const [mine] = await read(village);
    expect(mine?.text).toContain('見本一郎 様\n情報セキュリティ監査セミナー 第1回');
    expect(mine?.text).not.toContain('架空');
    await evening(7);
    await evening(2);
    estate.clock.set(before(1, 8));
    await moved('message-reminders', before(1, 8));
    await estate.sql("UPDATE training.cursor SET value = '', moved_at = '2015-01-01' WHERE name = 'schedule:message-reminders'");
    await moved('message-reminders', before(1, 8));
    expect((await read(village)).filter(({ recipient }) => recipient === 'LEARNER').map(({ kind }) => kind)).toEqual(['REMINDER_1', 'REMINDER_7']);
  });

  it('are read under a purpose, and lie encrypted', async () => {
    expect(codeOf(await estate.request('GET', `${API}/messages`, { as: town }))).toBe('400 PURPOSE_REQUIRED');
    expect(codeOf(await get('/messages', officer))).toBe('403 ACTION_NOT_PERMITTED');
    expect(codeOf(await get('/outgoing-messages', town))).toBe('403 ACTION_NOT_PERMITTED');
    const rows = await estate.sql<{ row: string }>("SELECT encode(content || coalesce(address, ''), 'escape') AS row FROM training.message");
    expect(rows.length).toBeGreaterThan(0);
    for (const { row } of rows) expect(row).not.toMatch(/架空|見本|example|learnerName/);
  });

  it('the coordinator gets a digest in the evening, and the gateway takes each message once', async () => {
    estate.clock.set(before(1, 18));
    const digests = await estate.eventually(async () => { const found = (await read(town)).filter(({ kind }) => kind === 'DIGEST'); return found.length === 2 && found; });
    expect(digests.map(({ text }) => text)).toEqual(['(前日)', '(7日前)'].map((which) => ['架空太郎', '架空花子'].map((name) => `研修開催のご案内 ${which} / 情報セキュリティ監査セミナー / 第1回 / ${name}`).join('\n')));
    await estate.eventually(async () => (await read(village)).filter(({ kind }) => kind === 'DIGEST').length === 2);
    const waiting = await outgoing();
    // The village has left no address: its digest can be read, not sent.
    expect(waiting.map(({ address }) => address).sort()).toEqual(['desk@shiken.example', 'desk@shiken.example', ...learners.flatMap(({ mail }) => [mail, mail])].sort());
    const messageIds = waiting.map(({ messageId }) => messageId);
    expect((await post('/outgoing-messages/receipts', { messageIds })).json).toEqual({ taken: 8 });
    expect((await post('/outgoing-messages/receipts', { messageIds })).json).toEqual({ taken: 0 });
    expect(await outgoing()).toEqual([]);
    expect((await read(town)).every(({ takenAt }) => takenAt !== null)).toBe(true);
  });
});

/** As many enrolments of a body at the session as each state says. */
async function enrol(bodyCode: string, states: Readonly<Record<string, number>>): Promise<void> {
  for (const [state, count] of Object.entries(states)) {
    await estate.sql(
      `INSERT INTO training.enrolment (id, session_id, course_id, application_id, application_size, body_code, person, learner, rank, state, told, applied_at, changed_at)
       SELECT gen_random_uuid(), $1, $2, gen_random_uuid(), 1, $3, sha256(gen_random_uuid()::text::bytea), '', 1, $4, 1, now(), now() FROM generate_series(1, $5)`,
      held.sessionId, held.courseId, bodyCode, state, count,
    );
  }
}

const series = { series: 'SECURITY', isExtra: false };

describe('statistics (TRN-4.10)', () => {
  it('a month is closed once, on the first of the next, with extra sessions apart and small counts withheld', async () => {
    await enrol('990019', { COMPLETED: 20, INCOMPLETE: 5, ABSENT: 5, REJECTED: 10 });
    await enrol('990027', { CERTIFIED: 2, ABSENT: 1, WITHDRAWN: 1 });
    await estate.sql("UPDATE training.session SET state = 'HELD' WHERE id = $1", held.sessionId);
    const extra = { courseId: held.courseId, number: 9, capacity: 30, roomPlaces: 40, selection: 'FCFS', venue: '那覇会場', prefecture: '47', isExtra: true };
    const day = held.startsAt.slice(0, 8);
    const dates = { windowOpensAt: `${day}01T00:00:00Z`, windowClosesAt: `${day}02T00:00:00Z`, resultOn: `${day}02`, startsAt: `${day}20T01:00:00Z`, endsAt: `${day}20T08:00:00Z` };
    expect((await post('/sessions', { ...extra, ...dates })).status).toBe(201);
    const month = held.startsAt.slice(0, 7);
    const firstOfNext = new Date(Date.UTC(Number(month.slice(0, 4)), Number(month.slice(5)), 1) - 6 * 3_600_000);
    estate.clock.set(firstOfNext);
    const report = monthTable.parse(await estate.eventually(async () => { const answer = await get(`/statistics/months/${month}`, town); return answer.status === 200 && answer.json; }));
    expect(report.seminars.find(({ series: of, isExtra }) => of === 'SECURITY' && !isExtra)).toMatchObject({ ...series, held: 1, applications: 44, admitted: 33, absent: 6, attended: 27, completed: 22, noShow: 18.2, completion: 81.5 });
    expect(report.seminars.find(({ isExtra }) => isExtra)).toMatchObject({ series: 'SECURITY', planned: 1, held: 0, capacity: 30, admitted: 0, fill: 0 });
    const event = await estate.eventually(() => Promise.resolve(closed.find(({ subject }) => subject === month)));
    expect(z.object({ table: monthTable }).parse(event.data).table).toEqual(report);

    await enrol('011002', { COMPLETED: 3 });
    await estate.sql("UPDATE training.cursor SET value = $1, moved_at = '2015-01-01' WHERE name = 'schedule:statistics-month'", month.slice(0, 5) + String(Number(month.slice(5)) - 1).padStart(2, '0'));
    await moved('statistics-month', firstOfNext);
    expect(monthTable.parse((await get(`/statistics/months/${month}`, town)).json)).toEqual(report);
    expect(codeOf(await get('/statistics/months/2014-03', town))).toBe('404 NOT_FOUND');
  });

  it('of a year by size of bodies and by region; a body sees its own people, however few', async () => {
    expect((await get('/statistics/years/2015/own', village)).json).toEqual({ bodyCode: '990027', applications: 4, admitted: 3, absent: 1, attended: 2, completed: 2 });
    const groups = z.object({ items: z.array(z.looseObject({ sizeClass: z.string().optional(), prefecture: z.string().optional() })) });
    const classes = groups.parse((await get('/statistics/years/2015/size-classes', village)).json).items;
    expect(classes.find(({ sizeClass }) => sizeClass === 'UP_TO_30K')).toMatchObject({ bodies: 1, covered: 1, coverage: 100, admitted: null, attended: null, completed: null });
    expect(classes.find(({ sizeClass }) => sizeClass === 'OVER_100K')).toMatchObject({ bodies: 1, applications: 40, admitted: 30, completed: 20 });
    const regions = groups.parse((await get('/statistics/years/2015/regional-balance', village)).json).items;
    expect(regions).toHaveLength(48);
    expect(regions.find(({ prefecture }) => prefecture === '47')).toMatchObject({ sessions: 1, places: 30, bodies: 0, admitted: 0, admittedPerThousandStaff: null });
    // Hokkaido's three are withheld, and with them the one other count, which the sum would tell them by.
    expect(regions.find(({ prefecture }) => prefecture === '01')).toMatchObject({ bodies: 1, admitted: null, placesPerThousandStaff: null });
    expect(regions.find(({ prefecture }) => prefecture === '99')).toMatchObject({ bodies: 2, covered: 2, admitted: null });
  });

  it('neighbours ask for a year by gRPC, and get what REST says', async () => {
    const peers = new Peers(estate.config, { token: () => estate.token({ clientId: 'svc-governance', kind: 'service', organisation: 'governance' }) });
    const year = await peers.call(yearlyStatistics, { correlationId: 'test-1' }, { fiscalYear: 2015 });
    peers.close();
    expect(yearlyStatistics.output.parse((await get('/statistics/years/2015', town)).json)).toEqual(year);
    expect(year.bodyCoverage).toBe(0.2);
    expect(year.seminars.filter(({ isExtra }) => !isExtra).map(({ series: of, planned, capacity }) => [of, planned, capacity])).toEqual([
      ['NUMBER_SYSTEM', 11, 916], ['SECURITY', 4, 204], ['SMALL_BODY', 4, 216], ['SYSTEMATIC', 19, 1_154],
    ]);
  });
});
