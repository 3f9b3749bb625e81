import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { candidateVoided, conflictFound, linkByCode, linkByNumber, linkByPersons, listBatchLinks, numberStatusChanged } from '#contracts/numbering';
import type { Peers } from '#platform';
import { followPeople } from '../standing/follow-person.js';
import { StandingStore } from '../standing/standing.store.js';
import { API, codeOf, HERE, operator, Stewardship, THERE } from '../stewardship.fixture.js';
import { AssignmentMoveStore } from './assignment-move.store.js';

const spec = new Stewardship();
const call = { correlationId: 'spec-lifecycle', purpose: 'IDENTITY_INFORMATION' };
const opened = z.object({ disputeId: z.uuid() });
const numbered = z.object({ assignmentId: z.uuid(), number: z.string(), state: z.string() });
let juki: Peers;

beforeAll(async () => {
  await spec.start();
  juki = spec.service({ clientId: 'svc-juki-net', kind: 'service', organisation: 'juki-net' });
});
afterAll(async () => {
  juki.close();
  await spec.estate.stop();
});

describe('news of the register (NUM-3.1)', () => {
  it('NUM-4.8 the number sleeps abroad, comes back as the same, and closes with a death', async () => {
    const { code, personKey, assignmentId, number } = await spec.resident();
    await spec.tell(personKey, 'moved-out', 3);
    await spec.becomes(assignmentId, 'DORMANT');
    expect(await spec.told(numberStatusChanged, assignmentId)).toEqual({ sequence: '2', data: { assignmentId, personKey, from: 'DESIGNATED', to: 'DORMANT' } });
    expect((await juki.call(linkByPersons, call, { personKeys: [personKey] })).links).toEqual([]);
    expect(codeOf(await spec.ask(code))).toBe('409 ALREADY_NUMBERED');
    await spec.tell(personKey, 'entered', 4);
    await spec.becomes(assignmentId, 'DESIGNATED');
    expect((await juki.call(linkByPersons, call, { personKeys: [personKey] })).links).toMatchObject([{ personKey, number, seq: 1 }]);
    await spec.tell(personKey, 'died', 5);
    await spec.becomes(assignmentId, 'CLOSED');
    const read = await spec.estate.request('GET', `${API}/assignments/${assignmentId}`, { as: HERE, purpose: 'NUMBER_DESIGNATION' });
    expect(read.json).toMatchObject({ assignmentId, state: 'CLOSED', generation: 1, moves: [{ from: 'DESIGNATED', to: 'DORMANT', cause: 'LEFT' }, { to: 'DESIGNATED', cause: 'RETURNED' }, { to: 'CLOSED', cause: 'DIED' }] });
    expect(JSON.stringify(read.json)).not.toContain(number.slice(0, 11));
    expect((await spec.uniqueness()).json).toMatchObject({ violations: 0 });
  });

  it('moves within Japan move no number, whatever comes with them: who is present stays, who was abroad comes back, the dead stay dead', async () => {
    const [here, abroad, dead] = [await spec.resident(), await spec.resident(), await spec.resident()];
    await spec.tell(abroad.personKey, 'moved-out', 3);
    await spec.tell(dead.personKey, 'died', 3);
    await spec.becomes(abroad.assignmentId, 'DORMANT');
    await spec.becomes(dead.assignmentId, 'CLOSED');
    await Promise.all([here, abroad, dead].flatMap(({ personKey }) => [4, 5, 4].map((version) => spec.tell(personKey, 'moved-in', version))));
    await spec.becomes(abroad.assignmentId, 'DESIGNATED');
    const keys = [here, abroad, dead].map(({ personKey }) => personKey);
    await spec.estate.eventually(async () => (await spec.estate.sql('SELECT FROM numbering.person_standing WHERE person_key = ANY($1) AND fact_version = 5 AND settled', keys)).length === 3);
    await spec.estate.eventually(async () => (await spec.estate.sql("SELECT FROM numbering.audit_line WHERE entry LIKE '%ENTRY_AFTER_DEATH%' AND entry LIKE '%' || $1 || '%'", dead.personKey)).length > 0);
    await spec.tell(here.personKey, 'moved-out', 2);
    await spec.tell(abroad.personKey, 'moved-out', 6);
    await spec.becomes(abroad.assignmentId, 'DORMANT');
    expect([await spec.stateOf(here.assignmentId), await spec.stateOf(dead.assignmentId)]).toEqual(['DESIGNATED', 'CLOSED']);
    expect(await spec.estate.sql('SELECT FROM numbering.dead_letter')).toEqual([]);
  });

  it('late, early and repeated news end in the same state; a sign of life after a death is noted for an officer', async () => {
    const { personKey, assignmentId } = await spec.resident();
    await spec.tell(personKey, 'entered', 6);
    await spec.tell(personKey, 'record-deleted', 5);
    await spec.tell(personKey, 'entered', 6);
    await spec.estate.eventually(async () => (await spec.estate.sql('SELECT FROM numbering.person_standing WHERE person_key = $1 AND fact_version = 6', personKey)).length === 1);
    expect(await spec.stateOf(assignmentId)).toBe('DESIGNATED');
    await spec.tell(personKey, 'died', 4);
    await spec.becomes(assignmentId, 'CLOSED');
    await spec.tell(personKey, 'entered', 7);
    await spec.estate.eventually(async () => (await spec.estate.sql("SELECT FROM numbering.audit_line WHERE entry LIKE '%ENTRY_AFTER_DEATH%' AND entry LIKE '%' || $1 || '%'", personKey)).length === 1);
    expect(await spec.stateOf(assignmentId)).toBe('CLOSED');
    expect(await spec.estate.sql('SELECT FROM numbering.dead_letter')).toEqual([]);
  });

  it('news of many people at once move each number as they would alone, several of one person in their order', async () => {
    const lives = [['moved-out'], ['died'], ['moved-out', 'entered', 'died'], ['record-deleted', 'moved-in', 'record-deleted'], ['died', 'entered'], ['entered'], ['moved-out', 'moved-in']] as const;
    const settle = async (): Promise<{ personKey: string; assignmentId: string }[]> => Promise.all(lives.map(() => spec.resident()));
    const [alone, crowd] = [await settle(), await settle()];
    const parts = { standings: new StandingStore(), moves: new AssignmentMoveStore() };
    type Told = readonly [personKey: string, kind: (typeof lives)[number][number], factVersion: number];
    const take = async (...told: readonly Told[]): Promise<void> => {
      await spec.estate.running.runners.get('numbering')?.inTransaction('spec.take', { actor: HERE, correlationId: 'spec' }, (ctx) =>
        followPeople(parts, told.map(([personKey, kind, factVersion]) => ({ ctx, personKey, notice: { kind, factVersion, abroad: true } }))));
    };
    const newsOf = (people: readonly { personKey: string }[], turn: number): Told[] =>
      people.flatMap(({ personKey }, index) => (lives[index] ?? []).slice(turn, turn + 1).map((kind): Told => [personKey, kind, 3 + turn]));
    for (const turn of [0, 1, 2]) for (const news of newsOf(alone, turn)) await take(news);
    const all = [0, 1, 2].flatMap((turn) => newsOf(crowd, turn));
    await take(...all);
    await take(...all);
    const outcome = (people: readonly { personKey: string }[]): Promise<unknown[]> => spec.estate.sql(
      `SELECT a.state, ARRAY(SELECT concat_ws(' ', move, from_state, to_state, cause) FROM numbering.assignment_move m WHERE m.assignment_id = a.assignment_id ORDER BY move) AS moves, s.life, s.fact_version, s.settled, l.state AS link
       FROM unnest($1::uuid[]) WITH ORDINALITY AS p (key, place) JOIN numbering.assignment a ON a.person_key = p.key JOIN numbering.person_standing s ON s.person_key = p.key
       JOIN numbering.code_number_link l ON l.person_key = p.key ORDER BY place`, people.map(({ personKey }) => personKey));
    const expected = await outcome(alone);
    expect(expected).toHaveLength(lives.length);
    expect(await outcome(crowd)).toEqual(expected);
    expect(expected[2]).toMatchObject({ state: 'CLOSED', moves: ['2 DESIGNATED DORMANT LEFT', '3 DORMANT DESIGNATED RETURNED', '4 DESIGNATED CLOSED DIED'], life: 'DEAD', settled: true });
    expect(await spec.told(numberStatusChanged, crowd[3]?.assignmentId ?? '', 4)).toMatchObject({ sequence: '4', data: { from: 'DESIGNATED', to: 'DORMANT' } });
    expect((await spec.uniqueness()).json).toMatchObject({ violations: 0 });
  });

  it('what was told before the number was there has its effect at the next look; a first record needs no row', async () => {
    const person = spec.enter();
    await spec.tell(person.personKey, 'entered', 1);
    await spec.tell(person.personKey, 'died', 2);
    await spec.estate.eventually(async () => (await spec.estate.sql("SELECT FROM numbering.person_standing WHERE person_key = $1 AND life = 'DEAD' AND NOT settled", person.personKey)).length === 1);
    const answer = await spec.ask(person.code);
    expect(answer.status).toBe(201);
    spec.estate.clock.set(new Date('2016-01-20T02:30:00Z'));
    await spec.estate.eventually(async () => (await spec.estate.sql("SELECT FROM numbering.assignment WHERE person_key = $1 AND state = 'CLOSED'", person.personKey)).length === 1);
    const first = spec.enter();
    await spec.tell(first.personKey, 'entered', 1);
    await spec.tell(person.personKey, 'record-deleted', 9);
    await spec.estate.eventually(async () => (await spec.estate.sql('SELECT FROM numbering.person_standing WHERE person_key = $1 AND fact_version = 9', person.personKey)).length === 1);
    expect(await spec.estate.sql('SELECT FROM numbering.person_standing WHERE person_key = $1', first.personKey)).toEqual([]);
  });

  it('NUM-3.4 a new code gets a row with the same number, once the register answers', async () => {
    const resident = await spec.resident();
    const { code, personKey, number } = resident;
    const next = spec.replaceCode(resident);
    let unanswered = 0;
    spec.register.away = (asked) => asked.includes(personKey) && (unanswered += 1) <= 4;
    await spec.tell(personKey, 'code-changed', 3);
    await spec.estate.eventually(async () => (await juki.call(linkByCode, call, { residentCode: next })).found);
    expect(unanswered).toBeGreaterThan(4);
    expect(await juki.call(linkByCode, call, { residentCode: next })).toMatchObject({ found: true, link: { personKey, number, seq: 1, state: 'DESIGNATED' } });
    expect(await juki.call(linkByCode, call, { residentCode: code })).toEqual({ found: false });
    expect(await juki.call(linkByNumber, call, { number })).toMatchObject({ found: true, personKey, residentCode: next, state: 'DESIGNATED' });
    const rows = await spec.estate.sql('SELECT seq, state FROM numbering.code_number_link WHERE person_key = $1 ORDER BY state', personKey);
    expect(rows).toEqual([{ seq: 1, state: 'CLOSED' }, { seq: 1, state: 'OPEN' }]);
    expect((await spec.uniqueness()).json).toMatchObject({ violations: 0 });
    await spec.tell(personKey, 'moved-out', 4);
    await spec.becomes(resident.assignmentId, 'DORMANT');
  });
});

