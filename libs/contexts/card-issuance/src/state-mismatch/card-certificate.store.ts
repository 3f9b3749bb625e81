import type { Db, Row } from '#platform';

export interface CardCertificateState {
  readonly type: string;
  readonly serial: string;
  readonly state: string;
  readonly reasonClass: string | null;
  readonly notAfter: Date;
  readonly recordedAt: Date;
}

/** What the certification authority told last of the certificates on the cards. */
export class CardCertificateStore {
  /** A later word of a certificate replaces an earlier one; the order of arrival does not matter, nor how often it comes (CARD-4.13). */
  async keep(db: Db, told: Omit<CardCertificateState, 'notAfter' | 'recordedAt'> & { readonly ca: string; readonly cardSerial: string; readonly notAfter: string; readonly recordedAt: string; readonly sequence: number }): Promise<void> {
    await db.run(
      `INSERT INTO card_certificate (ca, serial, card_serial, type, state, reason_class, not_after, sequence, recorded_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
       ON CONFLICT (ca, serial) DO UPDATE SET state = excluded.state, reason_class = excluded.reason_class, sequence = excluded.sequence, recorded_at = excluded.recorded_at
       WHERE card_certificate.sequence < excluded.sequence`,
      told.ca, told.serial, told.cardSerial, told.type, told.state, told.reasonClass, told.notAfter, told.sequence, told.recordedAt,
    );
  }

  async ofCard(db: Db, cardSerial: string): Promise<CardCertificateState[]> {
    return db.many<CardCertificateState & Row>(
      'SELECT type, serial, state, reason_class AS "reasonClass", not_after AS "notAfter", recorded_at AS "recordedAt" FROM card_certificate WHERE card_serial = $1 ORDER BY type, serial',
      cardSerial,
    );
  }
}
