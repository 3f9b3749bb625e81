import type { LocalDate } from '#kernel';
import type { Ctx, Db, Row } from '#platform';
import type { Card, CardMove, CardState } from './card.js';

const COLUMNS = `card_serial AS "cardSerial", person_key AS "personKey", municipality_code AS "municipalityCode", application_id AS "applicationId", batch_id AS "batchId",
  record_no AS "recordNo", fact_version AS "factVersion", state, chip_state AS "chipState", wish_sign AS "wishSign", wish_auth AS "wishAuth", additions, version`;
type CardRow = Card & Row;

export interface CardDetails extends Card {
  readonly reason: string | null;
  readonly expiryDate: string;
  readonly noticeNo: string | null;
  readonly movedAt: Date;
}

export interface RecordedMove {
  readonly version: number;
  readonly from: CardState | null;
  readonly to: CardState;
  readonly reason: string | null;
  readonly client: string;
  readonly operator: string | null;
  readonly terminal: string | null;
  readonly at: Date;
}

/** The card ledger and its journal. */
export class CardStore {
  async holdsCardInUse(db: Db, personKey: string): Promise<boolean> {
    const row = await db.one<{ held: boolean }>("SELECT EXISTS (SELECT 1 FROM card WHERE person_key = $1 AND state IN ('ACTIVE', 'SUSPENDED')) AS held", personKey);
    return row.held;
  }

  /** Whether a card in use stands in the way of an application: none for which a re-issue is under way does (CARD-4.9). */
  async barsApplication(db: Db, personKey: string): Promise<boolean> {
    const row = await db.one<{ barred: boolean }>(
      `SELECT EXISTS (SELECT 1 FROM card WHERE person_key = $1 AND state IN ('ACTIVE', 'SUSPENDED')
         AND NOT EXISTS (SELECT 1 FROM reissue_case c WHERE c.card_serial = card.card_serial AND c.state <> 'CLOSED')) AS barred`,
      personKey,
    );
    return row.barred;
  }

  async find(db: Db, cardSerial: string): Promise<CardDetails | undefined> {
    return db.maybe<CardDetails & Row>(`SELECT ${COLUMNS}, reason, expiry_date AS "expiryDate", notice_no AS "noticeNo", moved_at AS "movedAt" FROM card WHERE card_serial = $1`, cardSerial);
  }

  async findByNotice(db: Db, noticeNo: string): Promise<Card | undefined> {
    return db.maybe<CardRow>(`SELECT ${COLUMNS} FROM card WHERE notice_no = $1`, noticeNo);
  }

  /** The card that a stop order for this person means: the one in use, else the one that ended last. */
  async findForStop(db: Db, personKey: string): Promise<Card | undefined> {
    return db.maybe<CardRow>(
      `SELECT ${COLUMNS} FROM card WHERE person_key = $1 ORDER BY state IN ('ACTIVE', 'SUSPENDED') DESC, moved_at DESC LIMIT 1`,
      personKey,
    );
  }

  async moves(db: Db, cardSerial: string): Promise<RecordedMove[]> {
    return db.many<RecordedMove & Row>('SELECT version, from_state AS "from", to_state AS "to", reason, client, operator, terminal, at FROM card_move WHERE card_serial = $1 ORDER BY version', cardSerial);
  }

  async lock(db: Db, cardSerial: string): Promise<Card | undefined> {
    return db.maybe<CardRow>(`SELECT ${COLUMNS} FROM card WHERE card_serial = $1 FOR UPDATE`, cardSerial);
  }

  async lockMany(db: Db, cardSerials: readonly string[]): Promise<Card[]> {
    return db.many<CardRow>(`SELECT ${COLUMNS} FROM card WHERE card_serial = ANY($1::text[]) ORDER BY card_serial FOR UPDATE`, cardSerials);
  }

  async lockOfPerson(db: Db, personKey: string): Promise<Card[]> {
    return db.many<CardRow>(`SELECT ${COLUMNS} FROM card WHERE person_key = $1 ORDER BY card_serial FOR UPDATE`, personKey);
  }

