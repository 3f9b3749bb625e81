import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { registrationCompleted } from '#contracts/training';
import { bodyOf, CHIYODA, codeOf, ElearningEstate, first, HIMEJI, lastTold, type Player, SAPPORO, TWO_UNITS } from './elearning.fixture.js';
import { auXml, cmi5Xml, renamed, scormXml, zipOf } from './package/package.fixture.js';
import { LEARNER_COLUMNS } from './registration/learner-list.js';

let e: ElearningEstate;
beforeAll(async () => {
  e = await ElearningEstate.start();
});
afterAll(() => e?.estate.stop());

const shares = async (courseId: string) => {
  const { json } = await e.get(`/courses/${courseId}/elearning`, first);
  const { pool, shares: all } = z.object({ pool: z.object({ places: z.int(), taken: z.int() }), shares: z.array(z.object({ places: z.int(), taken: z.int() })) }).parse(json);
  return `${all.map(({ taken, places }) => `${taken}/${places}`).join(' ')} + ${pool.taken}/${pool.places}`;
};
const list = (text: string, encoding = 'UTF-8', as = bodyOf(SAPPORO)) =>
  e.estate.request('POST', `/api/training/v1/registrations/list?fiscalYear=2015&encoding=${encoding}`, { as, purpose: 'TRAINING', headers: { 'content-type': 'text/csv' }, body: text });

describe('registrations (TRN-3.4, 4.2)', () => {
  it('by shares, then from the common pool; places come back', async () => {
    const { courseId } = await e.offer(TWO_UNITS);
    expect(await shares(courseId)).toBe('0/66 0/21 0/13 + 0/0');
    expect(codeOf(await e.post(`/courses/${courseId}/elearning`, first, { packageId: crypto.randomUUID(), floor: 1 }))).toBe('404 NOT_FOUND');
    const registered = await Promise.all(Array.from({ length: 20 }, (_, n) => e.register(courseId, HIMEJI, `H-${n}`)));
    expect(registered.map(codeOf).sort()).toEqual([...Array(13).fill('201'), ...Array(7).fill('409 POOL_EMPTY')]);
    expect(codeOf(await e.register(courseId, HIMEJI, 'H-0', first))).toMatch(/^409 (ALREADY_ACTIVE|POOL_EMPTY)$/);
    expect(codeOf(await e.register(courseId, SAPPORO, 'S-1', bodyOf(HIMEJI)))).toBe('404 NOT_FOUND');
    expect(await shares(courseId)).toBe('0/66 0/21 13/13 + 0/0');
    e.estate.clock.set(new Date('2015-11-01T00:00:00Z'));
    // The mid-point is 31 October, noon of Japan less half a day.
    expect(codeOf(await e.register(courseId, HIMEJI, 'H-30'))).toBe('201');
    expect(await shares(courseId)).toBe('0/0 0/0 13/13 + 1/87');
    const id = await e.registered(courseId, CHIYODA, 'C-1');
    expect(codeOf(await e.post(`/registrations/${id}/withdrawal`, bodyOf(CHIYODA), {}))).toBe('200');
    expect(codeOf(await e.post(`/registrations/${id}/withdrawal`, bodyOf(CHIYODA), {}))).toBe('409 NOT_IN_STATE');
    expect(await shares(courseId)).toBe('0/0 0/0 13/13 + 1/87');
    const [{ id: own } = { id: '' }] = await e.estate.sql<{ id: string }>('SELECT id FROM training.elearning_registration WHERE course_id = $1 AND NOT is_from_pool LIMIT 1', courseId);
    expect(codeOf(await e.post(`/registrations/${own}/withdrawal`, bodyOf(HIMEJI), {}))).toBe('200');
    expect(await shares(courseId)).toBe('0/0 0/0 12/12 + 1/88');
    e.estate.clock.set(new Date('2015-12-01T00:00:00Z'));
    expect(codeOf(await e.register(courseId, SAPPORO, 'S-9'))).toBe('409 EXPIRED');
    await e.estate.eventually(async () => (await e.estate.sql("SELECT 1 FROM training.elearning_registration WHERE course_id = $1 AND state = 'REGISTERED'", courseId)).length === 0);
    e.estate.clock.set(new Date('2015-10-05T01:00:00Z'));
  });

  it('by a list: good rows, and each bad one with its reason; the same list again changes nothing; names are sealed', async () => {
    const { courseId, code } = await e.offer(TWO_UNITS, { floor: 0 });
    const rows = [`${SAPPORO},L-1,山田,ヤマダ,a@example.jp,${code}`, `${SAPPORO},L-1,山田,ヤマダ,a@example.jp,${code}`, `${HIMEJI},L-2,田中,タナカ,a@example.jp,${code}`, `${SAPPORO},L-3,佐藤,さとう,a@example.jp,${code}`, `${SAPPORO},L-4,鈴木,スズキ,a@example.jp,9999`];
    const text = [LEARNER_COLUMNS.join(), ...rows, ''].join('\r\n');
    const outcome = async () => z.object({ registered: z.int(), rows: z.array(z.object({ line: z.int(), code: z.string().optional() })) }).parse((await list(text)).json);
    const codes = [undefined, 'ALREADY_ACTIVE', 'NOT_FOUND', 'KANA', 'NOT_FOUND'];
    expect(await outcome()).toEqual({ registered: 1, rows: codes.map((reason, at) => ({ line: at + 2, ...(reason === undefined ? {} : { code: reason }) })) });
    expect((await outcome()).registered).toBe(0);
    expect(codeOf(await list(text, 'EBCDIC'))).toBe('400 INVALID_INPUT');
    expect(codeOf(await list('x', 'UTF-8'))).toBe('422 FILE_MALFORMED');
    const { json } = await e.get(`/registrations?courseId=${courseId}&bodyCode=${SAPPORO}`, bodyOf(SAPPORO));
    expect(z.object({ items: z.array(z.looseObject({ nameKanji: z.string() })) }).parse(json).items.map(({ nameKanji }) => nameKanji)).toEqual(['山田']);
    expect(codeOf(await e.get(`/registrations?courseId=${courseId}&bodyCode=${SAPPORO}`, bodyOf(HIMEJI)))).toBe('404 NOT_FOUND');
    const [row] = await e.estate.sql<{ name_kanji: Buffer }>('SELECT name_kanji FROM training.elearning_registration WHERE course_id = $1', courseId);
    expect(row?.name_kanji.includes('山田')).toBe(false);
  });
});

