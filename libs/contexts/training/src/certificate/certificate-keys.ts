import { createHash, createPrivateKey, createPublicKey, sign, verify, type KeyObject } from 'node:crypto';
import { macOf, type Ctx, type Database, type Db, type KeptKey, type KeyStore, type Row } from '#platform';

/** RFC 8410: what precedes the 32 octets of an Ed25519 private key, and of a public one. */
const PKCS8 = Buffer.from('302e020100300506032b657004220420', 'hex');
const SPKI = Buffer.from('302a300506032b6570032100', 'hex');
const SEED = Buffer.from('training certificate Ed25519 seed');

export interface CertificateKey extends Row {
  readonly generation: number;
  /** Names the key in every code that it signed. */
  readonly kid: string;
  /** 32 octets. */
  readonly publicKey: Buffer;
  readonly createdAt: Date;
}

const COLUMNS = 'generation, kid, public_key AS "publicKey", created_at AS "createdAt"';

/**
 * The keys that sign certificates (TRN-4.9): Ed25519, each computed from a key that the key store keeps. The newest signs; those before it stay for
 * verification.
 */
export class CertificateKeys {
  private readonly opened = new Map<string, KeyObject>();

  constructor(private readonly store: KeyStore) {}

  /** Makes the first key at the first start, exactly once whoever starts beside. */
  async prepare(database: Database, now: Date): Promise<void> {
    await this.store.prepare();
    if ((await this.newest(database.db)) === undefined) await this.add(database.db, 1, now);
  }

  /** Makes the next generation, which signs from now on; the one there is when another call made it. */
  async rotate(ctx: Ctx): Promise<CertificateKey> {
    const { generation } = await this.active(ctx.db);
    await this.add(ctx.db, generation + 1, ctx.now);
    return this.active(ctx.db);
  }

  /** The newest first. */
  async all(db: Db): Promise<CertificateKey[]> {
    return db.many<CertificateKey>(`SELECT ${COLUMNS} FROM certificate_key ORDER BY generation DESC`);
  }

  async sign(db: Db, message: Buffer): Promise<{ readonly kid: string; readonly signature: Buffer }> {
    const { kid } = await this.active(db);
    return { kid, signature: sign(null, message, await this.privateKey(db, kid)) };
  }

  async isSigned(db: Db, { kid, message, signature }: { readonly kid: string; readonly message: Buffer; readonly signature: Buffer }): Promise<boolean> {
    const key = await db.maybe<CertificateKey>(`SELECT ${COLUMNS} FROM certificate_key WHERE kid = $1`, kid);
    return key !== undefined && verify(null, message, publicKeyOf(key.publicKey), signature);
  }

  private async active(db: Db): Promise<CertificateKey> {
    const key = await this.newest(db);
    if (key === undefined) throw new Error('there is no key for certificates');
    return key;
  }

  private async newest(db: Db): Promise<CertificateKey | undefined> {
    return db.maybe<CertificateKey>(`SELECT ${COLUMNS} FROM certificate_key ORDER BY generation DESC LIMIT 1`);
  }

  private async add(db: Db, generation: number, now: Date): Promise<void> {
    const kept = this.store.create(`training-certificate-${generation}`, true);
    const publicKey = createPublicKey(this.open(kept)).export({ format: 'der', type: 'spki' }).subarray(SPKI.length);
    const kid = createHash('sha256').update(publicKey).digest('hex').slice(0, 16);
    await db.run(
      'INSERT INTO certificate_key (generation, kid, label, sealed, public_key, created_at) VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (generation) DO NOTHING',
      generation, kid, kept.label, kept.sealed, publicKey, now.toISOString(),
    );
  }

  private async privateKey(db: Db, kid: string): Promise<KeyObject> {
    const known = this.opened.get(kid);
    if (known !== undefined) return known;
    const key = this.open(await db.one<KeptKey & Row>('SELECT label, sealed FROM certificate_key WHERE kid = $1', kid));
    this.opened.set(kid, key);
    return key;
  }

  private open(kept: KeptKey): KeyObject {
    return createPrivateKey({ key: Buffer.concat([PKCS8, macOf(this.store.open(kept))(SEED)]), format: 'der', type: 'pkcs8' });
  }
}

/** From its 32 octets. */
export function publicKeyOf(octets: Buffer): KeyObject {
  return createPublicKey({ key: Buffer.concat([SPKI, octets]), format: 'der', type: 'spki' });
}
