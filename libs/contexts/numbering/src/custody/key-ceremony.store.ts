import type { Db, KeyStore, Row } from '#platform';
import type { Ceremony, ORIGINS } from './custody.js';
import type { Restoration } from './key-share.js';

export interface CeremonyRecord extends Ceremony, Row {
  readonly ceremonyId: string;
  readonly origin: (typeof ORIGINS)[number];
  readonly custody: KeyStore['kind'];
  /** A key for the mass numbering, which is sealed; else it stays in the token. */
  readonly working: boolean;
  /** Of the training realm. */
  readonly training: boolean;
  readonly minutes: string | null;
  readonly keyLabel: string;
  readonly keyCheckValue: string | null;
  readonly sealedKey: Buffer | null;
  readonly restorations: readonly Restoration[];
  /** Counts the states, as the sequence of their events. */
  readonly version: number;
}

const COLUMNS = `ceremony_id AS "ceremonyId", origin, state, held_on::text AS "heldOn", custody, working, training, custodians, minutes, minutes_by AS "minutesBy", key_label AS "keyLabel",
  key_check_value AS "keyCheckValue", sealed_key AS "sealedKey", activated_at AS "activatedAt", rotated_at AS "rotatedAt", destruction_by AS "destructionBy", restorations, version`;

/** Ceremonies with their records: one a year. */
export class KeyCeremonyStore {
  async add(db: Db, { ceremonyId, origin, heldOn, custody, working, training, custodians, keyLabel }: CeremonyRecord, at: Date): Promise<void> {
    await db.run(
      `INSERT INTO key_ceremony (ceremony_id, origin, state, held_on, custody, working, training, custodians, key_label, version, changed_at)
       VALUES ($1, $2, 'PLANNED', $3, $4, $5, $6, $7, $8, 1, $9)`,
      ceremonyId, origin, heldOn, custody, working, training, JSON.stringify(custodians), keyLabel, at.toISOString(),
    );
  }

  /** All ceremonies, locked until the transaction ends: at most one key is active. */
  async lockAll(db: Db): Promise<CeremonyRecord[]> {
    return db.many<CeremonyRecord>(`SELECT ${COLUMNS} FROM key_ceremony ORDER BY ceremony_id FOR UPDATE`);
  }

  async all(db: Db): Promise<CeremonyRecord[]> {
    return db.many<CeremonyRecord>(`SELECT ${COLUMNS} FROM key_ceremony ORDER BY ceremony_id`);
  }

  async active(db: Db): Promise<CeremonyRecord | undefined> {
    return db.maybe<CeremonyRecord>(`SELECT ${COLUMNS} FROM key_ceremony WHERE state = 'KEY_ACTIVE'`);
  }

  async save(db: Db, ceremony: CeremonyRecord, at: Date): Promise<void> {
    const { ceremonyId, state, custody, custodians, minutes, minutesBy, keyCheckValue, sealedKey, activatedAt, rotatedAt, destructionBy, restorations, version } = ceremony;
    await db.run(
      `UPDATE key_ceremony SET state = $2, custody = $3, custodians = $4, minutes = $5, minutes_by = $6, key_check_value = $7, sealed_key = $8,
         activated_at = $9, rotated_at = $10, destruction_by = $11, restorations = $12, version = $13, changed_at = $14 WHERE ceremony_id = $1`,
      ceremonyId, state, custody, JSON.stringify(custodians), minutes, minutesBy, keyCheckValue, sealedKey,
      activatedAt?.toISOString() ?? null, rotatedAt?.toISOString() ?? null, destructionBy, JSON.stringify(restorations), version, at.toISOString(),
    );
  }

  async certify(db: Db, ceremonyId: string, certified: { readonly certificate: string; readonly sha256: string; readonly at: Date }): Promise<void> {
    await db.run('INSERT INTO key_certificate (ceremony_id, certificate, sha256, destroyed_at) VALUES ($1, $2, $3, $4)', ceremonyId, certified.certificate, certified.sha256, certified.at.toISOString());
  }

  async certificate(db: Db, ceremonyId: string): Promise<{ certificate: string; sha256: string } | undefined> {
    return db.maybe('SELECT certificate, sha256 FROM key_certificate WHERE ceremony_id = $1', ceremonyId);
  }
}
