import type { CertificateOption, CertificateType } from '#contracts/municipal-issuer';
import type { Db, FieldCipher, Row } from '#platform';

export interface Municipality {
  readonly municipalityCode: string;
  /** As on certificates: 試験市. */
  readonly name: string;
  readonly mayor: string;
  /** PNG in Base64. */
  readonly seal: string;
  readonly served: readonly CertificateType[];
  /** Of resident records. */
  readonly options: readonly CertificateOption[];
  /** Base64, 32 octets. */
  readonly bindingKey: string;
}

type StoredRow = Row & Omit<Municipality, 'seal' | 'bindingKey'> & { readonly seal: Buffer; readonly bindingKey: Buffer };

const [SEAL, KEY] = ['municipality.seal', 'municipality.binding_key'];

export class MunicipalityStore {
  constructor(private readonly cipher: FieldCipher) {}

  async put(db: Db, { municipalityCode, name, mayor, seal, served, options, bindingKey }: Municipality, at: Date): Promise<void> {
    await db.run(
      `INSERT INTO municipality (municipality_code, name, mayor, seal, served, options, binding_key, changed_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
       ON CONFLICT (municipality_code) DO UPDATE SET name = excluded.name, mayor = excluded.mayor, seal = excluded.seal, served = excluded.served, options = excluded.options,
         binding_key = excluded.binding_key, changed_at = excluded.changed_at`,
      municipalityCode, name, mayor, this.cipher.encrypt(SEAL, seal), served, options, this.cipher.encrypt(KEY, bindingKey), at.toISOString(),
    );
  }

  async find(db: Db, municipalityCode: string): Promise<Municipality | undefined> {
    const row = await db.maybe<StoredRow>(
      'SELECT municipality_code AS "municipalityCode", name, mayor, seal, served, options, binding_key AS "bindingKey" FROM municipality WHERE municipality_code = $1', municipalityCode,
    );
    return row === undefined ? undefined : { ...row, seal: this.cipher.decrypt(SEAL, row.seal), bindingKey: this.cipher.decrypt(KEY, row.bindingKey) };
  }
}
