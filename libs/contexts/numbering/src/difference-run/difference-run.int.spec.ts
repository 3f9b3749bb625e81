import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { csvLine } from '#kernel';
import type { Actor } from '#platform';
import { startEstate, type TestEstate } from '#testing';
import { numberingModule } from '../numbering.module.js';
import { fakeRegister } from '../register/register.fixture.js';
import { code, Desk, officer, problemOf, town } from '../wave/wave.fixture.js';
import { DIFFERENCE_COLUMNS } from './difference-run.js';

const PILOTS = ['99001', '99002', '99003', '99004', '99005'].map(code);
const [PLANNED = '', OTHER = ''] = PILOTS;
const HERE = code('99008');
const register = fakeRegister();
const desk = new Desk(() => estate, register, 9_930_000_000);
const runView = z.object({ runId: z.string(), state: z.string(), lines: z.number(), linked: z.number(), toNumber: z.number(), waiting: z.number(), deleted: z.number(), batchId: z.string().nullable() });
const submitted = z.object({ runId: z.string(), state: z.string(), batchId: z.string().nullable(), lines: z.number(), sha256: z.string() });
let estate: TestEstate;
let day = 20;

const listOf = (lines: readonly (readonly [residentCode: string, situation: string])[]): string =>
  [csvLine(DIFFERENCE_COLUMNS), ...lines.map(([residentCode, situation]) => csvLine([residentCode, situation, '2015-10-06']))].join('');
const send = (municipalityCode: string, body: string, as: Actor = town(municipalityCode)) => desk.call('POST', `/difference-runs?municipalityCode=${municipalityCode}`, { as, body, csv: true });
const submit = async (municipalityCode: string, lines: readonly (readonly [string, string])[]) => submitted.parse((await send(municipalityCode, listOf(lines))).json);
const read = async (municipalityCode: string, runId: string) => runView.parse((await desk.call('GET', `/difference-runs/${runId}`, { as: town(municipalityCode) })).json);

/** The next night has been worked through. */
async function night(): Promise<void> {
  day += 1;
  estate.clock.set(new Date(`2015-10-${day}T01:00:00Z`));
  await estate.eventually(async () => {
    const jobs = await estate.sql("SELECT FROM numbering.job WHERE kind = 'numbering.difference-runs' AND state = 'SUCCEEDED' AND created_at >= $1", `2015-10-${day}T00:59:00Z`);
    return jobs.length === 1;
  });
}

beforeAll(async () => {
  estate = await startEstate([numberingModule, register.module], { at: new Date('2015-10-20T01:00:00Z') });
});
afterAll(() => estate.stop());

