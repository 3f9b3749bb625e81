import { z } from 'zod';
import type { EnrolmentState } from '#contracts/training';
import type { LocalDate } from '#kernel';
import { sqlState, type Db, type FieldCipher, type Row } from '#platform';
import type { AdmittedLearner, AdmittedLearners } from '../message/message-schedules.js';

const learner = z.object({ staffNo: z.string(), nameKanji: z.string(), nameKana: z.string(), mail: z.string() });
/** 受講者 as the body names them. */
export type Learner = z.output<typeof learner>;

export interface EnrolmentRecord {
  readonly id: string;
  readonly sessionId: string;
  readonly courseId: string;
  /** What is admitted or waits as one: a learner alone, or a group. */
  readonly applicationId: string;
  readonly applicationSize: number;
  readonly bodyCode: string;
  /** Keyed hash of body and staff number. */
  readonly person: Buffer;
  /** Sealed; `learnerOf` opens it. */
  readonly learner: Buffer;
  /** 推薦順位, 1 first. */
  readonly rank: number;
  readonly state: EnrolmentState;
  readonly waitingNo: number | null;
  readonly heldUntil: Date | null;
  /** The enrolment whose place it is. */
  readonly follows: string | null;
  /** State in which its session was cancelled. */
  readonly postponedFrom: EnrolmentState | null;
  readonly questionnaireAt: Date | null;
  readonly testPassedAt: Date | null;
  /** Events told so far. */
  readonly told: number;
  readonly appliedAt: Date;
}

export interface EnrolmentFilter {
  readonly sessionId?: string | undefined;
  readonly bodyCode?: string | undefined;
  readonly states?: readonly EnrolmentState[] | undefined;
  readonly after?: string | undefined;
  readonly limit: number;
}

/** An application that may have the next place. */
export interface NextInLine {
  readonly applicationId: string;
  readonly bodyCode: string;
  readonly size: number;
}

const LEARNER = 'enrolment.learner';
const HOLDING = "('OFFERED', 'ADMITTED', 'ATTENDING', 'COMPLETED', 'CERTIFIED')";
const COLUMNS = `id, session_id AS "sessionId", course_id AS "courseId", application_id AS "applicationId", application_size AS "applicationSize", body_code AS "bodyCode",
  person, learner, rank, state, waiting_no AS "waitingNo", held_until AS "heldUntil", follows, postponed_from AS "postponedFrom", questionnaire_at AS "questionnaireAt", test_passed_at AS "testPassedAt", told,
  applied_at AS "appliedAt"`;

/** Waiting applications that would fit now: a place of the session and of the body for each member, and no member has one of the seminar already. */
const NEXT = `FROM enrolment e JOIN session_place p ON p.session_id = e.session_id LEFT JOIN body_place b ON b.session_id = e.session_id AND b.body_code = e.body_code
  WHERE e.state = 'WAITLISTED' AND p.taken + e.application_size <= p.capacity AND coalesce(b.taken, 0) + e.application_size <= p.body_quota
    AND NOT EXISTS (SELECT 1 FROM enrolment m JOIN enrolment o ON o.course_id = m.course_id AND o.person = m.person AND o.state IN ${HOLDING}
                    WHERE m.application_id = e.application_id AND m.state = 'WAITLISTED')`;

export class EnrolmentStore implements AdmittedLearners {
  constructor(private readonly cipher: FieldCipher) {}

  seal(named: Learner): Buffer {
    return this.cipher.encrypt(LEARNER, JSON.stringify(named));
  }

  /** A person is known inside of a body alone. */
  personOf(bodyCode: string, staffNo: string): Buffer {
    return this.cipher.blindIndex('learner', `${bodyCode}\0${staffNo}`);
  }

  learnerOf(enrolment: Pick<EnrolmentRecord, 'learner'>): Learner {
    return learner.parse(JSON.parse(this.cipher.decrypt(LEARNER, enrolment.learner)));
  }

  /** Throws what `isTaken` tells when one of them has a live enrolment or a place of the seminar. */
  async add(db: Db, enrolments: readonly EnrolmentRecord[]): Promise<void> {
    for (const one of enrolments) {
      await db.run(
        `INSERT INTO enrolment (id, session_id, course_id, application_id, application_size, body_code, person, learner, rank, state, waiting_no, held_until, follows,
           questionnaire_at, test_passed_at, told, applied_at, changed_at)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, NULL, NULL, $14, $15, $15)`,
        one.id, one.sessionId, one.courseId, one.applicationId, one.applicationSize, one.bodyCode, one.person, one.learner, one.rank, one.state, one.waitingNo,
        one.heldUntil?.toISOString() ?? null, one.follows, one.told, one.appliedAt.toISOString(),
      );
    }
  }

