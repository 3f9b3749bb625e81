import { expect, it } from 'vitest';
import { CommandFault } from './command-fault.js';
import { untilEnded } from './follow-job.js';

const job = { base: '/api/juki-net/v1', jobId: '0196f0c2-0000-7000-8000-000000000000' };
const done = { state: 'SUCCEEDED', done: 2, total: 2, result: {}, fault: null };
const shown: string[] = [];
const terminal = { progress: (line: string): void => void shown.push(line) };
/** Gives one answer after another. */
const client = (...answers: unknown[]) => ({
  ask: (): Promise<unknown> => {
    const next = answers.shift();
    return next instanceof Error ? Promise.reject(next) : Promise.resolve(next);
  },
});

it('goes on following a job whose context is away for a moment', async () => {
  const away = new CommandFault(3, 'UNAVAILABLE');
  expect(await untilEnded(terminal, client({ ...done, state: 'RUNNING', done: 1 }, away, away, done), job)).toMatchObject({ state: 'SUCCEEDED' });
  expect(shown).toContain('away, asked again');
});

it('ends at once when it is refused', async () => {
  await expect(untilEnded(terminal, client(new CommandFault(1, 'NOT_FOUND'), done), job)).rejects.toThrow('NOT_FOUND');
});
