import { jukiNetProblems } from '#contracts/juki-net';
import { localDateInJapan, toLocalDate } from '#kernel';
import { platformProblems, refusals, useCase, type Ctx, type InputOf, type OutputOf, type UseCase } from '#platform';
import { z } from 'zod';
import { lastDayOfMoveIn } from './deadline.js';
import { commandTransfer, lockTransfer } from './open-transfer.js';
import { transferView } from './transfer-view.js';
import type { TransferStore } from './transfer.store.js';

const stepRefusals = [...refusals(jukiNetProblems, 'TRANSFER_STATE', 'UNKNOWN_TRANSFER'), ...refusals(platformProblems, 'OUT_OF_JURISDICTION')];

const noticeSpec = useCase({
  action: 'juki-net.transfer.notify-in',
  kind: 'command',
  summary: 'Move-in notice (転入通知): the record was made at the new municipality, the former one is to delete its own',
  input: z.strictObject({ transferId: z.uuid(), livingSince: z.iso.date().describe('first day of living at the new place') }),
  output: transferView.extend({ late: z.boolean().describe('notified after 14 days') }),
  refusals: [...refusals(jukiNetProblems, 'DATE_IN_FUTURE'), ...stepRefusals],
});

/** A late move-in is taken in all the same; that it is late goes on record (住基法22条). */
export class NotifyMoveIn implements UseCase<typeof noticeSpec> {
  readonly spec = noticeSpec;
  constructor(private readonly transfers: TransferStore) {}

  async execute(ctx: Ctx, input: InputOf<typeof noticeSpec>): Promise<OutputOf<typeof noticeSpec>> {
    const livingSince = toLocalDate(input.livingSince);
    const change = await lockTransfer(ctx, this.transfers, input.transferId, 'to');
    const late = lastDayOfMoveIn(livingSince) < localDateInJapan(ctx.now);
    return { ...(await commandTransfer(ctx, this.transfers, change, { command: { kind: 'NOTIFY_IN', livingSince }, facts: { late } })), late };
  }
}

const withdrawalSpec = useCase({
  action: 'juki-net.transfer.withdraw',
  kind: 'command',
  summary: 'The person stays: the notified move-out is withdrawn (転出取消)',
  input: z.strictObject({ transferId: z.uuid() }),
  output: transferView,
  refusals: stepRefusals,
});

export class WithdrawTransfer implements UseCase<typeof withdrawalSpec> {
  readonly spec = withdrawalSpec;
  constructor(private readonly transfers: TransferStore) {}

  async execute(ctx: Ctx, { transferId }: InputOf<typeof withdrawalSpec>): Promise<OutputOf<typeof withdrawalSpec>> {
    const change = await lockTransfer(ctx, this.transfers, transferId, 'from');
    return commandTransfer(ctx, this.transfers, change, { command: { kind: 'WITHDRAW' } });
  }
}
