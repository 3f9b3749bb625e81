import { exchangeAcknowledgementOverdue, exchangeReceiptOverdue } from '#contracts/juki-net';
import type { Schedule } from '#platform';
import { ACKNOWLEDGED_WITHIN_MS, fileName, RECEIVED_WITHIN_MS } from './exchange-box.js';
import type { InFileStore } from './in-file.store.js';
import type { OutFileStore } from './out-file.store.js';
import { everyFiveMinutes } from './pick-up-files.js';

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

/** Every five minutes: both sides are told, once, of dropped files that were not acknowledged for 15 minutes (JUKI-5.3). */
export function watchAcknowledgements(inFiles: InFileStore): Schedule {
  const late = (now: Date): Date => new Date(now.getTime() - ACKNOWLEDGED_WITHIN_MS);
  return {
    name: 'exchange-box.watch-acknowledgements',
    due: everyFiveMinutes,
    hasWork: async (ctx) => (await inFiles.waitingSince(ctx.db, late(ctx.now), 1)).length > 0,
    run: async (ctx) => {
      for (const { fileId, organisation, kind, name, receivedAt } of await inFiles.tellLate(ctx.db, late(ctx.now), ctx.now)) {
        ctx.emit(exchangeAcknowledgementOverdue, { aggregateId: fileId, sequence: 1, data: { fileId, organisation, kind, name, droppedAt: receivedAt.toISOString() } });
        ctx.audit({ object: `exchange-file:${fileId}`, facts: { organisation, kind, acknowledgement: 'OVERDUE' } });
      }
    },
  };
}
