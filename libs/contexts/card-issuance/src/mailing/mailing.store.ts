import type { Db, FieldCipher, Row } from '#platform';
import { z } from 'zod';
import type { Envelope, MailingState } from './mailing.js';

const DESTINATION = 'mailing.destination';
const destination = z.object({ postalCode: z.string(), address: z.string(), addresseeName: z.string() });
export type Destination = z.output<typeof destination>;

/** An envelope as stored, without its destination. */
export interface Mailing {
  readonly mailingId: string;
  readonly mailingNo: number;
  readonly setId: string;
  readonly municipalityCode: string;
  readonly barcode: string;
  readonly members: number;
  readonly state: MailingState;
  readonly reason: string | null;
  readonly version: number;
  readonly movedBy: string;
  readonly movedAt: Date;
}
type MailingRow = Mailing & Row;

export interface PlannedMailing {
  readonly mailingId: string;
  readonly mailingNo: number;
  readonly barcode: string;
  readonly envelope: Envelope;
}

export interface PlannedForm {
  readonly applicationId: string;
  readonly personKey: string;
  readonly mailingId: string;
}

const COLUMNS = `mailing_id AS "mailingId", mailing_no AS "mailingNo", set_id AS "setId", municipality_code AS "municipalityCode", barcode, members, state, reason, version,
  moved_by AS "movedBy", moved_at AS "movedAt"`;

/** Envelopes, the notification cards in them and the forms attached to the cards. */
export class MailingStore {
  constructor(private readonly cipher: FieldCipher) {}

  async nextNumbers(db: Db, count: number): Promise<number[]> {
    const rows = await db.many<{ no: number }>("SELECT nextval('mailing_number') AS no FROM generate_series(1, $1::int)", count);
    return rows.map((row) => row.no);
  }

  /**
   * Writes the envelopes that are not there yet and tells which were new. A household of which a former page had envelopes is
   * marked as split: those may be printed by now, so nothing is added to them.
   */
  async plan(db: Db, set: { readonly setId: string; readonly municipalityCode: string }, planned: readonly PlannedMailing[], at: { readonly client: string; readonly now: Date }): Promise<Set<string>> {
    const rows = await db.many<{ mailing_id: string }>(
      `INSERT INTO mailing (mailing_id, mailing_no, set_id, position, municipality_code, barcode, members, temporary_address, destination, state, version, moved_by, moved_at, household_ref, household_split)
       SELECT id, no, $1, position, $2, barcode, members, temporary, destination, state, 1, $3, $4, household,
         EXISTS (SELECT 1 FROM mailing earlier WHERE earlier.set_id = $1 AND earlier.household_ref = household)
       FROM unnest($5::uuid[], $6::bigint[], $7::bigint[], $8::text[], $9::int[], $10::bool[], $11::bytea[], $12::text[], $13::text[]) AS row (id, no, position, barcode, members, temporary, destination, household, state)
       ON CONFLICT (set_id, position) DO NOTHING RETURNING mailing_id`,
      set.setId, set.municipalityCode, at.client, at.now.toISOString(),
      planned.map((one) => one.mailingId), planned.map((one) => one.mailingNo),
      planned.map((one) => one.envelope.position),
      planned.map((one) => one.barcode), planned.map((one) => one.envelope.members.length), planned.map((one) => one.envelope.temporaryAddress),
      planned.map((one) => this.cipher.encrypt(DESTINATION, JSON.stringify(one.envelope.destination))), planned.map((one) => one.envelope.householdRef),
      planned.map((one): MailingState => (one.envelope.isHeld ? 'AWAITING_DECISION' : 'PLANNED')),
    );
    return new Set(rows.map((row) => row.mailing_id));
  }

  async splitHouseholds(db: Db, setId: string): Promise<number> {
    const row = await db.one<{ count: number }>('SELECT count(DISTINCT household_ref) AS count FROM mailing WHERE set_id = $1 AND household_split', setId);
    return row.count;
  }

  /** A person's new card takes the place of one still under way or in force (CARD-4.2 duplicate guard). */
  async addCards(db: Db, cards: readonly { readonly mailingId: string; readonly personKey: string; readonly line: number }[]): Promise<void> {
    const persons = cards.map((card) => card.personKey);
    await db.run("UPDATE notification_card SET state = 'INVALID' WHERE person_key = ANY($1::uuid[]) AND state IN ('ISSUED', 'IN_FORCE')", persons);
    await db.run(
      "INSERT INTO notification_card (mailing_id, person_key, line, state) SELECT id, person, line, 'ISSUED' FROM unnest($1::uuid[], $2::uuid[], $3::int[]) AS row (id, person, line)",
      cards.map((card) => card.mailingId), persons, cards.map((card) => card.line),
    );
  }

  async addForms(db: Db, municipalityCode: string, forms: readonly PlannedForm[], now: Date): Promise<void> {
    await db.run(
      `INSERT INTO application_form (application_id, person_key, municipality_code, print_sequence, mailing_id, printed_at)
       SELECT id, person, $1, 0, mailing, $2 FROM unnest($3::text[], $4::uuid[], $5::uuid[]) AS row (id, person, mailing)`,
      municipalityCode, now.toISOString(), forms.map((form) => form.applicationId), forms.map((form) => form.personKey), forms.map((form) => form.mailingId),
    );
  }

