import { createHash } from 'node:crypto';
import type { Db, FieldCipher, Row } from '#platform';
import { OPEN_STATES, type ApplicationState } from './application.js';
import type { CheckedPhoto } from './photo.js';

export interface Form {
  readonly applicationId: string;
  readonly personKey: string;
  readonly municipalityCode: string;
  readonly printSequence: number;
  readonly mailingId: string | null;
}

export interface Application {
  readonly applicationId: string;
  readonly personKey: string;
  readonly municipalityCode: string;
  readonly channel: string;
  readonly state: ApplicationState;
  readonly wishSign: boolean;
  readonly wishAuth: boolean;
  readonly photoHash: Buffer;
  readonly codes: readonly string[];
  readonly refusalProposedBy: string | null;
  readonly receivedAt: Date;
  readonly version: number;
}

const FORM = 'application_id AS "applicationId", person_key AS "personKey", municipality_code AS "municipalityCode", print_sequence AS "printSequence", mailing_id AS "mailingId"';
const COLUMNS = `application_id AS "applicationId", person_key AS "personKey", municipality_code AS "municipalityCode", channel, state, wish_sign AS "wishSign", wish_auth AS "wishAuth",
  photo_hash AS "photoHash", codes, refusal_proposed_by AS "refusalProposedBy", received_at AS "receivedAt", version`;
const ORIGINAL = 'application_photo.original';
const NORMALISED = 'application_photo.normalised';

export type NewApplication = Pick<Application, 'applicationId' | 'personKey' | 'municipalityCode' | 'channel' | 'wishSign' | 'wishAuth'> & { readonly representative: boolean; readonly factVersion: number };

/** Forms, applications and their photos. */
export class ApplicationStore {
  constructor(private readonly cipher: FieldCipher) {}

  async findForm(db: Db, applicationId: string): Promise<Form | undefined> {
    return db.maybe<Form & Row>(`SELECT ${FORM} FROM application_form WHERE application_id = $1`, applicationId);
  }

  /** Two submissions of one person's forms wait for each other here. */
  async lockForms(db: Db, personKey: string): Promise<void> {
    await db.many('SELECT application_id FROM application_form WHERE person_key = $1 ORDER BY application_id FOR UPDATE', personKey);
  }

  async formsOf(db: Db, personKey: string): Promise<Form[]> {
    return db.many<Form & Row>(`SELECT ${FORM} FROM application_form WHERE person_key = $1 ORDER BY printed_at DESC, application_id`, personKey);
  }

  async addForm(db: Db, form: Omit<Form, 'mailingId'>, now: Date): Promise<void> {
    await db.run(
      'INSERT INTO application_form (application_id, person_key, municipality_code, print_sequence, printed_at) VALUES ($1, $2, $3, $4, $5)',
      form.applicationId, form.personKey, form.municipalityCode, form.printSequence, now.toISOString(),
    );
  }

  async find(db: Db, applicationId: string): Promise<Application | undefined> {
    return db.maybe<Application & Row>(`SELECT ${COLUMNS} FROM application WHERE application_id = $1`, applicationId);
  }

  async lock(db: Db, applicationId: string): Promise<Application | undefined> {
    return db.maybe<Application & Row>(`SELECT ${COLUMNS} FROM application WHERE application_id = $1 FOR UPDATE`, applicationId);
  }

  async lockOpen(db: Db, personKey: string): Promise<Application | undefined> {
    return db.maybe<Application & Row>(`SELECT ${COLUMNS} FROM application WHERE person_key = $1 AND state = ANY($2::text[]) FOR UPDATE`, personKey, OPEN_STATES);
  }

  async add(db: Db, application: NewApplication, photo: CheckedPhoto, now: Date): Promise<void> {
    await db.run(
      `INSERT INTO application (application_id, person_key, municipality_code, channel, state, wish_sign, wish_auth, representative, photo_hash, received_at, version, fact_version)
       VALUES ($1, $2, $3, $4, 'RECEIVED', $5, $6, $7, $8, $9, 1, $10)`,
      application.applicationId, application.personKey, application.municipalityCode, application.channel, application.wishSign, application.wishAuth,
      application.representative, photo.hash, now.toISOString(), application.factVersion,
    );
    await this.keepPhoto(db, application.applicationId, photo);
  }

  /** A deficient application sent in again under its own ID goes back to the examiners; who proposed to refuse has not seen the new photo (CARD-3.3). */
  async resubmit(db: Db, application: NewApplication, photo: CheckedPhoto, now: Date): Promise<void> {
    await db.run(
      `UPDATE application SET state = 'UNDER_REVIEW', channel = $2, wish_sign = $3, wish_auth = $4, representative = $5, photo_hash = $6, received_at = $7, codes = '{}', refusal_proposed_by = NULL, version = version + 1
       WHERE application_id = $1`,
      application.applicationId, application.channel, application.wishSign, application.wishAuth, application.representative, photo.hash, now.toISOString(),
    );
    await this.keepPhoto(db, application.applicationId, photo);
  }

