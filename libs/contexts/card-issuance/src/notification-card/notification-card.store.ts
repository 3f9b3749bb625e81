import type { Db, Row } from '#platform';
import type { NotificationCardState, ReissueGround } from './notification-card.js';

export interface NotificationCard {
  readonly mailingId: string;
  readonly state: NotificationCardState;
  readonly numberVersion: number;
  readonly municipalityCode: string;
  readonly mailingState: string;
}
type CardRow = NotificationCard & Row;

/** The paper cards of a person. */
export class NotificationCardStore {
  /** Newest first; two commands about a person wait for each other here. */
  async lockOf(db: Db, personKey: string): Promise<NotificationCard[]> {
    await db.run("SELECT pg_advisory_xact_lock(hashtextextended('notification-card:' || $1::text, 0))", personKey);
    return this.of(db, personKey);
  }

  async of(db: Db, personKey: string): Promise<NotificationCard[]> {
    return db.many<CardRow>(
      `SELECT card.mailing_id AS "mailingId", card.state, number_version AS "numberVersion", municipality_code AS "municipalityCode", mailing.state AS "mailingState"
       FROM notification_card card JOIN mailing USING (mailing_id) WHERE person_key = $1 ORDER BY mailing_no DESC`,
      personKey,
    );
  }

  /** False where it is no longer in the state that was decided upon. */
  async move(db: Db, personKey: string, { mailingId, state }: Pick<NotificationCard, 'mailingId' | 'state'>, to: NotificationCardState): Promise<boolean> {
    return (await db.run('UPDATE notification_card SET state = $4 WHERE mailing_id = $1 AND person_key = $2 AND state = $3', mailingId, personKey, state, to)) > 0;
  }

  async numberVersionOf(db: Db, personKey: string): Promise<number> {
    return (await db.maybe<{ version: number }>('SELECT version FROM number_version WHERE person_key = $1', personKey))?.version ?? 1;
  }

  /**
   * A new number (Number Act art. 7 par. 2): the card in force was handed back for it, one on its way tells the old number, one that is not printed
   * yet will tell the new one. False where this change was told before.
   */
  async changeNumber(db: Db, personKey: string, assignmentId: string): Promise<boolean> {
    const raised = await db.run(
      `INSERT INTO number_version (person_key, version, assignment_id) VALUES ($1, 2, $2)
       ON CONFLICT (person_key) DO UPDATE SET version = number_version.version + 1, assignment_id = excluded.assignment_id WHERE number_version.assignment_id <> excluded.assignment_id`,
      personKey, assignmentId,
    );
    if (raised === 0) return false;
    await db.run(
      `UPDATE notification_card card SET
         state = CASE WHEN card.state = 'IN_FORCE' THEN 'SURRENDERED' WHEN mailing.state IN ('PLANNED', 'SPOILED', 'AWAITING_DECISION') THEN 'ISSUED' ELSE 'INVALID' END,
         number_version = CASE WHEN mailing.state IN ('PLANNED', 'SPOILED', 'AWAITING_DECISION') THEN (SELECT version FROM number_version WHERE person_key = $1) ELSE number_version END
       FROM mailing WHERE mailing.mailing_id = card.mailing_id AND card.person_key = $1 AND card.state IN ('ISSUED', 'IN_FORCE')`,
      personKey,
    );
    return true;
  }

  async addReissue(db: Db, reissue: { readonly reissueId: string; readonly personKey: string; readonly municipalityCode: string; readonly ground: ReissueGround; readonly feeYen: number }, at: { readonly person: string; readonly now: Date }): Promise<void> {
    await db.run(
      'INSERT INTO notification_reissue (reissue_id, person_key, municipality_code, ground, fee_yen, issued_by, issued_at) VALUES ($1, $2, $3, $4, $5, $6, $7)',
      reissue.reissueId, reissue.personKey, reissue.municipalityCode, reissue.ground, reissue.feeYen, at.person, at.now.toISOString(),
    );
  }
}
