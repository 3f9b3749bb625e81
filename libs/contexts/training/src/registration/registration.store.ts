import { uuidv7, type Db, type FieldCipher, type Row } from '#platform';
import { OFFER_COLUMNS, type Offer } from './offer.store.js';
import type { Learner } from './learner-list.js';
import type { RegistrationState } from './registration.js';

/** A registration without the person's name. */
export interface Registration extends Row {
  readonly id: string;
  readonly courseId: string;
  readonly bodyCode: string;
  /** Stands for the person in statements and addresses: the same in all courses, and nobody without our key can tell who it is. */
  readonly account: string;
  readonly isFromPool: boolean;
  readonly state: RegistrationState;
  /** Blocks, and `course`, of which Satisfied was stated. */
  readonly satisfied: readonly string[];
  readonly registeredAt: Date;
  readonly startedAt: Date | null;
  readonly endedAt: Date | null;
}

export type RegisteredOffer = Registration & Pick<Offer, 'courseCode' | 'fiscalYear' | 'opensOn' | 'closesOn' | 'completionRule' | 'packageId' | 'assessmentId' | 'courseState'>;

export interface NamedRegistration extends Registration {
  readonly learner: Omit<Learner, 'bodyCode'>;
}

export interface CompletedRegistration extends NamedRegistration {
  readonly courseCode: string;
  readonly courseTitle: string;
  readonly fiscalYear: number;
}

interface SealedRow extends Registration {
  readonly staffNo: Buffer;
  readonly nameKanji: Buffer;
  readonly nameKana: Buffer;
  readonly mail: Buffer;
}

export const REGISTRATION_COLUMNS = `r.id, r.course_id AS "courseId", r.body_code AS "bodyCode", encode(r.learner_index, 'hex') AS account, r.is_from_pool AS "isFromPool", r.state,
  r.satisfied, r.registered_at AS "registeredAt", r.started_at AS "startedAt", r.ended_at AS "endedAt"`;
const SEALED = 'r.staff_no AS "staffNo", r.name_kanji AS "nameKanji", r.name_kana AS "nameKana", r.mail';
const COLUMN = (name: keyof Learner): string => `elearning_registration.${name}`;

export class RegistrationStore {
  constructor(private readonly cipher: FieldCipher) {}

  /** Those of the learners who have a registration that was not withdrawn, by their indexes in hex. */
  async active(db: Db, courseId: string, bodyCode: string, learners: readonly Learner[]): Promise<ReadonlyMap<string, string>> {
    const rows = await db.many<{ account: string; id: string }>(
      `SELECT encode(learner_index, 'hex') AS account, id FROM elearning_registration WHERE course_id = $1 AND body_code = $2 AND learner_index = ANY ($3) AND state <> 'WITHDRAWN'`,
      courseId, bodyCode, learners.map((learner) => this.indexOf(learner)),
    );
    return new Map(rows.map(({ account, id }) => [account, id]));
  }

  accountOf(learner: Learner): string {
    return this.indexOf(learner).toString('hex');
  }

  /** Registers them all; returns their ids in the same order. */
  async add(db: Db, courseId: string, learners: readonly Learner[], place: { readonly isFromPool: boolean; readonly at: Date }): Promise<string[]> {
    const ids = learners.map(() => uuidv7());
    const sealed = (name: keyof Learner): Buffer[] => learners.map((learner) => this.cipher.encrypt(COLUMN(name), learner[name]));
    await db.run(
      `INSERT INTO elearning_registration (course_id, is_from_pool, state, registered_at, id, body_code, learner_index, staff_no, name_kanji, name_kana, mail)
       SELECT $1, $2, 'REGISTERED', $3, * FROM unnest($4::uuid[], $5::text[], $6::bytea[], $7::bytea[], $8::bytea[], $9::bytea[], $10::bytea[])`,
      courseId, place.isFromPool, place.at.toISOString(), ids, learners.map(({ bodyCode }) => bodyCode), learners.map((learner) => this.indexOf(learner)),
      sealed('staffNo'), sealed('nameKanji'), sealed('nameKana'), sealed('mail'),
    );
    return ids;
  }

  async find(db: Db, id: string): Promise<RegisteredOffer | undefined> {
    return db.maybe<RegisteredOffer>(`SELECT ${OFFER_COLUMNS}, ${REGISTRATION_COLUMNS} ${OF_OFFER} WHERE r.id = $1`, id);
  }

  async lock(db: Db, id: string): Promise<RegisteredOffer | undefined> {
    return db.maybe<RegisteredOffer>(`SELECT ${OFFER_COLUMNS}, ${REGISTRATION_COLUMNS} ${OF_OFFER} WHERE r.id = $1 FOR UPDATE OF r`, id);
  }

