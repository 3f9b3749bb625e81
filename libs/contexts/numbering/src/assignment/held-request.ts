import type { RegisterEntry, RequestFault } from './assignment.js';

const HELD_MS = 24 * 3_600_000;

/** A request that waits for a move or for the generator; afterwards ANSWERED with its number, or REFUSED. */
export interface HeldRequest {
  readonly heldId: string;
  readonly municipalityCode: string;
  readonly requestId: string;
  readonly personKey: string;
  readonly state: 'HELD' | 'ANSWERED' | 'REFUSED';
  /** The code of the refusal. */
  readonly fault: string | null;
  readonly jobId: string;
  readonly heldUntil: Date;
}

/** NUM-7: the code of a mover, asked for while the move is under way; whoever has moved already is refused at once. */
export function mayWait(fault: RequestFault, entry: RegisterEntry): boolean {
  return fault === 'CODE_NOT_YOURS' && entry.movePending === true;
}

export function heldUntil(now: Date): Date {
  return new Date(now.getTime() + HELD_MS);
}

export function isWaiting({ state, heldUntil: until }: Pick<HeldRequest, 'state' | 'heldUntil'>, now: Date): boolean {
  return state === 'HELD' && now < until;
}

/** What the sender is told beside the refusal: since when the other municipality has the person, so that it looks again (NUM-7). */
export function sinceOf(fault: RequestFault, { since = '' }: RegisterEntry): { readonly since?: string } {
  return fault === 'CODE_NOT_YOURS' && since !== '' ? { since } : {};
}