  async moveTo(db: Db, applicationIds: readonly string[], to: { readonly state: ApplicationState; readonly codes?: readonly string[]; readonly refusalProposedBy?: string }): Promise<void> {
    await db.run(
      'UPDATE application SET state = $2, codes = $3, refusal_proposed_by = coalesce($4, refusal_proposed_by), version = version + 1 WHERE application_id = ANY($1::text[])',
      applicationIds, to.state, to.codes ?? [], to.refusalProposedBy ?? null,
    );
  }

  /** Approved applications that wait for production, in the order of their IDs. */
  async approved(db: Db, wanted: { readonly municipalityCode: string | undefined; readonly applicationIds: readonly string[] | undefined; readonly after: string; readonly limit: number }): Promise<Application[]> {
    return db.many<Application & Row>(
      `SELECT ${COLUMNS} FROM application WHERE state = 'APPROVED' AND ($1::text IS NULL OR municipality_code = $1) AND ($2::text[] IS NULL OR application_id = ANY($2::text[]))
         AND application_id > $3 ORDER BY application_id LIMIT $4`,
      wanted.municipalityCode ?? null, wanted.applicationIds ?? null, wanted.after, wanted.limit,
    );
  }

  /** Of these, the ones that are still approved, locked until the transaction ends. */
  async lockApproved(db: Db, applicationIds: readonly string[]): Promise<Application[]> {
    return db.many<Application & Row>(`SELECT ${COLUMNS} FROM application WHERE application_id = ANY($1::text[]) AND state = 'APPROVED' ORDER BY application_id FOR UPDATE`, applicationIds);
  }

  async lockMany(db: Db, applicationIds: readonly string[]): Promise<Application[]> {
    return db.many<Application & Row>(`SELECT ${COLUMNS} FROM application WHERE application_id = ANY($1::text[]) ORDER BY application_id FOR UPDATE`, applicationIds);
  }

  /** Of these, the ordered ones of which no card is under way or in use, locked until the transaction ends. */
  async lockWithoutCard(db: Db, applicationIds: readonly string[]): Promise<Application[]> {
    return db.many<Application & Row>(
      `SELECT ${COLUMNS} FROM application WHERE application_id = ANY($1::text[]) AND state = 'ORDERED'
         AND NOT EXISTS (SELECT 1 FROM card WHERE card.person_key = application.person_key AND card.application_id = application.application_id
           AND card.state NOT IN ('CANCELLED', 'DEFECTIVE', 'MISSING', 'WITHHELD', 'DESTROYED'))
       ORDER BY application_id FOR UPDATE`,
      applicationIds,
    );
  }

  async listWaiting(db: Db, filter: { readonly municipalityCode: string | undefined; readonly after: string; readonly limit: number }): Promise<Application[]> {
    return db.many<Application & Row>(
      `SELECT ${COLUMNS} FROM application WHERE state IN ('RECEIVED', 'UNDER_REVIEW') AND ($1::text IS NULL OR municipality_code = $1) AND application_id > $2 ORDER BY application_id LIMIT $3`,
      filter.municipalityCode ?? null, filter.after, filter.limit,
    );
  }

  async photoHashes(db: Db, applicationIds: readonly string[]): Promise<Map<string, string>> {
    const rows = await db.many<{ application_id: string; sha256: string }>('SELECT application_id, sha256 FROM application_photo WHERE application_id = ANY($1::text[])', applicationIds);
    return new Map(rows.map((row) => [row.application_id, row.sha256]));
  }

  /** The print version. */
  async photo(db: Db, applicationId: string): Promise<Buffer | undefined> {
    const row = await db.maybe<{ normalised: Buffer }>('SELECT normalised FROM application_photo WHERE application_id = $1', applicationId);
    return row === undefined ? undefined : Buffer.from(this.cipher.decrypt(NORMALISED, row.normalised), 'base64');
  }

  private async keepPhoto(db: Db, applicationId: string, photo: CheckedPhoto): Promise<void> {
    await db.run(
      `INSERT INTO application_photo (application_id, original, normalised, sha256) VALUES ($1, $2, $3, $4)
       ON CONFLICT (application_id) DO UPDATE SET original = excluded.original, normalised = excluded.normalised, sha256 = excluded.sha256`,
      applicationId,
      this.cipher.encrypt(ORIGINAL, photo.original.toString('base64')),
      this.cipher.encrypt(NORMALISED, photo.normalised.toString('base64')),
      createHash('sha256').update(photo.normalised).digest('hex'),
    );
  }
}
