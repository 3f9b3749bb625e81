import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { z } from 'zod';
import { codeOf, HERE, Stewardship } from '../stewardship.fixture.js';

const world = new Stewardship();
const refused = z.object({ facts: z.object({ jobId: z.uuid().optional(), heldUntil: z.string().optional() }).default({}) });
const job = z.object({ state: z.string(), result: z.unknown().optional() });
const HOUR = 3_600_000;
const ended = (jobId: string | undefined) => world.estate.eventually(async () => {
  const seen = job.parse((await world.estate.request('GET', `/api/numbering/v1/jobs/${jobId}`, { as: HERE })).json);
  return seen.state === 'SUCCEEDED' && seen.result;
});
const forward = (ms: number): void => world.estate.clock.set(new Date(world.estate.clock.now().getTime() + ms));
/** The key is away: no ceremony is active. */
const key = (state: 'KEY_ACTIVE' | 'ROTATED') => world.estate.sql('UPDATE numbering.key_ceremony SET state = $1', state);
const numbers = () => world.estate.sql('SELECT FROM numbering.number_ledger');

beforeAll(() => world.start());
afterAll(() => world.estate.stop());

it('NUM-7, 4.8 a single request waits while nothing can be drawn and answers itself, after a restart too, with one number for ever', async () => {
  const before = (await numbers()).length;
  const [person, requestId] = [world.enter(), randomUUID()];
  await key('ROTATED');
  const answers = await Promise.all([1, 2, 3].map(() => world.ask(person.code, { requestId })));
  expect(answers.map(codeOf)).toEqual(Array(3).fill('503 KEY_NOT_ACTIVE'));
  const [{ jobId, heldUntil } = {}, ...twins] = answers.map(({ json }) => refused.parse(json).facts);
  expect(twins.map((twin) => twin.jobId)).toEqual([jobId, jobId]);
  expect(new Date(heldUntil ?? '').getTime() - world.estate.clock.now().getTime()).toBeGreaterThan(24 * HOUR - 60_000);
  expect(codeOf(await world.ask(world.enter().code, { requestId }))).toBe('409 REQUEST_ID_REUSED');
  expect(await numbers()).toHaveLength(before);
  await world.estate.restart();
  await key('KEY_ACTIVE');
  forward(61_000);
  expect(await ended(jobId)).toEqual({ state: 'ANSWERED' });
  expect(await numbers()).toHaveLength(before + 1);
  expect([(await world.ask(person.code, { requestId })).status, (await numbers()).length]).toEqual([201, before + 1]);
});

it('NUM-4.8 after a day it is refused with the hint to use paper; when numbers are drawn again the same request has its number', async () => {
  const [person, requestId] = [world.enter(), randomUUID()];
  await key('ROTATED');
  const { jobId } = refused.parse((await world.ask(person.code, { requestId })).json).facts;
  forward(23 * HOUR);
  expect(codeOf(await world.ask(person.code, { requestId }))).toBe('503 KEY_NOT_ACTIVE');
  forward(HOUR + 61_000);
  expect(await ended(jobId)).toEqual({ state: 'REFUSED', fault: 'DRAWING_OVERDUE' });
  const late = await world.ask(person.code, { requestId });
  expect([codeOf(late), JSON.stringify(late.json)]).toEqual(['409 DRAWING_OVERDUE', expect.stringContaining('紙の様式')]);
  expect(await world.estate.sql('SELECT FROM numbering.held_request WHERE code IS NOT NULL')).toEqual([]);
  await key('KEY_ACTIVE');
  expect((await world.ask(person.code, { requestId })).status).toBe(201);
});
