import { addDays, localDateInJapan, startOfDayInJapan } from '#kernel';
import { makeFileKey, parseCertificate, readFileKey, type FileKey, type ParsedCertificate } from '#pki';
import type { Clock, Database, Db, FieldCipher } from '#platform';

const UNIT = 'juki-net';
const SEALED = 'exchange_key.private_key';
/** Two replicas that start at once make one key. */
const PREPARE_LOCK = 7_020_060;
const VALID_DAYS = 5 * 365;
/** A file that came in the last moment of an overlap may still wait to be picked up. */
const KEPT_AFTER_OVERLAP_MS = 86_400_000;

export interface OwnCertificate {
  readonly certificate: ParsedCertificate;
  /** Of a former key: until when it opens files. */
  readonly opensUntil: Date | undefined;
}

type KeyRow = { readonly number: number; readonly private_key: Buffer; readonly certificate: Buffer };

/** This side's keys for files; partners get their certificates, which sign themselves, over their own channel (JUKI-5.3). */
export class ExchangeKeys {
  private readonly known = new Map<number, FileKey>();

  constructor(
    private readonly cipher: FieldCipher,
    private readonly clock: Clock,
  ) {}

  /** Makes the key where there is none. */
  async prepare(database: Database): Promise<void> {
    await database.transaction(async (db) => {
      await db.many('SELECT pg_advisory_xact_lock($1)', PREPARE_LOCK);
      if ((await this.certificates(db)).length === 0) await this.create(db, 1);
    });
  }

  /** The newest, which signs. */
  async current(db: Db): Promise<FileKey> {
    const row = await db.maybe<KeyRow>('SELECT number, private_key, certificate FROM exchange_key ORDER BY number DESC LIMIT 1');
    if (row === undefined) throw new Error('there is no exchange key');
    return this.open(row);
  }

  /** Those that open a file which came at a moment: the newest, and former ones until the end of their overlap. */
  async opening(db: Db, at: Date): Promise<FileKey[]> {
    const rows = await db.many<KeyRow>(
      "SELECT number, private_key, certificate FROM exchange_key WHERE (opens_until IS NULL OR opens_until > $1) AND private_key <> '' ORDER BY number DESC", at.toISOString(),
    );
    return rows.map((row) => this.open(row));
  }

  /** The newest first; former ones stay known when their private half is gone. */
  async certificates(db: Db): Promise<OwnCertificate[]> {
    const rows = await db.many<{ certificate: Buffer; opens_until: Date | null }>('SELECT certificate, opens_until FROM exchange_key ORDER BY number DESC');
    return rows.map((row) => ({ certificate: parseCertificate(row.certificate), opensUntil: row.opens_until ?? undefined }));
  }

  /** A new key signs from now on; the present one opens files for the overlap. */
  async rotate(db: Db, overlapEnds: Date): Promise<ParsedCertificate> {
    await db.many('SELECT pg_advisory_xact_lock($1)', PREPARE_LOCK);
    const { number } = await db.one<{ number: number }>('SELECT max(number) AS number FROM exchange_key');
    await db.run('UPDATE exchange_key SET opens_until = $2 WHERE number = $1', number, overlapEnds.toISOString());
    return this.create(db, number + 1);
  }

  /** Destroys the private halves whose overlap is over; returns how many. */
  async destroyFormer(db: Db, now: Date): Promise<number> {
    return db.run("UPDATE exchange_key SET private_key = '' WHERE opens_until < $1 AND private_key <> ''", new Date(now.getTime() - KEPT_AFTER_OVERLAP_MS).toISOString());
  }

  private open({ number, private_key: sealed, certificate }: KeyRow): FileKey {
    const known = this.known.get(number);
    if (known !== undefined) return known;
    const opened = readFileKey(UNIT, { pkcs8: this.cipher.decrypt(SEALED, sealed), certificate });
    this.known.set(number, opened);
    return opened;
  }

  /** The number is the serial as well: receivers and files tell certificates of one issuer apart by it. */
  private async create(db: Db, number: number): Promise<ParsedCertificate> {
    const now = this.clock.now();
    const notBefore = startOfDayInJapan(localDateInJapan(now));
    const notAfter = startOfDayInJapan(addDays(localDateInJapan(now), VALID_DAYS));
    const { pkcs8, certificate } = await makeFileKey(UNIT, { serial: BigInt(number), notBefore, notAfter });
    await db.run(
      'INSERT INTO exchange_key (number, private_key, certificate, made_at) VALUES ($1, $2, $3, $4)', number, this.cipher.encrypt(SEALED, pkcs8), certificate, now.toISOString(),
    );
    return parseCertificate(certificate);
  }
}
