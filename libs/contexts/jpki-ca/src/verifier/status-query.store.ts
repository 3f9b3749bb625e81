import type { Db, Row } from '#platform';
import type { CaId } from '../ca/ca.js';
import type { CertificateState } from '../certificate/certificate.js';
import type { ReasonCode } from '../certificate/revocation-cause.js';
import type { IssuedLink, StatusRecord } from './status-query.js';

export interface QueriedRow extends Row {
  readonly ca: CaId;
  readonly serial: number;
  readonly type: string;
  readonly personKey: string;
  readonly state: CertificateState;
  readonly notBefore: Date;
  readonly notAfter: Date;
  readonly issuedAt: Date;
  readonly activatedAt: Date | null;
  readonly revokedAt: Date | null;
  readonly reason: ReasonCode | null;
}

export interface LinkRow extends IssuedLink, Row {
  readonly ca: CaId;
  readonly personKey: string;
  /** Not ended by its state; its validity may be over. */
  readonly inForce: boolean;
  readonly notAfter: Date;
}

export class StatusQueryStore {
  async certificates(db: Db, ca: CaId, serials: readonly number[]): Promise<QueriedRow[]> {
    return db.many<QueriedRow>(
      `SELECT c.ca, c.serial, c.type, c.person_key AS "personKey", c.state, c.not_before AS "notBefore", c.not_after AS "notAfter", c.issued_at AS "issuedAt",
         c.activated_at AS "activatedAt", r.revoked_at AS "revokedAt", r.reason
       FROM certificate c LEFT JOIN revoked r ON r.ca = c.ca AND r.serial = c.serial WHERE c.ca = $1 AND c.serial = ANY($2::bigint[])`,
      ca, serials,
    );
  }

  /** By serial, in the order of their dates; ids rise with time where dates are equal. */
  async records(db: Db, ca: CaId, serials: readonly number[]): Promise<Map<number, StatusRecord[]>> {
    const rows = await db.many<StatusRecord & { serial: number } & Row>(
      'SELECT serial, kind, reason, recorded_at AS "recordedAt" FROM revocation_record WHERE ca = $1 AND serial = ANY($2::bigint[]) ORDER BY recorded_at, id', ca, serials,
    );
    const bySerial = new Map<number, StatusRecord[]>();
    for (const row of rows) bySerial.set(row.serial, [...(bySerial.get(row.serial) ?? []), row]);
    return bySerial;
  }

  /** What these people have or had in force, in the order in which it came into force. */
  async links(db: Db, cas: readonly CaId[], personKeys: readonly string[]): Promise<LinkRow[]> {
    return db.many<LinkRow>(
      `SELECT c.ca, c.serial, c.person_key AS "personKey", c.state IN ('VALID', 'HELD') AS "inForce", c.not_after AS "notAfter",
         EXISTS (SELECT FROM revocation_record r WHERE r.ca = c.ca AND r.serial = c.serial AND r.cause = 'SUPERSEDED') AS replaced
       FROM certificate c WHERE c.ca = ANY($1::text[]) AND c.person_key = ANY($2::uuid[]) AND (c.activated_at IS NOT NULL OR c.state IN ('VALID', 'HELD'))
       ORDER BY coalesce(c.activated_at, c.not_before), c.serial`,
      cas, personKeys,
    );
  }
}
