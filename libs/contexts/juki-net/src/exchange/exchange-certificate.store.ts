import { createHash } from 'node:crypto';
import { parseCertificate, type ParsedCertificate } from '#pki';
import type { Db } from '#platform';

export interface Organisation {
  readonly institution: string;
  readonly organisation: string;
}

export interface RegisteredCertificate extends Organisation {
  readonly certificate: ParsedCertificate;
  readonly registeredAt: Date;
}

export class ExchangeCertificateStore {
  async add(db: Db, owner: Organisation, certificate: ParsedCertificate, registered: { readonly by: string; readonly at: Date }): Promise<void> {
    await db.run(
      `INSERT INTO exchange_certificate (institution, organisation, fingerprint, certificate, not_after, registered_by, registered_at)
       VALUES ($1, $2, $3, $4, $5, $6, $7) ON CONFLICT DO NOTHING`,
      owner.institution, owner.organisation, Buffer.from(sha256Of(certificate), 'hex'), certificate.der, certificate.notAfter.toISOString(), registered.by, registered.at.toISOString(),
    );
  }

  /** The one registered last that is valid: files are sealed to it. */
  async current(db: Db, owner: Organisation, now: Date): Promise<ParsedCertificate | undefined> {
    return (await this.valid(db, owner, now))[0];
  }

  /** Those valid at a moment, the one registered last first: a second one is registered before the first ends, and both are believed. */
  async valid(db: Db, owner: Organisation, at: Date): Promise<ParsedCertificate[]> {
    return (await this.list(db, owner)).map(({ certificate }) => certificate).filter((certificate) => isValidAt(certificate, at));
  }

  /** Of one organisation or of all, by organisation; the one registered last first. */
  async list(db: Db, owner: Organisation | undefined): Promise<RegisteredCertificate[]> {
    const rows = await db.many<{ institution: string; organisation: string; certificate: Buffer; registered_at: Date }>(
      `SELECT institution, organisation, certificate, registered_at FROM exchange_certificate
       WHERE $1::text IS NULL OR (institution = $1 AND organisation = $2) ORDER BY institution, organisation, registered_at DESC`,
      owner?.institution ?? null, owner?.organisation ?? null,
    );
    return rows.map(({ institution, organisation, certificate, registered_at: registeredAt }) => ({ institution, organisation, certificate: parseCertificate(certificate), registeredAt }));
  }
}

export function isValidAt({ notBefore, notAfter }: ParsedCertificate, at: Date): boolean {
  return notBefore <= at && at < notAfter;
}

/** The fingerprint, in hexadecimal. */
export function sha256Of({ der }: ParsedCertificate): string {
  return createHash('sha256').update(der).digest('hex');
}
