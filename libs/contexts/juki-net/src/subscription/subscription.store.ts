import type { LocalDate } from '#kernel';
import type { Db, FieldCipher, Row } from '#platform';
import type { FoundPerson } from '../inquiry/inquiry.js';
import type { KeyKind } from '../inquiry/grant.js';
import { EFFECTIVE_STATUS } from '../resident/person-view.store.js';
import type { Digest } from './feed-line.js';
import type { Listed, Subscription } from './subscription.js';

/** A listed person whose state differs from the one last compared. */
export interface ChangedPerson {
  readonly personKey: string;
  readonly requesterRef: string;
  readonly keyKind: KeyKind;
  readonly toldResult: string | undefined;
  readonly told: Buffer;
}

/** What will have been compared of a person, and what told. */
export interface SeenPerson {
  readonly person: FoundPerson;
  readonly toldResult: string | undefined;
  readonly told: Buffer;
}

export interface NewPerson extends SeenPerson {
  readonly requesterRef: string;
  readonly ref: string;
  readonly keyKind: KeyKind;
}

export interface NotifiedChange extends Row {
  readonly personKey: string;
  readonly reason: string;
  /** Day of arrival. */
  readonly day: string;
}

const SUBSCRIPTION = `SELECT subscription_id AS "subscriptionId", institution, organisation, number, grant_id AS "grantId", reasons,
  json_strip_nulls(json_build_object('every', every, 'day', day)) AS calendar, state, persons, next_on AS "nextOn", compared_at AS "comparedAt", job_id AS "jobId", batch_id AS "batchId"
  FROM change_subscription`;
const REF = 'change_subscription_person.requester_ref';

/** Subscriptions and their lists. */
export class SubscriptionStore {
  constructor(private readonly cipher: FieldCipher) {}

  readonly digest: Digest = ({ personKey }, item, text) => this.cipher.blindIndex('told-item', `${personKey}/${item}/${text}`);

  refIndex(subscriptionId: string, requesterRef: string): string {
    return this.cipher.blindIndex('requester-ref', `${subscriptionId}/${requesterRef}`).toString('hex');
  }

  /** The next number of the organisation; until the transaction ends nobody else gets it. */
  async nextNumber(db: Db, { institution, organisation }: Pick<Subscription, 'institution' | 'organisation'>): Promise<number> {
    await db.many('SELECT pg_advisory_xact_lock(hashtextextended($1, 0))', `subscription/${institution}/${organisation}`);
    const { number } = await db.one<{ number: number }>(
      'SELECT coalesce(max(number), 0) + 1 AS number FROM change_subscription WHERE institution = $1 AND organisation = $2', institution, organisation,
    );
    return number;
  }

  /** False when the id is in use. */
  async add(db: Db, subscription: Subscription, at: Date): Promise<boolean> {
    const { subscriptionId, institution, organisation, number, grantId, reasons, calendar, state, nextOn } = subscription;
    return (await db.run(
      `INSERT INTO change_subscription (subscription_id, institution, organisation, number, grant_id, reasons, every, day, state, next_on, compared_at, created_at, changed_at)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $11, $11) ON CONFLICT (subscription_id) DO NOTHING`,
      subscriptionId, institution, organisation, number, grantId, reasons, calendar.every, calendar.day ?? null, state, nextOn, at.toISOString(),
    )) === 1;
  }

  async find(db: Db, subscriptionId: string): Promise<Subscription | undefined> {
    return db.maybe<Subscription & Row>(`${SUBSCRIPTION} WHERE subscription_id = $1`, subscriptionId);
  }

  /** Lists, files and settings of a subscription change one after the other. */
  async lock(db: Db, subscriptionId: string): Promise<Subscription | undefined> {
    return db.maybe<Subscription & Row>(`${SUBSCRIPTION} WHERE subscription_id = $1 FOR UPDATE`, subscriptionId);
  }

  async list(db: Db, page: { readonly owner: { institution: string; organisation: string } | undefined; readonly after: string | undefined; readonly limit: number }): Promise<Subscription[]> {
    return db.many<Subscription & Row>(
      `${SUBSCRIPTION} WHERE ($1::text IS NULL OR (institution = $1 AND organisation = $2)) AND ($3::uuid IS NULL OR subscription_id > $3) ORDER BY subscription_id LIMIT $4`,
      page.owner?.institution ?? null, page.owner?.organisation ?? null, page.after ?? null, page.limit,
    );
  }

