import { localDateInJapan, type LocalDate } from '#kernel';
import type { Db, FieldCipher, Row } from '#platform';
import { z } from 'zod';
import { cardStateAfter, type Envelope, type MailingState } from './mailing.js';
import { MailingTallyStore } from './mailing-tally.store.js';

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
  readonly trackingNo: string | null;
  /** Instant of the newest fact that was told of it. */
  readonly toldAt: Date | null;
  readonly returnedOn: LocalDate | null;
}
type MailingRow = Mailing & Row;

export interface PlannedMailing {
  readonly mailingId: string;
  readonly mailingNo: number;
  readonly barcode: string;
  readonly envelope: Envelope;
}

/** One envelope's move; `at` is when the machine, the carrier or the return desk saw it. */
export interface MailingStep {
  readonly mailing: Mailing;
  readonly to: MailingState;
  readonly reason?: string | undefined;
  readonly at?: Date | undefined;
  readonly trackingNo?: string | undefined;
}

export interface PlannedForm {
  readonly applicationId: string;
  readonly personKey: string;
  readonly mailingId: string;
  readonly printSequence?: number;
}

const COLUMNS = `mailing_id AS "mailingId", mailing_no AS "mailingNo", set_id AS "setId", municipality_code AS "municipalityCode", barcode, members, state, reason, version,
  moved_by AS "movedBy", moved_at AS "movedAt", tracking_no AS "trackingNo", told_at AS "toldAt", returned_on AS "returnedOn"`;

