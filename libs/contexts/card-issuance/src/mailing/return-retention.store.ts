import type { Db } from '#platform';
import { LEAST_MONTHS_KEPT } from './mailing.js';

/** For how many months a municipality keeps envelopes that came back (CARD-4.2). */
export class ReturnRetentionStore {
  async monthsOf(db: Db, municipalityCode: string): Promise<number> {
    const row = await db.maybe<{ months: number }>('SELECT months FROM return_retention WHERE municipality_code = $1', municipalityCode);
    return row?.months ?? LEAST_MONTHS_KEPT;
  }

  async set(db: Db, municipalityCode: string, months: number, at: { readonly person: string; readonly now: Date }): Promise<void> {
    await db.run(
      `INSERT INTO return_retention (municipality_code, months, changed_by, changed_at) VALUES ($1, $2, $3, $4)
       ON CONFLICT (municipality_code) DO UPDATE SET months = excluded.months, changed_by = excluded.changed_by, changed_at = excluded.changed_at`,
      municipalityCode, months, at.person, at.now.toISOString(),
    );
  }
}
