import { createPublicKey, verify } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { z } from 'zod';
import { log, type Actor } from '#platform';
import { body, codeIn, codeOf, first, learner, second, SOUND, TrainingDesk } from '../enrolment/enrolment.fixture.js';
import { commitOf, drawLottery } from './selection.js';
import { publishedSelection, type PublishedSelection } from './selection-view.js';

const selectionAnswer = z.object({ result: z.unknown(), corrections: z.array(z.object({ report: z.string(), kid: z.string(), signature: z.string() })) });
const keySet = z.object({ keys: z.array(z.looseObject({ kid: z.string() })) });
const SEED = 'KIBAN-DEMO-2015-09';
let desk: TrainingDesk;

beforeAll(async () => {
  desk = await TrainingDesk.open(20);
});

afterAll(async () => {
  await desk?.stop();
});

const commit = (session: string, more: object = {}) => desk.post(`/sessions/${session}/lottery-commitment`, { commit: commitOf(SEED), ...more }, first);
const draw = (session: string, seed = SEED, as: Actor = first) => desk.post(`/sessions/${session}/selection/draw`, { seed }, as);

async function closed(session: string): Promise<void> {
  const [{ closes } = { closes: new Date() }] = await desk.estate.sql<{ closes: Date }>('SELECT window_closes_at AS closes FROM training.session WHERE id = $1', session);
  desk.estate.clock.set(closes);
  await desk.isIn(session, 'SELECTING');
}