  async due(db: Db, today: LocalDate): Promise<Subscription[]> {
    return db.many<Subscription & Row>(`${SUBSCRIPTION} WHERE state = 'ACTIVE' AND next_on <= $1 ORDER BY subscription_id FOR UPDATE`, today);
  }

  async set(db: Db, { subscriptionId, reasons, calendar, state, nextOn }: Subscription, at: Date): Promise<void> {
    await db.run(
      'UPDATE change_subscription SET reasons = $2, every = $3, day = $4, state = $5, next_on = $6, changed_at = $7 WHERE subscription_id = $1',
      subscriptionId, reasons, calendar.every, calendar.day ?? null, state, nextOn, at.toISOString(),
    );
  }

  async setJob(db: Db, { subscriptionId, nextOn, jobId, batchId }: Subscription): Promise<void> {
    await db.run('UPDATE change_subscription SET next_on = $2, job_id = $3, batch_id = $4 WHERE subscription_id = $1', subscriptionId, nextOn, jobId, batchId);
  }

  async compared(db: Db, subscriptionId: string, at: Date): Promise<void> {
    await db.run('UPDATE change_subscription SET compared_at = $2 WHERE subscription_id = $1', subscriptionId, at.toISOString());
  }

  async listed(db: Db, subscriptionId: string, asked: { readonly personKeys: readonly string[]; readonly refs: readonly string[] }): Promise<Listed> {
    const rows = await db.many<{ person_key: string; ref: string }>(
      `SELECT person_key, encode(ref_index, 'hex') AS ref FROM change_subscription_person WHERE subscription_id = $1 AND person_key = ANY($2::uuid[])
       UNION SELECT person_key, encode(ref_index, 'hex') FROM change_subscription_person WHERE subscription_id = $1 AND ref_index = ANY($3::bytea[])`,
      subscriptionId, asked.personKeys, asked.refs.map((ref) => Buffer.from(ref, 'hex')),
    );
    return { refOfPerson: new Map(rows.map((row) => [row.person_key, row.ref])), personOfRef: new Map(rows.map((row) => [row.ref, row.person_key])) };
  }

  async addPersons(db: Db, subscriptionId: string, persons: readonly NewPerson[]): Promise<void> {
    if (persons.length === 0) return;
    await db.copyIn(
      'change_subscription_person(subscription_id, person_key, ref_index, requester_ref, key_kind, seen_version, seen_status, seen_protected, told_result, told)',
      persons.map(({ person, ref, requesterRef, keyKind, toldResult, told }) => [
        subscriptionId, person.personKey, Buffer.from(ref, 'hex'), this.cipher.encrypt(REF, requesterRef), keyKind, person.factVersion, person.status, person.isProtected, toldResult ?? null, told,
      ]),
    );
    await db.run('UPDATE change_subscription SET persons = persons + $2 WHERE subscription_id = $1', subscriptionId, persons.length);
  }

  /** The persons of these references or keys, or all; tells who they were. */
  async removePersons(db: Db, subscriptionId: string, which: { readonly refs?: readonly string[]; readonly personKeys?: readonly string[] }): Promise<string[]> {
    const rows = await db.many<{ person_key: string }>(
      `WITH gone AS (DELETE FROM change_subscription_person WHERE subscription_id = $1 AND ($2::bytea[] IS NULL OR ref_index = ANY($2::bytea[]))
              AND ($3::uuid[] IS NULL OR person_key = ANY($3::uuid[])) RETURNING person_key),
            counted AS (UPDATE change_subscription SET persons = persons - (SELECT count(*) FROM gone) WHERE subscription_id = $1)
       SELECT person_key FROM gone`,
      subscriptionId, which.refs?.map((ref) => Buffer.from(ref, 'hex')) ?? null, which.personKeys ?? null,
    );
    return rows.map((row) => row.person_key);
  }

  /** The last of the next listed persons in the order of their keys, and how many they are. */
  async page(db: Db, subscriptionId: string, { after, limit }: { readonly after: string; readonly limit: number }): Promise<{ readonly last: string; readonly count: number } | undefined> {
    return db.maybe<{ last: string; count: number }>(
      `SELECT person_key AS last, count(*) OVER () AS count FROM (
         SELECT person_key FROM change_subscription_person WHERE subscription_id = $1 AND person_key > $2 ORDER BY person_key LIMIT $3) AS page ORDER BY person_key DESC LIMIT 1`,
      subscriptionId, after, limit,
    );
  }

