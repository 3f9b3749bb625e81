import type { Db, Row } from '#platform';
import type { CarrierStatus } from './mail-report.js';

/** What the carrier says of a letter. */
export interface CarrierResult {
  readonly trackingNo: string;
  readonly status: CarrierStatus;
  readonly at: Date;
}

/** Results that came before the posting list of their letters. */
export class CarrierResultStore {
  async keep(db: Db, results: readonly CarrierResult[]): Promise<void> {
    await db.run(
      'INSERT INTO carrier_result (tracking_no, status, at) SELECT * FROM unnest($1::text[], $2::text[], $3::timestamptz[]) ON CONFLICT DO NOTHING',
      results.map((one) => one.trackingNo), results.map((one) => one.status), results.map((one) => one.at.toISOString()),
    );
  }

  async takeOut(db: Db, trackingNos: readonly string[]): Promise<CarrierResult[]> {
    return db.many<CarrierResult & Row>('DELETE FROM carrier_result WHERE tracking_no = ANY($1::text[]) RETURNING tracking_no AS "trackingNo", status, at', trackingNos);
  }
}