  async save(db: Db, enrolments: readonly EnrolmentRecord[], at: Date): Promise<void> {
    await db.run(
      `UPDATE enrolment e SET state = n.state, waiting_no = n.waiting_no, held_until = n.held_until, told = n.told, postponed_from = n.postponed_from, changed_at = $6
       FROM unnest($1::uuid[], $2::text[], $3::int[], $4::timestamptz[], $5::int[], $7::text[]) AS n (id, state, waiting_no, held_until, told, postponed_from) WHERE e.id = n.id`,
      enrolments.map(({ id }) => id), enrolments.map(({ state }) => state), enrolments.map(({ waitingNo }) => waitingNo),
      enrolments.map(({ heldUntil }) => heldUntil?.toISOString() ?? null), enrolments.map(({ told }) => told), at.toISOString(),
      enrolments.map(({ postponedFrom }) => postponedFrom),
    );
  }

  async find(db: Db, id: string): Promise<EnrolmentRecord | undefined> {
    return db.maybe<EnrolmentRecord & Row>(`SELECT ${COLUMNS} FROM enrolment WHERE id = $1`, id);
  }

  async list(db: Db, { sessionId, bodyCode, states, after, limit }: EnrolmentFilter): Promise<EnrolmentRecord[]> {
    return db.many<EnrolmentRecord & Row>(
      `SELECT ${COLUMNS} FROM enrolment WHERE ($1::uuid IS NULL OR session_id = $1) AND ($2::text IS NULL OR body_code = $2) AND ($3::text[] IS NULL OR state = ANY ($3))
         AND ($4::uuid IS NULL OR id > $4) ORDER BY id LIMIT $5`,
      sessionId ?? null, bodyCode ?? null, states ?? null, after ?? null, limit,
    );
  }

  /** All of a session in these states. */
  async ofSession(db: Db, sessionId: string, states: readonly EnrolmentState[]): Promise<EnrolmentRecord[]> {
    return db.many<EnrolmentRecord & Row>(`SELECT ${COLUMNS} FROM enrolment WHERE session_id = $1 AND state = ANY ($2) ORDER BY waiting_no, id`, sessionId, states);
  }

  /** Applications to a selection of which somebody has a place of the seminar by now. */
  async placedElsewhere(db: Db, sessionId: string): Promise<string[]> {
    const rows = await db.many<{ id: string }>(
      `SELECT application_id AS id FROM enrolment e WHERE session_id = $1 AND state = 'SUBMITTED'
         AND EXISTS (SELECT 1 FROM enrolment o WHERE o.course_id = e.course_id AND o.person = e.person AND o.state IN ${HOLDING})`,
      sessionId,
    );
    return rows.map(({ id }) => id);
  }

  async admitted(db: Db, sessionId: string): Promise<AdmittedLearner[]> {
    return (await this.ofSession(db, sessionId, ['ADMITTED'])).map((one) => {
      const { nameKanji, mail } = this.learnerOf(one);
      return { enrolmentId: one.id, bodyCode: one.bodyCode, person: one.person, name: nameKanji, mail };
    });
  }

  async waitingOf(db: Db, applicationId: string): Promise<EnrolmentRecord[]> {
    return db.many<EnrolmentRecord & Row>(`SELECT ${COLUMNS} FROM enrolment WHERE application_id = $1 AND state = 'WAITLISTED' ORDER BY waiting_no`, applicationId);
  }

  /** Notes a questionnaire or a passed test; what was noted first stays. */
  async note(db: Db, id: string, evidence: 'questionnaire_at' | 'test_passed_at', at: Date): Promise<void> {
    await db.run(`UPDATE enrolment SET ${evidence} = coalesce(${evidence}, $2) WHERE id = $1`, id, at.toISOString());
  }

  /** What one who leaves an application leaves behind. */
  async shrink(db: Db, applicationId: string): Promise<void> {
    await db.run("UPDATE enrolment SET application_size = application_size - 1 WHERE application_id = $1 AND state IN ('SUBMITTED', 'WAITLISTED')", applicationId);
  }

