import type { Db, FieldCipher, Row } from '#platform';
import type { BodyKind } from './body.js';

/** A body without its coordinator's address. */
export interface BodyRecord {
  readonly code: string;
  readonly kind: BodyKind;
  readonly name: string;
  readonly population: number;
  readonly staff: number;
}

const COLUMNS = 'code, kind, name, population, staff';
const MAIL = 'body.coordinator_mail';

export class BodyStore {
  constructor(private readonly cipher: FieldCipher) {}

  async find(db: Db, code: string): Promise<BodyRecord | undefined> {
    return db.maybe<BodyRecord & Row>(`SELECT ${COLUMNS} FROM body WHERE code = $1`, code);
  }

  /** By code, after `after`. */
  async list(db: Db, after: string, limit: number): Promise<BodyRecord[]> {
    return db.many<BodyRecord & Row>(`SELECT ${COLUMNS} FROM body WHERE code > $1 ORDER BY code LIMIT $2`, after, limit);
  }

  /** By code. */
  async names(db: Db, codes: readonly string[]): Promise<ReadonlyMap<string, string>> {
    const rows = await db.many<{ code: string; name: string }>('SELECT code, name FROM body WHERE code = ANY ($1)', codes);
    return new Map(rows.map(({ code, name }) => [code, name]));
  }

  /** Where the digest of the body goes. */
  async coordinatorMail(db: Db, code: string): Promise<string | undefined> {
    const row = await db.maybe<{ mail: Buffer | null }>('SELECT coordinator_mail AS mail FROM body WHERE code = $1', code);
    return row?.mail === null || row?.mail === undefined ? undefined : this.cipher.decrypt(MAIL, row.mail);
  }

  /** Adds the bodies or replaces what is known of them; an absent address leaves the one on file. */
  async put(db: Db, bodies: readonly (BodyRecord & { coordinatorMail?: string | undefined })[], at: Date): Promise<void> {
    for (const { code, kind, name, population, staff, coordinatorMail } of bodies) {
      await db.run(
        `INSERT INTO body (code, kind, name, population, staff, coordinator_mail, changed_at) VALUES ($1, $2, $3, $4, $5, $6, $7)
         ON CONFLICT (code) DO UPDATE SET kind = $2, name = $3, population = $4, staff = $5, coordinator_mail = coalesce($6, body.coordinator_mail), changed_at = $7`,
        code, kind, name, population, staff, coordinatorMail === undefined ? null : this.cipher.encrypt(MAIL, coordinatorMail), at.toISOString(),
      );
    }
  }
}
