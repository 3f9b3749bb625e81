import type { LocalDate } from '#kernel';
import type { Db, FieldCipher, Row } from '#platform';
import type { CertificateState, NumberParts } from './certificate.js';

/** What was completed: a place in a session, or a registration for e-learning. */
export interface CompletionRef {
  readonly kind: 'ENROLMENT' | 'REGISTRATION';
  readonly id: string;
}

export interface CertificateRecord extends Omit<NumberParts, 'serial'> {
  readonly no: string;
  readonly state: CertificateState;
  readonly subject: CompletionRef;
  readonly bodyCode: string;
  readonly title: string;
  /** Stands for the holder in what is signed. */
  readonly holderRef: string;
  /** NFC, with references to glyph images where no code point names a character. */
  readonly holderName: string;
  readonly issuedOn: LocalDate;
  readonly kid: string;
  readonly signature: Buffer;
  readonly supersedes: string | null;
  readonly reason: string | null;
  /** Events told so far. */
  readonly told: number;
}

type StoredRow = Omit<CertificateRecord, 'subject' | 'holderName'> & { readonly subjectKind: CompletionRef['kind']; readonly subjectId: string; readonly holderName: Buffer } & Row;

const COLUMNS = `no, state, subject_kind AS "subjectKind", subject_id AS "subjectId", body_code AS "bodyCode", course_code AS "courseCode", fiscal_year AS "fiscalYear",
  session_no AS "sessionNo", title, holder_ref AS "holderRef", holder_name AS "holderName", issued_on AS "issuedOn", kid, signature, supersedes, reason, told`;
const NAME = 'certificate.holder_name';

export class CertificateStore {
  constructor(private readonly cipher: FieldCipher) {}

  /** The next serial of a course's session; whoever issues for the same one waits until this transaction ends. */
  async nextSerial(db: Db, { fiscalYear, courseCode, sessionNo }: Omit<NumberParts, 'serial'>): Promise<number> {
    const { last } = await db.one<{ last: number }>(
      `INSERT INTO certificate_serial (fiscal_year, course_code, session_no, last) VALUES ($1, $2, $3, 1)
       ON CONFLICT (fiscal_year, course_code, session_no) DO UPDATE SET last = certificate_serial.last + 1 RETURNING last`,
      fiscalYear, courseCode, sessionNo,
    );
    return last;
  }

  async find(db: Db, no: string): Promise<CertificateRecord | undefined> {
    return this.opened(await db.maybe<StoredRow>(`SELECT ${COLUMNS} FROM certificate WHERE no = $1`, no));
  }

  async lock(db: Db, no: string): Promise<CertificateRecord | undefined> {
    return this.opened(await db.maybe<StoredRow>(`SELECT ${COLUMNS} FROM certificate WHERE no = $1 FOR UPDATE`, no));
  }

  /** The one for what was completed, unless it was superseded. */
  async ofSubject(db: Db, { kind, id }: CompletionRef): Promise<CertificateRecord | undefined> {
    return this.opened(await db.maybe<StoredRow>(`SELECT ${COLUMNS} FROM certificate WHERE subject_kind = $1 AND subject_id = $2 AND state <> 'SUPERSEDED'`, kind, id));
  }

  /** By number. */
  async ofBody(db: Db, bodyCode: string, after: string, limit: number): Promise<CertificateRecord[]> {
    const rows = await db.many<StoredRow>(`SELECT ${COLUMNS} FROM certificate WHERE body_code = $1 AND no > $2 ORDER BY no LIMIT $3`, bodyCode, after, limit);
    return rows.map((row) => this.openedRow(row));
  }

  async add(db: Db, { subject, ...one }: CertificateRecord, at: Date): Promise<void> {
    await db.run(
      `INSERT INTO certificate (no, state, subject_kind, subject_id, body_code, course_code, fiscal_year, session_no, title, holder_ref, holder_name, issued_on, kid, signature,
         supersedes, told, issued_at, changed_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $17)`,
      one.no, one.state, subject.kind, subject.id, one.bodyCode, one.courseCode, one.fiscalYear, one.sessionNo, one.title, one.holderRef,
      this.cipher.encrypt(NAME, one.holderName), one.issuedOn, one.kid, one.signature, one.supersedes, one.told, at.toISOString(),
    );
  }

  async end(db: Db, { no, state, reason, told }: Pick<CertificateRecord, 'no' | 'state' | 'reason' | 'told'>, at: Date): Promise<void> {
    await db.run('UPDATE certificate SET state = $2, reason = $3, told = $4, changed_at = $5 WHERE no = $1', no, state, reason, told, at.toISOString());
  }

  /** Counts a comparison of a typed name, of which there are `most` in an hour; false when there were so many. */
  async countNameTry(db: Db, no: string, most: number, now: Date): Promise<boolean> {
    const counted = await db.run(
      `UPDATE certificate SET name_tries = CASE WHEN name_tries_since > $3 THEN name_tries + 1 ELSE 1 END, name_tries_since = CASE WHEN name_tries_since > $3 THEN name_tries_since ELSE $4 END
       WHERE no = $1 AND (name_tries < $2 OR name_tries_since IS NULL OR name_tries_since <= $3)`,
      no, most, new Date(now.getTime() - 3_600_000).toISOString(), now.toISOString(),
    );
    return counted === 1;
  }

  private opened(row: StoredRow | undefined): CertificateRecord | undefined {
    return row === undefined ? undefined : this.openedRow(row);
  }

  private openedRow({ subjectKind, subjectId, holderName, ...row }: StoredRow): CertificateRecord {
    return { ...row, subject: { kind: subjectKind, id: subjectId }, holderName: this.cipher.decrypt(NAME, holderName) };
  }
}
