import type { Db, Row } from '#platform';
import type { ApplicationState } from './application.js';

export interface Voided {
  readonly applicationId: string;
  readonly channel: string;
  readonly state: ApplicationState;
}

/** Applications that a move has voided and those that take their place, and the end of photos. */
export class CarryOverStore {
  async noteVoided(db: Db, applicationId: string, from: ApplicationState): Promise<void> {
    await db.run('UPDATE application SET voided_from = $2 WHERE application_id = $1', applicationId, from);
  }

  /** The last one that a move voided, whose photo is still there and which no other took over. */
  async lockVoided(db: Db, personKey: string): Promise<Voided | undefined> {
    return db.maybe<Voided & Row>(
      `SELECT application_id AS "applicationId", channel, voided_from AS state FROM application JOIN application_photo USING (application_id)
       WHERE person_key = $1 AND state = 'INVALIDATED' AND voided_from IS NOT NULL AND successor IS NULL ORDER BY received_at DESC LIMIT 1 FOR UPDATE OF application`,
      personKey,
    );
  }

  /** A new application with the wishes, the photo and the place in the queue of the old one. */
  async takeOver(db: Db, old: Voided, by: { readonly applicationId: string; readonly municipalityCode: string; readonly factVersion: number; readonly state: ApplicationState; readonly version: number }): Promise<void> {
    await db.run(
      `INSERT INTO application (application_id, person_key, municipality_code, channel, state, wish_sign, wish_auth, representative, photo_hash, codes, received_at, queued_at, version, fact_version,
         contact, language, findings, manual, deficient_until, token_hash, stay_awaited, stay_end)
       SELECT $2, person_key, $3, channel, $4, wish_sign, wish_auth, representative, photo_hash, codes, received_at, coalesce(queued_at, received_at), $5, $6, contact, language, findings, manual, deficient_until, token_hash, stay_awaited, stay_end
       FROM application WHERE application_id = $1`,
      old.applicationId, by.applicationId, by.municipalityCode, by.state, by.version, by.factVersion,
    );
    await db.run('INSERT INTO application_photo (application_id, original, normalised, sha256) SELECT $2, original, normalised, sha256 FROM application_photo WHERE application_id = $1', old.applicationId, by.applicationId);
    await db.run('INSERT INTO photo_band (band, value, application_id, person_key, hash) SELECT band, value, $2, person_key, hash FROM photo_band WHERE application_id = $1', old.applicationId, by.applicationId);
    await db.run('UPDATE application SET successor = $2, token_hash = NULL WHERE application_id = $1', old.applicationId, by.applicationId);
  }

  async hasPhotosToDate(db: Db, today: string): Promise<boolean> {
    const row = await db.one<{ due: boolean }>(
      `SELECT EXISTS (SELECT 1 FROM application WHERE photo_until IS NULL AND state IN ('FULFILLED', 'REFUSED', 'WITHDRAWN', 'LAPSED', 'INVALIDATED'))
         OR EXISTS (SELECT 1 FROM application JOIN application_photo USING (application_id) WHERE photo_until < $1) AS due`, today,
    );
    return row.due;
  }

  /** Dates the photos of what has ended, and removes those whose day is over; gives their number. */
  async endPhotos(db: Db, days: { readonly today: string; readonly until: string }, limit: number): Promise<number> {
    await db.run(
      `UPDATE application SET photo_until = $1 WHERE application_id IN (
         SELECT application_id FROM application WHERE photo_until IS NULL AND state IN ('FULFILLED', 'REFUSED', 'WITHDRAWN', 'LAPSED', 'INVALIDATED') LIMIT $2)`,
      days.until, limit,
    );
    return db.run(
      'DELETE FROM application_photo WHERE application_id IN (SELECT application_id FROM application JOIN application_photo USING (application_id) WHERE photo_until < $1 LIMIT $2)',
      days.today, limit,
    );
  }
}