  async lockOfBatch(db: Db, batchId: string): Promise<Card[]> {
    return db.many<CardRow>(`SELECT ${COLUMNS} FROM card WHERE batch_id = $1 ORDER BY card_serial FOR UPDATE`, batchId);
  }

  async list(db: Db, filter: { readonly municipalityCode: string; readonly state: CardState | undefined; readonly after: string; readonly limit: number }): Promise<Card[]> {
    return db.many<CardRow>(
      `SELECT ${COLUMNS} FROM card WHERE municipality_code = $1 AND ($2::text IS NULL OR state = $2) AND card_serial > $3 ORDER BY card_serial LIMIT $4`,
      filter.municipalityCode, filter.state ?? null, filter.after, filter.limit,
    );
  }

  async listOfPerson(db: Db, personKey: string): Promise<CardDetails[]> {
    return db.many<CardDetails & Row>(`SELECT ${COLUMNS}, reason, expiry_date AS "expiryDate", notice_no AS "noticeNo", moved_at AS "movedAt" FROM card WHERE person_key = $1 ORDER BY batch_id, card_serial`, personKey);
  }

  /** Cards of the person whose order stood before this moment. */
  async orderedBefore(db: Db, personKey: string, at: Date): Promise<string[]> {
    const rows = await db.many<{ serial: string }>(
      'SELECT card.card_serial AS serial FROM card JOIN card_move move ON move.card_serial = card.card_serial AND move.version = 1 WHERE card.person_key = $1 AND move.at < $2 ORDER BY 1',
      personKey, at.toISOString(),
    );
    return rows.map(({ serial }) => serial);
  }

  /** Cards in use whose last day is over, locked. */
  async lockExpired(db: Db, today: LocalDate, limit: number): Promise<Card[]> {
    return db.many<CardRow>(`SELECT ${COLUMNS} FROM card WHERE state IN ('ACTIVE', 'SUSPENDED') AND expiry_date < $1 ORDER BY card_serial LIMIT $2 FOR UPDATE`, today, limit);
  }

  /** Invited cards that nobody has come for within the months of their municipality's ordinance, locked. */
  async lockUncollected(db: Db, today: LocalDate, national: { readonly months: number; readonly limit: number }): Promise<Card[]> {
    return db.many<CardRow>(
      `SELECT ${COLUMNS} FROM card WHERE state = 'NOTIFIED' AND (moved_at AT TIME ZONE 'Asia/Tokyo')::date + make_interval(months => coalesce(
         (SELECT uncollected_months FROM card_ordinance o WHERE o.municipality_code = card.municipality_code AND o.valid_from <= $1 ORDER BY o.valid_from DESC LIMIT 1), $2)) < $1::date
       ORDER BY card_serial LIMIT $3 FOR UPDATE`,
      today, national.months, national.limit,
    );
  }

  /** Whether the resident was invited a second time (CARD-3.5). */
  async wasReminded(db: Db, cardSerial: string): Promise<boolean> {
    return (await db.maybe("SELECT 1 FROM card_move WHERE card_serial = $1 AND from_state = 'UNCOLLECTED' AND to_state = 'NOTIFIED' LIMIT 1", cardSerial)) !== undefined;
  }

  /** Who was the first to want the card as it is destroyed; undefined when this call is the first. */
  async proposeDestruction(db: Db, { cardSerial, version }: Card, officer: string, now: Date): Promise<string | undefined> {
    const added = await db.run('INSERT INTO card_destruction (card_serial, card_version, proposed_by, proposed_at) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING', cardSerial, version, officer, now.toISOString());
    if (added > 0) return undefined;
    return (await db.one<{ by: string }>('SELECT proposed_by AS by FROM card_destruction WHERE card_serial = $1 AND card_version = $2', cardSerial, version)).by;
  }

  async setExpiry(db: Db, cardSerial: string, expiryDate: LocalDate): Promise<void> {
    await db.run('UPDATE card SET expiry_date = $2 WHERE card_serial = $1', cardSerial, expiryDate);
  }

