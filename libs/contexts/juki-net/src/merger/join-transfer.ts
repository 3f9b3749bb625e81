import { localDateInJapan } from '#kernel';
import { follow, type RegisterNews } from '../transfer/register-news.js';
import { isArrived, isClosed, stateOn, type Transfer } from '../transfer/transfer.js';

/** The code that a municipality has now. */
type Present = (code: string) => string;

/**
 * A move whose municipalities have another code now (JUKI-5.4). Between two that have become one there is nothing left to send:
 * who has arrived is at the end of it, who has not stays.
 */
export function joinTransfer(transfer: Transfer, present: Present, now: Date): Transfer {
  const passed = (code: string | undefined): string | undefined => (code === undefined ? undefined : present(code));
  const joined = { ...transfer, from: passed(transfer.from), to: passed(transfer.to), pointedTo: passed(transfer.pointedTo) };
  if (joined.from === undefined || joined.from !== joined.to) return joined;
  if (!isArrived(joined)) return { ...joined, exit: { state: 'WITHDRAWN', at: now } };
  const { noticeOn, moveIn, out } = joined;
  const endedOn = localDateInJapan(now);
  return { ...joined, noticeOn: noticeOn ?? endedOn, out: { on: out?.on !== undefined && out.on < endedOn ? out.on : endedOn, version: out?.version ?? moveIn?.version ?? 1 } };
}

/**
 * The case that news change or begin where a municipality has another code now: a move that has yet to pass is followed as its news
 * were told, all else under the present codes, and news of a move between two that have become one say nothing (JUKI-4.5).
 */
export function followPassed(cases: readonly Transfer[], news: RegisterNews, transferId: string, by: { readonly present: Present; readonly now: Date }): Transfer | undefined {
  const { present, now } = by;
  const { municipalityCode: code, previous } = news;
  const isFormer = (one: string | undefined): boolean => one !== undefined && present(one) !== one;
  const isOpen = (transfer: Transfer): boolean => !isClosed(stateOn(transfer, localDateInJapan(now)));
  if (isFormer(code) && cases.some((transfer) => isOpen(transfer) && (isFormer(transfer.from) || isFormer(transfer.to)))) {
    const followed = follow(cases, news, transferId);
    return followed && joinTransfer(followed, present, now);
  }
  const heard = { ...news, municipalityCode: present(code), previous: previous === undefined ? undefined : present(previous) };
  if (code !== previous && heard.municipalityCode === heard.previous) return undefined;
  return follow(cases.map((transfer) => (isOpen(transfer) ? joinTransfer(transfer, present, now) : transfer)), heard, transferId);
}
