import type { Db, Row } from '#platform';

export interface Withdrawal {
  readonly sessionId: string;
  readonly cardSerial: string;
  readonly personKey: string;
}

/** After so many refusals a withdrawal waits for an operator. */
const REFUSALS_ENOUGH = 3;

/** Certificates of hand-overs that were undone. */
export class CertificateWithdrawalStore {
  async queue(db: Db, { sessionId, cardSerial, personKey }: Withdrawal, now: Date): Promise<void> {
    await db.run('INSERT INTO certificate_withdrawal (session_id, card_serial, person_key, queued_at) VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING', sessionId, cardSerial, personKey, now.toISOString());
  }

  async waiting(db: Db, limit: number): Promise<Withdrawal[]> {
    return db.many<Withdrawal & Row>(
      `SELECT session_id AS "sessionId", card_serial AS "cardSerial", person_key AS "personKey" FROM certificate_withdrawal
       WHERE done_at IS NULL AND refused < $2 ORDER BY queued_at LIMIT $1`,
      limit, REFUSALS_ENOUGH,
    );
  }

  async waitsForCard(db: Db, cardSerial: string): Promise<boolean> {
    return (await db.maybe('SELECT 1 FROM certificate_withdrawal WHERE card_serial = $1 AND done_at IS NULL LIMIT 1', cardSerial)) !== undefined;
  }

  async done(db: Db, sessionIds: readonly string[], now: Date): Promise<void> {
    await db.run('UPDATE certificate_withdrawal SET done_at = $2 WHERE session_id = ANY($1::uuid[]) AND done_at IS NULL', sessionIds, now.toISOString());
  }

  async refused(db: Db, sessionId: string, code: string): Promise<void> {
    await db.run('UPDATE certificate_withdrawal SET refused = refused + 1, refusal_code = $2 WHERE session_id = $1 AND done_at IS NULL', sessionId, code);
  }
}
