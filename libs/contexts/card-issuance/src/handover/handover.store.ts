import type { Db, Row } from '#platform';
import type { CertificateOutcome, Session, SessionState } from './handover-session.js';

const COLUMNS = `session_id AS "sessionId", card_serial AS "cardSerial", municipality_code AS "municipalityCode", terminal_id AS "terminalId", state, documents, certificates,
  lease_until AS "leaseUntil", chip_written_at AS "chipWrittenAt", activation_begun AS "activationBegun", ended_at AS "endedAt",
  (SELECT doubt_id FROM chip_doubt doubt WHERE doubt.session_id = handover_session.session_id AND resolved_at IS NULL) AS "doubtId"`;
type SessionRow = Session & Row;

export interface WaitingActivation {
  readonly cardSerial: string;
  readonly personKey: string;
  readonly wishSign: boolean;
  readonly wishAuth: boolean;
}

export interface Activation {
  readonly state: 'WAITING' | 'DONE' | 'REFUSED';
  readonly refusalCode: string | null;
}

/** After so many refusals an activation waits for an operator. */
const REFUSALS_ENOUGH = 3;

/** Hand-over sessions, and certificates that wait for the authority. */
export class HandoverStore {
  async open(db: Db, session: Pick<Session, 'sessionId' | 'cardSerial' | 'municipalityCode' | 'terminalId' | 'leaseUntil'>, now: Date): Promise<void> {
    await db.run(
      "INSERT INTO handover_session (session_id, card_serial, municipality_code, terminal_id, state, opened_at, lease_until) VALUES ($1, $2, $3, $4, 'OPEN', $5, $6)",
      session.sessionId, session.cardSerial, session.municipalityCode, session.terminalId, now.toISOString(), session.leaseUntil.toISOString(),
    );
  }

  async find(db: Db, sessionId: string): Promise<Session | undefined> {
    return db.maybe<SessionRow>(`SELECT ${COLUMNS} FROM handover_session WHERE session_id = $1`, sessionId);
  }

  async lock(db: Db, sessionId: string): Promise<Session | undefined> {
    return db.maybe<SessionRow>(`SELECT ${COLUMNS} FROM handover_session WHERE session_id = $1 FOR UPDATE`, sessionId);
  }

  async lockOpenOfCard(db: Db, cardSerial: string): Promise<Session | undefined> {
    return db.maybe<SessionRow>(`SELECT ${COLUMNS} FROM handover_session WHERE card_serial = $1 AND ended_at IS NULL FOR UPDATE`, cardSerial);
  }

  /** Sessions that nobody confirmed in time, or whose lease ran out before the chip was written; other processes skip them. */
  async lockAbandoned(db: Db, limits: { readonly writtenBefore: Date; readonly now: Date; readonly limit: number }): Promise<Session[]> {
    return db.many<SessionRow>(
      `SELECT ${COLUMNS} FROM handover_session WHERE ended_at IS NULL AND state <> 'MISMATCH' AND (chip_written_at <= $1 OR (chip_written_at IS NULL AND lease_until <= $2)) ORDER BY lease_until LIMIT $3 FOR UPDATE SKIP LOCKED`,
      limits.writtenBefore.toISOString(), limits.now.toISOString(), limits.limit,
    );
  }

  async renew(db: Db, sessionId: string, leaseUntil: Date): Promise<void> {
    await db.run('UPDATE handover_session SET lease_until = $2 WHERE session_id = $1', sessionId, leaseUntil.toISOString());
  }

  async setIdentity(db: Db, sessionId: string, check: { readonly method: string; readonly documents: readonly string[] }): Promise<void> {
    await db.run("UPDATE handover_session SET state = 'IDENTITY_OK', method = $2, documents = $3 WHERE session_id = $1", sessionId, check.method, check.documents);
  }

  async setPins(db: Db, sessionId: string, pins: readonly string[]): Promise<void> {
    await db.run("UPDATE handover_session SET state = 'PIN_SET', pins = $2 WHERE session_id = $1", sessionId, pins);
  }

