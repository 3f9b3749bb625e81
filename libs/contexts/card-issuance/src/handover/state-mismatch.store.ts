import { uuidv7, type Db, type Row } from '#platform';
import type { Session } from './handover-session.js';

export type Resolution = 'COMPLETED' | 'NOT_ACTIVATED' | 'TERMINATED';

export interface StateMismatch {
  readonly mismatchId: string;
  readonly sessionId: string;
  readonly cardSerial: string;
  readonly openedAt: Date;
}

export interface MismatchQueue {
  readonly count: number;
  readonly oldest: Date | null;
}

/** Cards of which ledger and chip may disagree (CARD-3.5). */
export class StateMismatchStore {
  async open(db: Db, { sessionId, cardSerial, municipalityCode }: Session, now: Date): Promise<void> {
    await db.run('INSERT INTO state_mismatch (mismatch_id, session_id, card_serial, municipality_code, opened_at) VALUES ($1, $2, $3, $4, $5)', uuidv7(), sessionId, cardSerial, municipalityCode, now.toISOString());
  }

  async resolve(db: Db, sessionId: string, resolution: Resolution, now: Date): Promise<void> {
    await db.run('UPDATE state_mismatch SET resolved_at = $3, resolution = $2 WHERE session_id = $1 AND resolved_at IS NULL', sessionId, resolution, now.toISOString());
  }

  /** Ledger and chip agree that the card is in force: whatever was in doubt before is not any more. */
  async resolveOfCard(db: Db, cardSerial: string, now: Date): Promise<void> {
    await db.run("UPDATE state_mismatch SET resolved_at = $2, resolution = 'COMPLETED' WHERE card_serial = $1 AND resolved_at IS NULL", cardSerial, now.toISOString());
  }

  async unresolved(db: Db, municipalityCode: string, limit: number): Promise<StateMismatch[]> {
    return db.many<StateMismatch & Row>(
      `SELECT mismatch_id AS "mismatchId", session_id AS "sessionId", card_serial AS "cardSerial", opened_at AS "openedAt" FROM state_mismatch
       WHERE municipality_code = $1 AND resolved_at IS NULL ORDER BY opened_at LIMIT $2`,
      municipalityCode, limit,
    );
  }

  /** Of all municipalities, or of one. */
  async queue(db: Db, municipalityCode?: string): Promise<MismatchQueue> {
    return db.one<MismatchQueue & Row>('SELECT count(*)::int AS count, min(opened_at) AS oldest FROM state_mismatch WHERE resolved_at IS NULL AND ($1::text IS NULL OR municipality_code = $1)', municipalityCode ?? null);
  }
}