  async nextInLine(db: Db, sessionId: string): Promise<NextInLine | undefined> {
    return db.maybe<NextInLine & Row>(
      `SELECT e.application_id AS "applicationId", e.body_code AS "bodyCode", e.application_size AS size ${NEXT} AND e.session_id = $1 ORDER BY e.waiting_no LIMIT 1`, sessionId,
    );
  }

  /** Places on the waiting list, from 1, by id: of all who wait in the same sessions. */
  async waitingRanks(db: Db, enrolments: readonly EnrolmentRecord[]): Promise<ReadonlyMap<string, number>> {
    const sessions = [...new Set(enrolments.filter(({ state }) => state === 'WAITLISTED').map(({ sessionId }) => sessionId))];
    if (sessions.length === 0) return new Map();
    const rows = await db.many<{ id: string; rank: number }>(
      "SELECT id, row_number() OVER (PARTITION BY session_id ORDER BY waiting_no) AS rank FROM enrolment WHERE session_id = ANY ($1) AND state = 'WAITLISTED'", sessions,
    );
    return new Map(rows.map(({ id, rank }) => [id, rank]));
  }

  async lapsed(db: Db, sessionId: string, now: Date): Promise<EnrolmentRecord[]> {
    return db.many<EnrolmentRecord & Row>(`SELECT ${COLUMNS} FROM enrolment WHERE session_id = $1 AND state = 'OFFERED' AND held_until <= $2 ORDER BY held_until, id`, sessionId, now.toISOString());
  }

  /** Sessions where the clock or a place of another session has something to do: a look without locks. `phoneFrom`: sessions before it get no offers. */
  async restless(db: Db, now: Date, phoneFrom: Date, limit: number): Promise<string[]> {
    const rows = await db.many<{ id: string }>(
      `SELECT session_id AS id FROM enrolment WHERE state = 'OFFERED' AND held_until <= $1
       UNION SELECT p.session_id FROM session_place p JOIN session s ON s.id = p.session_id
         WHERE s.selection = 'FCFS' AND s.state IN ('ACCEPTING', 'FULL') AND (p.taken < p.capacity) = (s.state = 'FULL')
       UNION SELECT p.session_id FROM session_place p JOIN session s ON s.id = p.session_id WHERE p.waiting > 0 AND s.starts_at <= $1
       UNION SELECT q.session_id FROM session_place q JOIN session s ON s.id = q.session_id
         WHERE q.waiting > 0 AND q.taken < q.capacity AND s.starts_at >= $2 AND EXISTS (SELECT 1 ${NEXT} AND e.session_id = q.session_id)
       ORDER BY 1 LIMIT $3`,
      now.toISOString(), phoneFrom.toISOString(), limit,
    );
    return rows.map(({ id }) => id);
  }

  /** Sessions that ended by that day in Japan and of which somebody still attends. */
  async openSince(db: Db, day: LocalDate): Promise<string[]> {
    const rows = await db.many<{ id: string }>(
      `SELECT DISTINCT s.id FROM session s JOIN enrolment e ON e.session_id = s.id AND e.state = 'ATTENDING'
       WHERE s.state IN ('HELD', 'REPORTED') AND (s.ends_at AT TIME ZONE 'Asia/Tokyo')::date <= $1 ORDER BY s.id LIMIT 100`,
      day,
    );
    return rows.map(({ id }) => id);
  }

  /** Postponed enrolments that wait for this session: of sessions that name it, or of its course where they name none; in the order of their sessions. */
  async postponedFor(db: Db, session: { readonly id: string; readonly courseId: string }): Promise<EnrolmentRecord[]> {
    return db.many<EnrolmentRecord & Row>(
      `SELECT ${COLUMNS} FROM enrolment e WHERE state = 'POSTPONED' AND course_id = $2 AND NOT EXISTS (SELECT 1 FROM enrolment f WHERE f.follows = e.id)
         AND session_id IN (SELECT id FROM session WHERE course_id = $2 AND id <> $1 AND (successor_id = $1 OR successor_id IS NULL))
       ORDER BY (SELECT starts_at FROM session s WHERE s.id = e.session_id), array_position(ARRAY['ATTENDING', 'ADMITTED', 'OFFERED', 'WAITLISTED', 'SUBMITTED'], postponed_from),
         waiting_no NULLS FIRST, applied_at, id`,
      session.id, session.courseId,
    );
  }
}

/** Whether a write failed because the person has a live enrolment or a place already. */
export function isTaken(error: unknown): boolean {
  return sqlState(error) === '23505';
}
