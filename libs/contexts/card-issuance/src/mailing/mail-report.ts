import { mayFollow, type MailingState, type MovedMailingState } from './mailing.js';

/** States that the carrier tells of. */
export const CARRIER_STATUSES = ['HELD_AT_POST', 'DELIVERED', 'RETURNED'] as const;
export type CarrierStatus = (typeof CARRIER_STATUSES)[number];

/** Days for which the post office keeps a registered letter (CARD-3.2). */
export const DAYS_HELD = 7;

interface Known {
  readonly state: MailingState;
  readonly toldAt: Date | null;
}

/**
 * What a report of the feeds means for an envelope (CARD-3.2). Files come again and out of order: what is not newer than the newest fact
 * changes nothing; what is newer and may not follow is BAD_STATE.
 */
export function judgeReport(known: Known, to: MovedMailingState, at: Date): 'MOVES' | 'UNCHANGED' | 'BAD_STATE' {
  if (known.state === to || (known.toldAt !== null && at <= known.toldAt)) return 'UNCHANGED';
  return mayFollow(known.state, to, 'card-maker') ? 'MOVES' : 'BAD_STATE';
}

/** Why the carrier brings an envelope back, as far as it tells: who was not reached while it was held has let it lie. */
export function reasonOfReturn(state: MailingState): 'HOLD_EXPIRED' | 'OTHER' {
  return state === 'HELD_AT_POST' ? 'HOLD_EXPIRED' : 'OTHER';
}

/** Whether the sheets that the inserter read in an envelope are those that belong there, each once (CARD-4.2); the sheets that do not belong. */
export function judgeSheets(read: readonly string[], belonging: readonly string[]): { readonly complete: boolean; readonly foreign: readonly string[] } {
  const complete = read.length === belonging.length && new Set(read).size === read.length && read.every((sheet) => belonging.includes(sheet));
  return { complete, foreign: read.filter((sheet) => !belonging.includes(sheet)) };
}
