import type { Db, FieldCipher, Row } from '#platform';
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

/** One on record. */
export interface PlacedOrder extends StopOrder {
  readonly placedAt: Date;
}
const POLICE_REPORT = 'stop_order.police_report';
const COLUMNS = 'stop_order_id AS "stopOrderId", card_serial AS "cardSerial", person_key AS "personKey", municipality_code AS "municipalityCode", state, confidence, letter_due AS "letterDue", placed_at AS "placedAt"';
type StopOrderRow = PlacedOrder & Row;

/** How a stop came about. */
export interface Occasion {
  readonly channel: string;
  readonly matched: number;
  readonly callEndedAt: Date | undefined;
  readonly lossPlace: string;
}

/** Stop orders. */
export class StopOrderStore {
  constructor(private readonly cipher: FieldCipher) {}

  async add(db: Db, order: StopOrder & Occasion, now: Date): Promise<void> {
    await db.run(
      `INSERT INTO stop_order (stop_order_id, card_serial, person_key, municipality_code, channel, state, confidence, matched, letter_due, placed_at, call_ended_at, loss_place)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)`,
      order.stopOrderId, order.cardSerial, order.personKey, order.municipalityCode, order.channel, order.state, order.confidence, order.matched, order.letterDue, now.toISOString(),
      order.callEndedAt?.toISOString() ?? null, order.lossPlace,
    );
  }

  /** Where and under which number a loss was reported. */
  async setPoliceReport(db: Db, stopOrderId: string, report: { readonly station: string; readonly number: string }): Promise<void> {
    await db.run('UPDATE stop_order SET police_report = $2 WHERE stop_order_id = $1', stopOrderId, this.cipher.encrypt(POLICE_REPORT, JSON.stringify(report)));
  }

  /** Seconds from the end of the call to the stop, of the stops of an interval that came from a call; null without any (CARD-4.9). */
  async pace(db: Db, from: Date, to: Date): Promise<{ readonly stops: number; readonly p50: number | null; readonly p95: number | null }> {
    return db.one(
      `SELECT count(*)::int AS stops, percentile_disc(0.5) WITHIN GROUP (ORDER BY seconds)::float AS p50, percentile_disc(0.95) WITHIN GROUP (ORDER BY seconds)::float AS p95
       FROM (SELECT greatest(0, extract(epoch FROM placed_at - call_ended_at)) AS seconds FROM stop_order WHERE placed_at >= $1 AND placed_at < $2 AND call_ended_at IS NOT NULL) AS placed`,
      from.toISOString(), to.toISOString(),
    );
  }

  async find(db: Db, stopOrderId: string): Promise<PlacedOrder | undefined> {
    return db.maybe<StopOrderRow>(`SELECT ${COLUMNS} FROM stop_order WHERE stop_order_id = $1`, stopOrderId);
  }

  async lock(db: Db, stopOrderId: string): Promise<PlacedOrder | undefined> {
    return db.maybe<StopOrderRow>(`SELECT ${COLUMNS} FROM stop_order WHERE stop_order_id = $1 FOR UPDATE`, stopOrderId);
  }

  async openOfCard(db: Db, cardSerial: string): Promise<PlacedOrder | undefined> {
    return db.maybe<StopOrderRow>(`SELECT ${COLUMNS} FROM stop_order WHERE card_serial = $1 AND state = 'APPLIED'`, cardSerial);
  }

  async lift(db: Db, stopOrderId: string, now: Date): Promise<void> {
    await db.run("UPDATE stop_order SET state = 'LIFTED', ended_at = $2 WHERE stop_order_id = $1", stopOrderId, now.toISOString());
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