  async setCertificates(db: Db, sessionId: string, outcome: CertificateOutcome): Promise<void> {
    await db.run('UPDATE handover_session SET certificates = $2 WHERE session_id = $1', sessionId, outcome);
  }

  async beginActivation(db: Db, sessionId: string): Promise<void> {
    await db.run('UPDATE handover_session SET activation_begun = true WHERE session_id = $1', sessionId);
  }

  /** The ledger's mirror of the chip follows what the chip signed. */
  async setChipWritten(db: Db, { sessionId, cardSerial }: Session, activationRecord: string, now: Date): Promise<void> {
    await db.run("UPDATE handover_session SET state = 'CHIP_WRITTEN', activation_record = $2, chip_written_at = $3 WHERE session_id = $1", sessionId, activationRecord, now.toISOString());
    await db.run("UPDATE card SET chip_state = 'ACTIVATED' WHERE card_serial = $1", cardSerial);
  }

  /** Nobody works on it any more, and whether the chip was activated is not known; it goes on when a terminal reads the card. */
  async doubt(db: Db, sessionId: string): Promise<void> {
    await db.run("UPDATE handover_session SET state = 'MISMATCH', reason = 'CHIP_UNKNOWN' WHERE session_id = $1", sessionId);
  }

  async end(db: Db, sessionId: string, ended: { readonly state: SessionState; readonly reason?: string }, now: Date): Promise<void> {
    await db.run('UPDATE handover_session SET state = $2, reason = $3, ended_at = $4 WHERE session_id = $1', sessionId, ended.state, ended.reason ?? null, now.toISOString());
  }

  async queueActivation(db: Db, waiting: WaitingActivation, now: Date): Promise<void> {
    await db.run(
      'INSERT INTO certificate_activation (card_serial, person_key, wish_sign, wish_auth, queued_at) VALUES ($1, $2, $3, $4, $5) ON CONFLICT DO NOTHING',
      waiting.cardSerial, waiting.personKey, waiting.wishSign, waiting.wishAuth, now.toISOString(),
    );
  }

  /** Only for cards in force: a stopped card's certificates wait until the stop is lifted (CARD-4.9), an ended one's for ever. */
  async waitingActivations(db: Db, limit: number): Promise<WaitingActivation[]> {
    return db.many<WaitingActivation & Row>(
      `SELECT waiting.card_serial AS "cardSerial", waiting.person_key AS "personKey", waiting.wish_sign AS "wishSign", waiting.wish_auth AS "wishAuth"
       FROM certificate_activation waiting JOIN card USING (card_serial)
       WHERE waiting.done_at IS NULL AND waiting.refused < $2 AND card.state = 'ACTIVE' ORDER BY waiting.queued_at LIMIT $1`,
      limit, REFUSALS_ENOUGH,
    );
  }

  async activationRefused(db: Db, cardSerial: string, code: string): Promise<void> {
    await db.run('UPDATE certificate_activation SET refused = refused + 1, refusal_code = $2 WHERE card_serial = $1 AND done_at IS NULL', cardSerial, code);
  }

  /** What became of the certificates that the authority could not activate at the hand-over; undefined where it could. */
  async activation(db: Db, cardSerial: string): Promise<Activation | undefined> {
    return db.maybe<Activation & Row>(
      `SELECT CASE WHEN done_at IS NOT NULL THEN 'DONE' WHEN refused >= $2 THEN 'REFUSED' ELSE 'WAITING' END AS state, refusal_code AS "refusalCode" FROM certificate_activation WHERE card_serial = $1`,
      cardSerial, REFUSALS_ENOUGH,
    );
  }

  async activationsDone(db: Db, cardSerials: readonly string[], now: Date): Promise<void> {
    await db.run('UPDATE certificate_activation SET done_at = $2 WHERE card_serial = ANY($1::text[]) AND done_at IS NULL', cardSerials, now.toISOString());
  }
}
