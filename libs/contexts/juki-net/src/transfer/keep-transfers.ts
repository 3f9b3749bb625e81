import { transferCertificateRequested, transferCertificateSent, transferExpired, transferInNoticeDelivered, transferOutNotified } from '#contracts/juki-net';
import { localDateInJapan } from '#kernel';
import type { Ctx } from '#platform';
import { settleTies } from './settle-ties.js';
import { dueDateOf, wakeAt } from './timer.js';
import { isArrived, isMoveOutKnown, stateOn, type Transfer } from './transfer.js';
import type { KeptTransfer, TransferStore } from './transfer.store.js';

/** A case before and after; before it there may be none. */
export interface TransferChange {
  readonly before?: Transfer | undefined;
  readonly after: Transfer;
  /** Whose events it has, where it is one of several calls'. */
  readonly ctx?: Ctx;
}

/** Writes cases and publishes what is new of them (JUKI-5.4); a case that is as it was publishes nothing. Of changes of one case each follows the one before. */
export async function keepTransfers(ctx: Ctx, store: TransferStore, changes: readonly TransferChange[]): Promise<void> {
  const today = localDateInJapan(ctx.now);
  const kept = new Map<string, KeptTransfer>();
  for (const change of changes) {
    const { after } = change;
    const state = stateOn(after, today);
    const news = newsOf(change);
    const { transferId, from, to } = after;
    const eventSeq = kept.get(transferId)?.transfer.eventSeq ?? after.eventSeq;
    const data = { transferId, from, to, state, dueDate: dueDateOf(after, today) };
    for (const [index, definition] of news.entries()) (change.ctx ?? ctx).emit(definition, { aggregateId: transferId, sequence: eventSeq + index + 1, data });
    kept.set(transferId, { transfer: { ...after, eventSeq: eventSeq + news.length }, state, wakeAt: wakeAt(after, today) });
  }
  await store.write(ctx.db, [...kept.values()]);
  const pointing = changes.filter(({ before, after }) => pointerOf(before) !== pointerOf(after));
  if (pointing.length > 0) await settleTies(ctx, store.residents, [...new Set(pointing.map(({ after }) => after.personKey))]);
}

function pointerOf(transfer: Transfer | undefined): string | undefined {
  return transfer?.pointedTo === undefined || transfer.exit?.state === 'WITHDRAWN' ? undefined : `${transfer.pointedTo} ${transfer.plannedOn}`;
}

function newsOf({ before, after }: TransferChange) {
  return [
    ...(isMoveOutTold(before, after) ? [transferOutNotified] : []),
    ...(before?.certificate === undefined && after.certificate !== undefined ? [transferCertificateRequested] : []),
    ...(before?.certificate !== 'SENT' && after.certificate === 'SENT' ? [transferCertificateSent] : []),
    ...(before?.exit === undefined && after.exit?.state === 'EXPIRED' ? [transferExpired] : []),
    ...(before?.noticeOn === undefined && after.noticeOn !== undefined ? [transferInNoticeDelivered] : []),
  ];
}

/** The first word of the move-out, and each notification that says something else. */
function isMoveOutTold(before: Transfer | undefined, after: Transfer): boolean {
  if (before === undefined || !isMoveOutKnown(before)) return isMoveOutKnown(after);
  return before.plannedOn !== after.plannedOn || before.route !== after.route || (!isArrived(after) && before.to !== after.to);
}
