import { uuidv7, type Db, type FieldCipher, type Row } from '#platform';
import type { DeficiencyCode, NoticeLanguage } from './deficiency-texts.js';

const TOKEN = 'application_notice.token';

export interface ApplicationNotice {
  readonly noticeId: string;
  readonly applicationId: string;
  readonly personKey: string;
  readonly medium: 'LETTER' | 'MESSAGE';
  readonly language: NoticeLanguage;
  readonly codes: readonly DeficiencyCode[];
  readonly resubmission: { readonly until: string; readonly token: string } | undefined;
}
type NoticeRow = Omit<ApplicationNotice, 'resubmission'> & { readonly token: Buffer | null; readonly until: string | null } & Row;

const COLUMNS = 'notice_id AS "noticeId", application_id AS "applicationId", person_key AS "personKey", medium, language, codes, token, resubmit_until AS until';

/** Letters and messages that wait to be sent. */
export class ApplicationNoticeStore {
  constructor(private readonly cipher: FieldCipher) {}

  async add(db: Db, notice: Omit<ApplicationNotice, 'noticeId'>, now: Date): Promise<void> {
    const { applicationId, personKey, medium, language, codes, resubmission } = notice;
    await db.run(
      'INSERT INTO application_notice (notice_id, application_id, person_key, medium, language, codes, token, resubmit_until, created_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)',
      uuidv7(), applicationId, personKey, medium, language, codes, resubmission === undefined ? null : this.cipher.encrypt(TOKEN, resubmission.token), resubmission?.until ?? null, now.toISOString(),
    );
  }

  async waiting(db: Db, filter: { readonly medium: string; readonly after: string | undefined; readonly limit: number }): Promise<{ noticeId: string; applicationId: string; language: string }[]> {
    return db.many(
      `SELECT notice_id AS "noticeId", application_id AS "applicationId", language FROM application_notice
       WHERE sent_at IS NULL AND medium = $1 AND ($2::uuid IS NULL OR notice_id > $2) ORDER BY notice_id LIMIT $3`,
      filter.medium, filter.after ?? null, filter.limit,
    );
  }

  async find(db: Db, noticeId: string): Promise<ApplicationNotice | undefined> {
    const row = await db.maybe<NoticeRow>(`SELECT ${COLUMNS} FROM application_notice WHERE notice_id = $1`, noticeId);
    if (row === undefined) return undefined;
    const { token, until, ...notice } = row;
    return { ...notice, resubmission: token === null || until === null ? undefined : { until, token: this.cipher.decrypt(TOKEN, token) } };
  }

  /** The token leaves with the notice: what is sent keeps none. */
  async markSent(db: Db, noticeId: string, now: Date): Promise<boolean> {
    return (await db.run('UPDATE application_notice SET sent_at = coalesce(sent_at, $2), token = NULL WHERE notice_id = $1', noticeId, now.toISOString())) === 1;
  }
}
