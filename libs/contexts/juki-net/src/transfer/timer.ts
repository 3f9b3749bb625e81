import { addDays, localDateInJapan, startOfDayInJapan, type LocalDate } from '#kernel';
import { lastDayOfAcknowledgement, lastDayOfCardRoute, lastDayOfMoveIn } from './deadline.js';
import { followRecords, type RecordsOfCase } from './records-of-case.js';
import { expire, isArrived, isClosed, lastDayOf, stateOn, transitListDayOf, type Transfer } from './transfer.js';

/** A move-in notice is delivered within the hour: what the new municipality has not sent by then its record says (JUKI-4.4). */
const NOTICE_WITHIN_MS = 3_600_000;
/** So long a request for the certificate information waits for the former municipality; then the new one may ask again, or go on by paper (JUKI-4.4). */
const REQUEST_WAITS_MS = 86_400_000;

/** What time alone has done by now (JUKI-4.4), beside what became of the records: end of a request that nobody answered, expiry, delivery of the notice, task of the former municipality, list of those in transit. */
export function settle(stored: Transfer, now: Date, records?: RecordsOfCase): Transfer {
  const today = localDateInJapan(now);
  const known = records === undefined ? stored : followRecords(stored, records, now);
  const lapsesAt = requestLapsesAt(known);
  const transfer = lapsesAt !== undefined && lapsesAt <= now ? { ...known, certificate: undefined, requestedAt: undefined } : known;
  const due = noticeDueAt(transfer);
  const settled = due !== undefined && due <= now ? { ...transfer, noticeOn: today } : expire(transfer, now);
  const isDue = (day: LocalDate | undefined): boolean => day !== undefined && day <= today;
  return { ...settled, ...(isDue(reminderDayOf(settled)) ? { remindedOn: today } : {}), ...(isDue(listingDayOf(settled)) ? { inTransitOn: today } : {}) };
}

/** When time will next do something to the case. */
export function wakeAt(transfer: Transfer, today: LocalDate): Date | undefined {
  if (isClosed(stateOn(transfer, today))) return undefined;
  const lastDay = lastDayOf(transfer);
  const closing = transfer.noticeOn === undefined ? undefined : transfer.out?.on;
  const days = [lastDay === undefined ? undefined : addDays(lastDay, 1), closing, reminderDayOf(transfer), listingDayOf(transfer)];
  const instants = days.map((day) => (day === undefined ? undefined : startOfDayInJapan(day)));
  return [...instants, noticeDueAt(transfer), requestLapsesAt(transfer)].reduce((first, next) => (first === undefined || (next !== undefined && next < first) ? next : first), undefined);
}

/** The day that the present state is measured by: of the card route, of the acknowledgement, else of an ordinary move-in. */
export function dueDateOf(transfer: Transfer, today: LocalDate): LocalDate | undefined {
  const { route, plannedOn, livingSince, out, noticeOn } = transfer;
  const state = stateOn(transfer, today);
  if (state === 'IN_NOTICE_SENT') return noticeOn === undefined ? undefined : lastDayOfAcknowledgement(noticeOn);
  if (isArrived(transfer) || isClosed(state)) return undefined;
  if (route === 'CARD' && plannedOn !== undefined) return lastDayOfCardRoute(plannedOn, livingSince);
  const leavesOn = plannedOn ?? out?.on;
  return leavesOn === undefined ? undefined : lastDayOfMoveIn(leavesOn);
}

function requestLapsesAt({ certificate, requestedAt }: Transfer): Date | undefined {
  return certificate !== 'REQUESTED' || requestedAt === undefined ? undefined : new Date(requestedAt.getTime() + REQUEST_WAITS_MS);
}

function noticeDueAt({ moveIn, noticeOn, from }: Transfer): Date | undefined {
  return moveIn === undefined || noticeOn !== undefined || from === undefined ? undefined : new Date(moveIn.at.getTime() + NOTICE_WITHIN_MS);
}

/** The former municipality has three working days; a planned move-out that is notified needs no reminder. */
function reminderDayOf({ noticeOn, out, remindedOn }: Transfer): LocalDate | undefined {
  return noticeOn === undefined || out?.on !== undefined || remindedOn !== undefined ? undefined : addDays(lastDayOfAcknowledgement(noticeOn), 1);
}

function listingDayOf(transfer: Transfer): LocalDate | undefined {
  return transfer.inTransitOn === undefined ? transitListDayOf(transfer) : undefined;
}