describe('packages (TRN-4.6, 7)', () => {
  it('are taken in once, refused before extraction, and served to a launch alone, by ETag', async () => {
    const { courseId } = await e.course();
    const zip = await zipOf(TWO_UNITS);
    const packageIdOf = async () => z.object({ packageId: z.string(), units: z.array(z.object({ publisherId: z.string() })) }).parse((await e.upload(courseId, zip)).json);
    const [once, again] = [await packageIdOf(), await packageIdOf()];
    expect(once).toEqual(again);
    expect(once.units).toHaveLength(2);
    expect(codeOf(await e.upload(courseId, renamed(zip, 'one.html', '../.html')))).toBe('422 UNSAFE_PATH');
    expect(codeOf(await e.upload(courseId, await zipOf({ 'cmi5.xml': cmi5Xml(auXml('x')) })))).toBe('422 BAD_MANIFEST');
    expect(await e.estate.sql('SELECT 1 FROM training.learning_package WHERE course_id = $1', courseId)).toHaveLength(1);
    await e.post(`/courses/${courseId}/elearning`, first, { packageId: once.packageId, floor: 1 });
    const player = await e.launched(await e.registered(courseId, SAPPORO, 'P-1'), 0);
    const { origin, pathname } = player.url;
    const page = await e.estate.request('GET', pathname, { as: 'nobody' });
    expect([page.status, page.headers.get('content-type'), page.headers.get('content-security-policy')?.includes("frame-ancestors 'self'"), page.bytes.toString()]).toEqual([200, 'text/html', true, '<!doctype html><title>1</title>']);
    expect((await e.estate.request('GET', pathname, { as: 'nobody', headers: { 'if-none-match': page.headers.get('etag') ?? '' } })).status).toBe(304);
    expect(codeOf(await e.estate.request('GET', pathname.replace('one.html', 'cmi5.xm'), { as: 'nobody' }))).toBe('404 NOT_FOUND');
    expect(codeOf(await e.estate.request('GET', pathname.replace(/launched\/.{32}/, `launched/${'x'.repeat(32)}`), { as: 'nobody' }))).toBe('401 UNAUTHENTICATED');
    expect(origin).toBe('http://issuer.test');
  });
});

