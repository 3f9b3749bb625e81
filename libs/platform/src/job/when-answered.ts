import { Refusal } from '#kernel';
import type { Job, StepOutcome } from './job.js';

const PAUSE_SECONDS = 2;

/** What a job's question to a neighbour gave; undefined while the neighbour is away. */
export async function whenAnswered<T>(question: () => Promise<T>): Promise<T | undefined> {
  try {
    return await question();
  } catch (error) {
    if (!(error instanceof Refusal) || error.code !== 'UNAVAILABLE') throw error;
    return undefined;
  }
}

/**
 * The step of a job that cannot go on now: it keeps its cursor and waits for as long as it takes, since one that gave up would need a
 * person to go on; meanwhile the worker turns to other jobs.
 */
export function stillWaiting(job: Job): StepOutcome {
  return { cursor: job.cursor, done: job.done, pauseSeconds: PAUSE_SECONDS };
}
