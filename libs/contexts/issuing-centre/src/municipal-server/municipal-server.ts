/** CARD-3.10. */
export type ServerStatus = 'UP' | 'DEGRADED' | 'DOWN';

/** CARD-7: the circuit opens after so many failures within so many seconds, and one request tries again after as many. */
const [MOST_FAILURES, WINDOW_MS] = [5, 30_000];

export interface Circuit {
  /** Since the last answer. */
  readonly failures: readonly Date[];
  readonly downSince: Date | null;
  /** When a request last tried a server that is down. */
  readonly triedAt: Date | null;
  /** When it last took longer than the soft limit of CARD-4.17. */
  readonly slowAt: Date | null;
}

/** A server that answers late or fails now and then is DEGRADED for half a minute. */
export function statusOf({ failures, downSince, slowAt }: Circuit, now: Date): ServerStatus {
  if (downSince !== null) return 'DOWN';
  return recent(failures, now).length > 0 || (slowAt !== null && slowAt.getTime() > now.getTime() - WINDOW_MS) ? 'DEGRADED' : 'UP';
}

/** Whether a request may go there: while it is down, one in half a minute finds out whether it still is. */
export function mayAsk({ downSince, triedAt }: Circuit, now: Date): boolean {
  return downSince === null || now.getTime() - (triedAt ?? downSince).getTime() >= WINDOW_MS;
}

export function afterFailure(circuit: Circuit, now: Date): Circuit {
  const failures = [...recent(circuit.failures, now), now];
  return { ...circuit, failures, downSince: circuit.downSince ?? (failures.length >= MOST_FAILURES ? now : null) };
}

export function afterAnswer(circuit: Circuit, now: Date, isSlow: boolean): Circuit {
  return { failures: [], downSince: null, triedAt: null, slowAt: isSlow ? now : circuit.slowAt };
}

function recent(failures: readonly Date[], now: Date): Date[] {
  return failures.filter((at) => at.getTime() > now.getTime() - WINDOW_MS);
}
