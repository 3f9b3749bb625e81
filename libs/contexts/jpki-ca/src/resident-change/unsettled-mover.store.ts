import type { LocalDate } from '#kernel';
import type { Db } from '#platform';
import type { CaId } from '../ca/ca.js';

export interface UnsettledMover {
  readonly personKey: string;
  readonly ca: CaId;
  readonly serial: number;
  readonly cardSerial: string;
  readonly leftOn: string;
}

/** Holders who moved out of a municipality and of whom no entry was told. */
export class MoverStore {
  /**
   * By the last place that the notices tell, since a move-out may be told after the entry elsewhere (JUKI-4.5 V1); who came back to
   * the same municipality was entered there again later.
   */
  async withoutEntry(db: Db, asked: { readonly municipalityCode: string; readonly leftBefore: LocalDate; readonly after: string | undefined; readonly limit: number; readonly now: Date }): Promise<UnsettledMover[]> {
    const { ca, serial } = placeOf(asked.after);
    return db.many<UnsettledMover & Record<string, unknown>>(
      `SELECT c.person_key AS "personKey", c.ca, c.serial, c.card_serial AS "cardSerial", max(n.fact_date) AS "leftOn"
       FROM resident_change_notice n JOIN person_progress p ON p.person_key = n.person_key AND p.municipality_code = n.municipality_code AND p.applied >= n.fact_version
       JOIN certificate c ON c.person_key = n.person_key AND c.state IN ('ISSUED_INACTIVE', 'VALID', 'HELD') AND c.not_after >= $5
       WHERE n.kind = 'moved-out' AND NOT n.abroad AND n.municipality_code = $1 AND n.fact_date < $2 AND (c.ca, c.serial) > ($3, $4::bigint)
         AND NOT EXISTS (SELECT FROM resident_change_notice later WHERE later.person_key = n.person_key AND later.fact_version > n.fact_version
           AND later.kind IN ('entered', 'moved-in') AND later.municipality_code = n.municipality_code)
       GROUP BY c.person_key, c.ca, c.serial, c.card_serial ORDER BY c.ca, c.serial LIMIT $6`,
      asked.municipalityCode, asked.leftBefore, ca, serial, asked.now.toISOString(), asked.limit,
    );
  }
}

function placeOf(after: string | undefined): { readonly ca: string; readonly serial: number } {
  const [ca = '', serial = '0'] = after?.split(':') ?? [];
  return { ca, serial: Number.parseInt(serial, 16) };
}
