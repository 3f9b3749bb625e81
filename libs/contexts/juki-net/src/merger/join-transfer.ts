import { localDateInJapan } from '#kernel';
import { isArrived, type Transfer } from '../transfer/transfer.js';

/**
 * A move whose municipalities have another code now (JUKI-5.4). Between two that have become one there is nothing left to send:
 * who has arrived is at the end of it, who has not stays.
 */
export function joinTransfer(transfer: Transfer, change: { readonly ended: readonly string[]; readonly newCode: string }, now: Date): Transfer {
  const present = (code: string | undefined): string | undefined => (code !== undefined && change.ended.includes(code) ? change.newCode : code);
  const joined = { ...transfer, from: present(transfer.from), to: present(transfer.to), pointedTo: present(transfer.pointedTo) };
  if (joined.from === undefined || joined.from !== joined.to) return joined;
  if (!isArrived(joined)) return { ...joined, exit: { state: 'WITHDRAWN', at: now } };
  const { noticeOn, moveIn, out } = joined;
  const endedOn = localDateInJapan(now);
  return { ...joined, noticeOn: noticeOn ?? endedOn, out: { on: out?.on !== undefined && out.on < endedOn ? out.on : endedOn, version: out?.version ?? moveIn?.version ?? 1 } };
}
