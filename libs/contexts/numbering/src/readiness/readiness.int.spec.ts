import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { connectStreams, streamName, type Actor } from '#platform';
import { startEstate, type TestEstate } from '#testing';
import { numberingModule } from '../numbering.module.js';
import { fakeRegister } from '../register/register.fixture.js';
import { code, Desk, officer, problemOf, town } from '../wave/wave.fixture.js';
import { MILESTONE_NAMES } from './readiness.js';

const [HERE, THERE] = [code('99001'), code('99002')];
const NATION = Array.from({ length: 1_741 }, (_, index) => code(String(index < 900 ? 99_001 + index : 1_001 + index).padStart(5, '0')));
const PREFECTURE: Actor = { clientId: 'prefecture-99', kind: 'prefecture', organisation: '99' };
const operator = officer('a');
const register = fakeRegister();
const desk = new Desk(() => estate, register, 9_940_000_000);
const board = z.object({
  counts: z.record(z.string(), z.number()), red: z.number(), openTickets: z.record(z.string(), z.number()), next: z.string().optional(),
  items: z.array(z.object({ municipalityCode: z.string(), state: z.string(), score: z.number(), overdue: z.array(z.string()), tickets: z.array(z.string()) })),
});
let estate: TestEstate;

const list = async (query = '', as: Actor = operator) => board.parse((await desk.call('GET', `/readiness${query}`, { as })).json);
const here = async () => (await list('', town(HERE))).items[0];
const set = (milestone: string, body: object, as = town(HERE), municipalityCode = HERE) => desk.call('PUT', `/readiness/${municipalityCode}/${milestone}`, { as, body });
const link = (ticketId: string, body: object, as: Actor = operator) => desk.call('PUT', `/ticket-links/${ticketId}`, { as, body });
const resolve = (ticketId: string, body: object = {}) => desk.call('POST', `/ticket-links/${ticketId}/resolution`, { as: operator, body });

/** What was published about the municipality, in order. */
async function published(municipalityCode: string): Promise<Record<string, unknown>[]> {
  const streams = await connectStreams(estate.natsUrl, 'spec');
  const event = z.object({ subject: z.string(), sequence: z.string(), type: z.string(), data: z.record(z.string(), z.unknown()) });
  try {
    const { state } = await streams.manager.streams.info(streamName('numbering'));
    const found: z.output<typeof event>[] = [];
    for (let seq = state.first_seq; seq <= state.last_seq; seq += 1) {
      const message = await streams.manager.streams.getMessage(streamName('numbering'), { seq }).catch(() => null);
      const read = event.safeParse(message?.json());
      if (read.success && read.data.subject === municipalityCode && read.data.type.includes('readiness.changed')) found.push(read.data);
    }
    expect(found.map(({ sequence }) => Number(sequence))).toEqual(found.map((_, index) => index + 1));
    return found.map(({ data: { municipalityCode: _, ...data } }) => data);
  } finally {
    await streams.connection.close();
  }
}

beforeAll(async () => {
  estate = await startEstate([numberingModule, register.module], { at: new Date('2015-07-20T01:00:00Z') });
});
afterAll(() => estate.stop());

