import { setTimeout } from 'node:timers/promises';
import { Refusal } from '#kernel';

const PAUSE_MS = 2_000;

/**
 * What a job's question to a neighbour gave; undefined, after a pause, while the neighbour is away: the job then keeps its cursor
 * and waits for as long as it takes, since one that gave up would need a person to go on.
 */
export async function whenAnswered<T>(question: () => Promise<T>): Promise<T | undefined> {
  try {
    return await question();
  } catch (error) {
    if (!(error instanceof Refusal) || error.code !== 'UNAVAILABLE') throw error;
    await setTimeout(PAUSE_MS);
    return undefined;
  }
}
