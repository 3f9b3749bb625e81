import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { Worker } from 'node:worker_threads';
import { type FromWorker, SHARED_OCTETS, attemptIn, spentMs } from './shared-attempt.js';
import { TARGETS, digestOf } from './samples.js';

/** A parser that has not answered after so much time of the processor is stopped: on a busy machine the clock tells nothing. */
const HANG_MS = 15_000;
const CORPUS = join('test', 'fuzz', 'corpus');
const { values } = parseArgs({ options: { minutes: { type: 'string', default: '1' }, seed: { type: 'string', default: '1' } } });
const end = Number(values.minutes) * 60_000;
const found = new Map<string, string>();
const counts: Record<string, number> = Object.fromEntries(TARGETS.map((target) => [target, 0]));
let floor: { readonly first: number; readonly last: number } | undefined;

mkdirSync(CORPUS, { recursive: true });
// One that hangs or dies is noted and the next one goes on with a seed of its own.
for (let round = 0; spentMs() < end; round += 1) await runWorker(`${values.seed}-${round}`);
const total = Object.values(counts).reduce((sum, count) => sum + count, 0);
for (const [sign, file] of found) console.log(`${file}: ${sign}`);
console.log(JSON.stringify({ messages: total, counts, heapFloor: floor }));
console.log(found.size === 0 ? `fuzz: ${total} messages in ${Math.round(spentMs() / 60_000)} minutes of processor time, nothing but refusals` : `fuzz: ${found.size} FINDINGS in ${total} messages, kept in ${CORPUS}`);
process.exit(found.size === 0 ? 0 : 1);

function keep(target: string, sign: string, der: Buffer): void {
  if (found.has(sign)) return;
  const file = join(CORPUS, `${target}-${digestOf(der)}.der`);
  writeFileSync(file, der);
  found.set(sign, file);
  console.log(`found: ${sign} (${file}, ${der.length} octets)`);
}

function runWorker(seed: string): Promise<void> {
  const shared = new SharedArrayBuffer(SHARED_OCTETS);
  const worker = new Worker(new URL('./worker.js', import.meta.url), { workerData: { shared, seed, end }, resourceLimits: { maxOldGenerationSizeMb: 1_024 } });
  return new Promise((resolve) => {
    let [since, usage] = [0, process.cpuUsage()];
    const watch = setInterval(() => {
      const { target, der, number } = attemptIn(shared);
      if (number !== since) [since, usage] = [number, process.cpuUsage()];
      const { user, system } = process.cpuUsage(usage);
      if (number === 0 || (user + system) / 1_000 < HANG_MS) return;
      keep(target, `hangs ${target}`, der);
      void worker.terminate();
    }, 1_000);
    worker.on('message', (message: FromWorker) => {
      if (message.kind === 'found') keep(message.target, message.sign, Buffer.from(message.der));
      else {
        for (const [target, count] of Object.entries(message.counts)) counts[target] = (counts[target] ?? 0) + count;
        floor = { first: floor?.first ?? message.heap, last: message.heap };
      }
    });
    worker.on('error', (error) => {
      const { target, der } = attemptIn(shared);
      keep(target, `dies ${target} ${error.name}`, der);
    });
    worker.on('exit', () => {
      clearInterval(watch);
      resolve();
    });
  });
}
