import { log, type Schedule } from '#platform';

/** Alarms for one batch: afterwards the municipality is called. */
const MOST_ALARMS = 10;

interface Unconfirmed extends Record<string, unknown> {
  readonly batch_id: string;
  readonly hours: number;
}

/** A result whose receipt has not come for an hour raises an alarm, each hour, ten times at most; the result stays the same and is read as often as needed (NUM-7). */
export const alarmReceipts: Schedule = {
  name: 'batch.alarm-receipts',
  due: (last, now) => {
    const hour = now.toISOString().slice(0, 13);
    return last === hour ? undefined : hour;
  },
  run: async (ctx) => {
    const rows = await ctx.db.many<Unconfirmed>(
      `SELECT batch_id, hours FROM (SELECT batch_id, floor(extract(epoch FROM $1::timestamptz - delivered_at) / 3600)::int AS hours
         FROM generation_batch WHERE state = 'DELIVERED') AS unconfirmed WHERE hours BETWEEN 1 AND $2 ORDER BY batch_id`,
      ctx.now.toISOString(), MOST_ALARMS,
    );
    for (const { batch_id: batchId, hours } of rows) ctx.audit({ object: `batch:${batchId}`, facts: { alarm: 'RECEIPT_MISSING', hours } });
    if (rows.length > 0) log.error('alarm: results without a receipt', { action: 'numbering.batch', count: rows.length });
  },
};
