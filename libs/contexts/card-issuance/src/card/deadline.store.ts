import type { LocalDate } from '#kernel';
import type { Db, Row } from '#platform';
import type { Deadline, DeadlineKind } from './continued-use.js';

const COLUMNS = 'kind, municipality_code AS "municipalityCode", notified_on AS "begunOn", last_day AS "lastDay"';

export interface RecordedDeadline extends Deadline {
  readonly outcome: string | null;
}

/** Deadlines that moves set to cards in use (CARD-4.10). */
export class DeadlineStore {
  async open(db: Db, cardSerial: string): Promise<Deadline[]> {
    return db.many<Deadline & Row>(`SELECT ${COLUMNS} FROM continued_use WHERE card_serial = $1 AND ended_at IS NULL ORDER BY fact_version`, cardSerial);
  }

  async history(db: Db, cardSerial: string): Promise<RecordedDeadline[]> {
    return db.many<RecordedDeadline & Row>(`SELECT ${COLUMNS}, outcome FROM continued_use WHERE card_serial = $1 ORDER BY fact_version`, cardSerial);
  }

  async add(db: Db, card: { readonly cardSerial: string; readonly personKey: string }, factVersion: number, deadline: Deadline): Promise<void> {
    await db.run(
      'INSERT INTO continued_use (card_serial, fact_version, person_key, kind, municipality_code, notified_on, last_day) VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT DO NOTHING',
      card.cardSerial, factVersion, card.personKey, deadline.kind, deadline.municipalityCode, deadline.begunOn, deadline.lastDay,
    );
  }

  async end(db: Db, cardSerials: readonly string[], kinds: readonly DeadlineKind[], ended: { readonly outcome: string; readonly now: Date }): Promise<void> {
    await db.run('UPDATE continued_use SET ended_at = $3, outcome = $4 WHERE card_serial = ANY($1::text[]) AND kind = ANY($2::text[]) AND ended_at IS NULL', cardSerials, kinds, ended.now.toISOString(), ended.outcome);
  }

  /** Cards with a deadline that is over, and the first of them; of these cards, or of any. */
  async overdue(db: Db, today: LocalDate, limit: number, cardSerials?: readonly string[]): Promise<{ readonly cardSerial: string; readonly kind: DeadlineKind }[]> {
    return db.many<{ cardSerial: string; kind: DeadlineKind } & Row>(
      `SELECT card_serial AS "cardSerial", (array_agg(kind ORDER BY last_day, fact_version))[1] AS kind FROM continued_use WHERE ended_at IS NULL AND last_day < $1 AND ($3::text[] IS NULL OR card_serial = ANY($3::text[])) GROUP BY card_serial ORDER BY card_serial LIMIT $2`,
      today, limit, cardSerials ?? null,
    );
  }
}
