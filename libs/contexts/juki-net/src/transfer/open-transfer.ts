import { jukiNetProblems } from '#contracts/juki-net';
import type { Facts } from '#kernel';
import { requireJurisdiction, type Ctx } from '#platform';
import type { z } from 'zod';
import { keepTransfers, type TransferChange } from './keep-transfers.js';
import { settle } from './timer.js';
import { decideTransfer, type TransferCommand } from './transfer.js';
import { type transferView, viewOf } from './transfer-view.js';
import type { TransferStore } from './transfer.store.js';

/** The case, locked, as time has left it; only the municipality of that side may go on. Refuses UNKNOWN_TRANSFER, OUT_OF_JURISDICTION. */
export async function lockTransfer(ctx: Ctx, store: TransferStore, transferId: string, side: 'from' | 'to'): Promise<TransferChange> {
  const before = await store.lock(ctx.db, transferId);
  if (before === undefined) throw jukiNetProblems.refuse('UNKNOWN_TRANSFER');
  requireJurisdiction(ctx, before[side] ?? '');
  return { before, after: settle(before, ctx.now) };
}

/** Decides a command on a case, keeps what it became and answers with it. */
export async function commandTransfer(ctx: Ctx, store: TransferStore, change: TransferChange, asked: { command: TransferCommand; facts?: Facts }): Promise<z.input<typeof transferView>> {
  const decision = decideTransfer(change.after, asked.command, ctx.now);
  if ('refusal' in decision) throw jukiNetProblems.refuse(decision.refusal);
  const { transfer } = decision;
  await keepTransfers(ctx, store, [{ before: change.before, after: transfer }]);
  ctx.audit({ object: `transfer:${transfer.transferId}`, subjects: [transfer.personKey], facts: asked.facts ?? {} });
  return viewOf(transfer, ctx.now);
}
