import type { LocalDate } from '#kernel';
import { uuidv7, type Db, type FieldCipher, type Row } from '#platform';
import { z } from 'zod';
import type { MovedOrderState, OrderRow, OrderState } from './order.js';

const FACE = 'juki_card_order.face';
const face = z.object({ nameFace: z.string(), addressFace: z.string(), birthYmd: z.string(), sex: z.string(), photoRef: z.string() });

/** An order as stored, without its face. */
export interface Order {
  readonly orderId: string;
  readonly orderNo: string;
  readonly municipalityCode: string;
  readonly type: 'A' | 'B';
  readonly state: OrderState;
  readonly reason: string | null;
  readonly expiry: LocalDate;
  readonly cardNo: string | null;
  readonly surrenderedOn: LocalDate | null;
  readonly version: number;
}
type StoredRow = Order & Row;

/** One order's move and what comes with it. */
export interface OrderMove {
  readonly order: Order;
  readonly to: MovedOrderState;
  readonly cardNo?: string;
  readonly shippedOn?: LocalDate | null;
  readonly personKey?: string;
}

const COLUMNS = 'order_id AS "orderId", order_no AS "orderNo", municipality_code AS "municipalityCode", type, state, reason, expiry, card_no AS "cardNo", surrendered_on AS "surrenderedOn", version';

export class OrderStore {
  constructor(private readonly cipher: FieldCipher) {}

  /** What was new; an order number that is there already is left alone. */
  async add(db: Db, rows: readonly OrderRow[], at: { readonly person: string; readonly now: Date }): Promise<Order[]> {
    return db.many<StoredRow>(
      `INSERT INTO juki_card_order (order_id, order_no, municipality_code, type, face, content_index, expiry, state, version, changed_by, changed_at)
       SELECT id, no, town, type, face, contents, expiry, 'REQUESTED', 1, $1, $2 FROM unnest($3::uuid[], $4::text[], $5::text[], $6::text[], $7::bytea[], $8::bytea[], $9::date[]) AS row (id, no, town, type, face, contents, expiry)
       ON CONFLICT (order_no) DO NOTHING RETURNING ${COLUMNS}`,
      at.person, at.now.toISOString(), rows.map(() => uuidv7()), rows.map((row) => row.orderNo), rows.map((row) => row.municipalityCode), rows.map((row) => row.type),
      rows.map((row) => this.cipher.encrypt(FACE, JSON.stringify(row.face))), rows.map(this.indexOf), rows.map((row) => row.expiry),
    );
  }

  /** Those of the rows that stand there with the same contents. */
  async same(db: Db, rows: readonly OrderRow[]): Promise<Set<string>> {
    const found = await db.many<{ order_no: string }>(
      'SELECT order_no FROM juki_card_order JOIN unnest($1::text[], $2::bytea[]) AS row (no, contents) ON order_no = no AND content_index = contents', rows.map((row) => row.orderNo), rows.map(this.indexOf),
    );
    return new Set(found.map((row) => row.order_no));
  }

  /** Keyed, since a hash of what few people could be would be found by trying. */
  private readonly indexOf = (row: OrderRow): Buffer => this.cipher.blindIndex(FACE, JSON.stringify(row));

  /** Locked in one order, so that two commands about the same orders wait for each other. */
  async lock(db: Db, orderNos: readonly string[]): Promise<Order[]> {
    return db.many<StoredRow>(`SELECT ${COLUMNS} FROM juki_card_order WHERE order_no = ANY($1::text[]) ORDER BY order_no FOR UPDATE`, orderNos);
  }

  /** Orders that nobody has begun to make. */
  async lockRequested(db: Db, limit: number): Promise<Order[]> {
    return db.many<StoredRow>(`SELECT ${COLUMNS} FROM juki_card_order WHERE state = 'REQUESTED' ORDER BY order_no LIMIT $1 FOR UPDATE`, limit);
  }

  /** Whether the cut-off finds a commission in force or an order that nobody has begun. */
  async isAnythingOpen(db: Db): Promise<boolean> {
    const row = await db.one<{ open: boolean }>("SELECT EXISTS (SELECT 1 FROM commission WHERE state = 'IN_FORCE') OR EXISTS (SELECT 1 FROM juki_card_order WHERE state = 'REQUESTED') AS open");
    return row.open;
  }

  async cardNosInUse(db: Db, cardNos: readonly string[]): Promise<Set<string>> {
    return new Set((await db.many<{ card_no: string }>('SELECT card_no FROM juki_card_order WHERE card_no = ANY($1::text[])', cardNos)).map((row) => row.card_no));
  }

  async move(db: Db, moves: readonly OrderMove[], at: { readonly reason: string | undefined; readonly person: string; readonly now: Date }): Promise<void> {
    await db.run(
      `UPDATE juki_card_order SET state = move.state, reason = coalesce($1, reason), version = version + 1, changed_by = $2, changed_at = $3,
         card_no = coalesce(move.card, card_no), shipped_on = coalesce(move.shipped, shipped_on), person_key = coalesce(move.person, person_key)
       FROM unnest($4::uuid[], $5::text[], $6::text[], $7::date[], $8::uuid[]) AS move (id, state, card, shipped, person) WHERE order_id = id`,
      at.reason ?? null, at.person, at.now.toISOString(), moves.map(({ order }) => order.orderId), moves.map(({ to }) => to), moves.map(({ cardNo }) => cardNo ?? null),
      moves.map(({ shippedOn }) => shippedOn ?? null), moves.map(({ personKey }) => personKey ?? null),
    );
  }

  /** The cards of a person end; a repetition finds none. */
  async surrender(db: Db, personKey: string, today: LocalDate, now: Date): Promise<Order[]> {
    return db.many<StoredRow>(
      `UPDATE juki_card_order SET surrendered_on = $2, version = version + 1, changed_at = $3 WHERE person_key = $1 AND surrendered_on IS NULL AND state = 'HANDED_OVER' AND expiry >= $2 RETURNING ${COLUMNS}`,
      personKey, today, now.toISOString(),
    );
  }

  async list(db: Db, filter: { readonly municipalityCode: string; readonly state: string | undefined; readonly after: string; readonly limit: number }): Promise<Order[]> {
    return db.many<StoredRow>(
      `SELECT ${COLUMNS} FROM juki_card_order WHERE municipality_code = $1 AND ($2::text IS NULL OR state = $2) AND order_no > $3 ORDER BY order_no LIMIT $4`,
      filter.municipalityCode, filter.state ?? null, filter.after, filter.limit,
    );
  }

  /** Accepted orders with their faces, for the maker. */
  async toPrint(db: Db, after: string, limit: number): Promise<OrderRow[]> {
    const rows = await db.many<Omit<OrderRow, 'face'> & { face: Buffer } & Row>(
      `SELECT order_no AS "orderNo", municipality_code AS "municipalityCode", type, face, expiry FROM juki_card_order WHERE state = 'ACCEPTED' AND order_no > $1 ORDER BY order_no LIMIT $2`, after, limit,
    );
    return rows.map((row) => ({ ...row, face: face.parse(JSON.parse(this.cipher.decrypt(FACE, row.face))) }));
  }
}
