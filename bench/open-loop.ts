import { setTimeout } from 'node:timers/promises';

/** One kind of calls: how late each was answered, counted from when it was due, in milliseconds. */
export interface Line {
  readonly name: string;
  readonly perSecond: number;
  readonly call: (turn: number) => Promise<void>;
  readonly late: number[];
}

/** Starts each call when it is due, whatever the answers do; throws when one does. */
export async function openLoop({ perSecond, call, late }: Line, seconds: number): Promise<void> {
  const start = performance.now();
  const calls: Promise<void>[] = [];
  for (let turn = 0; turn < perSecond * seconds; turn += 1) {
    const due = start + (turn * 1_000) / perSecond;
    if (due > performance.now()) await setTimeout(due - performance.now());
    calls.push(call(turn).then(() => void late.push(performance.now() - due)));
  }
  await Promise.all(calls);
}

/** How often, how many a second, and how late. */
export function lateness({ name, perSecond, late }: Line): string {
  return `${name}: ${late.length} times, ${perSecond.toFixed(1)} a second; ms after it was due: p50 ${at(late, 0.5)}, p95 ${at(late, 0.95)}, p99 ${at(late, 0.99)}, most ${at(late, 1)}`;
}

function at(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return Math.round(sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN);
}
