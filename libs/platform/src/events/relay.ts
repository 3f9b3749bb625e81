import type { Database } from '../pg/database.js';
import type { Db, Row } from '../pg/db.js';
import { eventsPublished } from '../telemetry/metrics.js';
import type { Publish } from './publisher.js';

const CHUNK = 1_000;
const RELAY_LOCK = 7_302_102;

interface OutboxRow extends Row {
  readonly position: number;
  readonly id: string;
  readonly subject: string;
  readonly text: string;
}

/** Called between the acknowledgement of the stream and the commit; fault tests stop the process here. */
export type RelayProbe = () => Promise<void>;

/**
 * Hands one chunk of the outbox to the stream, in the order of writing, and deletes it in the same transaction. No position
 * is remembered, so a transaction that commits late is never skipped; and since writers of one aggregate wait for each other,
 * what is visible of an aggregate is visible in its order (see ADR 0004). A crash between publishing and committing publishes
 * again under the same message id; stream and inbox drop the repetition. One relay at a time per schema.
 */
export async function relayOutbox(database: Database, publish: Publish, context: string, probe?: RelayProbe): Promise<number> {
  // An idle estate looks often; a look costs one statement then.
  if ((await database.db.manyPlanned('SELECT position FROM outbox ORDER BY position LIMIT 1')).length === 0) return 0;
  return database.transaction(async (db) => {
    const lock = await db.one<{ held: boolean }>('SELECT pg_try_advisory_xact_lock($1, hashtext(current_schema())) AS held', RELAY_LOCK);
    if (!lock.held) return 0;
    const rows = await db.manyPlanned<OutboxRow>(`SELECT position, event_id AS id, subject, event AS text FROM outbox ORDER BY position LIMIT ${CHUNK}`);
    if (rows.length === 0) return 0;
    await publish(rows);
    await probe?.();
    await db.manyPlanned('DELETE FROM outbox WHERE position = ANY($1::bigint[])', rows.map((row) => row.position));
    eventsPublished.inc({ context }, rows.length);
    return rows.length;
  });
}

/** Events not yet handed to the stream, told by the ends of the key: a few too many where a position was never used. */
export async function countWaiting(db: Db): Promise<number> {
  const [ends] = await db.manyPlanned<{ count: number }>('SELECT coalesce(max(position) - min(position) + 1, 0) AS count FROM outbox');
  return ends?.count ?? 0;
}