describe('lottery (TRN-4.3)', () => {
  it('is committed to before the window, drawn once, and anybody makes it again from what is published', async () => {
    const course = await desk.course();
    const session = await desk.session(course, 1, { capacity: 5, selection: 'LOTTERY' });
    const unseeded = await desk.session(await desk.course(), 1, { selection: 'LOTTERY' });
    const firstCome = await desk.session(course, 2);
    expect(codeIn(await commit(session, { priorityBodies: [codeOf(8)] }))).toBe('201');
    expect(codeIn(await commit(session, { commit: 'ab'.repeat(32) }))).toBe('409 COMMIT_ON_FILE');
    expect(codeIn(await commit(firstCome))).toBe('409 NOT_IN_STATE');
    expect(codeIn(await commit(session, { commit: 'x' }))).toBe('400 INVALID_INPUT');
    desk.pass(1);
    for (const one of [session, unseeded, firstCome]) await desk.isIn(one, 'ACCEPTING');
    expect(codeIn(await commit(unseeded))).toBe('409 TOO_LATE');
    expect(codeIn(await desk.post(`/sessions/${unseeded}/applications`, { learners: [learner(1)] }, body(1)))).toBe('409 WINDOW_CLOSED');
    const before = (await desk.get(`/sessions/${session}/selection`, body(3))).json;
    expect(before).toMatchObject({ commit: commitOf(SEED), priorityBodies: [codeOf(8)], result: null });

    // Two of body 1 in its own order, a group of body 2, one each of 3 to 8; one of 7 has a place of the seminar elsewhere by the time of the draw.
    await desk.apply(session, 1, [learner(11, { rank: 2 }), learner(12, { rank: 1 })]);
    await desk.apply(session, 2, [learner(21), learner(22)], { together: true });
    for (const n of [3, 4, 5, 6, 7, 8]) await desk.enrolled(session, n);
    const withdrawn = await desk.enrolled(session, 9);
    expect(codeIn(await desk.post(`/enrolments/${withdrawn}/withdrawal`, {}, body(9)))).toBe('200');
    expect((await desk.apply(session, 8, [learner(8)])).map(({ code }) => code)).toEqual(['ALREADY_ACTIVE']);
    await desk.enrolled(firstCome, 7);
    expect(codeIn(await draw(session))).toBe('409 NOT_IN_STATE');
    await closed(session);
    const alarm = vi.spyOn(log, 'error');
    expect(codeIn(await draw(session, 'another'))).toBe('409 SEED_MISMATCH');
    expect(alarm).toHaveBeenCalledWith('a revealed seed is not what was committed to', { correlationId: expect.any(String), code: 'SEED_MISMATCH' });
    alarm.mockRestore();
    expect(codeIn(await draw(session, SEED, body(1)))).toBe('403 ACTION_NOT_PERMITTED');
    const [drawn, again] = await Promise.all([draw(session), draw(session)]);
    expect([codeIn(drawn), codeIn(again)].sort()).toEqual(['201', '409 ALREADY_SELECTED']);
    await desk.isIn(session, 'CONFIRMED');

    const { result } = (await desk.get(`/sessions/${session}/selection`, body(3))).json as { result: PublishedSelection };
    const published = publishedSelection.parse(result);
    expect(published).toEqual(codeIn(drawn) === '201' ? drawn.json : again.json);
    expect(drawLottery({ ...published, seed: published.seed ?? '' })).toEqual({ admitted: published.admitted, waiting: published.waiting });
    expect(JSON.stringify(published)).not.toMatch(/1000\d\d|S-\d/);
    expect(published.applications.map(({ size }) => size).reduce((sum, size) => sum + size, 0)).toBe(9);
    const priority = published.bodies.find(({ isPriority }) => isPriority)?.body;
    expect(published.applications.find(({ applicationId }) => applicationId === published.admitted[0])?.body).toBe(priority);
    const states = await desk.estate.sql<{ body: string; staff: string }>("SELECT body_code AS body, string_agg(state, ' ' ORDER BY rank, id) AS staff FROM training.enrolment WHERE session_id = $1 GROUP BY 1", session);
    const of = new Map(states.map((row) => [row.body, row.staff]));
    expect([of.get(codeOf(7)), of.get(codeOf(9)), of.get(codeOf(8))]).toEqual(['REJECTED', 'WITHDRAWN', 'ADMITTED']);
    const [rejected] = await desk.estate.sql<{ id: string }>("SELECT id FROM training.enrolment WHERE session_id = $1 AND state = 'REJECTED'", session);
    expect([await desk.heardOf(rejected?.id ?? '', 2), await desk.heardOf(withdrawn, 2)]).toEqual([['submitted SUBMITTED', 'ended REJECTED'], ['submitted SUBMITTED', 'ended WITHDRAWN']]);
    expect(of.get(codeOf(1))).toMatch(/^(ADMITTED WAITLISTED|WAITLISTED WAITLISTED)$/);
    expect(await desk.invariants()).toEqual(SOUND);
    expect(codeIn(await draw(session))).toBe('409 ALREADY_SELECTED');
    const app = await desk.estate.sql<{ grants: string }>("SELECT has_table_privilege('kiban_training_app', 'training.selection_result', 'UPDATE')::text AS grants");
    expect(app).toEqual([{ grants: 'false' }]);

    // A place of the drawn that is given up goes to who waits first of those whom it fits.
    const [taken] = await desk.estate.sql<{ id: string }>("SELECT id FROM training.enrolment WHERE session_id = $1 AND state = 'ADMITTED' LIMIT 1", session);
    expect(codeIn(await desk.post(`/enrolments/${taken?.id}/declining`, {}, first))).toBe('200');
    expect((await desk.estate.sql("SELECT 1 FROM training.enrolment WHERE session_id = $1 AND state = 'OFFERED'", session)).length).toBe(1);
    expect(await desk.invariants()).toEqual(SOUND);
  });
});

