import { createHash } from 'node:crypto';
import type { LocalDate } from '#kernel';
import type { Db, Row } from '#platform';
import type { RegistrationState } from '../registration/registration.js';
import type { AuSession, LaunchMode } from './au-session.js';

/** A session with what its statements are judged by. */
export interface SessionRecord extends AuSession, Row {
  readonly id: string;
  readonly registrationId: string;
  readonly au: number;
  readonly launchedAt: Date;
  readonly lastAt: Date;
  readonly isFetched: boolean;
  readonly bodyCode: string;
  readonly account: string;
  readonly courseId: string;
  readonly packageId: string;
  readonly registrationState: RegistrationState;
  readonly opensOn: LocalDate;
  readonly closesOn: LocalDate;
}

const COLUMNS = `s.id, s.registration_id AS "registrationId", s.au, s.mode, s.state, s.is_completed AS "isCompleted", s.is_passed AS "isPassed", s.is_failed AS "isFailed",
  s.launched_at AS "launchedAt", s.last_at AS "lastAt", s.auth_hash IS NOT NULL AS "isFetched", r.body_code AS "bodyCode", encode(r.learner_index, 'hex') AS account,
  r.course_id AS "courseId", o.package_id AS "packageId", r.state AS "registrationState", c.opens_on AS "opensOn", c.closes_on AS "closesOn"`;
const FROM = 'FROM au_session s JOIN elearning_registration r ON r.id = s.registration_id JOIN elearning_offer o ON o.course_id = r.course_id JOIN course c ON c.id = r.course_id';

/** The session that a secret was made for. */
export interface SecretOwner {
  readonly id: string;
  readonly bodyCode: string;
  readonly launchedAt: Date;
}

/** Which secret of a session is shown. */
export type SecretKind = 'launch' | 'auth';

export class AuSessionStore {
  async findBySecret(db: Db, kind: SecretKind, secret: string): Promise<SecretOwner | undefined> {
    return db.maybe<SecretOwner & Row>(
      `SELECT s.id, r.body_code AS "bodyCode", s.launched_at AS "launchedAt" FROM au_session s JOIN elearning_registration r ON r.id = s.registration_id WHERE s.${kind}_hash = $1`,
      secretHash(secret),
    );
  }

  async find(db: Db, id: string): Promise<SessionRecord | undefined> {
    return db.maybe<SessionRecord>(`SELECT ${COLUMNS} ${FROM} WHERE s.id = $1`, id);
  }

  /** With its registration: what is stated may change both. */
  async lock(db: Db, id: string): Promise<SessionRecord | undefined> {
    return (await this.lockAll(db, [id])).get(id);
  }

  /** By their ids; always in the same order, so that nobody waits for one who waits for him. */
  async lockAll(db: Db, ids: readonly string[]): Promise<ReadonlyMap<string, SessionRecord>> {
    const rows = await db.many<SessionRecord>(`SELECT ${COLUMNS} ${FROM} WHERE s.id = ANY ($1) ORDER BY s.registration_id, s.id FOR UPDATE OF r, s`, ids);
    return new Map(rows.map((session) => [session.id, session]));
  }

  /** The open session of a registration, which is held by the caller. */
  async lockOpen(db: Db, registrationId: string): Promise<SessionRecord | undefined> {
    return db.maybe<SessionRecord>(`SELECT ${COLUMNS} ${FROM} WHERE s.registration_id = $1 AND s.state IN ('LAUNCHED', 'INITIALIZED') FOR UPDATE OF s`, registrationId);
  }

  async add(db: Db, session: { readonly id: string; readonly registrationId: string; readonly au: number; readonly mode: LaunchMode; readonly launchSecret: string; readonly at: Date }): Promise<void> {
    await db.run(
      "INSERT INTO au_session (id, registration_id, au, mode, state, launch_hash, launched_at, last_at) VALUES ($1, $2, $3, $4, 'LAUNCHED', $5, $6, $6)",
      session.id, session.registrationId, session.au, session.mode, secretHash(session.launchSecret), session.at.toISOString(),
    );
  }

  /** False when one was handed out before, or the session is over. */
  async giveAuthToken(db: Db, id: string, token: string): Promise<boolean> {
    return (await db.run("UPDATE au_session SET auth_hash = $2 WHERE id = $1 AND auth_hash IS NULL AND state = 'LAUNCHED'", id, secretHash(token))) === 1;
  }

  async save(db: Db, id: string, session: AuSession, at: Date): Promise<void> {
    await this.saveAll(db, [{ session: { ...session, id }, at }]);
  }

  /** Of a session that stands there more than once, as it is the last time. */
  async saveAll(db: Db, saved: readonly { readonly session: AuSession & { readonly id: string }; readonly at: Date }[]): Promise<void> {
    const last = [...new Map(saved.map((one) => [one.session.id, one])).values()];
    const column = <K extends 'id' | 'state' | 'isCompleted' | 'isPassed' | 'isFailed'>(name: K) => last.map(({ session }) => session[name]);
    await db.run(
      `UPDATE au_session s SET state = n.state, is_completed = n.is_completed, is_passed = n.is_passed, is_failed = n.is_failed, last_at = greatest(s.last_at, n.at),
         ended_at = CASE WHEN n.state IN ('TERMINATED', 'ABANDONED') THEN coalesce(s.ended_at, n.at) END
       FROM unnest($1::uuid[], $2::text[], $3::boolean[], $4::boolean[], $5::boolean[], $6::timestamptz[]) AS n (id, state, is_completed, is_passed, is_failed, at) WHERE s.id = n.id`,
      column('id'), column('state'), column('isCompleted'), column('isPassed'), column('isFailed'), last.map(({ at }) => at.toISOString()),
    );
  }

  /** Content that reads or keeps documents is at work. */
  async touch(db: Db, id: string, at: Date): Promise<void> {
    await db.run("UPDATE au_session SET last_at = $2 WHERE id = $1 AND last_at < $2 AND state IN ('LAUNCHED', 'INITIALIZED')", id, at.toISOString());
  }

  /** Registrations of open sessions of which nothing was heard since. */
  async idle(db: Db, since: Date, limit: number): Promise<string[]> {
    const rows = await db.many<{ id: string }>("SELECT registration_id AS id FROM au_session WHERE state IN ('LAUNCHED', 'INITIALIZED') AND last_at < $1 ORDER BY last_at LIMIT $2", since.toISOString(), limit);
    return rows.map(({ id }) => id);
  }
}

/** Secrets are random, so that a plain digest tells nothing of them. */
function secretHash(secret: string): Buffer {
  return createHash('sha256').update(secret).digest();
}
