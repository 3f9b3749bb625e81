import type { Db, Row } from '#platform';
import type { AbolishReason } from './card.js';
import type { PersonChange } from './person-change.js';

type WaitingRow = Omit<PersonChange, 'abolish' | 'personKey'> & { readonly abolish: AbolishReason | null } & Row;

/** How far the facts of people with applications or cards were followed, and deadlines that came of it. */
export class PersonFactStore {
  /** Those of the people who have an application or card; most residents have neither and leave no row. */
  async concernUs(db: Db, personKeys: readonly string[]): Promise<Set<string>> {
    const rows = await db.many<{ person_key: string }>(
      `SELECT person_key FROM unnest($1::uuid[]) AS told (person_key)
       WHERE EXISTS (SELECT 1 FROM application_form f JOIN application USING (application_id) WHERE f.person_key = told.person_key)`,
      personKeys,
    );
    return new Set(rows.map((row) => row.person_key));
  }

  /** Two notices of one person wait for each other here. */
  async lockPerson(db: Db, personKey: string): Promise<void> {
    await db.run("SELECT pg_advisory_xact_lock(hashtextextended('card-person:' || $1::text, 0))", personKey);
  }

  /** The version up to which the person was followed: the last one applied, else the facts of the first application or card; undefined where neither is known. */
  async followedUpTo(db: Db, personKey: string): Promise<number | undefined> {
    const row = await db.one<{ version: number | null }>(
      `SELECT coalesce(
         (SELECT fact_version FROM person_fact WHERE person_key = $1),
         (SELECT min(application.fact_version) FROM application_form form JOIN application USING (application_id) WHERE form.person_key = $1),
         (SELECT min(fact_version) FROM card WHERE person_key = $1)) AS version`,
      personKey,
    );
    return row.version ?? undefined;
  }

  async setFollowed(db: Db, personKey: string, factVersion: number): Promise<void> {
    await db.run('INSERT INTO person_fact (person_key, fact_version) VALUES ($1, $2) ON CONFLICT (person_key) DO UPDATE SET fact_version = excluded.fact_version', personKey, factVersion);
  }

  async keepWaiting(db: Db, change: PersonChange, now: Date): Promise<void> {
    await db.run(
      'INSERT INTO person_notice (person_key, fact_version, kind, abolish, municipality_code, told_on, fact_date, arrived_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT DO NOTHING',
      change.personKey, change.factVersion, change.kind, change.abolish ?? null, change.municipalityCode, change.toldOn, change.on, now.toISOString(),
    );
  }

  /** Notices up to this version say nothing any more. */
  async dropWaiting(db: Db, personKey: string, factVersion: number): Promise<void> {
    await db.run('DELETE FROM person_notice WHERE person_key = $1 AND fact_version <= $2', personKey, factVersion);
  }

  /** Takes the person's next waiting notice out, if it is of this version; without a version, the lowest. */
  async takeWaiting(db: Db, personKey: string, factVersion?: number): Promise<PersonChange | undefined> {
    const row = await db.maybe<WaitingRow>(
      `DELETE FROM person_notice WHERE person_key = $1 AND fact_version = coalesce($2, (SELECT min(fact_version) FROM person_notice WHERE person_key = $1))
       RETURNING fact_version AS "factVersion", kind, abolish, municipality_code AS "municipalityCode", told_on AS "toldOn", coalesce(fact_date, told_on) AS "on"`,
      personKey, factVersion ?? null,
    );
    if (row === undefined) return undefined;
    const { factVersion: version, kind, abolish, municipalityCode, toldOn, on } = row;
    return { personKey, factVersion: version, kind, municipalityCode, toldOn, on, ...(abolish === null ? {} : { abolish }) };
  }

  /** People of whom a notice has waited since before `before`. */
  async waitingTooLong(db: Db, before: Date, limit: number): Promise<string[]> {
    const rows = await db.many<{ person_key: string }>(
      'SELECT DISTINCT person_key FROM person_notice WHERE arrived_at <= $1 ORDER BY person_key LIMIT $2', before.toISOString(), limit,
    );
    return rows.map((row) => row.person_key);
  }

  /** With the version of the facts that the card was made of, which a preset does not raise. */
  async cardsToLookAt(db: Db, personKey: string): Promise<{ readonly cardSerial: string; readonly madeOf: number }[]> {
    return db.many<{ cardSerial: string; madeOf: number }>(
      `SELECT card_serial AS "cardSerial", record.fact_version AS "madeOf" FROM card JOIN production_record record USING (card_serial)
       WHERE card.person_key = $1 AND card.state NOT IN ('EXPIRED', 'ABOLISHED', 'COLLECTED', 'DESTROYED', 'DEFECTIVE', 'CANCELLED') ORDER BY card_serial`,
      personKey,
    );
  }
}