describe('launch and statements (TRN-4.6)', () => {
  it('a course from the launch to its completion: what content states, what we state, one event', async () => {
    const { courseId, code } = await e.offer(TWO_UNITS);
    const id = await e.registered(courseId, SAPPORO, 'L-1');
    e.estate.clock.set(new Date('2015-09-20T01:00:00Z'));
    expect(codeOf(await e.launch(id, 0))).toBe('409 NOT_STARTED_YET');
    e.estate.clock.set(new Date('2015-10-05T01:00:00Z'));
    expect(codeOf(await e.launch(id, 0, HIMEJI))).toBe('404 NOT_FOUND');
    expect(codeOf(await e.launch(id, 7))).toBe('404 NOT_FOUND');
    const one = await e.launched(id, 0);
    expect([...one.url.searchParams.keys()]).toEqual(['endpoint', 'fetch', 'actor', 'registration', 'activityId']);
    expect(await e.state(id)).toBe('STARTED');
    const again = await e.estate.request('POST', new URL(one.url.searchParams.get('fetch') ?? '').pathname, { as: 'nobody' });
    expect([again.status, again.json]).toEqual([200, { 'error-code': '1', 'error-text': expect.any(String) }]);
    expect(await one.launchData()).toMatchObject({ launchMode: 'Normal', moveOn: 'CompletedAndPassed', masteryScore: 0.8, contextTemplate: { extensions: { 'https://w3id.org/xapi/cmi5/context/extensions/sessionid': one.sessionId } } });
    expect(await one.say('completed', 'initialized', 'initialized', 'completed', 'passed', 'failed', 'terminated', 'terminated')).toBe(
      '403 STATEMENT_REFUSED, 200, 403 STATEMENT_REFUSED, 200, 200, 403 STATEMENT_REFUSED, 200, 403 STATEMENT_REFUSED',
    );
    const two = await e.launched(id, 1);
    expect(await two.say('initialized', 'completed', 'terminated')).toBe('200, 200, 200');
    expect(await e.stated(id)).toBe('launched initialized completed passed terminated launched initialized completed satisfied satisfied terminated');
    expect(await e.state(id)).toBe('COMPLETED');
    const certified = () => e.estate.sql<{ no: string; session_no: number; state: string }>("SELECT no, session_no, state FROM training.certificate WHERE subject_kind = 'REGISTRATION' AND subject_id = $1", id);
    const [certificate] = await e.estate.eventually(async () => ((await certified()).length > 0 ? certified() : undefined));
    expect([certificate?.session_no, certificate?.state, certificate?.no.slice(0, 10)]).toEqual([0, 'ISSUED', `2015${code}00`]);
    expect(await e.estate.sql("SELECT 1 AS told FROM training.message WHERE kind = 'CERTIFICATE' AND reference = $1", certificate?.no)).toHaveLength(1);
    const { subject, data } = await lastTold(e.estate, registrationCompleted);
    expect([subject, data]).toEqual([id, { registrationId: id, courseCode: code, fiscalYear: 2015, bodyCode: SAPPORO, at: expect.any(String) }]);
    const done = { completed: true, passed: false, waived: false, satisfied: true };
    expect(await e.progress(id)).toMatchObject({ courseCode: code, state: 'COMPLETED', isSatisfied: true, units: [{ ...done, au: 0, passed: true, score: 0.9 }, { ...done, au: 1 }] });
    const review = await e.launched(id, 0);
    expect(await review.say('initialized', 'passed', 'terminated')).toBe('200, 403 STATEMENT_REFUSED, 200');
  });

  it('a statement is stored once: the same again is done, another of its id is a conflict of which both digests stay; what is of another is refused', async () => {
    const { courseId } = await e.offer(TWO_UNITS);
    const [mine, other] = [await e.launched(await e.registered(courseId, SAPPORO, 'S-1'), 0), await e.launched(await e.registered(courseId, SAPPORO, 'S-2'), 0)];
    const id = crypto.randomUUID();
    const statement = await mine.statement('initialized', { id });
    const put = (body: object, player = mine) => player.call('PUT', `/xapi/statements?statementId=${id}`, body);
    expect(codeOf(await put(statement))).toBe('204');
    expect(codeOf(await put(statement))).toBe('204');
    expect(codeOf(await mine.call('POST', '/xapi/statements', statement))).toBe('200');
    expect(codeOf(await put({ ...statement, timestamp: '2015-10-05T02:00:00Z' }))).toBe('409 STATEMENT_CONFLICT');
    const facts = await e.estate.sql<{ facts: object }>("SELECT entry::jsonb -> 'facts' AS facts FROM training.audit_line WHERE entry::jsonb ->> 'object' = $1 AND entry::jsonb -> 'facts' ->> 'refused' = 'STATEMENT_CONFLICT'", `session:${mine.sessionId}`);
    expect(facts).toEqual([{ facts: expect.objectContaining({ stored: expect.stringMatching(/^[0-9a-f]{64}$/), sent: expect.stringMatching(/^[0-9a-f]{64}$/) }) }]);
    expect(codeOf(await other.call('POST', '/xapi/statements', await mine.statement('terminated')))).toBe('403 STATEMENT_REFUSED');
    const refused = await e.estate.sql<{ code: string }>("SELECT entry::jsonb -> 'facts' ->> 'refused' AS code FROM training.audit_line WHERE entry::jsonb ->> 'object' = $1 AND entry::jsonb -> 'facts' ? 'refused'", `session:${other.sessionId}`);
    expect(refused).toEqual([{ code: 'STATEMENT_REFUSED' }]);
    expect(codeOf(await mine.call('POST', '/xapi/statements', { ...statement, id: crypto.randomUUID(), more: 1 }))).toBe('400 INVALID_INPUT');
    expect(codeOf(await mine.call('POST', '/xapi/statements', '{', { 'content-type': 'application/json' }))).toBe('400 INVALID_INPUT');
    const without = await mine.call('POST', '/xapi/statements', statement, { 'x-experience-api-version': '' });
    expect([codeOf(without), without.headers.get('x-experience-api-version')]).toEqual(['400 XAPI_VERSION', '1.0.3']);
    expect(codeOf(await e.estate.request('POST', '/api/training/v1/xapi/statements', { as: bodyOf(SAPPORO), body: statement, headers: { 'x-experience-api-version': '1.0.3' } }))).toBe('401 UNAUTHENTICATED');
    const got = await mine.call('GET', `/xapi/statements?statementId=${id}`);
    expect(got.json).toMatchObject({ id, version: '1.0.3', stored: expect.any(String), actor: mine.actor });
    expect(codeOf(await other.call('GET', `/xapi/statements?statementId=${id}`))).toBe('404 NOT_FOUND');
    const page = z.object({ statements: z.array(z.looseObject({ id: z.string() })), more: z.string() });
    const newest = page.parse((await mine.call('GET', '/xapi/statements?limit=1')).json);
    expect([newest.statements.map((one) => one.id), page.parse((await mine.call('GET', newest.more.replace('/api/training/v1', ''))).json).statements.length]).toEqual([[id], 1]);
    expect(page.parse((await mine.call('GET', `/xapi/statements?verb=${encodeURIComponent('http://adlnet.gov/expapi/verbs/launched')}`)).json).statements).toHaveLength(1);
    expect((await mine.call('GET', '/xapi/about')).json).toEqual({ version: ['1.0.3'], extensions: {} });
    expect(await e.estate.sql("SELECT has_table_privilege('kiban_training_app', 'training.statement', 'UPDATE, DELETE') AS may")).toEqual([{ may: false }]);
  });

  it('what many state at once is taken in together, in each session by its order, and one refusal or clash of ids is nobody else\'s', async () => {
    const { courseId } = await e.offer({ 'cmi5.xml': cmi5Xml(auXml('one', { attributes: 'moveOn="Completed"' })), 'one.html': '' });
    const ids = await Promise.all(['J-1', 'J-2', 'J-3', 'J-4'].map((staffNo) => e.registered(courseId, SAPPORO, staffNo)));
    const [one, two, three, four] = await Promise.all(ids.map((id) => e.launched(id, 0)));
    if (one === undefined || two === undefined || three === undefined || four === undefined) throw new Error('four were launched');
    const stated = async (player: Player, ...verbs: ('initialized' | 'completed')[]) => Promise.all(verbs.map((verb) => player.statement(verb)));
    const [own, foreign, early, [first]] = await Promise.all([stated(one, 'initialized', 'completed'), stated(two, 'initialized'), stated(three, 'completed'), stated(four, 'initialized')]);
    const calls: [Player, unknown][] = [[one, own[0]], [one, own[1]], [two, foreign], [two, foreign], [three, early], [four, first], [four, { ...first, timestamp: '2015-10-05T02:00:00Z' }]];
    const answers = await Promise.all(calls.map(([player, body]) => player.call('POST', '/xapi/statements', body)));
    const codes = answers.map(codeOf);
    expect([codes.slice(2, 5), codes.slice(5).sort()]).toEqual([['200', '200', '403 STATEMENT_REFUSED'], ['200', '409 STATEMENT_CONFLICT']]);
    // Calls of one session at once have no order of their own: what came too early is refused, and said again.
    for (const [index, body] of own.entries()) if (codes[index] !== '200') expect(codeOf(await one.call('POST', '/xapi/statements', body))).toBe('200');
    expect(await Promise.all(ids.map((id) => e.stated(id)))).toEqual(['launched initialized completed satisfied', 'launched initialized', 'launched', 'launched initialized']);
    const lines = await e.estate.sql<{ object: string; done: number }>(
      "SELECT entry::jsonb ->> 'object' AS object, count(*)::int AS done FROM training.audit_line WHERE entry::jsonb -> 'facts' ? 'statements' AND entry::jsonb ->> 'object' = ANY ($1) GROUP BY 1",
      [one, two, three, four].map(({ sessionId }) => `session:${sessionId}`),
    );
    expect(new Map(lines.map(({ object, done }) => [object.slice(8), done]))).toEqual(new Map([[one.sessionId, 2], [two.sessionId, 2], [four.sessionId, 1]]));
  });

  it('documents of state and profile: conditions by ETag, merging, and what is ours', async () => {
    const { courseId } = await e.offer(TWO_UNITS);
    const player = await e.launched(await e.registered(courseId, SAPPORO, 'D-1'), 0);
    const state = (method: string, body?: unknown, headers: Record<string, string> = {}, id: string | undefined = 'bookmark') => player.call(method, `/xapi/activities/state?${player.stateQuery(id)}`, body, headers);
    const text = { 'content-type': 'text/plain' };
    expect(codeOf(await state('GET'))).toBe('404 NOT_FOUND');
    expect(codeOf(await state('PUT', 'page 1', text))).toBe('204');
    const read = await state('GET');
    const etag = read.headers.get('etag') ?? '';
    expect([read.bytes.toString(), read.headers.get('content-type'), read.headers.get('x-experience-api-version')]).toEqual(['page 1', 'text/plain', '1.0.3']);
    expect(codeOf(await state('PUT', 'page 2', { ...text, 'if-none-match': '*' }))).toBe('412 DOCUMENT_CHANGED');
    expect(codeOf(await state('PUT', 'page 2', { ...text, 'if-match': etag }))).toBe('204');
    expect(codeOf(await state('PUT', 'page 3', { ...text, 'if-match': etag }))).toBe('412 DOCUMENT_CHANGED');
    expect(codeOf(await state('POST', { a: 1 }))).toBe('400 INVALID_INPUT');
    await state('POST', { a: 1, b: 1 }, {}, 'json');
    await state('POST', { b: 2 }, {}, 'json');
    expect((await state('GET', undefined, {}, 'json')).json).toEqual({ a: 1, b: 2 });
    expect((await player.call('GET', `/xapi/activities/state?${player.stateQuery()}`)).json).toEqual(['LMS.LaunchData', 'bookmark', 'json']);
    expect(codeOf(await state('PUT', '{}', {}, 'LMS.LaunchData'))).toBe('403 DOCUMENT_READ_ONLY');
    expect(codeOf(await player.call('DELETE', `/xapi/activities/state?${player.stateQuery()}`))).toBe('204');
    expect((await player.call('GET', `/xapi/activities/state?${player.stateQuery()}`)).json).toEqual(['LMS.LaunchData']);
    const stranger = player.stateQuery('x').replace(player.registration, crypto.randomUUID());
    expect(codeOf(await player.call('GET', `/xapi/activities/state?${stranger}`))).toBe('403 STATEMENT_REFUSED');
    const profile = (method: string, headers: Record<string, string> = {}) => player.call(method, `/xapi/agents/profile?agent=${encodeURIComponent(JSON.stringify(player.actor))}&profileId=cmi5LearnerPreferences`, method === 'GET' ? undefined : { audioPreference: 'off' }, headers);
    expect([codeOf(await profile('GET')), codeOf(await profile('PUT')), codeOf(await profile('PUT')), codeOf(await profile('PUT', { 'if-match': '*' }))]).toEqual(['404 NOT_FOUND', '204', '409 DOCUMENT_CONDITION_MISSING', '204']);
    const chance = await Promise.all(Array.from({ length: 8 }, () => state('PUT', 'first', { ...text, 'if-none-match': '*' }, 'race')));
    expect(chance.map(codeOf).sort()).toEqual(['204', ...Array(7).fill('412 DOCUMENT_CHANGED')]);
  });

  it('a new launch abandons the old one, silence does after 30 minutes; a unit may be waived; outside of the period nothing counts', async () => {
    const { courseId } = await e.offer(TWO_UNITS);
    const id = await e.registered(courseId, SAPPORO, 'A-1');
    const old = await e.launched(id, 0);
    expect(await old.say('initialized')).toBe('200');
    const now = await e.launched(id, 0);
    expect(await old.say('completed')).toBe('403 STATEMENT_REFUSED');
    expect(await now.say('initialized')).toBe('200');
    e.estate.clock.set(new Date('2015-10-05T03:00:00Z'));
    await e.estate.eventually(async () => (await e.stated(id)).endsWith('abandoned'));
    expect(await e.stated(id)).toBe('launched initialized abandoned launched initialized abandoned');
    expect(codeOf(await e.post(`/registrations/${id}/waivers`, bodyOf(SAPPORO), { au: 0, reason: 'Administrative' }))).toBe('403 ACTION_NOT_PERMITTED');
    expect((await e.post(`/registrations/${id}/waivers`, first, { au: 0, reason: 'Administrative' })).json).toEqual({ isSatisfied: false });
    expect((await e.post(`/registrations/${id}/waivers`, first, { au: 0, reason: 'Administrative' })).json).toEqual({ isSatisfied: false });
    e.estate.clock.set(new Date('2015-11-30T14:50:00Z'));
    const last = await e.launched(id, 1);
    expect(await last.say('initialized')).toBe('200');
    e.estate.clock.set(new Date('2015-11-30T15:05:00Z'));
    expect(await last.say('completed')).toBe('200');
    expect(await e.state(id)).not.toBe('COMPLETED');
    expect(await e.estate.sql("SELECT counts FROM training.statement WHERE registration_id = $1 AND verb LIKE '%completed'", id)).toEqual([{ counts: false }]);
    expect(codeOf(await e.launch(id, 1))).toBe('409 EXPIRED');
    e.estate.clock.set(new Date('2015-10-06T01:00:00Z'));
  });
});

