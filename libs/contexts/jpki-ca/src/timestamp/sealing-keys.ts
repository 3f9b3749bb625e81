import { buildTbsCertificate, isCertificateSignedBy, lintCertificate, parseCertificate, signCertificate, type CmsSigner, type ParsedCertificate, type SigningKeyStore } from '#pki';
import { whenAnswered, type Clock, type Database, type Db, type Row, type Schedule } from '#platform';
import type { Authorities, Authority } from '../ca/authorities.js';
import type { CaStore } from '../ca/ca.store.js';
import { keyAnswer } from '../ca/key-answer.js';
import { needsRenewal } from '../ocsp/ocsp.js';
import { SEALING_ROLES, sealingLife, type SealingRole } from './timestamp.js';

/** A key of the agency that seals its records, with its certificate. */
export interface SealingKey extends CmsSigner {
  readonly number: number;
}

interface KeyRow extends Row {
  readonly number: number;
  readonly key_id: string;
  readonly certificate: Buffer;
  /** The key that certified it is in other hands: what it certifies can be said of any key (JPKI 4.11). */
  readonly distrusted: boolean;
}

interface KeyOrder {
  readonly authority: Authority;
  readonly role: SealingRole;
  readonly number: number;
  readonly now: Date;
}

export interface SealingKeyParts {
  readonly database: Database;
  readonly clock: Clock;
  /** In software also where the authorities' are in a token, as those of the OCSP responders. */
  readonly keys: SigningKeyStore;
  readonly cas: CaStore;
  readonly authorities: Authorities;
}

/** Keys of the time-stamp authority and of the audit trail, certified by the signature authority and renewed after two thirds of their life, or when its key is compromised (JPKI 4.3, 4.11, 4.14). */
export class SealingKeys {
  private readonly serving = new Map<SealingRole, SealingKey>();

  constructor(private readonly parts: SealingKeyParts) {}

  async prepare(): Promise<void> {
    await this.parts.database.transaction(async (db) => this.renew(db, this.parts.clock.now()));
  }

  /** Makes the first or the next key of each role where it is time. Before the first ceremony nobody certifies them, and nothing is sealed. */
  async renew(db: Db, now: Date): Promise<void> {
    await this.parts.cas.lockPreparation(db);
    const due = await this.due(db, now);
    if (due.length === 0) return;
    const authority = await whenAnswered(() => keyAnswer(() => this.parts.authorities.issuing(db, 'sign', now)));
    if (authority === undefined) return;
    for (const { role, number } of due) await this.create(db, { authority, role, number, now });
  }

  async isRenewalDue(db: Db, now: Date): Promise<boolean> {
    return (await this.due(db, now)).length > 0 && [...(await this.parts.authorities.issuingNow(db))].some((issuing) => issuing.startsWith('sign:'));
  }

  /** The key that seals at present. Undefined before the first one, when none was made before the last one ended, and until a sound authority has certified the next one. */
  async current(db: Db, role: SealingRole, now: Date): Promise<SealingKey | undefined> {
    const row = await this.newest(db, role);
    if (row === undefined || row.distrusted) return undefined;
    let known = this.serving.get(role);
    if (known?.number !== row.number) {
      known = { number: row.number, key: await this.parts.keys.open(row.key_id), certificate: parseCertificate(row.certificate) };
      this.serving.set(role, known);
    }
    return known.certificate.notAfter.getTime() < now.getTime() ? undefined : known;
  }

  /** Certificate of a key of any time; undefined when there was none. */
  async certificate(db: Db, role: SealingRole, number: number): Promise<ParsedCertificate | undefined> {
    const row = await db.maybe<{ certificate: Buffer }>('SELECT certificate FROM sealing_key WHERE role = $1 AND number = $2', role, number);
    return row === undefined ? undefined : parseCertificate(row.certificate);
  }

  /** Whether it is of a key of this role, and the authority's generation that is named with it signed it. */
  async isCertified(db: Db, role: SealingRole, certificate: ParsedCertificate): Promise<boolean> {
    const key = await db.maybe<{ generation: number }>('SELECT generation FROM sealing_key WHERE role = $1 AND certificate = $2', role, certificate.der);
    return key !== undefined && isCertificateSignedBy(certificate, (await this.parts.authorities.certificate(db, 'sign', key.generation)).spki);
  }

  private async due(db: Db, now: Date): Promise<{ readonly role: SealingRole; readonly number: number }[]> {
    const due: { role: SealingRole; number: number }[] = [];
    for (const role of SEALING_ROLES) {
      const newest = await this.newest(db, role);
      if (newest === undefined || newest.distrusted || needsRenewal(parseCertificate(newest.certificate), now)) due.push({ role, number: (newest?.number ?? 0) + 1 });
    }
    return due;
  }

  private async newest(db: Db, role: SealingRole): Promise<KeyRow | undefined> {
    return db.maybe<KeyRow>(
      `SELECT number, k.key_id, k.certificate, state = 'COMPROMISED' OR reported_by IS NOT NULL AS distrusted FROM sealing_key k JOIN ca_key_generation g ON g.ca = 'sign' AND g.generation = k.generation
       WHERE role = $1 ORDER BY number DESC LIMIT 1`,
      role,
    );
  }

  private async create(db: Db, { authority, role, number, now }: KeyOrder): Promise<void> {
    const { authorities, cas, keys } = this.parts;
    const profile = authorities.profiles.sealing[role];
    const key = await keys.openOrCreate(`${role}-${number}`, { bits: 2048 });
    const { notBefore, notAfter } = sealingLife(now, authority.certificate.notAfter);
    const [serial = 0] = await cas.nextSerials(db, 'sign', 1);
    const tbs = buildTbsCertificate({ profile, parameters: { number: String(number) }, serial: BigInt(serial), issuer: authority.issuer, notBefore, notAfter, spki: key.publicKeySpki });
    const certificate = await keyAnswer(() => signCertificate(tbs, authority.key));
    const [finding] = lintCertificate(certificate, authority.certificate, { profile });
    if (finding !== undefined) throw new Error(`${role} certificate breaks ${finding.id}`);
    await db.run(
      'INSERT INTO sealing_key (role, number, generation, key_id, certificate, serial, not_before, not_after) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)',
      role, number, authority.generation, key.id, certificate, serial, notBefore.toISOString(), notAfter.toISOString(),
    );
  }
}

/** A look at the certificates; a renewal that did not come about is tried again a minute later. */
export function sealingKeySchedule(keys: SealingKeys): Schedule {
  return {
    name: 'sealing-key-renewal',
    due: (last, now) => {
      const minute = now.toISOString().slice(0, 16);
      return last === minute ? undefined : minute;
    },
    hasWork: (ctx) => keys.isRenewalDue(ctx.db, ctx.now),
    run: (ctx) => keys.renew(ctx.db, ctx.now),
  };
}
