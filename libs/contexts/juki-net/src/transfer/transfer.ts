import { addDays, localDateInJapan, type LocalDate } from '#kernel';
import { PLANNED_AHEAD_DAYS } from '../resident/resident.js';
import { firstDayOnTransitList, lastDayOfCardRoute, NOTIFICATION_DAYS } from './deadline.js';

export const TRANSFER_STATES = [
  'OUT_NOTIFIED', 'CERTIFICATE_ISSUED', 'CERT_INFO_HELD', 'CERT_INFO_REQUESTED', 'CERT_INFO_SENT', 'MOVED_IN', 'IN_NOTICE_SENT', 'OUT_CLOSED',
  'WITHDRAWN', 'EXPIRED', 'UNMATCHED_IN',
] as const;
export type TransferState = (typeof TRANSFER_STATES)[number];

export const ROUTES = ['PAPER', 'CARD'] as const;
export type Route = (typeof ROUTES)[number];

/**
 * The move of a person from one municipality (`from`) to another (`to`), as the facts that are known of it (JUKI-3.4). The state
 * follows from the facts alone, so that late, doubled and crossing messages end in the same state.
 */
export interface Transfer {
  readonly transferId: string;
  readonly personKey: string;
  /** Events published so far. */
  readonly eventSeq: number;
  readonly from?: string | undefined;
  readonly to?: string | undefined;
  /** Where the notified move-out said that the person goes, wherever they arrive (JUKI-4.5.2). */
  readonly pointedTo?: string | undefined;
  readonly route?: Route | undefined;
  readonly plannedOn?: LocalDate | undefined;
  readonly livingSince?: LocalDate | undefined;
  readonly certificate?: 'REQUESTED' | 'SENT' | undefined;
  /** When it was asked for, while that waits for an answer. */
  readonly requestedAt?: Date | undefined;
  /** The last that the register told of the record in `from`: the day of its deletion, none when the deletion was undone. */
  readonly out?: { readonly on?: LocalDate | undefined; readonly version: number } | undefined;
  /** The record in `to`, as the register told it. */
  readonly moveIn?: { readonly on: LocalDate; readonly version: number; readonly at: Date } | undefined;
  readonly noticeOn?: LocalDate | undefined;
  readonly exit?: { readonly state: 'EXPIRED' | 'WITHDRAWN'; readonly at: Date } | undefined;
  /** When `from` was given the task to delete its record, and when the person came on the list of those in transit. */
  readonly remindedOn?: LocalDate | undefined;
  readonly inTransitOn?: LocalDate | undefined;
}

export function isArrived(transfer: Transfer): boolean {
  return transfer.moveIn !== undefined || transfer.noticeOn !== undefined;
}

export function isMoveOutKnown(transfer: Transfer): boolean {
  return transfer.plannedOn !== undefined || transfer.out !== undefined;
}

/** The state on a day (JUKI-3.4): the former record is deleted on the later of its planned day and the move-in notice (JUKI-4.4). */
export function stateOn(transfer: Transfer, today: LocalDate): TransferState {
  const { noticeOn, out, exit, certificate, route } = transfer;
  if (noticeOn !== undefined) return out?.on !== undefined && out.on <= today ? 'OUT_CLOSED' : 'IN_NOTICE_SENT';
  if (isArrived(transfer)) return isMoveOutKnown(transfer) ? 'MOVED_IN' : 'UNMATCHED_IN';
  if (exit !== undefined) return exit.state;
  if (certificate !== undefined) return certificate === 'SENT' ? 'CERT_INFO_SENT' : 'CERT_INFO_REQUESTED';
  if (route === undefined) return 'OUT_NOTIFIED';
  return route === 'CARD' ? 'CERT_INFO_HELD' : 'CERTIFICATE_ISSUED';
}

/** Nothing more happens to a case in these states. */
export function isClosed(state: TransferState): boolean {
  return state === 'OUT_CLOSED' || state === 'WITHDRAWN';
}

/** What a municipality says of a case: `from` the first two, `to` the others. */
export type TransferCommand =
  | { readonly kind: 'NOTIFY_OUT'; readonly from: string; readonly to: string; readonly plannedOn: LocalDate; readonly route: Route }
  | { readonly kind: 'WITHDRAW' | 'SEND_CERTIFICATE' }
  | { readonly kind: 'REQUEST_CERTIFICATE'; readonly livingSince: LocalDate; readonly isCardChecked: boolean }
  | { readonly kind: 'NOTIFY_IN'; readonly livingSince: LocalDate };

export type TransferRefusal = 'DATE_IN_FUTURE' | 'EXPIRED' | 'PIN_NOT_ASSERTED' | 'TERM' | 'TRANSFER_STATE';
type Decision = { readonly transfer: Transfer } | { readonly refusal: TransferRefusal };