describe('the difference run (NUM-4.7)', () => {
  it('NUM-4.7 numbers those who have none, and repeats every night until nobody is left', async () => {
    const [known = '', born = '', changed = '', gone = ''] = desk.residents(HERE, 4);
    const [mover = ''] = desk.residents(OTHER, 1);
    await desk.number(HERE, [known]);
    const first = await submit(HERE, [[known, 'moved-in'], [born, 'born'], [born, 'arrived'], [changed, 'code changed'], [gone, 'deleted'], [mover, 'moved-in']]);
    expect(first).toMatchObject({ state: 'OPEN', lines: 6, batchId: expect.any(String) });
    expect(await read(HERE, first.runId)).toMatchObject({ linked: 1, toNumber: 2, waiting: 1, deleted: 1 });
    expect(await desk.becomes(HERE, first.batchId ?? '', 'DELIVERED')).toMatchObject({ lines: 2, designated: 1, refused: 1 });
    expect(await submit(HERE, [[known, 'moved-in'], [born, 'born'], [born, 'arrived'], [changed, 'code changed'], [gone, 'deleted'], [mover, 'moved-in']])).toEqual(first);
    await estate.restart();
    await night();
    const second = await read(HERE, first.runId);
    expect(second).toMatchObject({ state: 'OPEN', linked: 3, toNumber: 1, waiting: 1 });
    expect(second.batchId).not.toBe(first.batchId);
    await desk.becomes(HERE, second.batchId ?? '', 'DELIVERED');
    register.people.set(mover, { found: true, personKey: randomUUID(), municipalityCode: HERE, status: 'RESIDENT', superseded: false });
    await night();
    await desk.becomes(HERE, (await read(HERE, first.runId)).batchId ?? '', 'DELIVERED');
    await desk.number(HERE, [changed]);
    await night();
    expect(await read(HERE, first.runId)).toMatchObject({ state: 'DONE', linked: 5, toNumber: 0, waiting: 0 });
    expect(await estate.sql('SELECT FROM numbering.difference_line')).toHaveLength(0);
    expect((await estate.sql<{ count: number }>('SELECT count(*)::int FROM numbering.assignment WHERE municipality_code = $1', HERE))[0]?.count).toBe(4);
  }, 120_000);

  it('NUM-4.7 the latest list replaces the one before; an empty one ends it', async () => {
    const [one = ''] = desk.residents(OTHER, 1);
    const first = await submit(HERE, [[one, 'born']]);
    expect(await submit(HERE, [])).toMatchObject({ state: 'DONE', lines: 0, batchId: null });
    expect(await read(HERE, first.runId)).toMatchObject({ state: 'SUPERSEDED' });
    expect(await estate.sql('SELECT FROM numbering.difference_line WHERE run_id = $1', first.runId)).toHaveLength(0);
  });

  it('NUM-4.7 in a plan: not before the mass numbering has begun, and no batch while it is halted', async () => {
    const pilot = await desk.plan('PILOT', PILOTS.map((municipalityCode) => ({ municipalityCode, expected: 1 })));
    const [born = '', other = ''] = desk.residents(PLANNED, 2);
    const list = listOf([[born, 'born']]);
    expect(problemOf(await send(PLANNED, list))).toBe('NOT_IN_WAVE');
    await desk.step(pilot, 'opening');
    await desk.number(PLANNED, [other]);
    await desk.step(pilot, 'halt');
    const run = submitted.parse((await send(PLANNED, list)).json);
    expect(run).toMatchObject({ state: 'OPEN', batchId: null });
    await night();
    expect(await read(PLANNED, run.runId)).toMatchObject({ state: 'OPEN', toNumber: 1, batchId: null });
    for (const name of ['a', 'b']) await desk.step(pilot, 'resumption', officer(name));
    await night();
    const { batchId } = await read(PLANNED, run.runId);
    await desk.becomes(PLANNED, batchId ?? '', 'DELIVERED');
    await night();
    expect(await read(PLANNED, run.runId)).toMatchObject({ state: 'DONE', linked: 1 });
  }, 120_000);

  it('NUM-7 a faulty list leaves nothing behind; only the municipality itself', async () => {
    const [one = ''] = desk.residents(HERE, 1);
    const faulty = await send(HERE, listOf([[one, 'born'], ['99000000014', 'gone']]));
    expect(problemOf(faulty)).toBe('FILE_FAULTS');
    expect(JSON.stringify(faulty.json)).toContain('/lines/2/situation');
    expect(problemOf(await send(HERE, 'a,b\r\n'))).toBe('FILE_MALFORMED');
    expect(problemOf(await send(HERE, listOf([]), town(OTHER)))).toBe('OUT_OF_JURISDICTION');
    const { runId } = await submit(HERE, []);
    expect((await desk.call('GET', `/difference-runs/${runId}`, { as: town(OTHER) })).status).toBe(403);
    expect((await desk.call('GET', `/difference-runs/${randomUUID()}`, { as: town(HERE) })).status).toBe(404);
    await night();
    await night();
    expect(await estate.sql("SELECT FROM numbering.difference_run WHERE state = 'COLLECTING'")).toHaveLength(0);
  });
});
