import pg from 'pg';
import { Refusal } from '#kernel';

/** Connection lost, resources used up, server stopping or starting, or one that only follows another. */
const AWAY_STATES = /^(?:08|53|57P|25006)/;

/** Whether a neighbour or the database is away or overloaded: the work at hand is not to blame, and waiting will help. */
export function isOutage(error: unknown): boolean {
  if (error instanceof Refusal) return error.code === 'UNAVAILABLE' || error.definition.status === 429;
  if (error instanceof pg.DatabaseError) return AWAY_STATES.test(error.code ?? '');
  // Faults of files name their path.
  return error instanceof Error && (('syscall' in error && !('path' in error)) || /^Connection terminated|^timeout exceeded when trying to connect/.test(error.message));
}
