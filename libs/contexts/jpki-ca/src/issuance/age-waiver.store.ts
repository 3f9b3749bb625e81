import { uuidv7, type Db } from '#platform';

/** Whose certificate it is, and the municipality whose clerks decide. */
export interface WaiverPlace {
  readonly personKey: string;
  readonly municipalityCode: string;
}

/** Each word counts for a day: the holder stands at the window. */
export class AgeWaiverStore {
  /** One that waits for the second clerk. Only with the holder's lock. */
  async asked(db: Db, { personKey, municipalityCode }: WaiverPlace, now: Date): Promise<{ readonly id: string; readonly askedBy: string } | undefined> {
    return db.maybe<{ id: string; askedBy: string }>(
      `SELECT id, asked_by AS "askedBy" FROM age_waiver WHERE person_key = $1 AND municipality_code = $2 AND given_at IS NULL AND asked_at > $3::timestamptz - interval '1 day' ORDER BY asked_at DESC LIMIT 1`,
      personKey, municipalityCode, now.toISOString(),
    );
  }

  async ask(db: Db, { personKey, municipalityCode }: WaiverPlace, { reason, by, at }: { readonly reason: string; readonly by: string; readonly at: Date }): Promise<void> {
    await db.run('INSERT INTO age_waiver (id, person_key, municipality_code, reason, asked_by, asked_at) VALUES ($1, $2, $3, $4, $5, $6)', uuidv7(), personKey, municipalityCode, reason, by, at.toISOString());
  }

  async give(db: Db, id: string, by: string, at: Date): Promise<void> {
    await db.run('UPDATE age_waiver SET given_by = $2, given_at = $3 WHERE id = $1', id, by, at.toISOString());
  }

  async isGiven(db: Db, { personKey, municipalityCode }: WaiverPlace, now: Date): Promise<boolean> {
    return (await db.maybe("SELECT 1 FROM age_waiver WHERE person_key = $1 AND municipality_code = $2 AND given_at > $3::timestamptz - interval '1 day'", personKey, municipalityCode, now.toISOString())) !== undefined;
  }
}
