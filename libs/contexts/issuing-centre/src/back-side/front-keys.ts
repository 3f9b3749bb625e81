import { createCipheriv, createDecipheriv, createHash, createPrivateKey, createPublicKey, randomBytes, sign, verify, type KeyObject } from 'node:crypto';
import { macOf, type Ctx, type Database, type Db, type KeptKey, type KeyStore, type Mac, type Row } from '#platform';
import { imageBinding, signedOctets, type FrontStatement, type SignedStatement } from './front-statement.js';

/** RFC 8410: what precedes the 32 octets of an Ed25519 private key, and of a public one. */
const PKCS8 = Buffer.from('302e020100300506032b657004220420', 'hex');
const SPKI = Buffer.from('302a300506032b6570032100', 'hex');
const [IV, TAG] = [12, 16];

export interface FrontKey extends Row {
  readonly generation: number;
  readonly kid: string;
  /** 32 octets. */
  readonly publicKey: Buffer;
}

type Sealed = Pick<FrontStatement, 'kid' | 'pdfSha256' | 'requestId' | 'page' | 'pages'>;

/**
 * The keys that protect fronts (CARD-4.16). One key a generation lies in the key store; the Ed25519 key, and for each page an AES-256 key of its
 * own, are computed from it. The newest protects; those before it stay for verification.
 */
export class FrontKeys {
  private readonly opened = new Map<string, Mac>();

  constructor(private readonly store: KeyStore) {}

  /** Makes the first key at the first start, exactly once whoever starts beside. */
  async prepare(database: Database, now: Date): Promise<void> {
    await this.store.prepare();
    if ((await this.all(database.db)).length === 0) await this.add(database.db, 1, now);
  }

  /** Makes the next generation; the one there is when another call made it. */
  async rotate(ctx: Ctx): Promise<FrontKey> {
    const { generation } = await this.newest(ctx.db);
    await this.add(ctx.db, generation + 1, ctx.now);
    return this.newest(ctx.db);
  }

  /** The newest first. */
  async all(db: Db): Promise<FrontKey[]> {
    return db.many<FrontKey>('SELECT generation, kid, public_key AS "publicKey" FROM front_key ORDER BY generation DESC');
  }

  async newest(db: Db): Promise<FrontKey> {
    const [key] = await this.all(db);
    if (key === undefined) throw new Error('there is no key for fronts');
    return key;
  }

  async sign(db: Db, statement: Parameters<typeof signedOctets>[0] & { readonly kid: string }): Promise<Buffer> {
    return sign(null, signedOctets(statement), signingKey(await this.mac(db, statement.kid)));
  }

  /** Undefined where the key is none of ours. */
  async isSigned(db: Db, statement: SignedStatement): Promise<boolean | undefined> {
    const key = (await this.all(db)).find(({ kid }) => kid === statement.kid);
    return key && verify(null, signedOctets(statement), createPublicKey({ key: Buffer.concat([SPKI, key.publicKey]), format: 'der', type: 'spki' }), statement.signature);
  }

  /** AES-256-GCM: nonce, tag, ciphertext. */
  async seal(db: Db, of: Sealed, image: Buffer): Promise<Buffer> {
    const iv = randomBytes(IV);
    const cipher = createCipheriv('aes-256-gcm', imageKey(await this.mac(db, of.kid), of), iv).setAAD(imageBinding(of));
    const body = Buffer.concat([cipher.update(image), cipher.final()]);
    return Buffer.concat([iv, cipher.getAuthTag(), body]);
  }

  /** Undefined where it is not what was sealed for this page of this certificate. */
  async open(db: Db, of: Sealed, sealed: Buffer): Promise<Buffer | undefined> {
    if (sealed.length <= IV + TAG) return undefined;
    const decipher = createDecipheriv('aes-256-gcm', imageKey(await this.mac(db, of.kid), of), sealed.subarray(0, IV)).setAAD(imageBinding(of));
    decipher.setAuthTag(sealed.subarray(IV, IV + TAG));
    const body = decipher.update(sealed.subarray(IV + TAG));
    try {
      return Buffer.concat([body, decipher.final()]);
    } catch {
      return undefined;
    }
  }

  /** CARD-4.12 Q2: the newest key, asked of the key store anew, has to be the one whose public half is known; throws otherwise. */
  async probe(db: Db): Promise<void> {
    const { kid, publicKey } = await this.newest(db);
    this.opened.delete(kid);
    const key = createPublicKey(signingKey(await this.mac(db, kid))).export({ format: 'der', type: 'spki' });
    if (!key.subarray(SPKI.length).equals(publicKey)) throw new Error('the key store has another key for fronts');
  }

  private async add(db: Db, generation: number, now: Date): Promise<void> {
    const kept = this.store.create(`issuing-centre-front-${generation}`, true);
    const publicKey = createPublicKey(signingKey(macOf(this.store.open(kept)))).export({ format: 'der', type: 'spki' }).subarray(SPKI.length);
    const kid = createHash('sha256').update(publicKey).digest('hex').slice(0, 16);
    await db.run(
      'INSERT INTO front_key (generation, kid, label, sealed, public_key, created_at) VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (generation) DO NOTHING',
      generation, kid, kept.label, kept.sealed, publicKey, now.toISOString(),
    );
  }

  private async mac(db: Db, kid: string): Promise<Mac> {
    const known = this.opened.get(kid);
    if (known !== undefined) return known;
    const mac = macOf(this.store.open(await db.one<KeptKey & Row>('SELECT label, sealed FROM front_key WHERE kid = $1', kid)));
    this.opened.set(kid, mac);
    return mac;
  }
}

function signingKey(mac: Mac): KeyObject {
  return createPrivateKey({ key: Buffer.concat([PKCS8, mac(Buffer.from('KIBAN-FRONT-ED25519-1'))]), format: 'der', type: 'pkcs8' });
}

function imageKey(mac: Mac, { requestId, page }: Pick<Sealed, 'requestId' | 'page'>): Buffer {
  return mac(Buffer.from(`KIBAN-FRONT-AES-1\n${requestId}\n${page}\n`));
}