/** From which states a command leads on; in those of `done` it has been obeyed before and changes nothing. */
const COMMANDS: Readonly<Record<TransferCommand['kind'], { readonly from: readonly TransferState[]; readonly done: readonly TransferState[] }>> = {
  NOTIFY_OUT: { from: ['OUT_NOTIFIED', 'CERTIFICATE_ISSUED', 'CERT_INFO_HELD', 'EXPIRED', 'MOVED_IN', 'IN_NOTICE_SENT', 'OUT_CLOSED', 'UNMATCHED_IN'], done: [] },
  WITHDRAW: { from: ['OUT_NOTIFIED', 'CERTIFICATE_ISSUED', 'CERT_INFO_HELD', 'CERT_INFO_REQUESTED', 'CERT_INFO_SENT', 'EXPIRED'], done: ['WITHDRAWN'] },
  REQUEST_CERTIFICATE: { from: ['CERT_INFO_HELD'], done: ['CERT_INFO_REQUESTED', 'CERT_INFO_SENT'] },
  SEND_CERTIFICATE: { from: ['CERT_INFO_REQUESTED'], done: [] },
  NOTIFY_IN: { from: ['CERTIFICATE_ISSUED', 'CERT_INFO_SENT', 'EXPIRED', 'MOVED_IN', 'UNMATCHED_IN'], done: ['IN_NOTICE_SENT', 'OUT_CLOSED'] },
};

/** Decides a command of JUKI-3.4; a request after the last day gives a case that is EXPIRED. */
export function decideTransfer(transfer: Transfer, command: TransferCommand, now: Date): Decision {
  const today = localDateInJapan(now);
  const state = stateOn(transfer, today);
  const { from, done } = COMMANDS[command.kind];
  if (done.includes(state)) return { transfer };
  if (command.kind === 'REQUEST_CERTIFICATE' && state === 'EXPIRED') return { refusal: 'EXPIRED' };
  if (!from.includes(state)) return { refusal: 'TRANSFER_STATE' };
  switch (command.kind) {
    case 'NOTIFY_OUT':
      return notifyOut(transfer, command, today);
    case 'WITHDRAW':
      // What the register has deleted only a restoration (15) brings back.
      return transfer.out?.on !== undefined && transfer.out.on <= today ? { refusal: 'TRANSFER_STATE' } : { transfer: { ...transfer, exit: { state: 'WITHDRAWN', at: now } } };
    case 'REQUEST_CERTIFICATE':
      if (!command.isCardChecked) return { refusal: 'PIN_NOT_ASSERTED' };
      if (command.livingSince > today) return { refusal: 'DATE_IN_FUTURE' };
      return { transfer: expire({ ...transfer, livingSince: command.livingSince }, now, { certificate: 'REQUESTED', requestedAt: now }) };
    case 'SEND_CERTIFICATE':
      return { transfer: { ...transfer, certificate: 'SENT', requestedAt: undefined } };
    case 'NOTIFY_IN':
      if (command.livingSince > today) return { refusal: 'DATE_IN_FUTURE' };
      return transfer.from === undefined ? { refusal: 'TRANSFER_STATE' } : { transfer: { ...transfer, livingSince: command.livingSince, noticeOn: today } };
  }
}

/** A late notification of a person who has arrived leaves the place of arrival; an expired card case goes on by paper. */
function notifyOut(transfer: Transfer, command: Extract<TransferCommand, { kind: 'NOTIFY_OUT' }>, today: LocalDate): Decision {
  const { from, to, plannedOn, route } = command;
  if (plannedOn > addDays(today, PLANNED_AHEAD_DAYS)) return { refusal: 'DATE_IN_FUTURE' };
  if (plannedOn < addDays(today, -NOTIFICATION_DAYS)) return { refusal: 'TERM' };
  if (isArrived(transfer)) return { transfer: { ...transfer, from, pointedTo: to, plannedOn, route } };
  if (transfer.exit !== undefined && route === 'CARD') return { refusal: 'EXPIRED' };
  return { transfer: { ...transfer, from, to, pointedTo: to, plannedOn, route, certificate: undefined, requestedAt: undefined, exit: undefined } };
}

/** Ends the card route after its last day (JUKI-4.4); before, the case goes on with `step`. */
export function expire(transfer: Transfer, now: Date, step: Pick<Transfer, 'certificate' | 'requestedAt'> = {}): Transfer {
  const day = lastDayOf(transfer);
  return day !== undefined && day < localDateInJapan(now) ? { ...transfer, exit: { state: 'EXPIRED', at: now } } : { ...transfer, ...step };
}

/** The last day of the card route while the case is on it; what was requested by then may still be answered the next day (JUKI-4.4). */
export function lastDayOf(transfer: Transfer): LocalDate | undefined {
  const { route, plannedOn, livingSince, certificate, exit } = transfer;
  if (route !== 'CARD' || plannedOn === undefined || exit !== undefined || isArrived(transfer)) return undefined;
  return addDays(lastDayOfCardRoute(plannedOn, livingSince), certificate === undefined ? 0 : 1);
}

/** The day from which the person is on the list of those in transit, while no record at a new place is known. */
export function transitListDayOf(transfer: Transfer): LocalDate | undefined {
  if (transfer.out?.on === undefined || transfer.exit?.state === 'WITHDRAWN' || isArrived(transfer)) return undefined;
  return firstDayOnTransitList(transfer.out.on);
}
