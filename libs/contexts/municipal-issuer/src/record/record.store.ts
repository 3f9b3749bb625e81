import type { Db, FieldCipher, Row } from '#platform';
import type { DomicileUse, FamilyRegister, RecordKind, Resident, SealRegistration, Taxation } from './record-line.js';

/** A record as it goes into the table; without facts it is withdrawn. */
export interface NewRecord {
  readonly kind: RecordKind;
  readonly key: string;
  readonly version: number;
  readonly household?: string;
  readonly facts?: object;
}

type StoredRow = Row & { readonly key: string; readonly facts: Buffer };

const FACTS = 'record.facts';

/** Records of each municipality, encrypted, each in its newest version. */
export class RecordStore {
  constructor(private readonly cipher: FieldCipher) {}

  /** How many of them were newer than what is there; the others change nothing. One version a key. */
  async putAll(db: Db, municipalityCode: string, records: readonly NewRecord[], at: Date): Promise<number> {
    const sealed = records.map(({ facts }) => (facts === undefined ? null : this.cipher.encrypt(FACTS, JSON.stringify(facts))));
    return db.run(
      `INSERT INTO record (municipality_code, kind, key, version, household, facts, changed_at)
       SELECT $1, kind, key, version, household, facts, $7 FROM unnest($2::text[], $3::text[], $4::int[], $5::text[], $6::bytea[]) AS given (kind, key, version, household, facts)
       ON CONFLICT (municipality_code, kind, key) DO UPDATE SET version = excluded.version, household = excluded.household, facts = excluded.facts, changed_at = excluded.changed_at
       WHERE record.version < excluded.version`,
      municipalityCode, records.map(({ kind }) => kind), records.map(({ key }) => key), records.map(({ version }) => version), records.map(({ household }) => household ?? null), sealed, at.toISOString(),
    );
  }

  async resident(db: Db, municipalityCode: string, key: string): Promise<Resident | undefined> {
    return this.find<Resident>(db, municipalityCode, 'RESIDENT', key);
  }

  async seal(db: Db, municipalityCode: string, key: string): Promise<SealRegistration | undefined> {
    return this.find<SealRegistration>(db, municipalityCode, 'SEAL_REGISTRATION', key);
  }

  /** `key`: as `taxationKey` makes it. */
  async taxation(db: Db, municipalityCode: string, key: string): Promise<Taxation | undefined> {
    return this.find<Taxation>(db, municipalityCode, 'TAXATION', key);
  }

  async familyRegister(db: Db, municipalityCode: string, key: string): Promise<FamilyRegister | undefined> {
    return this.find<FamilyRegister>(db, municipalityCode, 'FAMILY_REGISTER', key);
  }

  async domicileUse(db: Db, municipalityCode: string, key: string): Promise<DomicileUse | undefined> {
    return this.find<DomicileUse>(db, municipalityCode, 'DOMICILE_USE', key);
  }

  /** In the order of the household's sheet. */
  async household(db: Db, municipalityCode: string, household: string): Promise<Resident[]> {
    const rows = await db.many<StoredRow>('SELECT key, facts FROM record WHERE municipality_code = $1 AND household = $2 AND facts IS NOT NULL', municipalityCode, household);
    return rows.map(({ facts }) => this.opened<Resident>(facts)).sort((one, other) => one.position - other.position);
  }

  private async find<Facts>(db: Db, municipalityCode: string, kind: RecordKind, key: string): Promise<Facts | undefined> {
    const row = await db.maybe<StoredRow>('SELECT key, facts FROM record WHERE municipality_code = $1 AND kind = $2 AND key = $3 AND facts IS NOT NULL', municipalityCode, kind, key);
    return row === undefined ? undefined : this.opened<Facts>(row.facts);
  }

  /** What was stored had passed the schema of its kind. */
  private opened<Facts>(facts: Buffer): Facts {
    return JSON.parse(this.cipher.decrypt(FACTS, facts)) as Facts;
  }
}