describe('a session that is cancelled before its selection (TRN-4.13)', () => {
  it('hands its applications on to the selection of the next one, and no places', async () => {
    const course = await desk.course();
    const [lost, next] = [await desk.session(course, 1, { selection: 'REVIEW' }), await desk.session(course, 2, { selection: 'REVIEW', windowOpensAt: '2015-12-28T00:00:00Z', windowClosesAt: '2016-01-08T00:00:00Z', startsAt: '2016-02-01T00:00:00Z', endsAt: '2016-02-01T07:00:00Z' })];
    desk.pass(1);
    await desk.isIn(lost, 'ACCEPTING');
    for (const n of [1, 2, 3, 4]) await desk.enrolled(lost, n);
    expect(codeIn(await desk.post(`/sessions/${lost}/steps/cancellation`, { reason: '台風', successorId: next }, first))).toBe('200');
    expect([await desk.states(lost), await desk.states(next)]).toEqual(['POSTPONED POSTPONED POSTPONED POSTPONED', 'SUBMITTED SUBMITTED SUBMITTED SUBMITTED']);
    expect(await desk.invariants()).toEqual(SOUND);
  });
});

describe('review by two officers', () => {
  it('one proposes with every application once, another one confirms, and what changed in between is proposed again', async () => {
    const session = await desk.session(await desk.course(), 1, { capacity: 2, selection: 'REVIEW' });
    desk.pass(1);
    await desk.isIn(session, 'ACCEPTING');
    const ids: string[] = [];
    for (const n of [1, 2, 3, 4]) ids.push((await desk.apply(session, n, [learner(n)]))[0]?.applicationId ?? '');
    const leaver = await desk.enrolled(session, 5);
    const [{ id: leaving } = { id: '' }] = await desk.estate.sql<{ id: string }>('SELECT application_id AS id FROM training.enrolment WHERE id = $1', leaver);
    await closed(session);
    const propose = (reviewed: object, as = first) => desk.post(`/sessions/${session}/selection/proposal`, reviewed, as);
    const confirm = (as = second) => desk.post(`/sessions/${session}/selection/confirmation`, {}, as);
    const [a = '', b = '', c = '', d = ''] = ids;
    expect(codeIn(await confirm())).toBe('409 REVIEW_INCOMPLETE');
    expect(codeIn(await propose({ admitted: [a, b, c], waiting: [d], rejected: [leaving] }))).toBe('409 REVIEW_INCOMPLETE');
    expect(codeIn(await propose({ admitted: [b], waiting: [d, a], rejected: [c, leaving] }))).toBe('200');
    expect(codeIn(await confirm(first))).toBe('409 SAME_OFFICER');
    await desk.post(`/enrolments/${leaver}/withdrawal`, {}, body(5));
    expect(codeIn(await confirm())).toBe('409 REVIEW_INCOMPLETE');
    expect(codeIn(await propose({ admitted: [b, a], waiting: [d], rejected: [c] }))).toBe('200');
    expect(publishedSelection.parse((await confirm()).json)).toMatchObject({ kind: 'REVIEW', admitted: [b, a], waiting: [d], rejected: [c] });
    expect(codeIn(await confirm())).toBe('409 ALREADY_SELECTED');
    expect(await desk.states(session)).toBe('ADMITTED ADMITTED REJECTED WAITLISTED WITHDRAWN');
    expect(await desk.invariants()).toEqual(SOUND);

    // TRN-7: what was published stays; a report of two officers beside it says what is changed, and why.
    const published = async () => selectionAnswer.parse((await desk.get(`/sessions/${session}/selection`, body(9))).json);
    const { result } = await published();
    const correct = (correction: object, as = first) => desk.post(`/sessions/${session}/selection/correction-proposal`, { reason: '所属の誤り', admitted: [], givenBack: [], ...correction }, as);
    const confirmed = (as = second) => desk.post(`/sessions/${session}/selection/corrections`, {}, as);
    expect(codeIn(await confirmed())).toBe('404 NOT_FOUND');
    for (const faulty of [{}, { admitted: [c], givenBack: [a] }, { admitted: [d], givenBack: [c] }, { admitted: [d, d], givenBack: [a] }]) expect(codeIn(await correct(faulty))).toBe('409 NOT_IN_STATE');
    expect([codeIn(await correct({ admitted: [d] })), codeIn(await confirmed())]).toEqual(['200', '409 SESSION_FULL']);
    expect(await desk.states(session)).toBe('ADMITTED ADMITTED REJECTED WAITLISTED WITHDRAWN');
    expect([codeIn(await correct({ admitted: [d], givenBack: [a] })), codeIn(await confirmed(first))]).toEqual(['200', '409 SAME_OFFICER']);
    const both = await Promise.all([confirmed(), confirmed()]);
    expect(both.map(codeIn).sort()).toEqual(['201', '404 NOT_FOUND']);
    expect(await desk.states(session)).toBe('REMOVED ADMITTED REJECTED ADMITTED WITHDRAWN');
    expect(await desk.invariants()).toEqual(SOUND);
    const after = await published();
    expect([after.result, after.corrections.length]).toEqual([result, 1]);
    const [{ report, kid, signature } = { report: '', kid: '', signature: '' }] = after.corrections;
    expect(JSON.parse(report)).toMatchObject({ sessionId: session, number: 1, admitted: [d], givenBack: [a], reason: '所属の誤り' });
    expect(report).not.toMatch(/officer|1000\d\d/);
    const { keys } = keySet.parse((await desk.get('/certificate-keys', body(9))).json);
    const key = createPublicKey({ key: keys.find((one) => one.kid === kid) ?? {}, format: 'jwk' });
    expect([report, `${report} `].map((text) => verify(null, Buffer.from(text), key, Buffer.from(signature, 'base64url')))).toEqual([true, false]);
    const letters = await desk.estate.sql<{ kind: string }>("SELECT kind FROM training.message m JOIN training.enrolment e ON e.id::text = m.reference WHERE e.application_id = ANY ($1) AND kind IN ('REMOVED', 'ADMITTED') ORDER BY m.id", [a, d]);
    expect(letters.map(({ kind }) => kind)).toEqual(['ADMITTED', 'REMOVED', 'ADMITTED']);
    expect(await desk.estate.sql("SELECT has_table_privilege('kiban_training_app', 'training.selection_correction', 'UPDATE, DELETE') AS may")).toEqual([{ may: false }]);
  });
});