/** Envelopes, the notification cards in them and the forms attached to the cards. */
export class MailingStore {
  private readonly tally = new MailingTallyStore();

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
    const fresh = new Set(rows.map((row) => row.mailing_id));
    const written = planned.filter(({ mailingId }) => fresh.has(mailingId));
    await this.tally.add(db, localDateInJapan(at.now), written.map(({ envelope }) => ({ municipalityCode: set.municipalityCode, to: envelope.isHeld ? 'AWAITING_DECISION' : 'PLANNED' })));
    return fresh;
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
      `INSERT INTO notification_card (mailing_id, person_key, line, state, number_version)
       SELECT id, person, line, 'ISSUED', coalesce(version, 1) FROM unnest($1::uuid[], $2::uuid[], $3::int[]) AS row (id, person, line) LEFT JOIN number_version ON person_key = person`,
      cards.map((card) => card.mailingId), persons, cards.map((card) => card.line),
    );
  }

  async addForms(db: Db, municipalityCode: string, forms: readonly PlannedForm[], now: Date): Promise<void> {
    await db.run(
      `INSERT INTO application_form (application_id, person_key, municipality_code, print_sequence, mailing_id, printed_at)
       SELECT id, person, $1, sequence, mailing, $2 FROM unnest($3::text[], $4::uuid[], $5::uuid[], $6::int[]) AS row (id, person, mailing, sequence)`,
      municipalityCode, now.toISOString(), forms.map((form) => form.applicationId), forms.map((form) => form.personKey), forms.map((form) => form.mailingId), forms.map((form) => form.printSequence ?? 0),
    );
  }

  async lock(db: Db, by: { readonly mailingId: string } | { readonly barcode: string }): Promise<Mailing | undefined> {
    if ('barcode' in by) return db.maybe<MailingRow>(`SELECT ${COLUMNS} FROM mailing WHERE barcode = $1 FOR UPDATE`, by.barcode);
    return db.maybe<MailingRow>(`SELECT ${COLUMNS} FROM mailing WHERE mailing_id = $1 FOR UPDATE`, by.mailingId);
  }

  /** Locked in one order, so that two files of the same envelopes wait for each other. */
  async lockMany(db: Db, by: { readonly barcodes: readonly string[] } | { readonly trackingNos: readonly string[] }): Promise<Mailing[]> {
    const [column, values] = 'barcodes' in by ? ['barcode', by.barcodes] : ['tracking_no', by.trackingNos];
    return db.many<MailingRow>(`SELECT ${COLUMNS} FROM mailing WHERE ${column} = ANY($1::text[]) ORDER BY mailing_id FOR UPDATE`, values);
  }

  /** Moves locked envelopes, each once, and the cards in them (CARD-3.2); `person` is who tells. */
  async move(db: Db, steps: readonly MailingStep[], { person, now }: { readonly person: string; readonly now: Date }): Promise<void> {
    const today = localDateInJapan(now);
    const ids = steps.map(({ mailing }) => mailing.mailingId);
    await db.run(
      `UPDATE mailing SET state = step.state, reason = coalesce(step.reason, mailing.reason), version = version + 1, moved_by = $1, moved_at = $2, told_at = coalesce(step.at, $2::timestamptz),
         tracking_no = coalesce(step.tracking, tracking_no), returned_on = CASE WHEN step.state = 'RETURNED' THEN $3 ELSE returned_on END
       FROM unnest($4::uuid[], $5::text[], $6::text[], $7::timestamptz[], $8::text[]) AS step (id, state, reason, at, tracking) WHERE mailing_id = id`,
      person, now.toISOString(), today, ids, steps.map(({ to }) => to), steps.map(({ reason }) => reason ?? null), steps.map(({ at }) => at?.toISOString() ?? null), steps.map(({ trackingNo }) => trackingNo ?? null),
    );
    const cards = steps.flatMap(({ mailing, to }) => { const state = cardStateAfter(to); return state === undefined ? [] : [{ id: mailing.mailingId, state }]; });
    if (cards.length > 0) {
      await db.run(
        "UPDATE notification_card card SET state = step.state FROM unnest($1::uuid[], $2::text[]) AS step (id, state) WHERE mailing_id = id AND card.state = 'ISSUED'",
        cards.map(({ id }) => id), cards.map(({ state }) => state),
      );
    }
    await this.tally.add(db, today, steps.map(({ mailing, to }) => ({ municipalityCode: mailing.municipalityCode, from: mailing.state, to })));
  }

  /** The return desk says why an envelope came back that the carrier has told of already. */
  async setReason(db: Db, mailingId: string, reason: string): Promise<void> {
    await db.run('UPDATE mailing SET reason = $2 WHERE mailing_id = $1', mailingId, reason);
  }

  async trackingNosInUse(db: Db, trackingNos: readonly string[]): Promise<Set<string>> {
    return new Set((await db.many<{ tracking_no: string }>('SELECT tracking_no FROM mailing WHERE tracking_no = ANY($1::text[])', trackingNos)).map((row) => row.tracking_no));
  }

  /** Application IDs of the sheets that belong into each envelope. */
  async sheetsOf(db: Db, mailingIds: readonly string[]): Promise<Map<string, string[]>> {
    const rows = await db.many<{ mailing_id: string; sheets: string[] }>('SELECT mailing_id, array_agg(application_id) AS sheets FROM application_form WHERE mailing_id = ANY($1::uuid[]) GROUP BY mailing_id', mailingIds);
    return new Map(rows.map((row) => [row.mailing_id, row.sheets]));
  }

  /** A measure that began after the planning: what goes to the person's registered address and is not printed yet, or is printed again, waits (JUKI-4.13). */
  async hold(db: Db, personKey: string, at: { readonly client: string; readonly now: Date }): Promise<Mailing[]> {
    const state: MailingState = 'AWAITING_DECISION';
    const held = await db.many<MailingRow & { readonly former: MailingState }>(
      `UPDATE mailing SET state = $2, version = version + 1, moved_by = $3, moved_at = $4
       FROM (SELECT mailing_id AS id, state AS former FROM mailing WHERE state IN ('PLANNED', 'SPOILED') AND NOT temporary_address
         AND mailing_id IN (SELECT mailing_id FROM notification_card WHERE person_key = $1 AND state = 'ISSUED') FOR UPDATE) unprinted
       WHERE mailing_id = id RETURNING ${COLUMNS}, former`,
      personKey, state, at.client, at.now.toISOString(),
    );
    if (held.length > 0) await this.tally.add(db, localDateInJapan(at.now), held.map(({ municipalityCode, former }) => ({ municipalityCode, from: former, to: state })));
    return held;
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
    await this.tally.add(db, localDateInJapan(to.now), [{ municipalityCode: mailing.municipalityCode, from: mailing.state, to: 'PLANNED' }]);
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
  async contents(db: Db, mailingId: string): Promise<Contents | undefined> {
    const row = await db.maybe<Omit<Contents, 'destination' | 'forms'> & { destination: Buffer }>(
      `SELECT municipality_code AS "municipalityCode", state, barcode, reason, returned_on AS "returnedOn", temporary_address AS "temporaryAddress", destination FROM mailing WHERE mailing_id = $1`, mailingId,
    );
    if (row === undefined) return undefined;
    const forms = await db.many<MailedForm & Row>(
      `SELECT card.line, card.person_key AS "personKey", card.state AS "cardState", form.application_id AS "applicationId"
       FROM notification_card card JOIN application_form form ON form.mailing_id = card.mailing_id AND form.person_key = card.person_key WHERE card.mailing_id = $1 ORDER BY card.line`,
      mailingId,
    );
    const opened = destination.parse(JSON.parse(this.cipher.decrypt(DESTINATION, row.destination)));
    return { ...row, destination: opened, forms };
  }

  /** The sheets of a lot that are to be printed, those of an envelope together. */
  async sheetsToPrint(db: Db, setId: string, lot: { readonly firstPosition: number; readonly lastPosition: number }): Promise<Sheet[]> {
    const rows = await db.many<Omit<Sheet, 'destination'> & { destination: Buffer } & Row>(
      `SELECT barcode, mailing.municipality_code AS "municipalityCode", members, destination, card.person_key AS "personKey", application_id AS "applicationId",
         row_number() OVER (PARTITION BY card.mailing_id ORDER BY card.line) AS sheet
       FROM mailing JOIN notification_card card USING (mailing_id) JOIN application_form form USING (mailing_id, person_key)
       WHERE set_id = $1 AND position BETWEEN $2 AND $3 AND mailing.state IN ('PLANNED', 'SPOILED') ORDER BY position, card.line`,
      setId, lot.firstPosition, lot.lastPosition,
    );
    return rows.map((row) => ({ ...row, destination: destination.parse(JSON.parse(this.cipher.decrypt(DESTINATION, row.destination))) }));
  }

  async heldSinceBefore(db: Db, municipalityCode: string | undefined, before: Date): Promise<number> {
    const count = (where: string, ...values: unknown[]): Promise<{ count: number }> => db.one<{ count: number }>(`SELECT count(*) AS count FROM mailing WHERE state = 'HELD_AT_POST' AND told_at < $1${where}`, before.toISOString(), ...values);
    const row = await (municipalityCode === undefined ? count('') : count(' AND municipality_code = $2', municipalityCode));
    return row.count;
  }
}

/** One sheet of an envelope: a notification card on its form. */
export interface Sheet {
  readonly barcode: string;
  readonly municipalityCode: string;
  readonly members: number;
  readonly sheet: number;
  readonly personKey: string;
  readonly applicationId: string;
  readonly destination: Destination;
}

/** An envelope with what is in it. */
export interface Contents {
  readonly municipalityCode: string;
  readonly state: MailingState;
  readonly barcode: string;
  readonly reason: string | null;
  readonly returnedOn: LocalDate | null;
  readonly temporaryAddress: boolean;
  readonly destination: Destination;
  readonly forms: readonly MailedForm[];
}

export interface MailedForm {
  readonly line: number;
  readonly personKey: string;
  readonly cardState: string;
  readonly applicationId: string;
}
