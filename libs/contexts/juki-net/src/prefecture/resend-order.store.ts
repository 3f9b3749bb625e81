import { resendOrderEnded } from '#contracts/juki-net';
import type { Ctx, Db, Row } from '#platform';
import type { RESEND_GROUNDS, ResendState } from './resend-order.js';

export interface ResendOrder extends Row {
  readonly orderId: string;
  readonly municipalityCode: string;
  readonly firstSeq: number;
  readonly lastSeq: number;
  readonly ground: (typeof RESEND_GROUNDS)[number];
  readonly state: ResendState;
  /** Numbers that have come since. */
  readonly arrived: number;
  readonly orderedAt: Date;
  readonly dueAt: Date;
}

const ARRIVED = 'coalesce((SELECT sum(upper(part) - lower(part)) FROM unnest(arrived) AS part), 0)::bigint';
const ORDER = `order_id AS "orderId", municipality_code AS "municipalityCode", first_seq AS "firstSeq", last_seq AS "lastSeq", ground, state, ${ARRIVED} AS arrived,
  ordered_at AS "orderedAt", due_at AS "dueAt"`;

export class ResendOrderStore {
  /** Orders of a municipality that are open; until the transaction ends nobody else gives it one. */
  async lockOpen(db: Db, municipalityCode: string): Promise<ResendOrder[]> {
    await db.run('SELECT pg_advisory_xact_lock(hashtextextended($1, 0))', `resend/${municipalityCode}`);
    return db.many<ResendOrder>(`SELECT ${ORDER} FROM resend_order WHERE municipality_code = $1 AND state = 'OPEN' ORDER BY order_id`, municipalityCode);
  }

  async add(db: Db, order: Pick<ResendOrder, 'orderId' | 'municipalityCode' | 'firstSeq' | 'lastSeq' | 'ground' | 'orderedAt' | 'dueAt'>): Promise<void> {
    await db.run(
      "INSERT INTO resend_order (order_id, municipality_code, first_seq, last_seq, ground, state, ordered_at, due_at) VALUES ($1, $2, $3, $4, $5, 'OPEN', $6, $7)",
      order.orderId, order.municipalityCode, order.firstSeq, order.lastSeq, order.ground, order.orderedAt.toISOString(), order.dueAt.toISOString(),
    );
  }

  async lock(db: Db, orderId: string): Promise<ResendOrder | undefined> {
    return db.maybe<ResendOrder>(`SELECT ${ORDER} FROM resend_order WHERE order_id = $1 FOR UPDATE`, orderId);
  }

  async withdraw(db: Db, orderId: string, at: Date): Promise<void> {
    await db.run("UPDATE resend_order SET state = 'WITHDRAWN', ended_at = $2 WHERE order_id = $1", orderId, at.toISOString());
  }

  async page(db: Db, municipalityCode: string, { after, limit }: { after: string; limit: number }): Promise<ResendOrder[]> {
    return db.many<ResendOrder>(`SELECT ${ORDER} FROM resend_order WHERE municipality_code = $1 AND order_id > $2 ORDER BY order_id LIMIT $3`, municipalityCode, after, limit);
  }

  /** Whether notices of the municipality were ordered and not given up. */
  async wasOrdered(db: Db, municipalityCode: string): Promise<boolean> {
    const { ordered } = await db.one<{ ordered: boolean }>(
      "SELECT EXISTS (SELECT FROM resend_order WHERE municipality_code = $1 AND state <> 'WITHDRAWN') AS ordered", municipalityCode,
    );
    return ordered;
  }
}

/** A notice that was taken in: whether its number was free, or it came again. */
export interface Arrival {
  readonly seq: number;
  readonly isNew: boolean;
}

type Noted = Pick<ResendOrder, 'firstSeq' | 'lastSeq' | 'state'> & Row & { readonly orderId: string | null; readonly taken: boolean };

/**
 * Notices of a municipality came: new ones take their numbers, which fills gaps or leaves some (JUKI-4.5.1); its orders note all of
 * them, and one whose range is complete is fulfilled. When another transaction has taken one of the numbers, this one begins again.
 */
export async function noteArrivals(ctx: Ctx, municipalityCode: string, arrivals: readonly Arrival[]): Promise<void> {
  if (arrivals.length === 0) return;
  const noted = await ctx.db.many<Noted>(
    `WITH came AS MATERIALIZED (
       SELECT range_agg(int8range(seq, seq, '[]')) AS seqs, range_agg(int8range(seq, seq, '[]')) FILTER (WHERE is_new) AS fresh, max(seq) FILTER (WHERE is_new) AS top
       FROM unnest($2::bigint[], $4::boolean[]) AS arrived (seq, is_new)),
     counted AS (
       INSERT INTO municipal_sequence AS m (municipality_code, highest, gaps) SELECT $1, top, int8multirange(int8range(1, top)) - fresh FROM came WHERE top IS NOT NULL
       ON CONFLICT (municipality_code) DO UPDATE SET highest = greatest(m.highest, EXCLUDED.highest),
         gaps = m.gaps + int8multirange(int8range(m.highest, greatest(m.highest, EXCLUDED.highest), '(]')) - (SELECT fresh FROM came)
       WHERE m.gaps + int8multirange(int8range(m.highest, NULL, '()')) @> (SELECT fresh FROM came) RETURNING 1),
     orders AS (
       UPDATE resend_order SET arrived = arrived + seqs * ordered, state = CASE WHEN arrived + seqs @> ordered THEN 'FULFILLED' ELSE 'OPEN' END,
         ended_at = CASE WHEN arrived + seqs @> ordered THEN $3::timestamptz END
       FROM (SELECT order_id AS id, int8multirange(int8range(first_seq, last_seq, '[]')) AS ordered FROM resend_order
         WHERE municipality_code = $1 AND state = 'OPEN' ORDER BY order_id FOR UPDATE) AS o
       CROSS JOIN came WHERE order_id = o.id AND seqs && ordered RETURNING order_id, first_seq, last_seq, state)
     SELECT order_id AS "orderId", first_seq AS "firstSeq", last_seq AS "lastSeq", state, top IS NULL OR EXISTS (SELECT FROM counted) AS taken FROM came LEFT JOIN orders ON true`,
    municipalityCode, arrivals.map(({ seq }) => seq), ctx.now.toISOString(), arrivals.map(({ isNew }) => isNew),
  );
  if (noted.some(({ taken }) => !taken)) await ctx.db.run('DO $$ BEGIN RAISE serialization_failure; END $$');
  for (const { orderId, firstSeq, lastSeq, state } of noted) {
    if (orderId === null || state !== 'FULFILLED') continue;
    ctx.emit(resendOrderEnded, { aggregateId: orderId, sequence: 2, data: { orderId, municipalityCode, firstSeq, lastSeq, state: 'FULFILLED' } });
    ctx.audit({ object: `resend-order:${orderId}`, facts: { state } });
  }
}