describe('SCORM (TRN-4.6, 7)', () => {
  const item = '<item identifier="i1" identifierref="r1"><title>導入</title><adlcp:masteryscore>80</adlcp:masteryscore></item>';
  const commit = (player: Player, values: Record<string, string>, isOver = false, overlong: string[] = []) => player.call('POST', '/scorm/runtime', { values, isOver, overlong });

  it('1.2: commits become statements, data resumes, what is too long is refused and flags the package', async () => {
    const { courseId, packageId } = await e.offer({ 'imsmanifest.xml': scormXml('1.2', item), 'index.html': '<!doctype html>' });
    const id = await e.registered(courseId, SAPPORO, 'SC-1');
    const player = await e.launched(id, 0);
    expect(player.url.pathname.endsWith('/player/index.html')).toBe(true);
    for (const file of ['index.html', 'player.js', 'player.css', 'scorm12.js', 'scorm2004.js']) expect((await e.estate.request('GET', player.url.pathname.replace('index.html', file), { as: 'nobody' })).status).toBe(200);
    expect((await player.call('GET', '/scorm/runtime')).json).toMatchObject({ edition: 'SCORM_12', address: 'index.html', values: { 'cmi.core.entry': 'ab-initio', 'cmi.student_data.mastery_score': '80' }, limits: { error: 405 } });
    expect((await commit(player, { 'cmi.suspend_data': 'x'.repeat(5_000) }, false, ['cmi.suspend_data'])).json).toEqual({ result: 'false', errorCode: 405 });
    expect(await e.estate.sql('SELECT overlong_values AS values FROM training.learning_package WHERE id = $1', packageId)).toEqual([{ values: 2 }]);
    const values = { 'cmi.core.lesson_status': 'completed', 'cmi.core.score.raw': '15', 'cmi.core.score.max': '20', 'cmi.suspend_data': 'page=3', 'cmi.core.exit': 'suspend' };
    expect((await commit(player, values)).json).toEqual({ result: 'true', errorCode: 0 });
    expect(await e.stated(id)).toBe('launched initialized completed');
    await commit(player, values, true);
    expect(codeOf(await commit(player, values))).toBe('403 STATEMENT_REFUSED');
    expect(await e.stated(id)).toBe('launched initialized completed failed terminated');
    const second = await e.launched(id, 0);
    expect((await second.call('GET', '/scorm/runtime')).json).toMatchObject({ values: { 'cmi.suspend_data': 'page=3', 'cmi.core.entry': 'resume' } });
    await commit(second, { ...values, 'cmi.core.score.raw': '16' });
    expect(await e.state(id)).toBe('COMPLETED');
    expect(await e.stated(id)).toBe('launched initialized completed failed terminated launched initialized passed satisfied');
  });

  it('2004 content that never finishes is closed after 30 minutes, its last status kept', async () => {
    const { courseId } = await e.offer({ 'imsmanifest.xml': scormXml('2004 4th Edition', '<item identifier="i1" identifierref="r1"><title>導入</title></item>'), 'index.html': '<!doctype html>' });
    const id = await e.registered(courseId, SAPPORO, 'SC-2');
    const player = await e.launched(id, 0);
    await commit(player, { 'cmi.completion_status': 'incomplete', 'cmi.success_status': 'failed', 'cmi.score.scaled': '0.4' });
    expect(await e.stated(id)).toBe('launched initialized');
    e.estate.clock.set(new Date('2015-10-06T02:00:00Z'));
    await e.estate.eventually(async () => (await e.stated(id)).endsWith('abandoned'));
    expect(await e.stated(id)).toBe('launched initialized failed abandoned');
  });
});

