import type { Db, FieldCipher, Row } from '#platform';

const GIVEN = 'key_share.given';

export interface KeyShare extends Row {
  readonly officer: string;
  readonly certificate: string;
  readonly sealedShare: string | null;
  /** SHA-256 of the share, hex. */
  readonly sha256: string | null;
  readonly given: Buffer | null;
}

/** Shares of keys, each sealed for its officer; opened ones while a restoration is under way. */
export class KeyShareStore {
  constructor(private readonly cipher: FieldCipher) {}

  async all(db: Db, ceremonyId: string): Promise<KeyShare[]> {
    return db.many<KeyShare>('SELECT officer, certificate, sealed_share AS "sealedShare", sha256, given FROM key_share WHERE ceremony_id = $1 ORDER BY officer', ceremonyId);
  }

  async deposit(db: Db, ceremonyId: string, officer: string, certificate: string): Promise<void> {
    await db.run('INSERT INTO key_share (ceremony_id, officer, certificate) VALUES ($1, $2, $3) ON CONFLICT (ceremony_id, officer) DO UPDATE SET certificate = excluded.certificate', ceremonyId, officer, certificate);
  }

  async seal(db: Db, ceremonyId: string, officer: string, { sealedShare, sha256 }: { readonly sealedShare: string; readonly sha256: string }): Promise<void> {
    await db.run('UPDATE key_share SET sealed_share = $3, sha256 = $4 WHERE ceremony_id = $1 AND officer = $2', ceremonyId, officer, sealedShare, sha256);
  }

  async give(db: Db, ceremonyId: string, officer: string, share: string): Promise<void> {
    await db.run('UPDATE key_share SET given = $3 WHERE ceremony_id = $1 AND officer = $2', ceremonyId, officer, this.cipher.encrypt(GIVEN, share));
  }

  open(given: Buffer): string {
    return this.cipher.decrypt(GIVEN, given);
  }

  async forgetGiven(db: Db, ceremonyId: string): Promise<void> {
    await db.run('UPDATE key_share SET given = NULL WHERE ceremony_id = $1 AND given IS NOT NULL', ceremonyId);
  }

  /** With the key its shares go. */
  async drop(db: Db, ceremonyId: string): Promise<void> {
    await db.run('DELETE FROM key_share WHERE ceremony_id = $1', ceremonyId);
  }
}
