import { readFileSync } from 'node:fs';
import type { SupervisedProcess } from '../../tools/start/supervise.js';

interface Sample {
  readonly hours: number;
  readonly mib: number;
}

/** What a process did meanwhile. */
export interface Watched {
  readonly from: number;
  readonly to: number;
  readonly percentPerHour: number | null;
  readonly restarts: number;
}

const SHORTEST_MS = 600_000;

/** Resident memory of the estate's processes while it is watched. */
export class MemoryWatch {
  private readonly samples = new Map<string, Sample[]>();
  private readonly timer: NodeJS.Timeout;
  private readonly from = performance.now();

  constructor(private readonly processes: readonly SupervisedProcess[], everyMs: number) {
    this.timer = setInterval(() => this.look(), everyMs);
  }

  /** MiB at the first and last look, and the slope of the second half in percent an hour, since the first fills caches; null for a watch that was too short to tell. */
  stop(): Record<string, Watched> {
    clearInterval(this.timer);
    this.look();
    const long = performance.now() - this.from >= SHORTEST_MS;
    return Object.fromEntries(this.processes.map((process) => {
      const all = this.samples.get(process.name) ?? [];
      const half = all.slice(Math.floor(all.length / 2));
      return [process.name, { from: Math.round(all[0]?.mib ?? 0), to: Math.round(all.at(-1)?.mib ?? 0), percentPerHour: long ? Math.round(slope(half) * 10) / 10 : null, restarts: process.restarts() }];
    }));
  }

  private look(): void {
    for (const process of this.processes) {
      const pid = process.pid();
      if (pid === undefined) continue;
      const mib = residentMib(pid);
      if (mib !== undefined) this.samples.set(process.name, [...(this.samples.get(process.name) ?? []), { hours: (performance.now() - this.from) / 3_600_000, mib }]);
    }
  }
}

function residentMib(pid: number): number | undefined {
  try {
    return Number(readFileSync(`/proc/${pid}/statm`, 'utf8').split(' ')[1]) / 256;
  } catch {
    return undefined;
  }
}

/** Least squares, in percent of the mean an hour. */
export function slope(samples: readonly Sample[]): number {
  if (samples.length < 2) return 0;
  const mean = (of: (sample: Sample) => number): number => samples.reduce((sum, sample) => sum + of(sample), 0) / samples.length;
  const [hours, mib] = [mean((one) => one.hours), mean((one) => one.mib)];
  const over = samples.reduce((sum, one) => sum + (one.hours - hours) * (one.mib - mib), 0);
  const under = samples.reduce((sum, one) => sum + (one.hours - hours) ** 2, 0);
  return under === 0 ? 0 : (100 * over) / under / mib;
}
