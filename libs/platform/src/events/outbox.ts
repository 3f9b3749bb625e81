import type { Db } from '../pg/db.js';
import type { CloudEvent } from './cloud-event.js';

export interface OutboxEvent {
  readonly subject: string;
  readonly event: CloudEvent;
}

/** From so many events on, COPY is cheaper than arrays that the server has to take apart. */
const MANY = 100;

/** Writes events beside the state change, in its transaction. */
export async function insertOutbox(db: Db, events: readonly OutboxEvent[]): Promise<void> {
  if (events.length === 0) return;
  if (events.length >= MANY) return db.copyIn('outbox (event_id, subject, event)', events.map(({ subject, event }) => [event.id, subject, JSON.stringify(event)]));
  await db.run(
    "INSERT INTO outbox (event_id, subject, event) SELECT * FROM unnest($1::uuid[], $2::text[], string_to_array($3, E'\\n'))",
    events.map((entry) => entry.event.id),
    events.map((entry) => entry.subject),
    events.map((entry) => JSON.stringify(entry.event)).join('\n'),
  );
}
