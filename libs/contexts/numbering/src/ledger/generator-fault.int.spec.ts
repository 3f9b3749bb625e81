import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { candidateBodies } from '../construction/construction.js';
import type { DrawGenerator } from '../custody/key-custody.js';
import { numberingWith } from '../numbering.module.js';
import { API, codeOf, HERE, operator, Stewardship } from '../stewardship.fixture.js';
import { Desk } from '../wave/wave.fixture.js';

const TOWN = '990019';
const BODY = '12345678901';
const world = new Stewardship();
const desk = new Desk(() => world.estate, world.register, 9_930_000_000);
let stuck = false;

/** A generator that may stick: then it never yields a new body. */
const sticking: DrawGenerator = (key, salts) => (residentCode) =>
  stuck ? Array.from({ length: 16 }, () => BODY).values() : candidateBodies(key, residentCode, salts(Buffer.alloc(16)));

const ledger = async () => z.object({ state: z.string(), haltedByRun: z.string().optional() }).parse((await world.estate.request('GET', `${API}/ledger`, { as: operator('o-1') })).json);
const clear = (runId: string, officer: string) => world.post(`/uniqueness-runs/${runId}/clearance`, {}, operator(officer), 'x');
const alarms = () => world.estate.sql("SELECT FROM numbering.audit_line WHERE entry LIKE '%GENERATOR_FAULT%' AND entry LIKE '%alarm%'");
const halted = async (): Promise<string> => {
  const { state, haltedByRun = '' } = await world.estate.eventually(async () => {
    const found = await ledger();
    return found.state === 'HALTED' && found;
  });
  expect(state).toBe('HALTED');
  return haltedByRun;
};

/** A batch of the town, sealed. */
async function seal(lines: number): Promise<string> {
  const { batchId, seal: sealed } = await desk.batch(TOWN, desk.residents(TOWN, lines));
  expect((await sealed()).status).toBe(202);
  return batchId;
}

beforeAll(() => world.start(undefined, numberingWith(sticking)));
afterAll(() => world.estate.stop());

describe('a generator that offers nothing new (NUM-4.5, NUM-7)', () => {
  it('NUM-7 a single request that meets it halts everything, over a restart, until two officers clear it', async () => {
    stuck = true;
    expect((await world.ask(world.enter().code)).json).toMatchObject({ number: `${BODY}8` });
    const { code } = world.enter();
    expect(codeOf(await world.ask(code))).toBe('500 GENERATOR_FAULT');
    stuck = false;
    const refused = await world.ask(code);
    expect(codeOf(refused)).toBe('503 DRAWING_HALTED');
    const runId = await halted();
    expect(refused.json).toMatchObject({ facts: { runId } });
    expect(await alarms()).toHaveLength(1);
    const batchId = await seal(3);
    await world.estate.restart();
    expect(codeOf(await world.ask(code))).toBe('503 DRAWING_HALTED');
    expect(await desk.view(TOWN, batchId)).toMatchObject({ state: 'SEALED', designated: 0 });
    expect((await world.estate.request('GET', `${API}/uniqueness-runs/${runId}`, { as: operator('o-1') })).json).toMatchObject({ state: 'VIOLATED', violations: { GENERATOR_FAULT: 1 } });
    expect(codeOf(await world.post(`/uniqueness-runs/${runId}/clearance`, {}, HERE, 'x'))).toBe('403 ACTION_NOT_PERMITTED');
    expect((await clear(runId, 'o-1')).json).toMatchObject({ state: 'VIOLATED' });
    expect(codeOf(await clear(runId, 'o-1'))).toBe('409 SAME_OFFICER');
    expect(codeOf(await world.ask(code))).toBe('503 DRAWING_HALTED');
    expect((await clear(runId, 'o-2')).json).toMatchObject({ state: 'CLEARED' });
    expect((await world.ask(world.enter().code)).status).toBe(201);
    await desk.becomes(TOWN, batchId, 'DELIVERED');
  });

  it('NUM-7 a batch that meets it halts single requests and all other batches; afterwards they go on', async () => {
    stuck = true;
    const [first, other] = [await seal(2), await seal(2)];
    const runId = await halted();
    stuck = false;
    expect(codeOf(await world.ask(world.enter().code))).toBe('503 DRAWING_HALTED');
    for (const batchId of [first, other]) expect(await desk.view(TOWN, batchId)).toMatchObject({ state: 'SEALED', designated: 0 });
    expect(await alarms()).toHaveLength(2);
    for (const officer of ['o-1', 'o-2']) await clear(runId, officer);
    for (const batchId of [first, other]) expect(await desk.becomes(TOWN, batchId, 'DELIVERED')).toMatchObject({ designated: 2 });
    expect((await world.uniqueness()).json).toMatchObject({ violations: 0 });
  });
});