  /** Listed persons of a page whose state is not the one last compared; of those that are gone from the register too. */
  async changed(db: Db, subscriptionId: string, page: { readonly after: string; readonly last: string; readonly today: LocalDate }): Promise<ChangedPerson[]> {
    const rows = await db.many<{ person_key: string; requester_ref: Buffer; key_kind: KeyKind; told_result: string | null; told: Buffer }>(
      `SELECT person_key, requester_ref, key_kind, told_result, told FROM (
         SELECT l.*, p.fact_version, ${EFFECTIVE_STATUS},
           EXISTS (SELECT FROM support_measure m WHERE m.person_key = l.person_key AND $2::date BETWEEN m.starts_on AND m.ends_on) AS is_protected
         FROM change_subscription_person l LEFT JOIN person p ON p.person_key = l.person_key
         WHERE l.subscription_id = $1 AND l.person_key > $3 AND l.person_key <= $4) AS state
       WHERE told_result IS NULL OR fact_version IS DISTINCT FROM seen_version OR status IS DISTINCT FROM seen_status OR is_protected <> seen_protected
       ORDER BY person_key`,
      subscriptionId, page.today, page.after, page.last,
    );
    return rows.map((row) => ({
      personKey: row.person_key, requesterRef: this.cipher.decrypt(REF, row.requester_ref), keyKind: row.key_kind, toldResult: row.told_result ?? undefined, told: row.told,
    }));
  }

  async seen(db: Db, subscriptionId: string, persons: readonly SeenPerson[]): Promise<void> {
    if (persons.length === 0) return;
    await db.run(
      `UPDATE change_subscription_person l SET seen_version = s.version, seen_status = s.status, seen_protected = s.protected, told_result = s.result, told = s.told
       FROM unnest($2::uuid[], $3::int[], $4::text[], $5::boolean[], $6::text[], $7::bytea[]) AS s (person_key, version, status, protected, result, told)
       WHERE l.subscription_id = $1 AND l.person_key = s.person_key`,
      subscriptionId, persons.map(({ person }) => person.personKey), persons.map(({ person }) => person.factVersion), persons.map(({ person }) => person.status),
      persons.map(({ person }) => person.isProtected), persons.map(({ toldResult }) => toldResult ?? null), persons.map(({ told }) => told),
    );
  }

  /** Applied notices about persons that came since a moment, found by the places of their records: the key begins with the municipality. */
  async notified(db: Db, personKeys: readonly string[], since: Date): Promise<NotifiedChange[]> {
    return db.many<NotifiedChange>(
      `SELECT DISTINCT n.person_key AS "personKey", n.change_reason AS reason, (n.received_at AT TIME ZONE 'Asia/Tokyo')::date AS day
       FROM (SELECT DISTINCT s.person_key, s.municipality_code FROM unnest($1::uuid[]) AS asked (person_key) JOIN segment s ON s.person_key = asked.person_key) AS place
       JOIN change_notice n ON n.municipality_code = place.municipality_code AND n.person_key = place.person_key
       WHERE n.state = 'APPLIED' AND n.received_at >= $2`,
      personKeys, since.toISOString(),
    );
  }

  /** Persons as they come in the order of their keys, which are random: a sample of the list. */
  async sample(db: Db, subscriptionId: string, limit: number): Promise<string[]> {
    const rows = await db.many<{ person_key: string }>('SELECT person_key FROM change_subscription_person WHERE subscription_id = $1 ORDER BY person_key LIMIT $2', subscriptionId, limit);
    return rows.map((row) => row.person_key);
  }

  /** What the organisation's batches under a grant were answered since a moment. */
  async habit(db: Db, owner: { readonly institution: string; readonly organisation: string; readonly grantId: string }, since: Date): Promise<{ readonly batches: number; readonly lines: number }> {
    return db.one<{ batches: number; lines: number }>(
      `SELECT count(*) AS batches, coalesce(sum(answered), 0) AS lines FROM provision_batch
       WHERE institution = $1 AND organisation = $2 AND grant_id = $3 AND subscription_id IS NULL AND received_at >= $4`,
      owner.institution, owner.organisation, owner.grantId, since.toISOString(),
    );
  }
}
