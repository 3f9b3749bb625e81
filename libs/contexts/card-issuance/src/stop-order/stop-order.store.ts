import type { Db, Row } from '#platform';
import type { Confidence } from './stop-order.js';

export interface StopOrder {
  readonly stopOrderId: string;
  readonly cardSerial: string;
  readonly personKey: string;
  readonly municipalityCode: string;
  readonly state: 'APPLIED' | 'LIFTED' | 'CONVERTED_TO_ABOLISH';
  readonly confidence: Confidence;
  readonly letterDue: boolean;
}
const COLUMNS = 'stop_order_id AS "stopOrderId", card_serial AS "cardSerial", person_key AS "personKey", municipality_code AS "municipalityCode", state, confidence, letter_due AS "letterDue"';
type StopOrderRow = StopOrder & Row;

/** Stop orders. */
export class StopOrderStore {
  async add(db: Db, order: StopOrder & { readonly channel: string; readonly matched: number }, now: Date): Promise<void> {
    await db.run(
      `INSERT INTO stop_order (stop_order_id, card_serial, person_key, municipality_code, channel, state, confidence, matched, letter_due, placed_at)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`,
      order.stopOrderId, order.cardSerial, order.personKey, order.municipalityCode, order.channel, order.state, order.confidence, order.matched, order.letterDue, now.toISOString(),
    );
  }

  async find(db: Db, stopOrderId: string): Promise<StopOrder | undefined> {
    return db.maybe<StopOrderRow>(`SELECT ${COLUMNS} FROM stop_order WHERE stop_order_id = $1`, stopOrderId);
  }

  async lock(db: Db, stopOrderId: string): Promise<StopOrder | undefined> {
    return db.maybe<StopOrderRow>(`SELECT ${COLUMNS} FROM stop_order WHERE stop_order_id = $1 FOR UPDATE`, stopOrderId);
  }

  async openOfCard(db: Db, cardSerial: string): Promise<StopOrder | undefined> {
    return db.maybe<StopOrderRow>(`SELECT ${COLUMNS} FROM stop_order WHERE card_serial = $1 AND state = 'APPLIED'`, cardSerial);
  }

  async end(db: Db, stopOrderId: string, state: 'LIFTED' | 'CONVERTED_TO_ABOLISH', now: Date): Promise<void> {
    await db.run('UPDATE stop_order SET state = $2, ended_at = $3 WHERE stop_order_id = $1', stopOrderId, state, now.toISOString());
  }

  /** Ends the open orders of cards that ended by other means. */
  async endOfCards(db: Db, cardSerials: readonly string[], now: Date): Promise<void> {
    await db.run("UPDATE stop_order SET state = 'CONVERTED_TO_ABOLISH', ended_at = $2 WHERE card_serial = ANY($1::text[]) AND state = 'APPLIED'", cardSerials, now.toISOString());
  }

  async letterSent(db: Db, stopOrderId: string): Promise<void> {
    await db.run('UPDATE stop_order SET letter_due = false WHERE stop_order_id = $1', stopOrderId);
  }

  async listLettersDue(db: Db, filter: { readonly municipalityCode: string; readonly after: string | undefined; readonly limit: number }): Promise<StopOrder[]> {
    return db.many<StopOrderRow>(
      `SELECT ${COLUMNS} FROM stop_order WHERE letter_due AND municipality_code = $1 AND ($2::uuid IS NULL OR stop_order_id > $2) ORDER BY stop_order_id LIMIT $3`,
      filter.municipalityCode, filter.after ?? null, filter.limit,
    );
  }
}
