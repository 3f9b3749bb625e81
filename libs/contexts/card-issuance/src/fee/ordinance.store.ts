import type { LocalDate } from '#kernel';
import type { Db, Row } from '#platform';
import { NATIONAL_DEFAULT, type Ordinance } from './ordinance.js';

/** Provisions of municipal ordinances, each from a day on. */
export class OrdinanceStore {
  /** What holds on a day; the national default where nothing was recorded. */
  async on(db: Db, municipalityCode: string, day: LocalDate): Promise<Ordinance> {
    const row = await db.maybe<Ordinance & Row>(
      `SELECT card_yen AS "cardYen", certificates_yen AS "certificatesYen", waivers, uncollected_months AS "uncollectedMonths"
       FROM card_ordinance WHERE municipality_code = $1 AND valid_from <= $2 ORDER BY valid_from DESC LIMIT 1`,
      municipalityCode, day,
    );
    return row ?? NATIONAL_DEFAULT;
  }

  /** False when there are provisions from that day on already. */
  async add(db: Db, at: { readonly municipalityCode: string; readonly validFrom: string; readonly now: Date }, { cardYen, certificatesYen, waivers, uncollectedMonths }: Ordinance): Promise<boolean> {
    const added = await db.run(
      `INSERT INTO card_ordinance (municipality_code, valid_from, card_yen, certificates_yen, waivers, uncollected_months, recorded_at)
       VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT DO NOTHING`,
      at.municipalityCode, at.validFrom, cardYen, certificatesYen, waivers, uncollectedMonths, at.now.toISOString(),
    );
    return added > 0;
  }
}
