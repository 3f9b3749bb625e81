import type { Db } from '#platform';
import type { CaId, Organisation } from './ca.js';

/** A key generation of an authority with its self-signed certificate. */
export type CaGenerationRow = {
  readonly ca: CaId;
  readonly generation: number;
  readonly organisation: Organisation;
  readonly key_id: string;
  readonly certificate: Buffer;
};

export interface NewGeneration extends CaGenerationRow {
  readonly serial: number;
  readonly notBefore: Date;
  readonly notAfter: Date;
  readonly createdAt: Date;
}

const COLUMNS = 'ca, generation, organisation, key_id, certificate';
/** Next numbers of an authority's counter; names come from this table, never from input. */
const SEQUENCE: Readonly<Record<CaId, string>> = { sign: 'sign_serial', auth: 'auth_serial' };
const PREPARE_LOCK = 4_201_002;

export class CaStore {
  /** Lets one process at a time create what is missing; held until the transaction ends. */
  async lockPreparation(db: Db): Promise<void> {
    await db.many('SELECT pg_advisory_xact_lock($1)', PREPARE_LOCK);
  }

  async activeGeneration(db: Db, ca: CaId): Promise<CaGenerationRow | undefined> {
    return db.maybe<CaGenerationRow>(`SELECT ${COLUMNS} FROM ca_key_generation WHERE ca = $1 AND state = 'ACTIVE'`, ca);
  }

  async generation(db: Db, ca: CaId, generation: number): Promise<CaGenerationRow | undefined> {
    return db.maybe<CaGenerationRow>(`SELECT ${COLUMNS} FROM ca_key_generation WHERE ca = $1 AND generation = $2`, ca, generation);
  }

  async insertActive(db: Db, row: NewGeneration): Promise<void> {
    await db.run(
      `INSERT INTO ca_key_generation (ca, generation, organisation, state, key_id, certificate, serial, not_before, not_after, created_at)
       VALUES ($1, $2, $3, 'ACTIVE', $4, $5, $6, $7, $8, $9)`,
      row.ca, row.generation, row.organisation, row.key_id, row.certificate, row.serial, row.notBefore.toISOString(), row.notAfter.toISOString(), row.createdAt.toISOString(),
    );
  }

  /** Serial numbers never given before and never again, whatever becomes of the transaction. */
  async nextSerials(db: Db, ca: CaId, count: number): Promise<number[]> {
    const rows = await db.many<{ serial: number }>(`SELECT nextval('${SEQUENCE[ca]}') AS serial FROM generate_series(1, $1::int)`, count);
    return rows.map(({ serial }) => serial);
  }
}
