import { z } from 'zod';
import type { Db, FieldCipher, Row } from '#platform';
import type { CaId } from '../ca/ca.js';
import type { RecordDisclosure } from './record-disclosure.js';

/** What a certificate was issued for; without `identity` it shows nothing of its holder. */
export const issuanceRecord = z.object({
  commonName: z.string(),
  identity: z.object({ nameKanji: z.string(), aliasName: z.string().optional(), birthDate: z.string(), sex: z.string(), address: z.string(), foreignResident: z.boolean() }).optional(),
});

export interface DisclosureRow extends RecordDisclosure, Row {
  readonly id: string;
  readonly ca: CaId;
  readonly serial: number;
  readonly caseNo: string;
}

const COLUMNS = 'id, ca, serial, case_no AS "caseNo", asked_by AS "askedBy", confirmed_at AS "confirmedAt"';

export class DisclosureStore {
  constructor(private readonly cipher: FieldCipher) {}

  async insert(db: Db, { id, ca, serial, caseNo, askedBy }: Omit<DisclosureRow, 'confirmedAt'>, identityRef: string, at: Date): Promise<void> {
    await db.run(
      'INSERT INTO record_disclosure (id, ca, serial, case_no, identity_ref, asked_by, asked_at) VALUES ($1, $2, $3, $4, $5, $6, $7)', id, ca, serial, caseNo, identityRef, askedBy, at.toISOString(),
    );
  }

  /** Locked until the transaction ends. */
  async lock(db: Db, id: string): Promise<DisclosureRow | undefined> {
    return db.maybe<DisclosureRow>(`SELECT ${COLUMNS} FROM record_disclosure WHERE id = $1 FOR UPDATE`, id);
  }

  async confirm(db: Db, id: string, by: string, at: Date): Promise<void> {
    await db.run('UPDATE record_disclosure SET confirmed_by = $2, confirmed_at = $3 WHERE id = $1', id, by, at.toISOString());
  }

  /** The one that was confirmed last. */
  async newest(db: Db, ca: CaId, serial: number): Promise<DisclosureRow | undefined> {
    return db.maybe<DisclosureRow>(`SELECT ${COLUMNS} FROM record_disclosure WHERE ca = $1 AND serial = $2 AND confirmed_at IS NOT NULL ORDER BY confirmed_at DESC LIMIT 1`, ca, serial);
  }

  async record(db: Db, ca: CaId, serial: number): Promise<z.output<typeof issuanceRecord> | undefined> {
    const row = await db.maybe<{ record: Buffer }>('SELECT record FROM issuance_record WHERE ca = $1 AND serial = $2', ca, serial);
    if (row === undefined) return undefined;
    const { commonName, ...identity } = z.looseObject({ commonName: z.string() }).parse(JSON.parse(this.cipher.decrypt('issuance_record.record', row.record)));
    return issuanceRecord.parse({ commonName, ...(ca === 'sign' ? { identity } : {}) });
  }
}
