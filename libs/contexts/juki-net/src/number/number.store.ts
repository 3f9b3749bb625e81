import type { Db, FieldCipher, Row } from '#platform';

/** The person to whom a number belongs, as far as taking it in needs it. */
export interface NumberHolder extends Row {
  readonly person_key: string;
  readonly fact_version: number;
  readonly municipality_code: string;
  readonly number_seq: number | null;
}

export interface TakenNumber {
  readonly personKey: string;
  readonly number: string;
  readonly seq: number;
  readonly factVersion: number;
  readonly day: string;
  readonly reason: string;
}

/** Individual numbers of persons: encrypted, with a blind index for look-up. */
export class NumberStore {
  constructor(private readonly cipher: FieldCipher) {}

  async lockHolders(db: Db, personKeys: readonly string[]): Promise<Map<string, NumberHolder>> {
    const rows = await db.many<NumberHolder>(
      `SELECT found.* FROM unnest($1::uuid[]) AS asked (person_key)
       CROSS JOIN LATERAL (SELECT p.person_key, p.fact_version, p.municipality_code, p.number_seq FROM person p WHERE p.person_key = asked.person_key FOR UPDATE) AS found`,
      [...personKeys].sort(),
    );
    return new Map(rows.map((row) => [row.person_key, row]));
  }

  async write(db: Db, taken: readonly TakenNumber[]): Promise<void> {
    if (taken.length === 0) return;
    const personKeys = taken.map((entry) => entry.personKey);
    await db.run(
      `UPDATE person SET individual_number = t.sealed, number_seq = t.seq, fact_version = t.fact_version, changed_on = t.day, change_reason = t.reason
       FROM unnest($1::uuid[], $2::bytea[], $3::int[], $4::int[], $5::date[], $6::text[]) AS t (person_key, sealed, seq, fact_version, day, reason)
       WHERE person.person_key = t.person_key`,
      personKeys,
      taken.map((entry) => this.cipher.encrypt('person.individual_number', entry.number)),
      taken.map((entry) => entry.seq),
      taken.map((entry) => entry.factVersion),
      taken.map((entry) => entry.day),
      taken.map((entry) => entry.reason),
    );
    await db.run(
      'INSERT INTO individual_number (number_index, person_key) SELECT * FROM unnest($1::bytea[], $2::uuid[]) ON CONFLICT DO NOTHING',
      taken.map((entry) => this.cipher.blindIndex('individual-number', entry.number)),
      personKeys,
    );
  }
}
