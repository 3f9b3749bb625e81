import type { Ctx } from '#platform';
import type { Read, RowError } from '../csv-file.js';
import type { CarrierResult, CarrierResultStore } from './carrier-result.store.js';
import { judgeReport, reasonOfReturn } from './mail-report.js';
import { groupedBy } from './mailing.js';
import type { Mailing, MailingStore } from './mailing.store.js';
import { moveMailings, type Move } from './move-mailings.js';

export interface CarrierStores {
  readonly mailings: MailingStore;
  readonly results: CarrierResultStore;
}

/** Applies results in the order in which they happened, whatever order they came in; those of letters that no posting list has named yet are kept for it. */
export async function applyResults(ctx: Ctx, { mailings, results }: CarrierStores, rows: readonly Read<CarrierResult>[]): Promise<{ errors: RowError[]; unchanged: number }> {
  const known = new Map((await mailings.lockMany(ctx.db, { trackingNos: rows.map(({ row }) => row.trackingNo) })).map((one) => [one.trackingNo ?? '', one]));
  const early = rows.filter(({ row }) => !known.has(row.trackingNo));
  if (early.length > 0) await results.keep(ctx.db, early.map(({ row }) => row));
  const errors: RowError[] = early.map(({ line }) => ({ line, column: 'trackingNo', code: 'NOT_POSTED_YET' }));
  let unchanged = 0;
  const queues = [...groupedBy(rows.filter(({ row }) => known.has(row.trackingNo)), ({ row }) => row.trackingNo).values()].map((queue) => queue.toSorted((a, b) => a.row.at.getTime() - b.row.at.getTime()));
  // One fact of each letter a round: an envelope moves once in a statement.
  for (let round = 0; queues.some((queue) => queue.length > round); round += 1) {
    const moves: Move[] = [];
    for (const { line, row } of queues.flatMap((queue) => queue[round] ?? [])) {
      const mailing = known.get(row.trackingNo);
      if (mailing === undefined) continue;
      const verdict = judgeReport(mailing, row.status, row.at);
      if (verdict === 'UNCHANGED') unchanged += 1;
      else if (verdict === 'BAD_STATE') errors.push({ line, column: 'status', code: verdict });
      else moves.push({ mailing, to: row.status, at: row.at, ...(row.status === 'RETURNED' ? { reason: reasonOfReturn(mailing.state) } : {}) });
    }
    if (moves.length > 0) await moveMailings(ctx, mailings, moves);
    for (const { mailing, to, at } of moves) known.set(mailing.trackingNo ?? '', moved(mailing, to, at));
  }
  return { errors, unchanged };
}

function moved(mailing: Mailing, state: Mailing['state'], toldAt: Date | undefined): Mailing {
  return { ...mailing, state, version: mailing.version + 1, toldAt: toldAt ?? mailing.toldAt };
}
