import type { LocalDate } from '#kernel';
import type { CertificateType } from '#contracts/municipal-issuer';
import type { Db, FieldCipher, Row } from '#platform';
import type { Circuit } from './municipal-server.js';

export interface MunicipalServer extends Circuit {
  readonly municipalityCode: string;
  readonly types: readonly CertificateType[];
  readonly registerFrom: string;
  readonly registerUntil: string;
}

type ServerRow = MunicipalServer & Row;

export interface Offer extends Row {
  readonly municipalityCode: string;
  readonly type: CertificateType;
  readonly yen: number;
}

const COLUMNS = `municipality_code AS "municipalityCode", types, register_from AS "registerFrom", register_until AS "registerUntil", failures,
  down_since AS "downSince", tried_at AS "triedAt", slow_at AS "slowAt"`;
const BINDING_KEY = 'municipal_server.binding_key';

/** Municipalities that take part: what they offer, at which fee, and how their servers answer. */
export class MunicipalServerStore {
  constructor(private readonly cipher: FieldCipher) {}

  async find(db: Db, municipalityCode: string): Promise<MunicipalServer | undefined> {
    return db.maybe<ServerRow>(`SELECT ${COLUMNS} FROM municipal_server WHERE municipality_code = $1`, municipalityCode);
  }

  async lock(db: Db, municipalityCode: string): Promise<MunicipalServer | undefined> {
    return db.maybe<ServerRow>(`SELECT ${COLUMNS} FROM municipal_server WHERE municipality_code = $1 FOR UPDATE`, municipalityCode);
  }

  async list(db: Db): Promise<MunicipalServer[]> {
    return db.many<ServerRow>(`SELECT ${COLUMNS} FROM municipal_server ORDER BY municipality_code`);
  }

  async bindingKey(db: Db, municipalityCode: string): Promise<Buffer> {
    const { key } = await db.one<{ key: Buffer }>('SELECT binding_key AS key FROM municipal_server WHERE municipality_code = $1', municipalityCode);
    return Buffer.from(this.cipher.decrypt(BINDING_KEY, key), 'hex');
  }

  async save(db: Db, server: Pick<MunicipalServer, 'municipalityCode' | 'types' | 'registerFrom' | 'registerUntil'> & { readonly bindingKey: string }, at: Date): Promise<void> {
    await db.run(
      `INSERT INTO municipal_server (municipality_code, binding_key, types, register_from, register_until, changed_at) VALUES ($1, $2, $3, $4, $5, $6)
       ON CONFLICT (municipality_code) DO UPDATE SET binding_key = excluded.binding_key, types = excluded.types, register_from = excluded.register_from,
         register_until = excluded.register_until, changed_at = excluded.changed_at`,
      server.municipalityCode, this.cipher.encrypt(BINDING_KEY, server.bindingKey), server.types, server.registerFrom, server.registerUntil, at.toISOString(),
    );
  }

  async saveCircuit(db: Db, municipalityCode: string, { failures, downSince, triedAt, slowAt }: Circuit): Promise<void> {
    await db.run(
      'UPDATE municipal_server SET failures = $2, down_since = $3, tried_at = $4, slow_at = $5 WHERE municipality_code = $1',
      municipalityCode, failures.map((at) => at.toISOString()), downSince?.toISOString() ?? null, triedAt?.toISOString() ?? null, slowAt?.toISOString() ?? null,
    );
  }

  async setFee(db: Db, fee: Offer & { readonly validFrom: LocalDate }): Promise<void> {
    await db.run(
      'INSERT INTO fee (municipality_code, type, valid_from, yen) VALUES ($1, $2, $3, $4) ON CONFLICT (municipality_code, type, valid_from) DO UPDATE SET yen = excluded.yen',
      fee.municipalityCode, fee.type, fee.validFrom, fee.yen,
    );
  }

  /** Per copy on a day; undefined where none is in force. */
  async fee(db: Db, municipalityCode: string, type: string, day: LocalDate): Promise<number | undefined> {
    const row = await db.maybe<{ yen: number }>('SELECT yen FROM fee WHERE municipality_code = $1 AND type = $2 AND valid_from <= $3 ORDER BY valid_from DESC LIMIT 1', municipalityCode, type, day);
    return row?.yen;
  }

  /** All types with a fee on a day that are not blocked, of the municipalities that offer them. */
  async offers(db: Db, day: LocalDate): Promise<Offer[]> {
    return db.many<Offer>(
      `SELECT DISTINCT ON (f.municipality_code, f.type) f.municipality_code AS "municipalityCode", f.type, f.yen
       FROM fee f JOIN municipal_server s ON s.municipality_code = f.municipality_code AND f.type = ANY(s.types)
       WHERE f.valid_from <= $1 AND NOT EXISTS (SELECT FROM type_block b WHERE b.municipality_code = f.municipality_code AND b.type = f.type)
       ORDER BY f.municipality_code, f.type, f.valid_from DESC`,
      day,
    );
  }
}
