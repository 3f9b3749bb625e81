import type { Job } from './job.js';

export interface Progress {
  /** Mean since the job began. */
  readonly ratePerSecond: number | null;
  readonly remainingSeconds: number | null;
}

/** How fast a job goes and how long it takes at that pace; null while that cannot be told. */
export function progressOf({ state, done, total, started_at: startedAt, ended_at: endedAt }: Pick<Job, 'state' | 'done' | 'total' | 'started_at' | 'ended_at'>, now: Date): Progress {
  const seconds = startedAt === null ? 0 : ((endedAt ?? now).getTime() - startedAt.getTime()) / 1_000;
  if (seconds <= 0 || done <= 0) return { ratePerSecond: null, remainingSeconds: null };
  const rate = done / seconds;
  return { ratePerSecond: Number(rate.toPrecision(3)), remainingSeconds: state === 'RUNNING' && total !== null ? Math.ceil(Math.max(total - done, 0) / rate) : null };
}
