import type { Db, Row } from '#platform';

/** Numbers of a municipality's sequence below its highest one that were not taken in: lost, or refused and not sent again. */
export interface SequenceGap {
  readonly municipalityCode: string;
  readonly firstSeq: number;
  readonly lastSeq: number;
  /** The open order to send some of them again. */
  readonly orderId: string | null;
}

export class MunicipalSequenceStore {
  /** By municipality and number; `within` is the beginning of the municipality codes. */
  async gaps(db: Db, page: { within: string; after: { municipalityCode: string; firstSeq: number }; limit: number }): Promise<SequenceGap[]> {
    return db.many<SequenceGap & Row>(
      `SELECT m.municipality_code AS "municipalityCode", lower(gap) AS "firstSeq", upper(gap) - 1 AS "lastSeq",
         (SELECT order_id FROM resend_order o WHERE o.municipality_code = m.municipality_code AND o.state = 'OPEN' AND int8range(o.first_seq, o.last_seq, '[]') && gap
          ORDER BY order_id LIMIT 1) AS "orderId"
       FROM municipal_sequence m CROSS JOIN unnest(m.gaps) AS gap
       WHERE starts_with(m.municipality_code, $1) AND (m.municipality_code, lower(gap)) > ($2, $3::bigint) ORDER BY 1, 2 LIMIT $4`,
      page.within, page.after.municipalityCode, page.after.firstSeq, page.limit,
    );
  }
}

/** The server of a municipality that gets another code goes on with its numbers; of several that join, the new one's begin with 1. */
export async function passSequence(db: Db, ended: readonly string[], newCode: string): Promise<void> {
  if (ended.length !== 1) return;
  await db.run('INSERT INTO municipal_sequence SELECT $2, highest, gaps FROM municipal_sequence WHERE municipality_code = $1 ON CONFLICT DO NOTHING', ended[0], newCode);
}
