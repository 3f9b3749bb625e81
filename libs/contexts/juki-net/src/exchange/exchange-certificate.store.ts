import { createHash } from 'node:crypto';
import { parseCertificate, type ParsedCertificate } from '#pki';
import type { Db } from '#platform';

export interface Organisation {
  readonly institution: string;
  readonly organisation: string;
}

export class ExchangeCertificateStore {
  async add(db: Db, owner: Organisation, certificate: ParsedCertificate, registered: { readonly by: string; readonly at: Date }): Promise<void> {
    await db.run(
      `INSERT INTO exchange_certificate (institution, organisation, fingerprint, certificate, not_after, registered_by, registered_at)
       VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT DO NOTHING`,
      owner.institution, owner.organisation, fingerprintOf(certificate), certificate.der, certificate.notAfter.toISOString(), registered.by, registered.at.toISOString(),
    );
  }

  /** The one registered last that is still valid. */
  async current(db: Db, { institution, organisation }: Organisation, now: Date): Promise<ParsedCertificate | undefined> {
    const row = await db.maybe<{ certificate: Buffer }>(
      'SELECT certificate FROM exchange_certificate WHERE institution = $1 AND organisation = $2 AND not_after > $3 ORDER BY registered_at DESC LIMIT 1',
      institution, organisation, now.toISOString(),
    );
    return row === undefined ? undefined : parseCertificate(row.certificate);
  }
}

export function fingerprintOf({ der }: ParsedCertificate): Buffer {
  return createHash('sha256').update(der).digest();
}
