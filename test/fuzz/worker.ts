import { setFlagsFromString, getHeapStatistics } from 'node:v8';
import { setTimeout } from 'node:timers/promises';
import { runInNewContext } from 'node:vm';
import { parentPort, workerData } from 'node:worker_threads';
import { diceOf } from '#testing/population';
import { Fuzzer, type Attempt, faultOf, isLasting } from './fuzz.js';
import { minimised } from './minimise.js';
import { surroundings } from './samples.js';
import { type FromWorker, noteAttempt, spentMs } from './shared-attempt.js';

const REPORT_EVERY = 5_000;
/** Growth of what is held after a collection that no cache of the engine explains. */
const MAX_GROWTH = 128 * 1024 * 1024;

const { shared, seed, end }: { shared: SharedArrayBuffer; seed: string; end: number } = workerData;
const at = await surroundings();
const fuzzer = new Fuzzer(diceOf(seed), at.samples);
const known = new Set<string>();
let counts: Record<string, number> = {};
let floor: number | undefined;
setFlagsFromString('--expose-gc');
const collect: () => void = runInNewContext('gc');

for (let n = 1; spentMs() < end; n += 1) {
  const attempt = fuzzer.next();
  noteAttempt(shared, attempt.target, attempt.der);
  counts[attempt.target] = (counts[attempt.target] ?? 0) + 1;
  const sign = faultOf(attempt, at);
  if (sign !== undefined && !known.has(`${attempt.target} ${sign}`)) settle(attempt, sign);
  if (n % REPORT_EVERY === 0) await report(attempt);
}
await report(undefined);

function send(message: FromWorker): void {
  parentPort?.postMessage(message);
}

function settle(attempt: Attempt, sign: string): void {
  const { target } = attempt;
  const transient = sign === 'slow' || sign === 'memory';
  if (transient && !isLasting(sign, attempt, at)) return;
  known.add(`${target} ${sign}`);
  const der = transient ? attempt.der : minimised(attempt.der, (smaller) => {
    noteAttempt(shared, target, smaller);
    return faultOf({ ...attempt, der: smaller }, at) === sign;
  });
  send({ kind: 'found', target, sign: `${target} ${sign}`, der });
}

async function report(attempt: Attempt | undefined): Promise<void> {
  // What the first collection sets free outside of the heap, the second one no longer counts.
  for (const _round of [1, 2]) {
    collect();
    await setTimeout(100);
  }
  const { used_heap_size: heap, external_memory: external } = getHeapStatistics();
  const held = heap + external;
  floor ??= held;
  if (held - floor > MAX_GROWTH && attempt !== undefined) send({ kind: 'found', target: attempt.target, sign: `grows by ${Math.round((held - floor) / 2 ** 20)} MB`, der: attempt.der });
  send({ kind: 'report', counts, heap: held });
  counts = {};
}
