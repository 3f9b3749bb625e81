import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { API, body, codeIn, codeOf, first, learner, SOUND, TrainingDesk } from '../enrolment/enrolment.fixture.js';

let desk: TrainingDesk;

beforeAll(async () => {
  desk = await TrainingDesk.open(20);
});

afterAll(async () => {
  await desk?.stop();
});

const token = async (enrolmentId: string, n: number): Promise<string> => z.object({ token: z.string() }).parse((await desk.get(`/enrolments/${enrolmentId}/door-token`, body(n))).json).token;
const evidence = (enrolmentId: string, what: string, as = first) => desk.post(`/enrolments/${enrolmentId}/evidence`, { evidence: what }, as);

describe('attendance and completion (TRN-4.5, 7)', () => {
  it('by token at the door, by the list of the staff, and what follows from it', async () => {
    const session = await desk.accepting({ capacity: 10 }, await desk.course({ completionRule: 'ATTENDANCE_80_TEST' }));
    const ids: string[] = [];
    for (const n of [1, 2, 3, 4]) ids.push(await desk.enrolled(session, n));
    const [a = '', b = '', c = '', d = ''] = ids;
    const [dates] = await desk.estate.sql<{ closes: Date; starts: Date; ends: Date }>('SELECT window_closes_at AS closes, starts_at AS starts, ends_at AS ends FROM training.session WHERE id = $1', session);
    const at = (when: Date | undefined, minutes: number): void => desk.estate.clock.set(new Date((when?.getTime() ?? 0) + minutes * 60_000));
    at(dates?.closes, 0);
    await desk.isIn(session, 'CLOSED');
    await desk.post(`/sessions/${session}/steps/confirmation`, {}, first);
    const door = (payload: object) => desk.post(`/sessions/${session}/door-entries`, payload, first);
    const [ofA, ofB] = [await token(a, 1), await token(b, 2)];
    expect(codeIn(await desk.get(`/enrolments/${a}/door-token`, body(2)))).toBe('404 NOT_FOUND');

    at(dates?.starts, -31);
    expect(codeIn(await door({ token: ofA, device: 'phone-of-1' }))).toBe('409 OUTSIDE_TIME');
    at(dates?.starts, -10);
    expect((await door({ token: ofA, device: 'phone-of-1' })).json).toMatchObject({ enrolmentId: a, halfDay: 0, minutes: 180 });
    expect(codeIn(await door({ token: `${ofA.slice(0, 22)}${ofB.slice(22)}`, device: 'phone-of-1' }))).toBe('403 BAD_TOKEN');
    expect(codeIn(await desk.post(`/sessions/${session.replace(/.$/, (last) => (last === '0' ? '1' : '0'))}/door-entries`, { token: ofA, device: 'phone-of-1' }, first))).toBe('403 BAD_TOKEN');
    // Photographed and sent to a friend.
    expect(codeIn(await door({ token: ofA, device: 'phone-of-friend' }))).toBe('409 STAFF_CONFIRMATION');
    expect(codeIn(await door({ token: ofA, device: 'phone-of-1' }))).toBe('200');
    at(dates?.starts, 20);
    expect((await door({ token: ofB, device: 'phone-of-2' })).json).toMatchObject({ minutes: expect.toSatisfy((minutes: number) => minutes === 160 || minutes === 159) });
    expect(codeIn(await door({ token: ofB, device: 'tablet-of-staff', isConfirmed: true }))).toBe('200');
    at(dates?.starts, 240);
    expect((await door({ token: ofA, device: 'phone-of-1' })).json).toMatchObject({ halfDay: 1, minutes: expect.toSatisfy((minutes: number) => minutes >= 179) });

    const roster = await desk.get(`/sessions/${session}/roster`, first);
    expect(roster.bytes.toString().split('\r\n')).toEqual(['enrolmentId,bodyCode,bodyName,staffNo,nameKanji,nameKana,state', ...[a, b, c, d].map((id, index) => `${id},${codeOf(index + 1)},架空市${index + 1},S-${index + 1},職員${index + 1},ショクイン${index + 1},${index < 2 ? 'ATTENDING' : 'ADMITTED'}`), '']);
    expect((await desk.get(`/sessions/${session}/roster?form=pdf`, first)).bytes.subarray(0, 5).toString()).toBe('%PDF-');
    expect(codeIn(await desk.get(`/sessions/${session}/roster`, body(1)))).toBe('403 ACTION_NOT_PERMITTED');

    const list = (content: string) => desk.estate.request('POST', `${API}/sessions/${session}/attendance`, { as: first, purpose: 'TRAINING', headers: { 'content-type': 'text/csv' }, body: content });
    expect(codeIn(await list('who,when\r\n'))).toBe('422 FILE_MALFORMED');
    const rows = [`${b},2,127`, `${c},1,180`, `${c},2,108`, `${c},3,1`, `${b},1,181`, `${session},1,1`, 'x'];
    expect((await list(`\ufeffenrolmentId,halfDay,minutes\r\n${rows.join('\r\n')}\r\n`)).json).toEqual({
      rows: 7, good: 3,
      errors: [{ line: 5, column: 'halfDay', code: 'HALF_DAY' }, { line: 6, column: 'minutes', code: 'MINUTES' }, { line: 7, column: 'enrolmentId', code: 'NOT_ADMITTED' }, { line: 8, column: '', code: 'COLUMN_COUNT' }],
    });
    const on = z.object({ items: z.array(z.object({ enrolmentId: z.string(), halfDay: z.number(), minutes: z.number(), source: z.string() })) }).parse((await desk.get(`/sessions/${session}/attendance`, first)).json);
    expect(on.items.filter(({ enrolmentId }) => enrolmentId === c)).toEqual([{ enrolmentId: c, halfDay: 1, minutes: 180, source: 'LIST' }, { enrolmentId: c, halfDay: 2, minutes: 108, source: 'LIST' }]);

    // 287 of 360 minutes are not enough, 288 are; then the questionnaire and the test.
    await list(`enrolmentId,halfDay,minutes\n${b},1,160\n`);
    expect(codeIn(await desk.post(`/sessions/${session}/attendance-closing`, {}, first))).toBe('409 NOT_IN_STATE');
    at(dates?.ends, 1);
    await desk.post(`/sessions/${session}/steps/holding`, {}, first);
    expect(codeIn(await evidence(c, 'QUESTIONNAIRE', body(3)))).toBe('200');
    expect((await desk.post(`/sessions/${session}/attendance-closing`, {}, first)).json).toEqual({ completed: 0, incomplete: 1, absent: 1, open: 2 });
    expect(codeIn(await evidence(c, 'TEST_PASSED', body(3)))).toBe('403 ACTION_NOT_PERMITTED');
    expect((await evidence(c, 'TEST_PASSED')).json).toMatchObject({ state: 'COMPLETED' });
    expect([await desk.stateOf(a), await desk.stateOf(b), await desk.stateOf(d)]).toEqual(['ATTENDING', 'INCOMPLETE', 'ABSENT']);
    expect(codeIn(await evidence(d, 'QUESTIONNAIRE', body(4)))).toBe('409 NOT_IN_STATE');
    at(dates?.ends, 31 * 24 * 60);
    await desk.estate.eventually(async () => (await desk.stateOf(a)) === 'INCOMPLETE');
    expect(await desk.invariants()).toEqual(SOUND);
    expect([await desk.heardOf(b, 3), await desk.heardOf(d, 2)]).toEqual([['admitted ADMITTED', 'attended ATTENDING', 'failed INCOMPLETE'], ['admitted ADMITTED', 'failed ABSENT']]);
    expect((await desk.heardOf(c, 3)).slice(0, 3)).toEqual(['admitted ADMITTED', 'attended ATTENDING', 'completed COMPLETED']);
    // Who has completed a seminar needs no other place of it in the year; who did not come may try again.
    const [{ course } = { course: '' }] = await desk.estate.sql<{ course: string }>('SELECT course_id AS course FROM training.session WHERE id = $1', session);
    const next = await desk.session(course, 2);
    desk.pass(1);
    await desk.isIn(next, 'ACCEPTING');
    expect((await desk.apply(next, 3, [learner(3)]))[0]?.code).toBe('ALREADY_ACTIVE');
    expect((await desk.apply(next, 4, [learner(4)]))[0]?.outcome).toBe('ADMITTED');
    expect(await desk.estate.sql("SELECT 1 FROM training.audit_line WHERE entry LIKE '%phone-of%'")).toEqual([]);
  });
});
