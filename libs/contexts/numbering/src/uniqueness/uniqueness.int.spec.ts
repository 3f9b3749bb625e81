import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { z } from 'zod';
import { uniquenessChecked } from '#contracts/numbering';
import { log, type Actor } from '#platform';
import { API, codeOf, HERE, operator, Stewardship, type Resident } from '../stewardship.fixture.js';

const AUDITOR: Actor = { clientId: 'auditor-1', kind: 'auditor', organisation: 'audit' };
const started = z.object({ runId: z.uuid() });
const view = z.object({ state: z.string(), ledgerRows: z.number(), linkRows: z.number(), assignmentRows: z.number(), violations: z.record(z.string(), z.number()) });
const world = new Stewardship();
let people: Resident[] = [];

const start = async (): Promise<string> => started.parse((await world.post('/uniqueness-runs', {}, operator('o-1'), 'x')).json).runId;
const read = async (runId: string) => view.parse((await world.estate.request('GET', `${API}/uniqueness-runs/${runId}`, { as: AUDITOR })).json);
const pass = async () => {
  const runId = await start();
  return { runId, ...(await world.estate.eventually(async () => {
    const run = await read(runId);
    return run.state !== 'RUNNING' && run;
  })) };
};
const clear = (runId: string, officer: string) => world.post(`/uniqueness-runs/${runId}/clearance`, {}, operator(officer), 'x');

/** Does something to the tables, has it found, and undoes it. */
async function finds(spoil: string, mend: string, values: readonly unknown[] = []): Promise<Record<string, number>> {
  await world.estate.sql(spoil, ...values);
  const { violations, runId, state } = await pass();
  await world.estate.sql(mend, ...values);
  expect(state).toBe('VIOLATED');
  expect(codeOf(await world.ask(world.enter().code))).toBe('503 DRAWING_HALTED');
  await clear(runId, 'o-1');
  expect((await clear(runId, 'o-2')).json).toMatchObject({ state: 'CLEARED' });
  return violations;
}

beforeAll(async () => {
  await world.start();
  people = await Promise.all(Array.from({ length: 12 }, () => world.resident()));
});
afterAll(() => world.estate.stop());

