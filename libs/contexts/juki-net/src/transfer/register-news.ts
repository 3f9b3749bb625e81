import type { LocalDate } from '#kernel';
import { firstDayOnTransitList } from './deadline.js';
import { isArrived, type Transfer } from './transfer.js';

/**
 * What the register tells of a person's record in one municipality (JUKI-5.4); `version` orders the facts of the person. CANCELLED:
 * a restored record, or a move abroad instead of the notified one.
 */
export interface RegisterNews {
  readonly kind: 'MOVED_OUT' | 'CANCELLED' | 'MOVED_IN';
  readonly personKey: string;
  readonly municipalityCode: string;
  readonly version: number;
  readonly on: LocalDate;
  readonly at: Date;
  /** Where a person who moved in came from, as far as the new municipality knows. */
  readonly previous?: string | undefined;
}

/**
 * The case that the news change or begin, changed; nothing when they are known or concern none (JUKI-4.5). `cases` are all of
 * the person, the newest first.
 */
export function follow(cases: readonly Transfer[], news: RegisterNews, transferId: string): Transfer | undefined {
  return news.kind === 'MOVED_IN' ? followMoveIn(cases, news, transferId) : followRecord(cases, news, transferId);
}

/**
 * The case to which a move-out from a municipality belongs: none when the person has returned there since, or arrived elsewhere
 * long before. A command is later than all facts.
 */
export function caseOfMoveOut(cases: readonly Transfer[], from: string, { on, version = Infinity }: { on: LocalDate; version?: number }): Transfer | undefined {
  const known = cases.find((transfer) => {
    const { moveIn, noticeOn, out } = transfer;
    if (transfer.from !== from && (transfer.from !== undefined || transfer.to === from)) return false;
    const arrivedOn = moveIn?.on ?? noticeOn;
    return (out !== undefined && out.version >= version) || arrivedOn === undefined || on < firstDayOnTransitList(arrivedOn);
  });
  const left = known?.out?.version ?? Infinity;
  const isReturned = cases.some(({ to, moveIn }) => to === from && moveIn !== undefined && moveIn.version > left && moveIn.version < version);
  return isReturned ? undefined : known;
}

function followRecord(cases: readonly Transfer[], news: RegisterNews, transferId: string): Transfer | undefined {
  const { kind, personKey, municipalityCode, version, on, at } = news;
  const known = caseOfMoveOut(cases, municipalityCode, news);
  if (known === undefined || isWithdrawnBefore(known, news)) return kind === 'CANCELLED' ? undefined : { transferId, personKey, eventSeq: 0, from: municipalityCode, out: { on, version } };
  if (known.out !== undefined && known.out.version >= version) return undefined;
  if (kind === 'MOVED_OUT') return { ...known, from: municipalityCode, out: { on, version } };
  return { ...known, out: { version }, ...(isArrived(known) ? {} : { exit: { state: 'WITHDRAWN', at } }) };
}

/** What the register took in before a withdrawal belongs to the withdrawn case, however late it comes. */
function isWithdrawnBefore({ exit, out }: Transfer, { at, version }: RegisterNews): boolean {
  return exit?.state === 'WITHDRAWN' && at > exit.at && version > (out?.version ?? 0);
}

function followMoveIn(cases: readonly Transfer[], news: RegisterNews, transferId: string): Transfer | undefined {
  const { personKey, municipalityCode: to, version, on, at } = news;
  if (cases.some((transfer) => transfer.to === to && transfer.moveIn?.version === version)) return undefined;
  const moveIn = { on, version, at };
  const previous = news.previous === to ? undefined : news.previous;
  const awaited = cases.find((transfer) => awaits(transfer, { to, previous }));
  return awaited === undefined ? { transferId, personKey, eventSeq: 0, from: previous, to, moveIn } : { ...awaited, from: awaited.from ?? previous, to, moveIn };
}

/** A person may arrive elsewhere than planned; a move-in notice has fixed the place. */
function awaits(transfer: Transfer, { to, previous }: { to: string; previous: string | undefined }): boolean {
  const { from, moveIn, noticeOn, exit } = transfer;
  if (moveIn !== undefined || exit?.state === 'WITHDRAWN' || from === to) return false;
  if (noticeOn !== undefined) return transfer.to === to;
  return transfer.to === to || previous === undefined || from === undefined || from === previous;
}
