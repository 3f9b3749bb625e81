import { readFileSync } from 'node:fs';
import type { SupervisedProcess } from '../../tools/start/supervise.js';
import { HeldMemory } from './held.js';

/** A look at a process, at a moment of performance.now(). */
export interface Sample {
  readonly ms: number;
  readonly mib: number;
}

/** A span of performance.now(). */
export interface Span {
  readonly fromMs: number;
  readonly toMs: number;
}

/** Over the judged span. */
export interface Growth {
  /** In MiB, evenly over it. */
  readonly floors: readonly number[];
  readonly percentPerHour: number | null;
}

/** What a process did meanwhile. */
export interface Watched {
  /** Anonymous resident memory, as it came and went. */
  readonly resident: Growth;
  /** What was left after full collections. */
  readonly held: Growth;
  readonly restarts: number;
}

const HOUR_MS = 3_600_000;
const SHORTEST_MS = 600_000;
const FLOORS = 20;
/** Memory comes and goes with collections that are seconds apart: whoever looks seldom misses the floors. */
const LOOK_MS = 1_000;
const COLLECT_MS = 120_000;

/** Memory of the estate's processes while it is watched. */
export class MemoryWatch {
  private readonly watches;
  private readonly timers;

  constructor(processes: readonly SupervisedProcess[]) {
    this.watches = processes.map((process) => ({ process, collected: new HeldMemory(process), resident: [] as Sample[], held: [] as Sample[] }));
    this.timers = [setInterval(() => this.look(), LOOK_MS), setInterval(() => void this.collect(), COLLECT_MS)];
  }

  /** Slopes while the load was on. */
  stop(loaded: Span): Record<string, Watched> {
    this.timers.forEach(clearInterval);
    return Object.fromEntries(this.watches.map(({ process, collected, resident, held }) => {
      collected.close();
      return [process.name, { resident: growth(resident, loaded), held: growth(held, loaded), restarts: process.restarts() }];
    }));
  }

  private look(): void {
    for (const { process, resident } of this.watches) {
      const pid = process.pid();
      const mib = pid === undefined ? undefined : anonymousMib(pid);
      if (mib !== undefined) resident.push({ ms: performance.now(), mib });
    }
  }

  private async collect(): Promise<void> {
    for (const { collected, held } of this.watches) {
      const mib = await collected.look();
      if (mib !== undefined) held.push({ ms: performance.now(), mib });
    }
  }
}

/** Without the pages of files, which the kernel takes and gives back as it likes. */
function anonymousMib(pid: number): number | undefined {
  try {
    return Number(/^RssAnon:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) / 1_024;
  } catch {
    return undefined;
  }
}

/** Slope of the floors in percent of their mean an hour, over the last two thirds of the load, since the first third fills caches and idle minutes after it would hide a leak; null of a span too short to tell. Floors, since what waits for a collection is no leak. */
export function growth(all: readonly Sample[], { fromMs, toMs }: Span): Growth {
  const judgedFrom = fromMs + (toMs - fromMs) / 3;
  if (toMs - judgedFrom < SHORTEST_MS) return { floors: [], percentPerHour: null };
  const width = (toMs - judgedFrom) / FLOORS;
  const floors = Array.from({ length: FLOORS }, (_, index) => {
    const begins = judgedFrom + index * width;
    const within = all.filter(({ ms }) => ms >= begins && ms < begins + width).map(({ mib }) => mib);
    return within.length === 0 ? undefined : { ms: begins, mib: Math.min(...within) };
  }).filter((floor) => floor !== undefined);
  return { floors: floors.map(({ mib }) => Math.round(mib * 10) / 10), percentPerHour: Math.round(slope(floors) * 100) / 100 };
}

/** Median of the slopes between any two (Theil and Sen), since one floor out of twenty is no trend; in percent of the mean an hour. */
function slope(samples: readonly Sample[]): number {
  const slopes = samples.flatMap((from, index) => samples.slice(index + 1).map((to) => (to.mib - from.mib) / (to.ms - from.ms))).sort((a, b) => a - b);
  const mean = samples.reduce((sum, { mib }) => sum + mib, 0) / samples.length;
  return (100 * HOUR_MS * (slopes[Math.floor(slopes.length / 2)] ?? 0)) / mean;
}
