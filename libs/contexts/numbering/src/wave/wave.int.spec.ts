import { createHash, randomBytes, randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { connectStreams, streamName, type Actor } from '#platform';
import { startEstate, type TestEstate } from '#testing';
import { numberingModule } from '../numbering.module.js';
import { fakeRegister } from '../register/register.fixture.js';
import { RECONCILIATION_COLUMNS } from './reconcile-day.js';
import { code, Desk, officer, problemOf, town } from './wave.fixture.js';

const PILOTS = ['99001', '99002', '99003', '99004', '99005'].map(code);
const [FIRST = '', SECOND = '', THIRD = ''] = PILOTS;
const [TOWN, CITY, WARD, FREE] = [code('99006'), code('99100'), code('99101'), code('99008')];
const PREFECTURE: Actor = { clientId: 'prefecture-99', kind: 'prefecture', organisation: '99' };
const SIZE = 10_100;
/** Two chunks and two restarts. */
const SLOW = 150_000;
const register = fakeRegister();
const desk = new Desk(() => estate, register, 9_920_000_000);
const waveRow = z.object({ waveId: z.string(), municipalityCode: z.string(), state: z.string(), haltCause: z.string().nullable(), expected: z.number(), lines: z.number(), designated: z.number(), tentative: z.number(), refused: z.number(), pending: z.number(), signedAt: z.string().nullable() });
const page = z.object({ items: z.array(waveRow), next: z.string().optional() });
let estate: TestEstate;
let [pilot, second, third] = ['', '', ''];

const waves = async (as: Actor, query = '') => page.parse((await desk.call('GET', `/waves${query}`, { as })).json);
const stateOf = async (waveId: string) => (await waves(officer('a'), `?waveId=${waveId}`)).items[0];
const refused = (attempt: Promise<unknown>) => attempt.then(() => 'nothing', (error: Error) => error.message);

/** Two officers resume the wave. */
async function resume(waveId: string): Promise<void> {
  expect(await desk.step(waveId, 'resumption', officer('a'))).toBe('HALTED');
  expect(await desk.step(waveId, 'resumption', officer('b'))).not.toBe('HALTED');
}

/** Gives a number of the batch to somebody else as well; the index of the code. */
async function plantDouble(batchId: string): Promise<Buffer> {
  const planted = randomBytes(32);
  await estate.sql(
    `INSERT INTO numbering.code_number_link SELECT $1, l.seq, l.code, l.number_index, l.number, gen_random_uuid(), l.state, l.valid_from
     FROM numbering.code_number_link l JOIN numbering.assignment a ON a.code_index = l.code_index WHERE a.batch_id = $2 LIMIT 1`,
    planted, batchId,
  );
  return planted;
}

/** States of the wave in the order in which they were published. */
async function published(waveId: string): Promise<string[]> {
  const subject = 'kiban.numbering.wave.state-changed.v1';
  const streams = await connectStreams(estate.natsUrl, 'spec');
  const event = z.object({ subject: z.string(), sequence: z.string(), data: z.object({ state: z.string(), municipalityCode: z.string().optional(), counts: z.record(z.string(), z.number()) }) });
  try {
    const { state } = await streams.manager.streams.info(streamName('numbering'));
    const found: z.output<typeof event>[] = [];
    for (let seq = state.first_seq; seq <= state.last_seq; seq += 1) {
      const message = await streams.manager.streams.getMessage(streamName('numbering'), { seq }).catch(() => null);
      if (message?.subject === subject) found.push(event.parse(message.json()));
    }
    const mine = found.filter((candidate) => candidate.subject === waveId);
    expect(mine.map(({ sequence }) => Number(sequence))).toEqual(mine.map((_, index) => index + 1));
    return mine.map(({ data }) => (data.municipalityCode === undefined ? data.state : `${data.municipalityCode} ${data.state} ${data.counts['tentative']} of ${data.counts['lines']}`));
  } finally {
    await streams.connection.close();
  }
}

beforeAll(async () => {
  estate = await startEstate([numberingModule, register.module], { at: new Date('2015-07-20T01:00:00Z') });
});
afterAll(() => estate.stop());

describe('the plan of the mass numbering (NUM-4.7)', () => {
  it('NUM-4.7 five pilots, then size classes, then designated cities ward by ward; only by the operator', async () => {
    const members = PILOTS.map((municipalityCode) => ({ municipalityCode, expected: SIZE }));
    expect(await refused(desk.plan('PILOT', members.slice(1)))).toBe('PLAN_FAULTS');
    expect(await refused(desk.plan('SIZE_CLASS', members))).toBe('PLAN_FAULTS');
    expect(problemOf(await desk.call('POST', '/waves', { as: town(FIRST), body: { kind: 'PILOT', members } }))).toBe('ACTION_NOT_PERMITTED');
    pilot = await desk.plan('PILOT', members);
    expect(await refused(desk.plan('SIZE_CLASS', [{ municipalityCode: FIRST, expected: 1 }]))).toBe('PLAN_FAULTS');
    second = await desk.plan('SIZE_CLASS', [{ municipalityCode: TOWN, expected: 10 }]);
    third = await desk.plan('DESIGNATED_CITY', [{ municipalityCode: CITY, wardCode: WARD, expected: 10 }]);
    expect((await waves(officer('a'))).items.map(({ municipalityCode }) => municipalityCode)).toEqual([...PILOTS, TOWN, CITY]);
    const first = await waves(PREFECTURE, '?limit=3');
    const rest = await waves(PREFECTURE, `?limit=10&after=${first.next}`);
    expect([first.items.length, rest.items.length, rest.next]).toEqual([3, 4, undefined]);
    expect((await waves(town(SECOND))).items.map(({ municipalityCode }) => municipalityCode)).toEqual([SECOND]);
    expect((await waves({ ...PREFECTURE, organisation: '13' })).items).toEqual([]);
    for (const query of ['?after=x', '?after=990019:99999999', '?waveId=1', '?limit=0']) expect((await desk.call('GET', `/waves${query}`, { as: officer('a') })).status).toBe(400);
  });

  it('NUM-4.7 without a plan a batch is free, with one it waits until its wave is open', async () => {
    await desk.number(FREE, desk.residents(FREE, 2));
    expect(await refused(desk.batch(FIRST, []))).toBe('NOT_IN_WAVE');
    expect(await refused(desk.batch(FREE, [], WARD))).toBe('NOT_IN_WAVE');
    expect(await desk.step(second, 'opening')).toBe('WAVE_ORDER');
    expect(await desk.step(randomUUID(), 'opening')).toBe('NOT_FOUND');
    expect(await desk.step(pilot, 'reconciliation')).toBe('WAVE_STATE');
    expect(await desk.step(pilot, 'halt')).toBe('WAVE_STATE');
    expect(await desk.step(pilot, 'opening')).toBe('OPEN');
    expect(await desk.step(pilot, 'opening')).toBe('WAVE_STATE');
  });

  it('NUM-4.7 a batch that was opened before there was a plan is bound by it as well', async () => {
    const late = code('99009');
    const { seal } = await desk.batch(late, desk.residents(late, 1));
    await estate.sql('INSERT INTO numbering.wave_member (municipality_code, ward_code, wave_id, expected) VALUES ($1, $2, $3, 1)', late, '', second);
    expect(problemOf(await seal())).toBe('NOT_IN_WAVE');
    await estate.sql('DELETE FROM numbering.wave_member WHERE municipality_code = $1', late);
  });
});

describe('halts (NUM-4.7)', () => {
  it('NUM-4.7 a halt stops a running job at the next chunk, also over a restart; two officers resume it and nothing is doubled', async () => {
    const codes = desk.residents(FIRST, SIZE);
    register.away = (asked) => asked.includes(codes[10_050] ?? '');
    const { batchId, seal } = await desk.batch(FIRST, codes);
    expect((await seal()).status).toBe(202);
    await estate.eventually(async () => (await desk.view(FIRST, batchId)).designated === 10_000);
    expect(await stateOf(pilot)).toMatchObject({ state: 'RUNNING', lines: SIZE, designated: 0, pending: SIZE });
    await estate.restart();
    expect(await desk.step(pilot, 'halt', town(FIRST))).toBe('ACTION_NOT_PERMITTED');
    expect(await desk.step(pilot, 'halt')).toBe('HALTED');
    expect(await desk.step(pilot, 'halt')).toBe('HALTED');
    expect(await desk.becomes(FIRST, batchId, 'SUSPENDED')).toMatchObject({ designated: 10_000, pending: 100 });
    register.away = () => false;
    expect(problemOf(await seal())).toBe('WAVE_HALTED');
    expect(await refused(desk.batch(SECOND, []))).toBe('WAVE_HALTED');
    expect(await desk.step(second, 'opening')).toBe('WAVE_HALTED');
    expect(await desk.step(pilot, 'resumption', officer('a'))).toBe('HALTED');
    expect(await desk.step(pilot, 'resumption', officer('a'))).toBe('SAME_OFFICER');
    expect(problemOf(await seal())).toBe('WAVE_HALTED');
    expect(await desk.step(pilot, 'resumption', officer('b'))).toBe('RUNNING');
    expect(await desk.step(pilot, 'resumption', officer('b'))).toBe('WAVE_STATE');
    expect((await seal()).status).toBe(202);
    await estate.restart();
    expect(await desk.becomes(FIRST, batchId, 'DELIVERED')).toMatchObject({ lines: SIZE, designated: 0, tentative: SIZE, refused: 0, pending: 0 });
    expect((await estate.sql<{ count: string }>('SELECT count(DISTINCT person_key) FROM numbering.assignment WHERE batch_id = $1', batchId))[0]?.count).toBe(SIZE);
    expect(await stateOf(pilot)).toMatchObject({ state: 'RUNNING', lines: SIZE, tentative: 0, pending: SIZE });
    await desk.receive(FIRST, batchId);
    expect(await stateOf(pilot)).toMatchObject({ state: 'RUNNING', lines: SIZE, tentative: SIZE, pending: 0 });
  }, SLOW);

  it('NUM-4.7 stop rule: more than 0.01 % refused lines; the batch itself is delivered', async () => {
    await desk.number(SECOND, [...desk.residents(SECOND, 50), '99000000014']);
    expect(await stateOf(pilot)).toMatchObject({ state: 'HALTED', haltCause: 'REFUSED_LINES' });
    expect(await stateOf(second)).toMatchObject({ state: 'PLANNED' });
    await resume(pilot);
  });

  it('NUM-4.7 stop rule: rows that do not add up; the batch is suspended and can be sealed again', async () => {
    const codes = desk.residents(THIRD, 3);
    register.away = (asked) => asked.includes(codes[0] ?? '');
    const { batchId, seal } = await desk.batch(THIRD, codes);
    await seal();
    await estate.sql('UPDATE numbering.generation_batch SET repeated = 1 WHERE batch_id = $1', batchId);
    register.away = () => false;
    await desk.becomes(THIRD, batchId, 'SUSPENDED');
    expect(await stateOf(pilot)).toMatchObject({ state: 'HALTED', haltCause: 'COUNT_MISMATCH' });
    await estate.sql('UPDATE numbering.generation_batch SET repeated = 0 WHERE batch_id = $1', batchId);
    await resume(pilot);
    expect((await seal()).status).toBe(202);
    await desk.becomes(THIRD, batchId, 'DELIVERED');
    await desk.receive(THIRD, batchId);
  });

  it('NUM-4.7 stop rule: a number that stands twice; nothing of the batch is delivered and all open waves halt', async () => {
    const [fourth = ''] = PILOTS.slice(3);
    const codes = desk.residents(fourth, 10_001);
    register.away = (asked) => asked.includes(codes[10_000] ?? '');
    const { batchId, seal } = await desk.batch(fourth, codes);
    await seal();
    await estate.eventually(async () => (await desk.view(fourth, batchId)).designated === 10_000);
    const planted = await plantDouble(batchId);
    await estate.sql("UPDATE numbering.wave SET state = 'OPEN' WHERE wave_id = $1", second);
    register.away = () => false;
    await desk.becomes(fourth, batchId, 'SUSPENDED');
    for (const waveId of [pilot, second]) expect(await stateOf(waveId)).toMatchObject({ state: 'HALTED', haltCause: 'DUPLICATE_NUMBER' });
    expect(await stateOf(third)).toMatchObject({ state: 'PLANNED' });
    await estate.sql('DELETE FROM numbering.code_number_link WHERE code_index = $1', planted);
    for (const waveId of [pilot, second]) await resume(waveId);
    await seal();
    expect(await desk.becomes(fourth, batchId, 'DELIVERED')).toMatchObject({ tentative: 10_001 });
    expect(problemOf(await desk.call('POST', `/batches/${batchId}/receipt`, { as: town(FIRST), body: {} }))).toBe('OUT_OF_JURISDICTION');
    await desk.receive(fourth, batchId);
  }, SLOW);

  it('NUM-4.7 stop rule: a number that stands twice in a batch of no wave halts them too', async () => {
    const { batchId, seal } = await desk.batch(FREE, desk.residents(FREE, 3));
    await seal();
    await desk.becomes(FREE, batchId, 'DELIVERED');
    const planted = await plantDouble(batchId);
    // As if it had been drawn, and the look before the delivery were still to come.
    await estate.sql("UPDATE numbering.generation_batch SET state = 'SUSPENDED', delivered_at = NULL WHERE batch_id = $1", batchId);
    expect((await seal()).status).toBe(202);
    await desk.becomes(FREE, batchId, 'SUSPENDED');
    expect(await stateOf(pilot)).toMatchObject({ state: 'HALTED', haltCause: 'DUPLICATE_NUMBER' });
    await estate.sql('DELETE FROM numbering.code_number_link WHERE code_index = $1', planted);
    await resume(pilot);
    await resume(second);
    await seal();
    expect(await desk.becomes(FREE, batchId, 'DELIVERED')).toMatchObject({ tentative: 3 });
    await desk.receive(FREE, batchId);
  });
});

describe('the end of a wave (NUM-4.7, NUM-8)', () => {
  const signing = (municipalityCode: string, counts: object, as = town(municipalityCode)) => desk.call('POST', `/waves/${pilot}/sign-offs`, { as, body: { municipalityCode, ...counts } });
  const countsOf = async (municipalityCode: string) => {
    const row = (await waves(officer('a'), `?waveId=${pilot}`)).items.find((candidate) => candidate.municipalityCode === municipalityCode);
    expect(row?.lines).toBe((row?.designated ?? 0) + (row?.tentative ?? 0) + (row?.refused ?? 0) + (row?.pending ?? 0));
    return { lines: row?.lines, numbered: (row?.designated ?? 0) + (row?.tentative ?? 0), refused: row?.refused };
  };

  it('NUM-4.7 is reconciled when every member has its result and nothing is under way', async () => {
    const [last = ''] = PILOTS.slice(4);
    expect(await desk.step(pilot, 'reconciliation')).toBe('COUNTS_OPEN');
    expect(problemOf(await signing(FIRST, await countsOf(FIRST)))).toBe('WAVE_STATE');
    await desk.number(last, desk.residents(last, 4));
    expect(await desk.step(pilot, 'reconciliation')).toBe('RECONCILED');
    expect(await refused(desk.batch(FIRST, []))).toBe('NOT_IN_WAVE');
  });

  it('NUM-8 each municipality signs with its own client and its own counts, and has a certificate', async () => {
    const counts = await countsOf(FIRST);
    expect(counts).toEqual({ lines: SIZE, numbered: SIZE, refused: 0 });
    expect(problemOf(await signing(FIRST, counts, town(SECOND)))).toBe('OUT_OF_JURISDICTION');
    const audited = await estate.sql("SELECT FROM numbering.audit_line WHERE entry LIKE '%numbering.wave.sign-off%' AND entry LIKE '%OUT_OF_JURISDICTION%' AND entry LIKE '%' || $1 || '%'", SECOND);
    expect(audited).toHaveLength(1);
    expect(problemOf(await signing(FIRST, { ...counts, refused: 1 }))).toBe('COUNTS_OPEN');
    expect(problemOf(await signing(TOWN, counts))).toBe('NOT_FOUND');
    const signed = await signing(FIRST, counts);
    expect([signed.status, signed.json]).toEqual([201, { waveId: pilot, municipalityCode: FIRST, waveState: 'RECONCILED', sha256: expect.any(String) }]);
    expect((await signing(FIRST, counts)).json).toEqual(signed.json);
    const certificate = await desk.call('GET', `/waves/${pilot}/sign-offs/${FIRST}`, { as: town(FIRST) });
    expect(signed.json).toMatchObject({ sha256: createHash('sha256').update(certificate.bytes).digest('hex') });
    expect(certificate.json).toMatchObject({ municipalityCode: FIRST, expected: SIZE, counts: { lines: SIZE, tentative: SIZE }, signedBy: { client: town(FIRST).clientId } });
    expect((await desk.call('GET', `/waves/${pilot}/sign-offs/${FIRST}`, { as: town(SECOND) })).status).toBe(403);
    for (const municipalityCode of PILOTS.slice(1)) expect((await signing(municipalityCode, await countsOf(municipalityCode))).status).toBe(201);
    expect(await stateOf(pilot)).toMatchObject({ state: 'SIGNED_OFF', signedAt: expect.any(String) });
    expect(problemOf(await desk.call('PUT', `/waves/${pilot}/halt`, { as: officer('a'), body: { reason: 'OTHER' } }))).toBe('WAVE_STATE');
  });

  it('NUM-5.4 every change was published once, in its order', async () => {
    const halts = ['HALTED', 'RUNNING'];
    const signed = [`${SIZE} of ${SIZE}`, '50 of 51', '3 of 3', '10001 of 10001', '4 of 4'];
    const expected = ['PLANNED', 'OPEN', 'RUNNING', ...halts, ...halts, ...halts, ...halts, ...halts, 'RECONCILED', ...PILOTS.map((municipalityCode, index) => `${municipalityCode} SIGNED_OFF ${signed[index]}`), 'SIGNED_OFF'];
    await estate.eventually(async () => (await published(pilot)).length === expected.length);
    expect(await published(pilot)).toEqual(expected);
  });

  it('NUM-3.6 a ticket holds a wave or one of its municipalities until it is resolved', async () => {
    const [waveTicket, townTicket] = [randomUUID(), randomUUID()];
    const link = (ticketId: string, body: object) => desk.call('PUT', `/ticket-links/${ticketId}`, { as: officer('a'), body: { ...body, blocksWave: true } });
    const resolve = (ticketId: string) => desk.call('POST', `/ticket-links/${ticketId}/resolution`, { as: officer('a'), body: {} });
    await link(townTicket, { municipalityCode: TOWN });
    const { seal, batchId } = await desk.batch(TOWN, desk.residents(TOWN, 2));
    expect(problemOf(await seal())).toBe('WAVE_BLOCKED');
    await resolve(townTicket);
    expect((await seal()).status).toBe(202);
    await desk.becomes(TOWN, batchId, 'DELIVERED');
    expect(await desk.step(second, 'reconciliation')).toBe('RECONCILED');
    await link(waveTicket, { waveId: third });
    expect(await desk.step(third, 'opening')).toBe('WAVE_BLOCKED');
    await resolve(waveTicket);
    expect(await desk.step(third, 'opening')).toBe('OPEN');
    expect(await refused(desk.batch(CITY, []))).toBe('NOT_IN_WAVE');
    await desk.number(CITY, desk.residents(CITY, 1), WARD);
  });

  it('NUM-5.3 NREC: the day by municipality, where every line adds up', async () => {
    const file = (as: Actor) => desk.call('GET', '/reconciliations/2015-07-20', { as });
    const rows = (await file(officer('a'))).bytes.toString('utf8').trimEnd().split('\r\n');
    expect(rows.shift()).toBe(RECONCILIATION_COLUMNS.join(','));
    expect(rows.map((row) => row.slice(0, 6)).sort()).toEqual([...PILOTS, TOWN, CITY, FREE].sort());
    for (const [, requested, designated, tentative, refusedLines, pending, ledgerDelta, linkDelta] of rows.map((row) => row.split(',').map(Number))) {
      expect(requested).toBe((designated ?? 0) + (tentative ?? 0) + (refusedLines ?? 0) + (pending ?? 0));
      expect(ledgerDelta).toBe(linkDelta);
    }
    expect(rows).toContain([FIRST, SIZE, 0, SIZE, 0, 0, SIZE, SIZE].join(','));
    expect(rows).toContain([SECOND, 51, 0, 50, 1, 0, 50, 50].join(','));
    expect((await file(town(SECOND))).bytes.toString('utf8').trimEnd().split('\r\n').slice(1)).toEqual([expect.stringMatching(new RegExp(`^${SECOND},`))]);
    expect((await desk.call('GET', '/reconciliations/2015-07-21', { as: officer('a') })).bytes.toString('utf8').trimEnd()).toBe(RECONCILIATION_COLUMNS.join(','));
    for (const day of ['2015-02-30', '0001-01-01', '9999-12-31', 'x']) expect((await desk.call('GET', `/reconciliations/${day}`, { as: officer('a') })).status).toBe(400);
  });
});
