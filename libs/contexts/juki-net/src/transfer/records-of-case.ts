import type { LocalDate } from '#kernel';
import { isArrived, isMoveOutKnown, type Transfer } from './transfer.js';

/** What the register holds of the two records of a case: of a record that is not the person's present one no event tells (JUKI-4.5). */
export interface RecordsOfCase {
  /** The record in `from` ended otherwise than by a move. */
  readonly ended?: { readonly reason: string; readonly on: LocalDate } | undefined;
  /** The entry in `to` was cancelled as made by mistake (26). */
  readonly isMistaken: boolean;
}

/** Deaths, and a record that never was one: the notified move does not take place. */
const NO_MOVE = ['20', '24', '26'];

/**
 * A record that has ended already is not to be deleted once more, and where the arrival was a mistake it is not to be deleted at all: the
 * case is what it was before, or none (JUKI-3.4).
 */
export function followRecords(transfer: Transfer, { ended, isMistaken }: RecordsOfCase, now: Date): Transfer {
  const { moveIn, noticeOn, out, pointedTo, exit } = transfer;
  const withdrawn = { state: 'WITHDRAWN', at: now } as const;
  if (moveIn !== undefined && isMistaken) {
    const before = { ...transfer, to: pointedTo ?? transfer.to, moveIn: undefined, noticeOn: undefined, livingSince: undefined, remindedOn: undefined };
    return isMoveOutKnown(transfer) ? before : { ...before, exit: withdrawn };
  }
  if (ended === undefined || out?.on !== undefined) return transfer;
  if (noticeOn !== undefined) return { ...transfer, out: { on: ended.on, version: moveIn?.version ?? out?.version ?? 1 } };
  return isArrived(transfer) || exit?.state === 'WITHDRAWN' || !NO_MOVE.includes(ended.reason) ? transfer : { ...transfer, exit: withdrawn };
}
