import { z } from 'zod';
import { sqlState, type Db, type FieldCipher, type Row } from '#platform';
import type { Interest, Period, RequestKind, RequestState } from './lecturer.js';

export interface LecturerRecord {
  readonly id: string;
  readonly number: number;
  readonly name: string;
  readonly employer: string;
  readonly subjects: readonly string[];
  readonly interests: readonly Interest[];
}

export interface LecturerRequest {
  readonly id: string;
  readonly kind: RequestKind;
  readonly bodyCode: string;
  readonly fiscalYear: number;
  readonly subject: string;
  readonly audience: string;
  /** Dates that the body offers. */
  readonly candidates: readonly Period[];
  readonly place: string;
  readonly travelPaidBy: 'HOST' | 'AGENCY';
  readonly state: RequestState;
  readonly lecturerId: string | null;
  readonly startsAt: Date | null;
  readonly endsAt: Date | null;
  /** People who heard it. */
  readonly attended: number | null;
  /** 1 to 5, by the body. */
  readonly rating: number | null;
}

const NAME = 'lecturer.name';
const LECTURER = 'id, number, name, employer, subjects, interests';
const COLUMNS = `id, kind, body_code AS "bodyCode", fiscal_year AS "fiscalYear", subject, audience, candidates, place, travel_paid_by AS "travelPaidBy", state,
  lecturer_id AS "lecturerId", starts_at AS "startsAt", ends_at AS "endsAt", attended, rating`;
const periods = z.array(z.object({ startsAt: z.coerce.date(), endsAt: z.coerce.date() }));
const EXCLUDED = '23P01';

type StoredLecturer = Omit<LecturerRecord, 'name'> & { readonly name: Buffer } & Row;

export class LecturerStore {
  constructor(private readonly cipher: FieldCipher) {}

  async addLecturer(db: Db, one: Omit<LecturerRecord, 'number'>, at: Date): Promise<void> {
    await db.run(
      `INSERT INTO lecturer (id, name, employer, subjects, interests, registered_at) VALUES ($1, $2, $3, $4, $5, $6)
       ON CONFLICT (id) DO UPDATE SET name = excluded.name, employer = excluded.employer, subjects = excluded.subjects, interests = excluded.interests`,
      one.id, this.cipher.encrypt(NAME, one.name), one.employer, one.subjects, JSON.stringify(one.interests), at.toISOString(),
    );
  }

  async lecturer(db: Db, id: string): Promise<LecturerRecord | undefined> {
    const row = await db.maybe<StoredLecturer>(`SELECT ${LECTURER} FROM lecturer WHERE id = $1`, id);
    return row === undefined ? undefined : this.opened(row);
  }

  /** By number; for a subject, or all. */
  async lecturers(db: Db, { subject, after, limit }: { readonly subject: string | undefined; readonly after: number; readonly limit: number }): Promise<LecturerRecord[]> {
    const rows = await db.many<StoredLecturer>(`SELECT ${LECTURER} FROM lecturer WHERE number > $1 AND ($2::text IS NULL OR $2 = ANY (subjects)) ORDER BY number LIMIT $3`, after, subject ?? null, limit);
    return rows.map((row) => this.opened(row));
  }

  /** False when the body has a free dispatch of the year. */
  async addRequest(db: Db, one: LecturerRequest, at: Date): Promise<boolean> {
    const added = await db.run(
      `INSERT INTO lecturer_request (id, kind, body_code, fiscal_year, subject, audience, candidates, place, travel_paid_by, state, requested_at, changed_at)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $11) ON CONFLICT (body_code, fiscal_year) WHERE kind = 'DISPATCH' AND state <> 'WITHDRAWN' DO NOTHING`,
      one.id, one.kind, one.bodyCode, one.fiscalYear, one.subject, one.audience, JSON.stringify(one.candidates), one.place, one.travelPaidBy, one.state, at.toISOString(),
    );
    return added === 1;
  }

  async lockRequest(db: Db, id: string): Promise<LecturerRequest | undefined> {
    const row = await db.maybe<LecturerRequest & Row>(`SELECT ${COLUMNS} FROM lecturer_request WHERE id = $1 FOR UPDATE`, id);
    return row === undefined ? undefined : { ...row, candidates: periods.parse(row.candidates) };
  }

  /** The newest first; of one body, or all. */
  async requests(db: Db, { bodyCode, before, limit }: { readonly bodyCode: string | undefined; readonly before: string | undefined; readonly limit: number }): Promise<LecturerRequest[]> {
    const rows = await db.many<LecturerRequest & Row>(
      `SELECT ${COLUMNS} FROM lecturer_request WHERE ($1::text IS NULL OR body_code = $1) AND ($2::uuid IS NULL OR id < $2) ORDER BY id DESC LIMIT $3`, bodyCode ?? null, before ?? null, limit,
    );
    return rows.map((row) => ({ ...row, candidates: periods.parse(row.candidates) }));
  }

  async saveRequest(db: Db, { id, state, lecturerId, startsAt, endsAt, attended, rating }: LecturerRequest, at: Date): Promise<void> {
    await db.run(
      'UPDATE lecturer_request SET state = $2, lecturer_id = $3, starts_at = $4, ends_at = $5, attended = $6, rating = $7, changed_at = $8 WHERE id = $1',
      id, state, lecturerId, startsAt?.toISOString() ?? null, endsAt?.toISOString() ?? null, attended, rating, at.toISOString(),
    );
  }

  /** Takes the lecturer's time for a request; false when another one has a part of it, after which the transaction can only be given up. */
  async book(db: Db, requestId: string, lecturer: number, { startsAt, endsAt }: Period): Promise<boolean> {
    try {
      await db.run(
        `INSERT INTO lecturer_booking (request_id, lecturer, during) VALUES ($1, $2, tstzrange($3, $4))
         ON CONFLICT (request_id) DO UPDATE SET lecturer = excluded.lecturer, during = excluded.during`,
        requestId, lecturer, startsAt.toISOString(), endsAt.toISOString(),
      );
      return true;
    } catch (error) {
      if (sqlState(error) === EXCLUDED) return false;
      throw error;
    }
  }

  async release(db: Db, requestId: string): Promise<void> {
    await db.run('DELETE FROM lecturer_booking WHERE request_id = $1', requestId);
  }

  private opened(row: StoredLecturer): LecturerRecord {
    return { ...row, name: this.cipher.decrypt(NAME, row.name) };
  }
}
