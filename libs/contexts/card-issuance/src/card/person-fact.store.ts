import type { LocalDate } from '#kernel';
import type { Db } from '#platform';
import type { Card } from './card.js';
import type { PersonChange } from './person-change.js';

/** How far the facts of people with applications or cards were followed, and deadlines that came of it. */
export class PersonFactStore {
  /** Most residents have neither application nor card: one look, no row. */
  async concernsUs(db: Db, personKey: string): Promise<boolean> {
    const row = await db.one<{ concerns: boolean }>('SELECT EXISTS (SELECT 1 FROM application_form f JOIN application USING (application_id) WHERE f.person_key = $1) AS concerns', personKey);
    return row.concerns;
  }

  /** False when this or a later version was applied before. */
  async advance(db: Db, personKey: string, factVersion: number): Promise<boolean> {
    const rows = await db.run(
      `INSERT INTO person_fact (person_key, fact_version) VALUES ($1, $2)
       ON CONFLICT (person_key) DO UPDATE SET fact_version = excluded.fact_version WHERE person_fact.fact_version < excluded.fact_version`,
      personKey, factVersion,
    );
    return rows === 1;
  }

  async cardsToLookAt(db: Db, personKey: string): Promise<{ readonly cardSerial: string }[]> {
    return db.many<{ cardSerial: string }>(
      `SELECT card_serial AS "cardSerial" FROM card WHERE person_key = $1 AND state NOT IN ('EXPIRED', 'ABOLISHED', 'COLLECTED', 'DESTROYED', 'DEFECTIVE', 'CANCELLED') ORDER BY card_serial`,
      personKey,
    );
  }

  async openContinuedUse(db: Db, { card, change, lastDay }: { readonly card: Card; readonly change: PersonChange; readonly lastDay: LocalDate }): Promise<void> {
    await db.run(
      'INSERT INTO continued_use (card_serial, fact_version, person_key, municipality_code, notified_on, last_day) VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT DO NOTHING',
      card.cardSerial, change.factVersion, card.personKey, change.municipalityCode, change.toldOn, lastDay,
    );
  }
}