  async named(db: Db, id: string): Promise<NamedRegistration | undefined> {
    const row = await db.maybe<SealedRow>(`SELECT ${REGISTRATION_COLUMNS}, ${SEALED} FROM elearning_registration r WHERE r.id = $1`, id);
    return row === undefined ? undefined : this.opened(row);
  }

  /** Of a body, in the order of registering, after `after`. */
  async list(db: Db, filter: { readonly courseId: string; readonly bodyCode: string; readonly after: string | undefined; readonly limit: number }): Promise<NamedRegistration[]> {
    const rows = await db.many<SealedRow>(
      `SELECT ${REGISTRATION_COLUMNS}, ${SEALED} FROM elearning_registration r WHERE r.course_id = $1 AND r.body_code = $2 AND ($3::uuid IS NULL OR r.id > $3) ORDER BY r.id LIMIT $4`,
      filter.courseId, filter.bodyCode, filter.after ?? null, filter.limit,
    );
    return rows.map((row) => this.opened(row));
  }

  async start(db: Db, id: string, at: Date): Promise<void> {
    await db.run("UPDATE elearning_registration SET state = 'STARTED', started_at = $2 WHERE id = $1 AND state = 'REGISTERED'", id, at.toISOString());
  }

  async end(db: Db, id: string, state: 'COMPLETED' | 'WITHDRAWN', at: Date): Promise<void> {
    await db.run('UPDATE elearning_registration SET state = $2, ended_at = $3 WHERE id = $1', id, state, at.toISOString());
  }

  async noteSatisfied(db: Db, id: string, satisfied: readonly string[]): Promise<void> {
    await db.run('UPDATE elearning_registration SET satisfied = $2 WHERE id = $1', id, satisfied);
  }

  /** Ends those of courses whose last day is over; how many, by course. */
  async expire(db: Db, today: string, at: Date): Promise<{ readonly courseId: string; readonly count: number }[]> {
    return db.many(
      `WITH over AS (UPDATE elearning_registration r SET state = 'EXPIRED', ended_at = $2 FROM course c
         WHERE c.id = r.course_id AND c.closes_on < $1::date AND r.state IN ('REGISTERED', 'STARTED') RETURNING r.course_id)
       SELECT course_id AS "courseId", count(*)::int AS count FROM over GROUP BY course_id ORDER BY course_id`,
      today, at.toISOString(),
    );
  }

  async isAnyUncertified(db: Db): Promise<boolean> {
    return (await db.maybe("SELECT 1 AS waits FROM elearning_registration WHERE state = 'COMPLETED' AND certified_at IS NULL LIMIT 1")) !== undefined;
  }

  /** Those that were completed first; what another process has is left to it. */
  async lockUncertified(db: Db, limit: number): Promise<CompletedRegistration[]> {
    const rows = await db.many<SealedRow & Pick<CompletedRegistration, 'courseCode' | 'courseTitle' | 'fiscalYear'>>(
      `SELECT ${REGISTRATION_COLUMNS}, ${SEALED}, c.code AS "courseCode", c.title AS "courseTitle", c.fiscal_year AS "fiscalYear" FROM elearning_registration r JOIN course c ON c.id = r.course_id
       WHERE r.state = 'COMPLETED' AND r.certified_at IS NULL ORDER BY r.ended_at LIMIT $1 FOR UPDATE OF r SKIP LOCKED`,
      limit,
    );
    return rows.map((row) => ({ ...row, ...this.opened(row) }));
  }

  async noteCertified(db: Db, ids: readonly string[], at: Date): Promise<void> {
    await db.run('UPDATE elearning_registration SET certified_at = $2 WHERE id = ANY($1::uuid[])', ids, at.toISOString());
  }

  private indexOf({ bodyCode, staffNo }: Learner): Buffer {
    return this.cipher.blindIndex('learner', `${bodyCode}\0${staffNo}`);
  }

  private opened({ staffNo, nameKanji, nameKana, mail, ...row }: SealedRow): NamedRegistration {
    const open = (name: keyof Learner, value: Buffer): string => this.cipher.decrypt(COLUMN(name), value);
    return { ...row, learner: { staffNo: open('staffNo', staffNo), nameKanji: open('nameKanji', nameKanji), nameKana: open('nameKana', nameKana), mail: open('mail', mail) } };
  }
}

const OF_OFFER = 'FROM elearning_registration r JOIN elearning_offer o ON o.course_id = r.course_id JOIN course c ON c.id = r.course_id';