describe('disputes (NUM-4.8)', () => {
  const act = (path: string, body: unknown, officer: string) => spec.post(`/disputes${path}`, body, operator(officer), 'NUMBER_DESIGNATION');

  it('(b) one person with two numbers: both are blocked, the earlier is kept, the later superseded; two operators each time', async () => {
    const [early, late] = [await spec.resident(), await spec.resident()];
    const personKeys = [late.personKey, early.personKey];
    const { disputeId } = opened.parse((await act('', { kind: 'TWO_NUMBERS', personKeys }, 'o-1')).json);
    expect(codeOf(await act(`/${disputeId}/confirmation`, {}, 'o-1'))).toBe('409 SAME_OFFICER');
    expect(await spec.stateOf(late.assignmentId)).toBe('DESIGNATED');
    expect((await act(`/${disputeId}/confirmation`, {}, 'o-2')).json).toMatchObject({ state: 'OPEN' });
    expect((await spec.told(conflictFound, disputeId)).data).toEqual({ caseId: disputeId, personKeys, kind: 'TWO_NUMBERS' });
    expect([await spec.stateOf(early.assignmentId), await spec.stateOf(late.assignmentId)]).toEqual(['DISPUTED', 'DISPUTED']);
    await expect(juki.call(linkByCode, call, { residentCode: early.code })).rejects.toMatchObject({ code: 'NUMBER_DISPUTED' });
    await expect(juki.call(linkByNumber, call, { number: late.number })).rejects.toMatchObject({ code: 'NUMBER_DISPUTED' });
    expect((await juki.call(linkByPersons, call, { personKeys })).links).toEqual([]);
    // The register's news wait for the resolution.
    await spec.tell(early.personKey, 'moved-out', 3);
    await spec.estate.eventually(async () => (await spec.estate.sql('SELECT FROM numbering.person_standing WHERE person_key = $1 AND NOT settled', early.personKey)).length === 1);
    expect(codeOf(await act(`/${disputeId}/resolution`, { kept: late.personKey }, 'o-1'))).toBe('422 DISPUTE_KEPT');
    expect((await act(`/${disputeId}/resolution`, { kept: early.personKey }, 'o-1')).status).toBe(200);
    expect(codeOf(await act(`/${disputeId}/resolution/confirmation`, {}, 'o-1'))).toBe('409 SAME_OFFICER');
    expect((await act(`/${disputeId}/resolution/confirmation`, {}, 'o-2')).json).toMatchObject({ state: 'RESOLVED' });
    expect([await spec.stateOf(early.assignmentId), await spec.stateOf(late.assignmentId)]).toEqual(['DORMANT', 'SUPERSEDED']);
    expect(await juki.call(linkByNumber, call, { number: late.number })).toMatchObject({ found: true, state: 'SUPERSEDED', residentCode: '' });
    expect(codeOf(await spec.ask(late.code))).toBe('409 ALREADY_NUMBERED');
    expect(codeOf(await act(`/${disputeId}/confirmation`, {}, 'o-3'))).toBe('409 DISPUTE_STATE');
    expect((await spec.uniqueness()).json).toMatchObject({ violations: 0 });
  });

  it('(a) two persons under one number: who held the code wrongly gets a new number', async () => {
    const [right, wrong, requestId] = [await spec.resident(), spec.enter(), randomUUID()];
    expect((await spec.ask(wrong.code, { requestId })).status).toBe(201);
    const { disputeId } = opened.parse((await act('', { kind: 'SHARED_NUMBER', personKeys: [right.personKey, wrong.personKey] }, 'o-1')).json);
    await act(`/${disputeId}/confirmation`, {}, 'o-2');
    expect(codeOf(await spec.ask(wrong.code))).toBe('409 ALREADY_NUMBERED');
    expect(codeOf(await spec.ask(wrong.code, { requestId }))).toBe('409 NUMBER_DISPUTED');
    await act(`/${disputeId}/resolution`, { kept: right.personKey }, 'o-2');
    await act(`/${disputeId}/resolution/confirmation`, {}, 'o-1');
    expect(codeOf(await spec.ask(wrong.code, { requestId: 'again' }))).toBe('409 PERSON_CONFLICT');
    const code = spec.replaceCode(wrong);
    const renewed = await spec.ask(code, { requestId: 'again' });
    expect(renewed.status).toBe(201);
    expect((await juki.call(linkByPersons, call, { personKeys: [wrong.personKey] })).links).toMatchObject([{ seq: 2 }]);
    expect(codeOf(await spec.ask(code))).toBe('409 ALREADY_NUMBERED');
    expect((await spec.uniqueness()).json).toMatchObject({ violations: 0 });
  });

  it('refuses people without a number, one person twice, and who is no operator', async () => {
    const someone = await spec.resident();
    const { disputeId } = opened.parse((await act('', { kind: 'SHARED_NUMBER', personKeys: [randomUUID()] }, 'o-1')).json);
    expect(codeOf(await act(`/${disputeId}/confirmation`, {}, 'o-2'))).toBe('404 NOT_FOUND');
    expect(codeOf(await act('', { kind: 'TWO_NUMBERS', personKeys: [someone.personKey, someone.personKey] }, 'o-1'))).toBe('400 INVALID_INPUT');
    expect(codeOf(await spec.post('/disputes', { kind: 'SHARED_NUMBER', personKeys: [someone.personKey] }, HERE, 'NUMBER_DESIGNATION'))).toBe('403 ACTION_NOT_PERMITTED');
  });
});