describe('the board of municipalities (NUM-3.6, NUM-5.5)', () => {
  it('NUM-5.5 holds 1,741 municipalities with counts by state, page by page; everybody sees as far as he is in charge', async () => {
    const dueDates = Object.fromEntries(MILESTONE_NAMES.map((milestone) => [milestone, milestone === 'SYSTEM_REPAIR' ? '2015-07-31' : '2015-09-25']));
    const scheduled = await desk.call('PUT', '/readiness', { as: operator, body: { municipalityCodes: NATION, dueDates } });
    expect(scheduled.json).toEqual({ municipalities: 1_741, milestones: 8 });
    const seen: string[] = [];
    for (let after: string | undefined = '000000'; after !== undefined; ) {
      const page = await list(`?limit=600&after=${after}`);
      expect(page).toMatchObject({ counts: { NOT_STARTED: 1_741, IN_PROGRESS: 0, DONE: 0, BLOCKED: 0 }, red: 0 });
      seen.push(...page.items.map(({ municipalityCode }) => municipalityCode));
      after = page.next;
    }
    expect(seen).toEqual(NATION.toSorted());
    expect((await list('', town(HERE))).items.map(({ municipalityCode }) => municipalityCode)).toEqual([HERE]);
    expect((await list('?limit=2000', PREFECTURE)).items).toHaveLength(900);
    for (const body of [{ municipalityCodes: [], dueDates }, { municipalityCodes: ['990018'], dueDates }, { municipalityCodes: [HERE], dueDates: {} }, { municipalityCodes: [HERE], dueDates: { TEST_DATA: '2015-02-30' } }]) {
      expect((await desk.call('PUT', '/readiness', { as: operator, body })).status).toBe(400);
    }
    expect(problemOf(await desk.call('PUT', '/readiness', { as: town(HERE), body: { municipalityCodes: [HERE], dueDates } }))).toBe('ACTION_NOT_PERMITTED');
  });

  it('NUM-3.6 DONE needs evidence, in which no personal number stands', async () => {
    expect((await set('SYSTEM_REPAIR', { state: 'IN_PROGRESS' })).status).toBe(200);
    expect(problemOf(await set('SYSTEM_REPAIR', { state: 'DONE' }))).toBe('EVIDENCE_MISSING');
    const pasted = await set('SYSTEM_REPAIR', { state: 'DONE', evidence: '試験対象者 1234-5678-9018 で確認' });
    expect(problemOf(pasted)).toBe('PERSONAL_NUMBER_IN_TEXT');
    expect(pasted.bytes.toString('utf8')).not.toContain('5678');
    for (const evidence of ['a\u0000b', '\ud800', 'x'.repeat(2_001)]) expect((await set('SYSTEM_REPAIR', { state: 'DONE', evidence })).status).toBe(400);
    expect((await set('SYSTEM_REPAIR', { state: 'DONE', evidence: '受入試験報告書\n第3版' })).status).toBe(200);
    expect(problemOf(await set('SYSTEM_REPAIR', { state: 'NOT_STARTED' }))).toBe('READINESS_STATE');
    expect(await here()).toMatchObject({ state: 'IN_PROGRESS', score: 20, overdue: [] });
    const read = await desk.call('GET', `/readiness/${HERE}`, { as: town(HERE) });
    expect(JSON.stringify(read.json)).toContain('受入試験報告書');
    const kept = (await estate.sql<{ entry: string }>('SELECT entry FROM numbering.audit_line')).map(({ entry }) => entry).join('\n');
    expect(kept).not.toContain('受入試験報告書');
  });

  it('NUM-5.1 another municipality is refused, and that is audited', async () => {
    expect(problemOf(await set('TEST_DATA', { state: 'IN_PROGRESS' }, town(THERE)))).toBe('OUT_OF_JURISDICTION');
    expect((await desk.call('GET', `/readiness/${HERE}`, { as: town(THERE) })).status).toBe(403);
    const audited = await estate.sql("SELECT FROM numbering.audit_line WHERE entry LIKE '%readiness.set%' AND entry LIKE '%OUT_OF_JURISDICTION%' AND entry LIKE '%' || $1 || '%'", THERE);
    expect(audited).toHaveLength(1);
    expect((await set('NOTHING', { state: 'DONE' })).status).toBe(400);
    expect((await set('TEST_DATA', { state: 'DONE', evidence: 'x' }, operator, code('99999'))).status).toBe(404);
  });

  it('NUM-3.6 a ticket blocks a milestone, or holds the municipality, until it is resolved', async () => {
    const [blocker, holder] = [randomUUID(), randomUUID()];
    expect(problemOf(await set('TEST_DATA', { state: 'BLOCKED', blockerTicketId: blocker }))).toBe('UNKNOWN_TICKET');
    expect((await link(blocker, { municipalityCode: HERE })).json).toEqual({ ticketId: blocker, municipalities: [HERE] });
    expect(problemOf(await set('TEST_DATA', { state: 'BLOCKED', blockerTicketId: blocker }, operator, THERE))).toBe('UNKNOWN_TICKET');
    expect(await here()).toMatchObject({ state: 'IN_PROGRESS', tickets: [] });
    expect((await set('TEST_DATA', { state: 'BLOCKED', blockerTicketId: blocker })).status).toBe(200);
    expect(problemOf(await set('TEST_DATA', { state: 'DONE', evidence: 'x' }))).toBe('READINESS_STATE');
    await link(holder, { municipalityCode: HERE, blocksWave: true });
    expect(await here()).toMatchObject({ state: 'BLOCKED', tickets: [holder] });
    expect(await list('?state=BLOCKED')).toMatchObject({ counts: { BLOCKED: 1 }, red: 1, items: [{ municipalityCode: HERE }] });
    expect((await resolve(blocker)).json).toEqual({ ticketId: blocker, milestones: 1 });
    expect(await here()).toMatchObject({ state: 'BLOCKED' });
    await resolve(holder);
    expect(await here()).toMatchObject({ state: 'IN_PROGRESS', tickets: [] });
    for (const ticketId of [holder, randomUUID()]) expect(problemOf(await resolve(ticketId))).toBe('UNKNOWN_TICKET');
    const expected = [
      { milestone: 'SYSTEM_REPAIR', state: 'IN_PROGRESS' },
      { milestone: 'SYSTEM_REPAIR', state: 'DONE' },
      { milestone: 'TEST_DATA', state: 'BLOCKED', blockerTicketId: blocker },
      { state: 'BLOCKED', blockerTicketId: holder },
      { milestone: 'TEST_DATA', state: 'IN_PROGRESS' },
      { state: 'IN_PROGRESS' },
    ];
    await estate.eventually(async () => (await published(HERE)).length === expected.length);
    expect(await published(HERE)).toEqual(expected);
  });

  it('NUM-3.6 a ticket about a batch is about its municipality, one about a wave about all of its members; it may be tied anew', async () => {
    const ticketId = randomUUID();
    const { batchId } = await desk.batch(THERE, desk.residents(THERE, 1));
    expect((await link(ticketId, { batchId, blocksWave: true })).json).toMatchObject({ municipalities: [THERE] });
    expect((await list('?state=BLOCKED')).items.map(({ municipalityCode }) => municipalityCode)).toEqual([THERE]);
    const pilots = ['99001', '99002', '99003', '99004', '99005'].map(code);
    const waveId = await desk.plan('PILOT', pilots.map((municipalityCode) => ({ municipalityCode, expected: 1 })));
    expect((await link(ticketId, { waveId, blocksWave: true })).json).toMatchObject({ municipalities: pilots });
    expect((await list('?state=BLOCKED')).items.map(({ municipalityCode }) => municipalityCode)).toEqual(pilots);
    expect((await link(ticketId, { municipalityCode: THERE, blocksWave: false })).status).toBe(200);
    expect((await list('?red=true')).items).toEqual([]);
    for (const body of [{}, { batchId, waveId }, { waveId: 'x' }]) expect((await link(randomUUID(), body)).status).toBe(400);
    for (const body of [{ batchId: randomUUID() }, { waveId: randomUUID() }]) expect((await link(randomUUID(), body)).status).toBe(404);
    expect(problemOf(await link(randomUUID(), { municipalityCode: HERE }, town(HERE)))).toBe('ACTION_NOT_PERMITTED');
  });

  it('NUM-3.6, 5.5 a ticket is about a single number too, counted by its category; a question of law ends with the ministry\'s reference alone', async () => {
    const [ofNumber, ofLaw] = [randomUUID(), randomUUID()];
    const [residentCode] = desk.residents(HERE, 1);
    const numbered = await desk.call('POST', '/requests', { as: town(HERE), body: { requestId: 'ticketed', municipalityCode: HERE, residentCode, kind: 'NEW' } });
    const { assignmentId } = z.object({ assignmentId: z.uuid() }).parse(numbered.json);
    expect((await link(ofNumber, { assignmentId, category: 'GENERATION_AND_CHECK_DIGIT' })).json).toEqual({ ticketId: ofNumber, municipalities: [HERE] });
    expect((await link(randomUUID(), { assignmentId: randomUUID() })).status).toBe(404);
    for (const body of [{ municipalityCode: THERE, category: 'WEATHER' }, { municipalityCode: THERE, assignmentId }]) expect((await link(randomUUID(), body)).status).toBe(400);
    await link(ofLaw, { municipalityCode: THERE, category: 'LAW_QUESTION' });
    const openTickets = async (as: Actor = operator) => (await list('', as)).openTickets;
    expect([await openTickets(), await openTickets(town(THERE)), await openTickets({ ...PREFECTURE, organisation: '13' })]).toEqual([{ GENERATION_AND_CHECK_DIGIT: 1, LAW_QUESTION: 1 }, { LAW_QUESTION: 1 }, {}]);
    expect(problemOf(await resolve(ofLaw))).toBe('REFERENCE_MISSING');
    expect((await resolve(ofLaw, { ministryReference: 'a\u0000b' })).status).toBe(400);
    expect((await resolve(ofLaw, { ministryReference: '総行住第97号' })).status).toBe(200);
    expect(await estate.sql('SELECT ministry_reference FROM numbering.ticket_link WHERE ticket_id = $1', ofLaw)).toEqual([{ ministry_reference: '総行住第97号' }]);
    expect((await resolve(ofNumber)).status).toBe(200);
    expect(await openTickets()).toEqual({});
  });

  it('NUM-5.5 the red list: what is overdue, by prefecture', async () => {
    estate.clock.set(new Date('2015-08-01T01:00:00Z'));
    const all = await list('?red=true&limit=2000');
    expect(all.red).toBe(1_740);
    expect(all.items.every(({ overdue }) => overdue[0] === 'SYSTEM_REPAIR')).toBe(true);
    expect(all.items.map(({ municipalityCode }) => municipalityCode)).not.toContain(HERE);
    expect((await list('?red=true&limit=2000', PREFECTURE)).items).toHaveLength(899);
  });
});
