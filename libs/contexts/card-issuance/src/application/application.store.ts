import { createHash } from 'node:crypto';
import type { LocalDate } from '#kernel';
import type { Db, FieldCipher, Row } from '#platform';
import { OPEN_STATES, type ApplicationState } from './application.js';
import type { NoticeLanguage } from './deficiency-texts.js';
import { asBigint, bandsOf, probesOf, SAME_PHOTO_BITS } from './photo/perceptual-hash.js';
import type { PhotoFile } from './photo/photo-file.js';
import type { PhotoFinding } from './photo/photo-findings.js';

export type CheckedPhoto = Pick<PhotoFile, 'original' | 'normalised' | 'hash'> & { readonly perceptual: bigint };

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
  readonly language: NoticeLanguage;
  readonly issuingOffice: string;
  /** A foreign resident, the end of whose stay the municipality has not told yet. */
  readonly stayAwaited: boolean;
  readonly stayEnd: LocalDate | null;
  /** What a machine noticed about the photo. */
  readonly findings: readonly PhotoFinding[];
  /** In the queue of those who look twice. */
  readonly manual: boolean;
  readonly queuedAt: Date;
  readonly assignedTo: string | null;
  readonly assignedUntil: Date | null;
  readonly deficientUntil: string | null;
  readonly tokenHash: Buffer | null;
  readonly version: number;
}

const FORM = 'application_id AS "applicationId", person_key AS "personKey", municipality_code AS "municipalityCode", print_sequence AS "printSequence", mailing_id AS "mailingId"';
const COLUMNS = `application_id AS "applicationId", person_key AS "personKey", municipality_code AS "municipalityCode", channel, state, wish_sign AS "wishSign", wish_auth AS "wishAuth",
  photo_hash AS "photoHash", codes, refusal_proposed_by AS "refusalProposedBy", received_at AS "receivedAt", language, issuing_office AS "issuingOffice", stay_awaited AS "stayAwaited", stay_end AS "stayEnd",
  findings, manual, coalesce(queued_at, received_at) AS "queuedAt", assigned_to AS "assignedTo", assigned_until AS "assignedUntil", deficient_until AS "deficientUntil", token_hash AS "tokenHash", version`;
const ORIGINAL = 'application_photo.original';
const NORMALISED = 'application_photo.normalised';
const CONTACT = 'application.contact';

