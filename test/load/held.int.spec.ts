import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, it } from 'vitest';
import { superviseProcess, type SupervisedProcess } from '../../tools/start/supervise.js';
import { HeldMemory } from './held.js';

const folder = mkdtempSync(join(tmpdir(), 'kiban-held-'));
let leaking: SupervisedProcess | undefined;
let held: HeldMemory | undefined;
afterEach(async () => {
  held?.close();
  await leaking?.stop();
  rmSync(folder, { recursive: true });
});

// At each signal ten MiB are kept, and twenty are garbage at once. Not at a change of a file: one write is two changes, the emptying and the
// octets, and whoever looks between them keeps twenty.
const LEAK = `
  const kept = [];
  process.on('SIGUSR2', () => {
    kept.push(Array.from({ length: 1_310_720 }, (_, index) => index + 0.5));
    Array.from({ length: 2_621_440 }, (_, index) => index + 0.5);
    console.log('kept ' + kept.length);
  });
  setInterval(() => undefined, 60_000);
  console.log('up');
`;

it('CARD-4.12 Q9 what is kept is told, what waits for a collection is not; a process that was started again is looked into again', async () => {
  const logFile = join(folder, 'leak.log');
  const process = superviseProcess({ name: 'leaking', args: ['--inspect-port=0', '-e', LEAK], logFile });
  const memory = new HeldMemory(process);
  [leaking, held] = [process, memory];
  const said = (times: number, text: string) => expect.poll(() => readFileSync(logFile, 'utf8').split(text).length - 1, { timeout: 20_000 }).toBe(times);
  const signal = (name: NodeJS.Signals): boolean => globalThis.process.kill(process.pid() ?? Number.NaN, name);
  const look = async (): Promise<number> => (await memory.look()) ?? Number.NaN;
  await said(1, 'up\n');
  const first = await look();
  for (const times of [1, 2]) {
    signal('SIGUSR2');
    await said(1, `kept ${times}\n`);
    expect(Math.abs((await look()) - first - times * 10)).toBeLessThan(1);
  }
  expect(await look()).toBeGreaterThan(first + 19);
  signal('SIGKILL');
  await said(2, 'up\n');
  expect(Math.abs((await look()) - first)).toBeLessThan(2);
});
