import type { Db, FieldCipher, Row } from '#platform';
import { copyIdentifiers } from '../prefecture/prefecture-record.store.js';

/** The person to whom a number belongs, as far as taking it in needs it. */
export interface NumberHolder extends Row {
  readonly person_key: string;
  readonly fact_version: number;
  readonly municipality_code: string;
  readonly number_seq: number | null;
  readonly individual_number: Buffer | null;
}

export interface TakenNumber {
  readonly personKey: string;
  readonly number: string;
  /** The number that it replaces, as stored. */
  readonly former: Buffer | null;
  readonly seq: number;
  readonly factVersion: number;
  readonly day: string;
  readonly reason: string;
}

const NUMBER = 'person.individual_number';

/** Individual numbers of persons: encrypted, with a blind index for look-up. */
export class NumberStore {
  constructor(private readonly cipher: FieldCipher) {}

  async lockHolders(db: Db, personKeys: readonly string[]): Promise<Map<string, NumberHolder>> {
    const rows = await db.many<NumberHolder>(
      `SELECT found.* FROM unnest($1::uuid[]) AS asked (person_key)
       CROSS JOIN LATERAL (SELECT p.person_key, p.fact_version, p.municipality_code, p.number_seq, p.individual_number FROM person p WHERE p.person_key = asked.person_key FOR UPDATE) AS found`,
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
      taken.map((entry) => this.cipher.encrypt(NUMBER, entry.number)),
      taken.map((entry) => entry.seq),
      taken.map((entry) => entry.factVersion),
      taken.map((entry) => entry.day),
      taken.map((entry) => entry.reason),
    );
    // A former number names nobody here any more; numbering tells those who may know that it was superseded (NUM-4.8).
    const former = taken.flatMap((entry) => (entry.former === null ? [] : [this.cipher.blindIndex('individual-number', this.cipher.decrypt(NUMBER, entry.former))]));
    if (former.length > 0) await db.run('DELETE FROM individual_number WHERE number_index = ANY($1::bytea[])', former);
    await db.run(
      'INSERT INTO individual_number (number_index, person_key) SELECT * FROM unnest($1::bytea[], $2::uuid[]) ON CONFLICT DO NOTHING',
      taken.map((entry) => this.cipher.blindIndex('individual-number', entry.number)),
      personKeys,
    );
    await copyIdentifiers(db, personKeys);
  }
}