export type NewApplication = Pick<Application, 'applicationId' | 'personKey' | 'municipalityCode' | 'channel' | 'wishSign' | 'wishAuth' | 'language' | 'issuingOffice' | 'stayAwaited' | 'findings' | 'manual'> & {
  readonly representative: boolean; readonly factVersion: number; readonly visitRef?: string | undefined;
};
/** What a deficient application is sent in again with; whatever is not said stays. */
export interface Resubmission extends Pick<Application, 'applicationId' | 'personKey' | 'findings' | 'manual'> {
  readonly channel?: string | undefined;
  readonly wishSign?: boolean | undefined;
  readonly wishAuth?: boolean | undefined;
  readonly representative?: boolean | undefined;
}

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

  /** The application, or the one that took its place after a move. */
  async findPresent(db: Db, applicationId: string): Promise<Application | undefined> {
    return db.maybe<Application & Row>(
      `WITH RECURSIVE line AS (SELECT application_id AS id, successor, 0 AS step FROM application WHERE application_id = $1
         UNION ALL SELECT application_id, application.successor, step + 1 FROM application JOIN line ON application_id = line.successor)
       SELECT ${COLUMNS} FROM application WHERE application_id = (SELECT id FROM line ORDER BY step DESC LIMIT 1)`, applicationId,
    );
  }

  async lock(db: Db, applicationId: string): Promise<Application | undefined> {
    return db.maybe<Application & Row>(`SELECT ${COLUMNS} FROM application WHERE application_id = $1 FOR UPDATE`, applicationId);
  }

  async lockOpen(db: Db, personKey: string): Promise<Application | undefined> {
    return db.maybe<Application & Row>(`SELECT ${COLUMNS} FROM application WHERE person_key = $1 AND state = ANY($2::text[]) FOR UPDATE`, personKey, OPEN_STATES);
  }

  async add(db: Db, application: NewApplication, photo: CheckedPhoto, now: Date): Promise<void> {
    await db.run(
      `INSERT INTO application (application_id, person_key, municipality_code, channel, state, wish_sign, wish_auth, representative, photo_hash, received_at, queued_at, version, fact_version,
         language, issuing_office, visit_ref, findings, manual, stay_awaited) VALUES ($1, $2, $3, $4, 'RECEIVED', $5, $6, $7, $8, $9, $9, 1, $10, $11, $12, $13, $14, $15, $16)`,
      application.applicationId, application.personKey, application.municipalityCode, application.channel, application.wishSign, application.wishAuth,
      application.representative, photo.hash, now.toISOString(), application.factVersion,
      application.language, application.issuingOffice, application.visitRef ?? null, JSON.stringify(application.findings), application.manual, application.stayAwaited,
    );
    await this.keepPhoto(db, application, photo);
  }

  /**
   * A deficient application sent in again goes back to the examiners, at the end of their queue; who proposed to refuse has not seen the new photo (CARD-3.3).
   */
  async resubmit(db: Db, again: Resubmission, photo: CheckedPhoto | undefined, now: Date): Promise<void> {
    await db.run(
      `UPDATE application SET state = 'UNDER_REVIEW', channel = coalesce($2, channel), wish_sign = coalesce($3, wish_sign), wish_auth = coalesce($4, wish_auth), representative = coalesce($5, representative),
         photo_hash = coalesce($6, photo_hash), received_at = $7, queued_at = $7, codes = '{}', refusal_proposed_by = NULL, findings = $8, manual = $9, deficient_until = NULL, token_hash = NULL,
         assigned_to = NULL, assigned_until = NULL, version = version + 1
       WHERE application_id = $1`,
      again.applicationId, again.channel ?? null, again.wishSign ?? null, again.wishAuth ?? null, again.representative ?? null, photo?.hash ?? null, now.toISOString(), JSON.stringify(again.findings), again.manual,
    );
    if (photo !== undefined) await this.keepPhoto(db, again, photo);
  }

  async moveTo(db: Db, applicationIds: readonly string[], to: { readonly state: ApplicationState; readonly codes?: readonly string[]; readonly refusalProposedBy?: string }): Promise<void> {
    await db.run(
      'UPDATE application SET state = $2, codes = $3, refusal_proposed_by = coalesce($4, refusal_proposed_by), version = version + 1 WHERE application_id = ANY($1::text[])',
      applicationIds, to.state, to.codes ?? [], to.refusalProposedBy ?? null,
    );
  }

  /** Until when a deficient application may be sent in again, and the digest of the token that it takes. */
  async awaitResubmission(db: Db, applicationId: string, until: string, tokenHash: Buffer): Promise<void> {
    await db.run('UPDATE application SET deficient_until = $2, token_hash = $3 WHERE application_id = $1', applicationId, until, tokenHash);
  }

  async hasLapsing(db: Db, today: string): Promise<boolean> {
    return (await db.maybe("SELECT 1 FROM application WHERE state = 'DEFICIENT' AND deficient_until < $1 LIMIT 1", today)) !== undefined;
  }

  async lapsing(db: Db, today: string, limit: number): Promise<Application[]> {
    return db.many<Application & Row>(`SELECT ${COLUMNS} FROM application WHERE state = 'DEFICIENT' AND deficient_until < $1 ORDER BY deficient_until, application_id LIMIT $2 FOR UPDATE SKIP LOCKED`, today, limit);
  }

  async setManual(db: Db, applicationId: string, findings: readonly PhotoFinding[]): Promise<void> {
    await db.run('UPDATE application SET manual = true, findings = $2 WHERE application_id = $1', applicationId, JSON.stringify(findings));
  }

  async setContact(db: Db, applicationId: string, contact: { readonly mail: string | undefined; readonly language: NoticeLanguage }): Promise<void> {
    await db.run('UPDATE application SET contact = $2, language = $3 WHERE application_id = $1', applicationId, contact.mail === undefined ? null : this.cipher.encrypt(CONTACT, contact.mail), contact.language);
  }

  /** Null: the stay has no end. */
  async setStay(db: Db, applicationId: string, stayEnd: LocalDate | null): Promise<void> {
    await db.run('UPDATE application SET stay_awaited = false, stay_end = $2 WHERE application_id = $1', applicationId, stayEnd);
  }

  async contact(db: Db, applicationId: string): Promise<string | undefined> {
    const row = await db.maybe<{ contact: Buffer | null }>('SELECT contact FROM application WHERE application_id = $1', applicationId);
    return row === undefined || row.contact === null ? undefined : this.cipher.decrypt(CONTACT, row.contact);
  }

  /** Gives the oldest free ones to an examiner, whom they have not been refused by; concurrent askers get others. */
  async assign(db: Db, to: { readonly examiner: string; readonly manual: boolean; readonly limit: number; readonly until: Date }, now: Date): Promise<Application[]> {
    return db.many<Application & Row>(
      `UPDATE application SET assigned_to = $1, assigned_until = $2 WHERE application_id IN (
         SELECT application_id FROM application WHERE state IN ('RECEIVED', 'UNDER_REVIEW') AND manual = $3 AND refusal_proposed_by IS DISTINCT FROM $1
           AND (assigned_until IS NULL OR assigned_until <= $4 OR assigned_to = $1) ORDER BY coalesce(queued_at, received_at), application_id LIMIT $5 FOR UPDATE SKIP LOCKED)
       RETURNING ${COLUMNS}`,
      to.examiner, to.until.toISOString(), to.manual, now.toISOString(), to.limit,
    );
  }

  /** Approved applications that wait for production, in the order of their places in the queue. */
  async approved(db: Db, wanted: { readonly municipalityCode: string | undefined; readonly applicationIds: readonly string[] | undefined; readonly after: { readonly queuedAt: string; readonly applicationId: string }; readonly limit: number }): Promise<Application[]> {
    return db.many<Application & Row>(
      `SELECT ${COLUMNS} FROM application WHERE state = 'APPROVED' AND ($1::text IS NULL OR municipality_code = $1) AND ($2::text[] IS NULL OR application_id = ANY($2::text[]))
         AND (coalesce(queued_at, received_at), application_id) > ($3::timestamptz, $4::text) ORDER BY coalesce(queued_at, received_at), application_id LIMIT $5`,
      wanted.municipalityCode ?? null, wanted.applicationIds ?? null, wanted.after.queuedAt, wanted.after.applicationId, wanted.limit,
    );
  }

  /** Of these, the ones that are still approved, locked until the transaction ends. */
  async lockApproved(db: Db, applicationIds: readonly string[]): Promise<Application[]> {
    return db.many<Application & Row>(`SELECT ${COLUMNS} FROM application WHERE application_id = ANY($1::text[]) AND state = 'APPROVED' ORDER BY coalesce(queued_at, received_at), application_id FOR UPDATE`, applicationIds);
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

  async listWaiting(db: Db, filter: { readonly municipalityCode: string | undefined; readonly after: string; readonly limit: number; readonly today: LocalDate }): Promise<Application[]> {
    return db.many<Application & Row>(
      `SELECT ${COLUMNS} FROM application WHERE (state IN ('RECEIVED', 'UNDER_REVIEW') OR state = 'APPROVED' AND (stay_awaited OR stay_end < $4)) AND ($1::text IS NULL OR municipality_code = $1) AND application_id > $2 ORDER BY application_id LIMIT $3`,
      filter.municipalityCode ?? null, filter.after, filter.limit, filter.today,
    );
  }

  async photoHashes(db: Db, applicationIds: readonly string[]): Promise<Map<string, string>> {
    const rows = await db.many<{ application_id: string; sha256: string }>('SELECT application_id, sha256 FROM application_photo WHERE application_id = ANY($1::text[])', applicationIds);
    return new Map(rows.map((row) => [row.application_id, row.sha256]));
  }

  /** The print version. */
  async photo(db: Db, applicationId: string): Promise<Buffer | undefined> {
    const row = await db.maybe<{ normalised: Buffer }>('SELECT normalised FROM application_photo WHERE application_id = $1', applicationId);
    return row === undefined ? undefined : this.cipher.decryptOctets(NORMALISED, row.normalised);
  }

  /** Another person's application with the same photo, by its perceptual hash (CARD-4.3 P09). */
  async photoOfAnother(db: Db, personKey: string, perceptual: bigint): Promise<{ readonly applicationId: string; readonly bits: number } | undefined> {
    const probes = probesOf(perceptual).flatMap(({ band, values }) => values.map((value) => ({ band, value })));
    return db.maybe<{ applicationId: string; bits: number }>(
      `SELECT application_id AS "applicationId", bit_count((hash # $4)::bit(64)) AS bits FROM photo_band JOIN unnest($1::smallint[], $2::int[]) AS probe (band, value) USING (band, value)
       WHERE person_key <> $3 AND bit_count((hash # $4)::bit(64)) <= $5 ORDER BY bits, application_id LIMIT 1`,
      probes.map(({ band }) => band), probes.map(({ value }) => value), personKey, asBigint(perceptual), SAME_PHOTO_BITS,
    );
  }

  async perceptualHash(db: Db, applicationId: string): Promise<bigint | undefined> {
    const row = await db.maybe<{ hash: string }>('SELECT hash::text FROM photo_band WHERE application_id = $1 LIMIT 1', applicationId);
    return row === undefined ? undefined : BigInt.asUintN(64, BigInt(row.hash));
  }

  private async keepPhoto(db: Db, { applicationId, personKey }: { readonly applicationId: string; readonly personKey: string }, photo: CheckedPhoto): Promise<void> {
    await db.run(
      `INSERT INTO application_photo (application_id, original, normalised, sha256) VALUES ($1, $2, $3, $4)
       ON CONFLICT (application_id) DO UPDATE SET original = excluded.original, normalised = excluded.normalised, sha256 = excluded.sha256`,
      applicationId,
      this.cipher.encryptOctets(ORIGINAL, photo.original),
      this.cipher.encryptOctets(NORMALISED, photo.normalised),
      createHash('sha256').update(photo.normalised).digest('hex'),
    );
    await db.run('DELETE FROM photo_band WHERE application_id = $1', applicationId);
    const bands = bandsOf(photo.perceptual);
    await db.run(
      'INSERT INTO photo_band (band, value, application_id, person_key, hash) SELECT band, value, $1, $2, $3 FROM unnest($4::smallint[], $5::int[]) AS row (band, value)',
      applicationId, personKey, asBigint(photo.perceptual), bands.map((_value, band) => band), bands,
    );
  }
}