describe('numbers of the dead and of former times (NUM-4.8)', () => {
  it('NUM-3.1 a number is kept as long as the identity information, and burnt for ever: ten years later it is closed, known, and nobody else\'s', async () => {
    const { code, personKey, assignmentId, number } = await spec.resident();
    await spec.tell(personKey, 'died', 3);
    await spec.becomes(assignmentId, 'CLOSED');
    const [present, later] = [spec.estate.clock.now(), new Date('2026-01-20T01:00:00Z')];
    spec.estate.clock.set(later);
    await spec.estate.eventually(async () => (await spec.estate.sql("SELECT FROM numbering.cursor WHERE name LIKE 'schedule:%' AND value LIKE '2026-01-20%'")).length > 2);
    expect(await juki.call(linkByNumber, call, { number })).toMatchObject({ found: true, personKey, state: 'CLOSED', residentCode: '' });
    expect(await juki.call(linkByCode, call, { residentCode: code })).toEqual({ found: false });
    expect(await spec.estate.sql('SELECT FROM numbering.number_ledger WHERE base11 = $1', number.slice(0, 11))).toHaveLength(1);
    spec.estate.clock.set(present);
  });
});

describe('a withdrawn request (NUM-7)', () => {
  const withdraw = (assignmentId: string) => spec.post(`/assignments/${assignmentId}/withdrawal`, {}, operator('o-1'), 'NUMBER_DESIGNATION');

  it('burns the number of a candidate; the withdrawn request is not taken up again, another one draws another number', async () => {
    spec.estate.clock.set(new Date('2015-09-01T01:00:00Z'));
    const { code, personKey } = spec.enter();
    const first = numbered.parse((await spec.ask(code, { requestId: 'w-1' })).json);
    expect(first.state).toBe('TENTATIVE');
    expect((await withdraw(first.assignmentId)).json).toEqual({ assignmentId: first.assignmentId, state: 'VOID' });
    expect(await spec.told(candidateVoided, first.assignmentId)).toMatchObject({ sequence: '2', data: { personKey, municipalityCode: '990019' } });
    expect(codeOf(await spec.ask(code, { requestId: 'w-1' }))).toBe('409 ALREADY_NUMBERED');
    const second = numbered.parse((await spec.ask(code, { requestId: 'w-2' })).json);
    expect(second.number).not.toBe(first.number);
    expect(await juki.call(linkByNumber, call, { number: first.number })).toMatchObject({ found: false });
    expect(await spec.estate.sql('SELECT FROM numbering.number_ledger WHERE base11 = $1', first.number.slice(0, 11))).toHaveLength(1);
    expect(codeOf(await withdraw(first.assignmentId))).toBe('409 ASSIGNMENT_STATE');
    expect((await spec.uniqueness()).json).toMatchObject({ violations: 0 });
    spec.estate.clock.set(new Date('2016-01-20T03:00:00Z'));
  });

  it('rows of a batch take the state over that their batch gave them: designated ones close, undelivered ones are withdrawn and not told', async () => {
    const [delivered, drawn] = [await spec.resident(), await spec.resident()];
    const at = '2016-01-15T00:00:00.000Z';
    for (const [{ assignmentId }, state, moment] of [[delivered, 'DELIVERED', at], [drawn, 'DRAWING', null]] as const) {
      const batchId = randomUUID();
      await spec.estate.sql(
        'INSERT INTO numbering.generation_batch (batch_id, municipality_code, state, lines, opened_at, delivered_at, designated_at) VALUES ($1, $2, $3, 1, $4, $5, $5)',
        batchId, '990019', state, at, moment,
      );
      await spec.estate.sql("UPDATE numbering.assignment SET state = 'GENERATED', designated_at = NULL, batch_id = $2, line = 1 WHERE assignment_id = $1", assignmentId, batchId);
    }
    expect((await withdraw(drawn.assignmentId)).json).toMatchObject({ state: 'VOID' });
    expect(codeOf(await withdraw(delivered.assignmentId))).toBe('409 ASSIGNMENT_STATE');
    await spec.tell(delivered.personKey, 'died', 4);
    await spec.becomes(delivered.assignmentId, 'CLOSED');
    const read = await spec.estate.request('GET', `${API}/assignments/${delivered.assignmentId}`, { as: HERE, purpose: 'NUMBER_DESIGNATION' });
    expect(read.json).toMatchObject({ state: 'CLOSED', designatedAt: at, moves: [{ from: 'DESIGNATED', to: 'CLOSED' }] });
    // The batch is delivered after all: the withdrawn line has no number.
    await spec.estate.sql("UPDATE numbering.generation_batch SET state = 'DELIVERED', delivered_at = $1, designated_at = $1 WHERE state = 'DRAWING'", at);
    const [batch] = await spec.estate.sql<{ batch_id: string }>('SELECT batch_id FROM numbering.assignment WHERE assignment_id = $1', drawn.assignmentId);
    const result = await spec.estate.request('GET', `${API}/batches/${batch?.batch_id}/result`, { as: HERE, purpose: 'NUMBER_DESIGNATION' });
    expect(result.status).toBe(200);
    expect(result.bytes.toString()).not.toContain(drawn.number);
    expect((await juki.call(listBatchLinks, call, { batchId: batch?.batch_id ?? '' })).links).toEqual([]);
    expect((await spec.uniqueness()).json).toMatchObject({ violations: 0 });
  });

  it('a designated number cannot be withdrawn; others may not look', async () => {
    const { assignmentId } = await spec.resident();
    expect(codeOf(await withdraw(assignmentId))).toBe('409 ASSIGNMENT_STATE');
    expect(codeOf(await withdraw(randomUUID()))).toBe('404 NOT_FOUND');
    expect(codeOf(await spec.post(`/assignments/${assignmentId}/withdrawal`, {}, HERE, 'NUMBER_DESIGNATION'))).toBe('403 ACTION_NOT_PERMITTED');
    expect(codeOf(await spec.estate.request('GET', `${API}/assignments/${assignmentId}`, { as: THERE, purpose: 'NUMBER_DESIGNATION' }))).toBe('403 OUT_OF_JURISDICTION');
    expect(codeOf(await spec.estate.request('GET', `${API}/assignments/${randomUUID()}`, { as: HERE, purpose: 'NUMBER_DESIGNATION' }))).toBe('404 NOT_FOUND');
  });
});