  async lock(db: Db, by: { readonly mailingId: string } | { readonly barcode: string }): Promise<Mailing | undefined> {
    if ('barcode' in by) return db.maybe<MailingRow>(`SELECT ${COLUMNS} FROM mailing WHERE barcode = $1 FOR UPDATE`, by.barcode);
    return db.maybe<MailingRow>(`SELECT ${COLUMNS} FROM mailing WHERE mailing_id = $1 FOR UPDATE`, by.mailingId);
  }

  async move(db: Db, mailing: Mailing, to: { readonly state: MailingState; readonly reason: string | undefined; readonly person: string; readonly now: Date }): Promise<void> {
    await db.run(
      'UPDATE mailing SET state = $2, reason = $3, version = version + 1, moved_by = $4, moved_at = $5 WHERE mailing_id = $1',
      mailing.mailingId, to.state, to.reason ?? null, to.person, to.now.toISOString(),
    );
    // What reached its person is in force; what was destroyed is not (CARD-3.2).
    const card = to.state === 'DELIVERED' || to.state === 'COLLECTED_AT_COUNTER' ? 'IN_FORCE' : to.state === 'DISCARDED' || to.state === 'CANCELLED' ? 'INVALID' : undefined;
    if (card !== undefined) await db.run("UPDATE notification_card SET state = $2 WHERE mailing_id = $1 AND state = 'ISSUED'", mailing.mailingId, card);
  }

  /** A measure that began after the planning: what goes to the person's registered address and is not printed yet waits (JUKI-4.13). */
  async hold(db: Db, personKey: string, at: { readonly client: string; readonly now: Date }): Promise<Mailing[]> {
    const state: MailingState = 'AWAITING_DECISION';
    return db.many<MailingRow>(
      `UPDATE mailing SET state = $2, version = version + 1, moved_by = $3, moved_at = $4
       WHERE state = 'PLANNED' AND NOT temporary_address AND mailing_id IN (SELECT mailing_id FROM notification_card WHERE person_key = $1 AND state = 'ISSUED') RETURNING ${COLUMNS}`,
      personKey, state, at.client, at.now.toISOString(),
    );
  }

  async membersOf(db: Db, mailingId: string): Promise<string[]> {
    return (await db.many<{ person_key: string }>('SELECT person_key FROM notification_card WHERE mailing_id = $1 ORDER BY line', mailingId)).map((row) => row.person_key);
  }

  /** With a destination it goes there, without one to the registered address after all. */
  async decide(db: Db, mailing: Mailing, to: { readonly destination: Destination | undefined; readonly person: string; readonly now: Date }): Promise<void> {
    const sealed = to.destination === undefined ? null : this.cipher.encrypt(DESTINATION, JSON.stringify(to.destination));
    await db.run(
      `UPDATE mailing SET state = 'PLANNED', version = version + 1, moved_by = $2, moved_at = $3, destination = coalesce($4, destination), temporary_address = temporary_address OR $4 IS NOT NULL
       WHERE mailing_id = $1`,
      mailing.mailingId, to.person, to.now.toISOString(), sealed,
    );
  }

  /** The notification card goes back when the number card is handed over (Number Act art. 17 par. 1). */
  async closeCard(db: Db, personKey: string, state: 'SURRENDERED' | 'LOST'): Promise<void> {
    await db.run("UPDATE notification_card SET state = $2 WHERE person_key = $1 AND state IN ('ISSUED', 'IN_FORCE')", personKey, state);
  }

  async list(db: Db, filter: { readonly municipalityCode: string; readonly setId: string | undefined; readonly state: string | undefined; readonly after: number; readonly limit: number }): Promise<Mailing[]> {
    return db.many<MailingRow>(
      `SELECT ${COLUMNS} FROM mailing WHERE municipality_code = $1 AND mailing_no > $2 AND ($3::text IS NULL OR state = $3) AND ($5::uuid IS NULL OR set_id = $5) ORDER BY mailing_no LIMIT $4`,
      filter.municipalityCode, filter.after, filter.state ?? null, filter.limit, filter.setId ?? null,
    );
  }

  /** What is printed: the destination and, for each member, the form that carries their card. */
  async contents(db: Db, mailingId: string): Promise<{ readonly municipalityCode: string; readonly state: MailingState; readonly barcode: string; readonly destination: Destination; readonly forms: MailedForm[] } | undefined> {
    const row = await db.maybe<{ municipality_code: string; state: MailingState; barcode: string; destination: Buffer }>('SELECT municipality_code, state, barcode, destination FROM mailing WHERE mailing_id = $1', mailingId);
    if (row === undefined) return undefined;
    const forms = await db.many<MailedForm & Row>(
      `SELECT card.line, card.person_key AS "personKey", card.state AS "cardState", form.application_id AS "applicationId"
       FROM notification_card card JOIN application_form form ON form.mailing_id = card.mailing_id AND form.person_key = card.person_key WHERE card.mailing_id = $1 ORDER BY card.line`,
      mailingId,
    );
    const opened = destination.parse(JSON.parse(this.cipher.decrypt(DESTINATION, row.destination)));
    return { municipalityCode: row.municipality_code, state: row.state, barcode: row.barcode, destination: opened, forms };
  }
}

export interface MailedForm {
  readonly line: number;
  readonly personKey: string;
  readonly cardState: string;
  readonly applicationId: string;
}