  /** The face got another entry; with a continued use the card belongs to another municipality. */
  async addToFace(db: Db, cardSerial: string, { additions, municipalityCode }: Pick<Card, 'additions' | 'municipalityCode'>): Promise<void> {
    await db.run('UPDATE card SET additions = $2, municipality_code = $3 WHERE card_serial = $1', cardSerial, additions, municipalityCode);
  }

  /** Cards made for an application, locked. */
  async lockOfApplication(db: Db, applicationId: string): Promise<Card[]> {
    return db.many<CardRow>(`SELECT ${COLUMNS} FROM card WHERE application_id = $1 ORDER BY card_serial FOR UPDATE`, applicationId);
  }

  /** The face was compared with these facts and shows them. */
  async setFactVersion(db: Db, cardSerial: string, factVersion: number): Promise<void> {
    await db.run('UPDATE card SET fact_version = $2 WHERE card_serial = $1', cardSerial, factVersion);
  }

  async setNotice(db: Db, cardSerial: string, noticeNo: string): Promise<void> {
    await db.run('UPDATE card SET notice_no = $2 WHERE card_serial = $1', cardSerial, noticeNo);
  }

  async add(db: Db, ordered: readonly { readonly card: Card; readonly expiryDate: string }[], now: Date): Promise<void> {
    await db.run(
      `INSERT INTO card (card_serial, person_key, municipality_code, application_id, batch_id, record_no, fact_version, state, chip_state, expiry_date, wish_sign, wish_auth, version, moved_at)
       SELECT serial, person, municipality, application, batch, no, facts, 'ORDERED', 'BLANK', expiry, sign, auth, 1, $1
       FROM unnest($2::text[], $3::uuid[], $4::text[], $5::text[], $6::uuid[], $7::int[], $8::bigint[], $9::date[], $10::bool[], $11::bool[]) AS row (serial, person, municipality, application, batch, no, facts, expiry, sign, auth)`,
      now.toISOString(),
      ordered.map(({ card }) => card.cardSerial), ordered.map(({ card }) => card.personKey), ordered.map(({ card }) => card.municipalityCode),
      ordered.map(({ card }) => card.applicationId), ordered.map(({ card }) => card.batchId), ordered.map(({ card }) => card.recordNo), ordered.map(({ card }) => card.factVersion),
      ordered.map(({ expiryDate }) => expiryDate), ordered.map(({ card }) => card.wishSign), ordered.map(({ card }) => card.wishAuth),
    );
  }

  async saveStates(db: Db, moves: readonly CardMove[], reason: string | undefined, now: Date): Promise<void> {
    await db.run(
      `UPDATE card SET state = move.state, chip_state = move.chip, version = move.version, reason = $1, moved_at = $2
       FROM unnest($3::text[], $4::text[], $5::text[], $6::int[]) AS move (serial, state, chip, version) WHERE card_serial = move.serial`,
      reason ?? null, now.toISOString(), moves.map((move) => move.card.cardSerial), moves.map((move) => move.to), moves.map((move) => move.chipState), moves.map((move) => move.version),
    );
  }

  async journalMoves(ctx: Ctx, moves: readonly CardMove[], why: { readonly reason?: string | undefined; readonly terminal?: string | undefined }): Promise<void> {
    await ctx.db.run(
      `INSERT INTO card_move (card_serial, version, from_state, to_state, reason, client, operator, terminal, at)
       SELECT serial, version, from_state, to_state, $1, $2, $3, $4, $5 FROM unnest($6::text[], $7::int[], $8::text[], $9::text[]) AS move (serial, version, from_state, to_state)`,
      why.reason ?? null, ctx.actor.clientId, ctx.actor.operator ?? null, why.terminal ?? null, ctx.now.toISOString(),
      moves.map((move) => move.card.cardSerial), moves.map((move) => move.version), moves.map((move) => move.from), moves.map((move) => move.to),
    );
  }
}