describe('bodies that may come first (TRN-4.3 4)', () => {
  it('are those that the course is open for and nobody of which came, or has a place, in 24 months, until the commitment', async () => {
    const placed = await desk.accepting({ capacity: 5 });
    await desk.enrolled(placed, 15);
    expect(codeIn(await desk.post(`/enrolments/${await desk.enrolled(placed, 16)}/declining`, {}, body(16)))).toBe('200');
    await desk.estate.sql('UPDATE training.body SET population = 100000 WHERE code = $1', codeOf(17));
    const session = await desk.session(await desk.course({ series: 'SMALL_BODY' }), 1, { selection: 'LOTTERY' });
    const proposal = async () => z.object({ priorityBodies: z.array(z.string()) }).parse((await desk.get(`/sessions/${session}/priority-proposal`, first)).json).priorityBodies.filter((code) => code >= codeOf(15));
    expect(await proposal()).toEqual([16, 18, 19, 20].map(codeOf));
    await desk.estate.sql("UPDATE training.session SET window_opens_at = window_opens_at - interval '26 months', window_closes_at = window_closes_at - interval '26 months', starts_at = starts_at - interval '26 months', ends_at = ends_at - interval '26 months' WHERE id = $1", placed);
    expect(await proposal()).toEqual([15, 16, 18, 19, 20].map(codeOf));
    expect(codeIn(await desk.get(`/sessions/${session}/priority-proposal`, body(1)))).toBe('403 ACTION_NOT_PERMITTED');
    expect(codeIn(await desk.get(`/sessions/${placed}/priority-proposal`, first))).toBe('409 NOT_IN_STATE');
    expect(codeIn(await commit(session))).toBe('201');
    expect(codeIn(await desk.get(`/sessions/${session}/priority-proposal`, first))).toBe('409 COMMIT_ON_FILE');
  });
});
