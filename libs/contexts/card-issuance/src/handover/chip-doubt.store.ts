import { uuidv7, type Db, type Row } from '#platform';
import type { Session } from './handover-session.js';

export type Resolution = 'COMPLETED' | 'NOT_ACTIVATED' | 'TERMINATED';

export interface ChipDoubt {
  readonly doubtId: string;
  readonly sessionId: string;
  readonly cardSerial: string;
  readonly openedAt: Date;
}

export interface DoubtQueue {
  readonly count: number;
  readonly oldest: Date | null;
}

/** Cards of which ledger and chip may disagree (CARD-3.5). */
export class ChipDoubtStore {
  async open(db: Db, { sessionId, cardSerial, municipalityCode }: Session, now: Date): Promise<void> {
    await db.run('INSERT INTO chip_doubt (doubt_id, session_id, card_serial, municipality_code, opened_at) VALUES ($1, $2, $3, $4, $5)', uuidv7(), sessionId, cardSerial, municipalityCode, now.toISOString());
  }

  async resolve(db: Db, sessionId: string, resolution: Resolution, now: Date): Promise<void> {
    await db.run('UPDATE chip_doubt SET resolved_at = $3, resolution = $2 WHERE session_id = $1 AND resolved_at IS NULL', sessionId, resolution, now.toISOString());
  }

  /** Ledger and chip agree that the card is in force: whatever was in doubt before is not any more. */
  async resolveOfCard(db: Db, cardSerial: string, now: Date): Promise<void> {
    await db.run("UPDATE chip_doubt SET resolved_at = $2, resolution = 'COMPLETED' WHERE card_serial = $1 AND resolved_at IS NULL", cardSerial, now.toISOString());
  }

  async unresolved(db: Db, municipalityCode: string, limit: number): Promise<ChipDoubt[]> {
    return db.many<ChipDoubt & Row>(
      `SELECT doubt_id AS "doubtId", session_id AS "sessionId", card_serial AS "cardSerial", opened_at AS "openedAt" FROM chip_doubt
       WHERE municipality_code = $1 AND resolved_at IS NULL ORDER BY opened_at LIMIT $2`,
      municipalityCode, limit,
    );
  }

  /** Of all municipalities, or of one. */
  async queue(db: Db, municipalityCode?: string): Promise<DoubtQueue> {
    return db.one<DoubtQueue & Row>('SELECT count(*)::int AS count, min(opened_at) AS oldest FROM chip_doubt WHERE resolved_at IS NULL AND ($1::text IS NULL OR municipality_code = $1)', municipalityCode ?? null);
  }
}
