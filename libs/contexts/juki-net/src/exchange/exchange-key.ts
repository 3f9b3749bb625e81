import { createPrivateKey, type KeyObject } from 'node:crypto';
import { addDays, localDateInJapan, startOfDayInJapan } from '#kernel';
import {
  buildTbsCertificate, generateRsaKey, parseCertificate, signCertificate, signingKeyOf,
  type CertificateProfile, type ParsedCertificate, type SigningKey,
} from '#pki';
import type { Clock, Database, Db, FieldCipher } from '#platform';

const SEALED = 'exchange_key.private_key';
/** Two replicas that start at once make one key. */
const PREPARE_LOCK = 7_020_060;
const VALID_DAYS = 5 * 365;

const PROFILE: CertificateProfile = {
  id: 'juki-exchange', version: 3, signature: 'sha256WithRSAEncryption', key: { modulusBits: 2048 },
  subject: [{ type: 'C', value: 'JP' }, { type: 'O', value: 'Kiban' }, { type: 'OU', value: 'juki-net' }, { type: 'CN', value: 'file exchange' }],
  validity: { maxDays: VALID_DAYS },
  extensions: [{ critical: true, value: { kind: 'keyUsage', bits: ['digitalSignature', 'keyEncipherment'] } }],
};

export interface ExchangeKey {
  readonly certificate: ParsedCertificate;
  readonly signingKey: SigningKey;
  readonly privateKey: KeyObject;
}

type KeyRow = { readonly private_key: Buffer; readonly certificate: Buffer };

/** This side's key for files; partners get its certificate, which signs itself, over their own channel (JUKI-5.3). */
export class ExchangeKeys {
  private known: ExchangeKey | undefined;

  constructor(
    private readonly cipher: FieldCipher,
    private readonly clock: Clock,
  ) {}

  /** Makes the key where there is none. */
  async prepare(database: Database): Promise<void> {
    await database.transaction(async (db) => {
      await db.many('SELECT pg_advisory_xact_lock($1)', PREPARE_LOCK);
      if ((await this.newest(db)) === undefined) await this.create(db);
    });
  }

  async current(db: Db): Promise<ExchangeKey> {
    this.known ??= this.open(await this.newest(db));
    return this.known;
  }

  private open(row: KeyRow | undefined): ExchangeKey {
    if (row === undefined) throw new Error('there is no exchange key');
    const privateKey = createPrivateKey({ key: Buffer.from(this.cipher.decrypt(SEALED, row.private_key), 'base64'), format: 'der', type: 'pkcs8' });
    return { certificate: parseCertificate(row.certificate), signingKey: signingKeyOf('juki-exchange', privateKey), privateKey };
  }

  private async newest(db: Db): Promise<KeyRow | undefined> {
    return db.maybe<KeyRow>('SELECT private_key, certificate FROM exchange_key ORDER BY number DESC LIMIT 1');
  }

  private async create(db: Db): Promise<void> {
    const now = this.clock.now();
    const privateKey = await generateRsaKey(2048);
    const signingKey = signingKeyOf('juki-exchange', privateKey);
    const notBefore = startOfDayInJapan(localDateInJapan(now));
    const notAfter = startOfDayInJapan(addDays(localDateInJapan(now), VALID_DAYS));
    const tbs = buildTbsCertificate({ profile: PROFILE, serial: 1n, issuer: 'self', notBefore, notAfter, spki: signingKey.publicKeySpki });
    const pkcs8 = privateKey.export({ type: 'pkcs8', format: 'der' }).toString('base64');
    await db.run(
      'INSERT INTO exchange_key (number, private_key, certificate, made_at) VALUES (1, $1, $2, $3)',
      this.cipher.encrypt(SEALED, pkcs8), await signCertificate(tbs, signingKey), now.toISOString(),
    );
  }
}
