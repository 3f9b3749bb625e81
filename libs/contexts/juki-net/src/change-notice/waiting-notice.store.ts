import type { Db, Row } from '#platform';
import type { Verdict, Word } from './waiting-notice.js';

export type WaitingState = 'HELD' | 'QUARANTINED';

/** A notice that waits, without what it says. */
export interface WaitingNotice extends Row {
  readonly noticeId: string;
  readonly municipalityCode: string;
  readonly municipalSeq: number;
  readonly personSeq: number;
  /** First number of the sequence that has not come. */
  readonly missingFrom: number;
  /** Whether it is an entry that nobody has searched for yet. */
  readonly forSearch: boolean;
  readonly receivedAt: Date;
  readonly managementNo: string | null;
  readonly proposed: Verdict | null;
}

const WAITING = { HELD: "c.state = 'HELD'", QUARANTINED: "c.state = 'QUARANTINED'" } as const;
/** Applied before the death was known: the record waits all the same, for the restoration of the dead, its rejection, or the municipality's own cancellation (26). */
const LATE_DEATH = `SELECT c.* FROM segment s CROSS JOIN LATERAL (SELECT * FROM change_notice n WHERE n.municipality_code = s.municipality_code AND n.person_key = s.person_key
  AND n.change_reason = s.entry_reason AND n.change_date = s.entry_date AND n.state IN ('APPLIED', 'QUARANTINED') ORDER BY n.person_seq DESC LIMIT 1) AS c
  WHERE s.quarantined AND c.state = 'APPLIED'`;

/** Held and quarantined notices, and what officers said about the latter. */
export class WaitingNoticeStore {
  /** In the order in which they came; `within` is the beginning of the municipality codes. */
  async list(db: Db, state: WaitingState, page: { within: string; receivedBefore: Date; after: string; limit: number }): Promise<WaitingNotice[]> {
    // The states stand in the text, so that the partial index serves.
    return db.many<WaitingNotice>(
      `SELECT c.notice_id AS "noticeId", c.municipality_code AS "municipalityCode", c.municipal_seq AS "municipalSeq", c.person_seq AS "personSeq", c.received_at AS "receivedAt", c.management_no AS "managementNo", c.search_index IS NOT NULL AS "forSearch",
         d.decision AS proposed, (SELECT coalesce(max(p.person_seq), 0) + 1 FROM change_notice p
           WHERE p.municipality_code = c.municipality_code AND p.person_key = c.person_key AND p.state IN ('APPLIED', 'QUARANTINED')) AS "missingFrom"
       FROM (SELECT c.* FROM change_notice c WHERE ${WAITING[state]}${state === 'HELD' ? '' : ` UNION ALL ${LATE_DEATH}`}) AS c LEFT JOIN quarantine_decision d ON d.notice_id = c.notice_id
       WHERE c.notice_id > $1 AND starts_with(c.municipality_code, $2) AND c.received_at <= $3 ORDER BY c.notice_id LIMIT $4`,
      page.after, page.within, page.receivedBefore.toISOString(), page.limit,
    );
  }

  /** Whether a notice is on the list of quarantined ones although it was applied. */
  async isLateDeath(db: Db, { noticeId, personKey }: { noticeId: string; personKey: string }): Promise<boolean> {
    return (await db.maybe(`${LATE_DEATH} AND s.person_key = $1 AND c.notice_id = $2`, personKey, noticeId)) !== undefined;
  }

  async word(db: Db, noticeId: string): Promise<Word | undefined> {
    return db.maybe<Word & Row>('SELECT decision AS verdict, answer_reference AS "answerReference", proposed_by AS officer FROM quarantine_decision WHERE notice_id = $1', noticeId);
  }

  async propose(db: Db, noticeId: string, { verdict, answerReference, officer }: Word, at: Date): Promise<void> {
    await db.run(
      `INSERT INTO quarantine_decision (notice_id, decision, answer_reference, proposed_by, proposed_at) VALUES ($1, $2, $3, $4, $5)
       ON CONFLICT (notice_id) DO UPDATE SET decision = $2, answer_reference = $3, proposed_by = $4, proposed_at = $5`,
      noticeId, verdict, answerReference, officer, at.toISOString(),
    );
  }

  async decide(db: Db, noticeId: string, officer: string, at: Date): Promise<void> {
    await db.run('UPDATE quarantine_decision SET decided_by = $2, decided_at = $3 WHERE notice_id = $1', noticeId, officer, at.toISOString());
  }

  /** A row of a file is counted where it ended. */
  async countSettled(db: Db, fileId: string, from: 'QUARANTINED' | 'APPLIED', verdict: Verdict): Promise<void> {
    const column = verdict === 'APPLY' ? 'applied' : 'rejected';
    const counted = from === 'APPLIED' ? 'applied' : 'quarantined';
    await db.run(`UPDATE notice_file SET ${counted} = ${counted} - 1, ${column} = ${column} + 1 WHERE file_id = $1`, fileId);
  }
}
