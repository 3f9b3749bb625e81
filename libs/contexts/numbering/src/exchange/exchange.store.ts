import { createHash } from 'node:crypto';
import { addDays, localDateInJapan, startOfDayInJapan } from '#kernel';
import { makeFileKey, parseCertificate, readFileKey, type FileKey, type ParsedCertificate } from '#pki';
import type { Database, Db, FieldCipher, Row } from '#platform';

const UNIT = 'numbering';
const SEALED = 'exchange_key.private_key';
const VALID_DAYS = 5 * 365;
/** So long before its end the next key stands beside it: municipalities have a year to fetch its certificate. */
const OVERLAP_DAYS = 365;

/** Keys of this side and certificates of the municipalities, for files (NUM-5.3). */
export class ExchangeStore {
  constructor(private readonly cipher: FieldCipher) {}

  /** At each start: there is a key whose certificate is valid for a year; of two processes that make it at once one wins. */
  async prepare({ db }: Database, now: Date): Promise<void> {
    const { last, until } = await db.one<{ last: number; until: Date | null }>('SELECT coalesce(max(number), 0) AS last, max(not_after) AS until FROM exchange_key');
    const today = localDateInJapan(now);
    if (until !== null && until >= startOfDayInJapan(addDays(today, OVERLAP_DAYS))) return;
    const [notBefore, notAfter] = [startOfDayInJapan(today), startOfDayInJapan(addDays(today, VALID_DAYS))];
    const { pkcs8, certificate } = await makeFileKey(UNIT, { serial: BigInt(last + 1), notBefore, notAfter });
    await db.run('INSERT INTO exchange_key VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING', last + 1, this.cipher.encrypt(SEALED, pkcs8), certificate, notAfter.toISOString());
  }

  /** Those that are valid, the oldest first: it signs until its end, and each opens what was sealed to it. */
  async keys(db: Db, now: Date): Promise<FileKey[]> {
    const rows = await db.many<Row & { private_key: Buffer; certificate: Buffer }>('SELECT private_key, certificate FROM exchange_key WHERE not_after > $1 ORDER BY number', now.toISOString());
    return rows.map(({ private_key: sealed, certificate }) => readFileKey(UNIT, { pkcs8: this.cipher.decrypt(SEALED, sealed), certificate }));
  }

  /** False for one that was withdrawn. */
  async register(db: Db, municipalityCode: string, certificate: ParsedCertificate, registered: { readonly by: string; readonly at: Date }): Promise<boolean> {
    return (await db.run(
      `INSERT INTO exchange_certificate VALUES ($1, $2, $3, $4, $5)
       ON CONFLICT (municipality_code, fingerprint) DO UPDATE SET in_clear = false WHERE exchange_certificate.withdrawn_at IS NULL`,
      municipalityCode, Buffer.from(fingerprintOf(certificate), 'hex'), certificate.der, registered.by, registered.at.toISOString(),
    )) === 1;
  }

  /** One by its fingerprint, or all, with which the municipality gives sealed files up; how many there were. */
  async withdraw(db: Db, { municipalityCode, sha256 }: { readonly municipalityCode: string; readonly sha256?: string | undefined }, { by, at, ref }: { readonly by: string; readonly at: Date; readonly ref: string }): Promise<number> {
    return db.run(
      `UPDATE exchange_certificate SET withdrawn_at = coalesce(withdrawn_at, $3), withdrawn_by = coalesce(withdrawn_by, $4), withdrawal_ref = coalesce(withdrawal_ref, $5), in_clear = $2::text IS NULL
       WHERE municipality_code = $1 AND NOT in_clear AND ($2::text IS NULL OR (fingerprint = decode($2, 'hex') AND withdrawn_at IS NULL))`,
      municipalityCode, sha256 ?? null, at.toISOString(), by, ref,
    );
  }

  /** Those of the municipality that are not withdrawn, the one registered last first; `sealed`: its files are, whether it has one at present or not. */
  async certificates(db: Db, municipalityCode: string): Promise<{ readonly sealed: boolean; readonly certificates: readonly ParsedCertificate[] }> {
    const rows = await db.many<Row & { certificate: Buffer; withdrawn: boolean }>(
      'SELECT certificate, withdrawn_at IS NOT NULL AS withdrawn FROM exchange_certificate WHERE municipality_code = $1 AND NOT in_clear ORDER BY registered_at DESC', municipalityCode,
    );
    return { sealed: rows.length > 0, certificates: rows.filter(({ withdrawn }) => !withdrawn).map(({ certificate }) => parseCertificate(certificate)) };
  }
}

/** SHA-256 of a certificate, hex: what is compared over another channel. */
export function fingerprintOf({ der }: ParsedCertificate): string {
  return createHash('sha256').update(der).digest('hex');
}