describe('tests (TRN-4.7)', () => {
  const options = ['A', 'B', 'C', 'D'].map((code) => ({ code, text: `選択肢${code}` }));
  const items = [
    { itemId: 'm1', topic: 'law', points: 1, question: '正しいものをすべて選ぶ', options, key: { kind: 'MULTIPLE', right: ['A', 'C', 'D'] } },
    { itemId: 'n1', topic: 'basics', points: 1, question: '値を答える', options: [], key: { kind: 'NUMBER', value: 8, tolerance: 0 } },
    { itemId: 'n2', topic: 'basics', points: 1, question: '値を答える', options: [], key: { kind: 'NUMBER', value: 8, tolerance: 0 } },
  ];
  const paper = z.object({ attemptId: z.string(), number: z.int(), items: z.array(z.object({ itemId: z.string(), options: z.array(z.object({ code: z.string() })), answer: z.array(z.string()).nullable() })) });

  it('three attempts, the best one counts, with answers saved at each step, under the clock; a pass completes the course', async () => {
    const { courseId } = await e.course();
    const created = (body: object) => e.post('/assessments', first, { courseId, title: '確認テスト', passScore: 0.8, limitMinutes: 30, drawn: { law: 1, basics: 1 }, items, ...body });
    expect(codeOf(await created({ drawn: { law: 2 } }))).toBe('422 ITEMS_INVALID');
    expect(codeOf(await created({ items: [{ ...items[0], key: { kind: 'SINGLE', right: 'E' } }] }))).toBe('422 ITEMS_INVALID');
    const { assessmentId } = z.object({ assessmentId: z.string() }).parse((await created({})).json);
    await e.offer({ 'cmi5.xml': cmi5Xml(auXml('one', { attributes: 'moveOn="NotApplicable"' })), 'one.html': '' }, { courseId, assessmentId });
    const id = await e.registered(courseId, SAPPORO, 'T-1');
    await e.launched(id, 0);
    expect(await e.state(id)).toBe('STARTED');
    const body = bodyOf(SAPPORO);
    const open = async () => paper.parse((await e.post('/attempts', body, { registrationId: id })).json);
    const answer = (attemptId: string, itemId: string, given: string[]) => e.estate.request('PUT', `/api/training/v1/attempts/${attemptId}/answers/${itemId}`, { as: body, purpose: 'TRAINING', body: { answer: given } });
    const submit = (attemptId: string) => e.post(`/attempts/${attemptId}/submission`, body, {});
    const one = await open();
    expect(await open()).toEqual(one);
    expect(one.items.map(({ itemId }) => itemId.charAt(0)).sort()).toEqual(['m', 'n']);
    expect(one.items.find(({ itemId }) => itemId === 'm1')?.options.map(({ code }) => code).sort()).toEqual(['A', 'B', 'C', 'D']);
    const number = one.items.find(({ itemId }) => itemId !== 'm1')?.itemId ?? '';
    await answer(one.attemptId, number, ['7']);
    await answer(one.attemptId, 'm1', ['A', 'C']);
    expect(codeOf(await answer(one.attemptId, 'zz', ['A']))).toBe('404 NOT_FOUND');
    expect(codeOf(await e.get(`/attempts/${one.attemptId}`, bodyOf(HIMEJI)))).toBe('404 NOT_FOUND');
    const graded = z.object({ score: z.number(), isPassed: z.boolean() }).parse((await submit(one.attemptId)).json);
    expect([graded.score, graded.isPassed]).toEqual([expect.closeTo(1 / 3, 5), false]);
    expect(codeOf(await submit(one.attemptId))).toBe('409 NOT_IN_STATE');
    const two = await open();
    await answer(two.attemptId, 'm1', ['A', 'C', 'D']);
    e.estate.clock.set(new Date('2015-10-06T02:31:00Z'));
    expect(codeOf(await answer(two.attemptId, 'm1', ['B']))).toMatch(/^409 (TIME_OVER|NOT_IN_STATE)$/);
    await e.estate.eventually(async () => (await e.estate.sql("SELECT 1 FROM training.assessment_attempt WHERE id = $1 AND state = 'GRADED' AND score = 0.5", two.attemptId)).length === 1);
    await submit((await open()).attemptId);
    expect(codeOf(await e.post('/attempts', body, { registrationId: id }))).toBe('409 LIMIT_REACHED');
    e.estate.clock.set(new Date('2015-10-07T02:35:00Z'));
    const four = await open();
    for (const { itemId } of four.items) await answer(four.attemptId, itemId, itemId === 'm1' ? ['A', 'C', 'D'] : ['8']);
    expect((await submit(four.attemptId)).json).toEqual({ score: 1, isPassed: true });
    expect(await e.state(id)).toBe('COMPLETED');
    const statistics = z.object({ items: z.array(z.object({ itemId: z.string(), answers: z.int(), difficulty: z.number().nullable() })) }).parse((await e.get(`/assessments/${assessmentId}/statistics`, first)).json);
    expect(statistics.items.find(({ itemId }) => itemId === 'm1')).toMatchObject({ answers: 4, difficulty: expect.closeTo((2 / 3 + 1 + 0 + 1) / 4, 5) });
  });
});
