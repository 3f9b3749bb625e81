import { uuidv7, type Db, type Row } from '#platform';
import type { Card } from '../card/card.js';
import type { Deadline } from '../card/continued-use.js';
import type { MismatchKind } from './state-mismatch.js';

export interface Mismatch {
  readonly mismatchId: string;
  readonly cardSerial: string;
  readonly municipalityCode: string;
  readonly kind: MismatchKind;
  readonly foundAt: Date;
  readonly settledAt: Date | null;
}
type MismatchRow = Mismatch & Row;

/** A card as a comparison looks at it. */
export interface Compared {
  readonly card: Card;
  /** The activation of its certificates is queued. */
  readonly waits: boolean;
  readonly open: readonly Deadline[];
  readonly mismatches: readonly Mismatch[];
}

export interface Finding {
  readonly card: Card;
  readonly kind: MismatchKind;
}

const COLUMNS = 'mismatch_id AS "mismatchId", card_serial AS "cardSerial", municipality_code AS "municipalityCode", kind, found_at AS "foundAt", settled_at AS "settledAt"';
const CARD = `card_serial AS "cardSerial", person_key AS "personKey", municipality_code AS "municipalityCode", application_id AS "applicationId", batch_id AS "batchId", record_no AS "recordNo",
  fact_version AS "factVersion", state, chip_state AS "chipState", wish_sign AS "wishSign", wish_auth AS "wishAuth", additions, version`;
/** Cards that moved, that a certificate changed of, or that disagree, since. */
const RECENT = `card_serial IN (SELECT card_serial FROM card WHERE moved_at >= $1 UNION ALL SELECT card_serial FROM card_certificate WHERE recorded_at >= $1
  UNION ALL SELECT card_serial FROM state_mismatch WHERE resolved_at IS NULL)`;

/** Where ledger, certificates and register disagree. */
export class StateMismatchStore {
  /** The next cards to be compared, with what the comparison must know of them. */
  async page(db: Db, scope: { readonly until: Date; readonly since: string | undefined; readonly after: string; readonly limit: number }): Promise<Compared[]> {
    const recent = scope.since === undefined ? '$1::timestamptz IS NULL' : RECENT;
    const cards = await db.many<Card & Row>(`SELECT ${CARD} FROM card WHERE ${recent} AND moved_at <= $2 AND card_serial > $3 ORDER BY card_serial LIMIT $4`, scope.since ?? null, scope.until.toISOString(), scope.after, scope.limit);
    const serials = cards.map((card) => card.cardSerial);
    const waiting = await db.many<{ serial: string }>('SELECT card_serial AS serial FROM certificate_activation WHERE card_serial = ANY($1::text[]) AND done_at IS NULL', serials);
    const open = await db.many<Deadline & { serial: string } & Row>(
      'SELECT card_serial AS serial, kind, municipality_code AS "municipalityCode", notified_on AS "begunOn", last_day AS "lastDay" FROM continued_use WHERE card_serial = ANY($1::text[]) AND ended_at IS NULL', serials,
    );
    const mismatches = await db.many<MismatchRow>(`SELECT ${COLUMNS} FROM state_mismatch WHERE card_serial = ANY($1::text[]) AND resolved_at IS NULL`, serials);
    return cards.map((card) => ({
      card, waits: waiting.some(({ serial }) => serial === card.cardSerial), open: open.filter(({ serial }) => serial === card.cardSerial),
      mismatches: mismatches.filter(({ cardSerial }) => cardSerial === card.cardSerial),
    }));
  }

  /** Whether anything is to be compared that moved between, and no comparison of that kind is under way. */
  async hasWork(db: Db, kind: string, since: string, until: Date): Promise<boolean> {
    const row = await db.maybe(
      `SELECT 1 FROM card WHERE ${RECENT} AND moved_at <= $2 AND NOT EXISTS (SELECT 1 FROM job WHERE kind = $3 AND state IN ('QUEUED', 'RUNNING') AND parameters ? 'since') LIMIT 1`, since, until.toISOString(), kind,
    );
    return row !== undefined;
  }

  /** Notes what was found, and of these cards ends what was not found again; a card that moved meanwhile says nothing. */
  async record(db: Db, cards: readonly Card[], findings: readonly Finding[], now: Date): Promise<void> {
    const [serials, versions] = [cards.map((card) => card.cardSerial), cards.map((card) => card.version)];
    const found = findings.map(({ card, kind }) => `${card.cardSerial}:${kind}`);
    await db.run(
      `UPDATE state_mismatch m SET resolved_at = $1 FROM unnest($2::text[], $3::int[]) AS seen (serial, version) JOIN card ON card.card_serial = seen.serial AND card.version = seen.version
       WHERE m.card_serial = seen.serial AND m.resolved_at IS NULL AND m.card_serial || ':' || m.kind <> ALL($4::text[])`,
      now.toISOString(), serials, versions, found,
    );
    await db.run(
      `INSERT INTO state_mismatch (mismatch_id, card_serial, municipality_code, kind, found_at)
       SELECT id, serial, card.municipality_code, kind, $1 FROM unnest($2::uuid[], $3::text[], $4::int[], $5::text[]) AS row (id, serial, version, kind) JOIN card ON card.card_serial = serial AND card.version = row.version
       ON CONFLICT DO NOTHING`,
      now.toISOString(), findings.map(() => uuidv7()), findings.map(({ card }) => card.cardSerial), findings.map(({ card }) => card.version), findings.map(({ kind }) => kind),
    );
  }

  async settled(db: Db, mismatchId: string, now: Date): Promise<void> {
    await db.run('UPDATE state_mismatch SET settled_at = $2 WHERE mismatch_id = $1', mismatchId, now.toISOString());
  }

  async anyToAlarm(db: Db, before: Date): Promise<boolean> {
    return (await db.maybe('SELECT 1 FROM state_mismatch WHERE resolved_at IS NULL AND alarmed_at IS NULL AND found_at <= $1 LIMIT 1', before.toISOString())) !== undefined;
  }

  /** Those open since before that nobody was told of, marked as told. */
  async alarm(db: Db, before: Date, now: Date): Promise<Mismatch[]> {
    return db.many<MismatchRow>(`UPDATE state_mismatch SET alarmed_at = $2 WHERE resolved_at IS NULL AND alarmed_at IS NULL AND found_at <= $1 RETURNING ${COLUMNS}`, before.toISOString(), now.toISOString());
  }

  async listOpen(db: Db, filter: { readonly municipalityCode: string | undefined; readonly after: string | undefined; readonly limit: number }): Promise<Mismatch[]> {
    return db.many<MismatchRow>(
      `SELECT ${COLUMNS} FROM state_mismatch WHERE resolved_at IS NULL AND ($1::text IS NULL OR municipality_code = $1) AND ($2::uuid IS NULL OR mismatch_id > $2) ORDER BY mismatch_id LIMIT $3`,
      filter.municipalityCode ?? null, filter.after ?? null, filter.limit,
    );
  }
}