describe('the independent pass (NUM-7, NUM-5.4)', () => {
  const at = (index: number): Resident => {
    const person = people[index];
    if (person === undefined) throw new Error('nobody');
    return person;
  };
  const LINK = 'UPDATE numbering.code_number_link';

  it('NUM-7 opens every row and finds all in order; the event counts, without a number', async () => {
    const run = await pass();
    expect(run).toMatchObject({ state: 'CLEAN', ledgerRows: 12, linkRows: 12, assignmentRows: 12, violations: {} });
    expect(await world.told(uniquenessChecked, run.runId)).toMatchObject({ data: { ledgerRows: 12, linkRows: 12, openPerCode: 0, openPerNumber: 0, violations: 0 } });
    expect(codeOf(await clear(run.runId, 'o-1'))).toBe('409 UNIQUENESS_STATE');
    expect(await world.estate.sql('SELECT FROM numbering.uniqueness_number')).toHaveLength(0);
  });

  it('NUM-7 does not take the word of an index, a state or a counter', async () => {
    const { personKey, number } = at(0);
    const base = number.slice(0, 11);
    const swap = `${LINK} l SET number_index = o.number_index FROM numbering.code_number_link o WHERE l.person_key = ANY($1::uuid[]) AND o.person_key = ANY($1::uuid[]) AND o.person_key <> l.person_key`;
    expect(await finds(swap, swap, [[personKey, at(1).personKey]])).toEqual({ NUMBER_INDEX: 2 });
    expect(await finds(`${LINK} SET state = 'CLOSED', valid_to = now() WHERE person_key = $1`, `${LINK} SET state = 'OPEN', valid_to = NULL WHERE person_key = $1`, [personKey])).toEqual({ ASSIGNMENT_STATE: 1 });
    expect(await finds('DELETE FROM numbering.number_ledger WHERE base11 = $1', 'INSERT INTO numbering.number_ledger VALUES ($1)', [base])).toEqual({ LINK_NOT_IN_LEDGER: 1, LEDGER_LOST: 1 });
    expect(await finds('INSERT INTO numbering.number_ledger VALUES ($1)', 'DELETE FROM numbering.number_ledger WHERE base11 = $1', ['10000000001'])).toEqual({ LEDGER_NOT_IN_LINK: 1 });
    const flip = `${LINK} SET number = set_byte(number, 20, 255 - get_byte(number, 20)) WHERE person_key = $1`;
    expect(await finds(flip, flip, [personKey])).toEqual({ UNREADABLE: 1 });
    const rename = (from: number, to: number) => `UPDATE numbering.assignment SET generation = ${to} WHERE person_key = $1 AND generation = ${from}`;
    expect(await finds(rename(1, 2), rename(2, 1), [personKey])).toEqual({ LINK_WITHOUT_ASSIGNMENT: 1, ASSIGNMENT_WITHOUT_LINK: 1 });
  });

  it('NUM-7 halts drawing for two people under one number, proposes the dispute, and two officers clear it', async () => {
    const [first, second] = [at(2), at(3)];
    await world.estate.sql(
      `${LINK} l SET number = o.number, number_index = o.number_index FROM numbering.code_number_link o WHERE l.person_key = $1 AND o.person_key = $2`, second.personKey, first.personKey,
    );
    const paged = vi.spyOn(log, 'error');
    const run = await pass();
    expect(paged).toHaveBeenCalledWith(expect.stringContaining('alarm'), expect.objectContaining({ code: 'DATA_LOSS' }));
    paged.mockRestore();
    expect(run.violations).toEqual({ LEDGER_NOT_IN_LINK: 1, OPEN_PER_NUMBER: 1, TWO_PEOPLE: 1 });
    expect((await world.told(uniquenessChecked, run.runId)).data).toMatchObject({ openPerCode: 0, openPerNumber: 1, violations: 3 });
    expect(codeOf(await world.ask(world.enter().code))).toBe('503 DRAWING_HALTED');
    const disputes = await world.estate.sql<{ dispute_id: string; person_keys: string[] }>("SELECT dispute_id, person_keys FROM numbering.dispute WHERE state = 'PROPOSED'");
    expect(disputes.map(({ person_keys: keys }) => [...keys].sort())).toEqual([[first.personKey, second.personKey].sort()]);
    expect((await pass()).state).toBe('VIOLATED');
    expect(await world.estate.sql('SELECT FROM numbering.dispute')).toHaveLength(1);
    const [alarm] = await world.estate.sql<{ entry: string }>("SELECT entry FROM numbering.audit_line WHERE entry LIKE '%TWO_PEOPLE%'");
    expect(alarm?.entry).toContain(first.personKey);
    expect(alarm?.entry).not.toContain(first.number.slice(0, 11));
    const clearAll = async (): Promise<void> => {
      for (const { run_id: runId } of await world.estate.sql<{ run_id: string }>("SELECT run_id FROM numbering.uniqueness_run WHERE state = 'VIOLATED'")) {
        expect((await clear(runId, 'o-1')).json).toMatchObject({ state: 'VIOLATED' });
        expect(codeOf(await clear(runId, 'o-1'))).toBe('409 SAME_OFFICER');
        expect((await clear(runId, 'o-2')).json).toMatchObject({ state: 'CLEARED' });
      }
    };
    await clearAll();
    expect((await world.ask(world.enter().code)).status).toBe(201);
    const settle = async (step: string, body: unknown, officer: string) => (await world.post(`/disputes/${disputes[0]?.dispute_id ?? ''}${step}`, body, operator(officer), 'NUMBER_DESIGNATION')).json;
    expect(await settle('/confirmation', {}, 'o-1')).toMatchObject({ state: 'OPEN' });
    // Both rows still say the number; the one that is closed lost it by the dispute.
    await settle('/resolution', { kept: first.personKey }, 'o-1');
    expect((await pass()).violations).toMatchObject({ TWO_PEOPLE: 1 });
    expect(await settle('/resolution/confirmation', {}, 'o-2')).toMatchObject({ state: 'RESOLVED' });
    expect((await pass()).violations).toEqual({ LEDGER_NOT_IN_LINK: 1 });
    await clearAll();
  });

  it('is for the operator and the auditor alone, one at a time, daily and listed', async () => {
    expect(codeOf(await world.post('/uniqueness-runs', {}, HERE, 'x'))).toBe('403 ACTION_NOT_PERMITTED');
    expect(codeOf(await world.post('/uniqueness-runs', {}, AUDITOR, 'x'))).toBe('403 ACTION_NOT_PERMITTED');
    const { runs } = z.object({ runs: z.array(z.object({ runId: z.uuid() })) }).parse((await world.estate.request('GET', `${API}/uniqueness-runs`, { as: AUDITOR })).json);
    expect(runs.map(({ runId }) => runId)).toEqual([...runs.map(({ runId }) => runId)].sort().reverse());
    const [last] = runs;
    world.estate.clock.set(new Date('2016-01-21T03:00:00Z'));
    await world.estate.eventually(async () => (await world.estate.sql('SELECT FROM numbering.uniqueness_run')).length > runs.length);
    await world.estate.restart();
    await world.estate.eventually(async () => (await world.estate.sql("SELECT FROM numbering.uniqueness_run WHERE state = 'RUNNING'")).length === 0, 40);
    expect(codeOf(await world.estate.request('GET', `${API}/uniqueness-runs/0190a3b0-0000-7000-8000-000000000001`, { as: AUDITOR }))).toBe('404 NOT_FOUND');
    expect((await read(last?.runId ?? '')).state).toBe('CLEARED');
  });
});
