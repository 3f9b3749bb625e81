import { exchangeReceiptOverdue } from '#contracts/juki-net';
import type { Schedule } from '#platform';
import { fileName, RECEIVED_WITHIN_MS } from './exchange-box.js';
import type { OutFileStore } from './out-file.store.js';

/** Once an hour: both sides are told, once, of files that were ready for a day without a receipt (JUKI-5.3). */
export function watchReceipts(outFiles: OutFileStore): Schedule {
  return {
    name: 'exchange-box.watch-receipts',
    due: (last, now) => {
      const hour = now.toISOString().slice(0, 13);
      return last === hour ? undefined : hour;
    },
    run: async (ctx) => {
      for (const file of await outFiles.tellLate(ctx.db, new Date(ctx.now.getTime() - RECEIVED_WITHIN_MS), ctx.now)) {
        const { fileId, organisation, kind, lines, state, readyAt } = file;
        ctx.emit(exchangeReceiptOverdue, { aggregateId: fileId, sequence: 2, data: { fileId, organisation, kind, name: fileName(file), lines, state, readyAt: readyAt.toISOString() } });
        ctx.audit({ object: `exchange-file:${fileId}`, facts: { organisation, kind, state, receipt: 'OVERDUE' } });
      }
    },
  };
}
