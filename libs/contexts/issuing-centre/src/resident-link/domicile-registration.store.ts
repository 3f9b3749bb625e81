import { z } from 'zod';
import type { Db, FieldCipher, Row } from '#platform';

const statement = z.object({ name: z.string(), domicile: z.string(), head: z.string() });
/** What a resident writes for the municipality of the domicile to find the register by. */
export type Statement = z.output<typeof statement>;

export interface DomicileRegistration {
  readonly id: string;
  readonly serial: string;
  readonly cardSerial: string;
  readonly municipalityCode: string;
}

interface WaitingRow extends Row {
  readonly id: string;
  readonly sealed: Buffer;
  readonly requestedAt: Date;
}

const STATEMENT = 'domicile_registration.statement';
const RESIDENT_KEY = 'domicile_registration.resident_key';

/** Registrations for the register certificates of another municipality (本籍地利用登録). They are of one certificate: its renewal ends them. */
export class DomicileRegistrationStore {
  constructor(private readonly cipher: FieldCipher) {}

  /** A new one takes the place of one that was asked for or rejected; one that is approved stays. */
  async request(db: Db, { id, serial, cardSerial, municipalityCode }: DomicileRegistration, written: Statement, at: Date): Promise<string> {
    await db.run(
      `INSERT INTO domicile_registration (id, serial, card_serial, municipality_code, state, statement, requested_at) VALUES ($1, $2, $3, $4, 'REQUESTED', $5, $6)
       ON CONFLICT (serial, municipality_code) DO UPDATE SET state = 'REQUESTED', statement = excluded.statement, requested_at = excluded.requested_at
       WHERE domicile_registration.state <> 'APPROVED'`,
      id, serial, cardSerial, municipalityCode, this.cipher.encrypt(STATEMENT, JSON.stringify(written)), at.toISOString(),
    );
    const row = await db.one<{ id: string }>('SELECT id FROM domicile_registration WHERE serial = $1 AND municipality_code = $2', serial, municipalityCode);
    return row.id;
  }

  async waiting(db: Db, municipalityCode: string, after: string | undefined, limit: number): Promise<{ id: string; requestedAt: Date; statement: Statement }[]> {
    const rows = await db.many<WaitingRow>(
      `SELECT id, statement AS sealed, requested_at AS "requestedAt" FROM domicile_registration
       WHERE municipality_code = $1 AND state = 'REQUESTED' AND ($2::uuid IS NULL OR id > $2) ORDER BY id LIMIT $3`,
      municipalityCode, after ?? null, limit,
    );
    return rows.map(({ id, sealed, requestedAt }) => ({ id, requestedAt, statement: statement.parse(JSON.parse(this.cipher.decrypt(STATEMENT, sealed))) }));
  }

  /** Approved with the resident's key, rejected without. False unless it waits. */
  async decide(db: Db, decision: { readonly id: string; readonly municipalityCode: string; readonly residentKey: string | undefined }, at: Date): Promise<boolean> {
    const { id, municipalityCode, residentKey } = decision;
    const decided = await db.run(
      `UPDATE domicile_registration SET state = $3, resident_key = $4, statement = NULL, decided_at = $5 WHERE id = $1 AND municipality_code = $2 AND state = 'REQUESTED'`,
      id, municipalityCode, residentKey === undefined ? 'REJECTED' : 'APPROVED', residentKey === undefined ? null : this.cipher.encrypt(RESIDENT_KEY, residentKey), at.toISOString(),
    );
    return decided === 1;
  }

  /** The key by which the municipality of the domicile knows the holder of this certificate. */
  async residentKey(db: Db, serial: string, municipalityCode: string): Promise<string | undefined> {
    const row = await db.maybe<{ sealed: Buffer }>("SELECT resident_key AS sealed FROM domicile_registration WHERE serial = $1 AND municipality_code = $2 AND state = 'APPROVED'", serial, municipalityCode);
    return row === undefined ? undefined : this.cipher.decrypt(RESIDENT_KEY, row.sealed);
  }

  async removeOfSerial(db: Db, serial: string): Promise<void> {
    await db.run('DELETE FROM domicile_registration WHERE serial = $1', serial);
  }

  async removeOfCard(db: Db, cardSerial: string): Promise<void> {
    await db.run('DELETE FROM domicile_registration WHERE card_serial = $1', cardSerial);
  }
}
