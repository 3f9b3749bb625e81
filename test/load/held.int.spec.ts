import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
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

// At each change of the file ten MiB are kept, and twenty are garbage at once.
const LEAK = `
  const kept = [];
  require('node:fs').watchFile(process.argv[1], { interval: 50 }, () => {
    kept.push(Array.from({ length: 1_310_720 }, (_, index) => index + 0.5));
    Array.from({ length: 2_621_440 }, (_, index) => index + 0.5);
    console.log('kept ' + kept.length);
  });
  console.log('up');
`;

it('CARD-4.12 Q9 what is kept is told, what waits for a collection is not; a process that was started again is looked into again', async () => {
  const [signal, logFile] = [join(folder, 'signal'), join(folder, 'leak.log')];
  writeFileSync(signal, '');
  const process = superviseProcess({ name: 'leaking', args: ['--inspect-port=0', '-e', LEAK, signal], logFile });
  const memory = new HeldMemory(process);
  [leaking, held] = [process, memory];
  const said = (times: number, text: string) => expect.poll(() => readFileSync(logFile, 'utf8').split(text).length - 1, { timeout: 5_000 }).toBe(times);
  const look = async (): Promise<number> => (await memory.look()) ?? Number.NaN;
  await said(1, 'up\n');
  const first = await look();
  for (const times of [1, 2]) {
    writeFileSync(signal, 'x'.repeat(times));
    await said(1, `kept ${times}\n`);
    expect(Math.abs((await look()) - first - times * 10)).toBeLessThan(1);
  }
  expect(await look()).toBeGreaterThan(first + 19);
  globalThis.process.kill(process.pid() ?? 0, 'SIGKILL');
  await said(2, 'up\n');
  expect(Math.abs((await look()) - first)).toBeLessThan(2);
});
