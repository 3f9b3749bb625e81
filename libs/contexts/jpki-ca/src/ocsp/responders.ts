import { buildTbsCertificate, lintCertificate, parseCertificate, signCertificate, type FileKeyStore, type ParsedCertificate, type SigningKey } from '#pki';
import type { Clock, Database, Db, Schedule } from '#platform';
import { CA_IDS, type CaId } from '../ca/ca.js';
import type { Authorities } from '../ca/authorities.js';
import type { CaStore } from '../ca/ca.store.js';
import { needsRenewal, responderLife, type ResponderLife } from './ocsp.js';

/** A responder that answers for a key generation of an authority. */
export interface Responder extends ResponderLife {
  readonly key: SigningKey;
  readonly certificate: ParsedCertificate;
}

type ResponderRow = {
  readonly number: number;
  readonly key_id: string;
  readonly certificate: Buffer;
};

interface ResponderOrder {
  readonly ca: CaId;
  readonly generation: number;
  readonly now: Date;
}

export interface ResponderParts {
  readonly database: Database;
  readonly clock: Clock;
  /** In software also where the authorities' are in a token: answers go on when it is away (JPKI 7). */
  readonly keys: FileKeyStore;
  readonly cas: CaStore;
  readonly authorities: Authorities;
}

/** Short-lived keys that sign the answers, so that the authority's own key does not (JPKI 3.8). */
export class Responders {
  /** By `<ca>:<generation>`. */
  private readonly serving = new Map<string, Responder>();

  constructor(private readonly parts: ResponderParts) {}

  /** Makes the first or the next responder of each generation in use where it is time. */
  async prepare(): Promise<void> {
    await this.parts.database.transaction(async (db) => this.renew(db, this.parts.clock.now()));
  }

  async renew(db: Db, now: Date): Promise<void> {
    await this.parts.cas.lockPreparation(db);
    for (const ca of CA_IDS) {
      for (const { generation, certificate: root } of await this.parts.authorities.answering(db, ca)) {
        const newest = await this.newest(db, ca, generation);
        const due = newest === undefined || needsRenewal(parseCertificate(newest.certificate), now);
        if (due && root.notAfter > now) await this.create(db, { ca, generation, now });
      }
    }
    await this.destroyEnded(db, now);
  }

  /** Keys that have a successor and whose certificate has ended, so that nobody believes what they sign (JPKI 3.8). A kill in between destroys nothing twice. */
  private async destroyEnded(db: Db, now: Date): Promise<void> {
    const ended = await db.many<{ key_id: string }>(
      `UPDATE ocsp_responder r SET destroyed_at = $1 WHERE not_after < $1 AND destroyed_at IS NULL
         AND EXISTS (SELECT FROM ocsp_responder next WHERE next.ca = r.ca AND next.generation = r.generation AND next.number > r.number) RETURNING key_id`, now.toISOString(),
    );
    const left = await this.parts.keys.list();
    for (const { key_id: id } of ended) if (left.includes(id)) await this.parts.keys.destroy(id);
  }

  /** The responder of a generation that serves at present; looked up again when its renewal is due. */
  async current(db: Db, { ca, generation, now }: ResponderOrder): Promise<Responder> {
    const known = this.serving.get(`${ca}:${generation}`);
    if (known !== undefined && known.notBefore.getTime() <= now.getTime() && !needsRenewal(known, now)) return known;
    const row = await this.newest(db, ca, generation);
    if (row === undefined) throw new Error(`generation ${generation} of authority ${ca} has no responder`);
    const certificate = parseCertificate(row.certificate);
    const responder = { key: await this.parts.keys.open(row.key_id), certificate, notBefore: certificate.notBefore, notAfter: certificate.notAfter };
    this.serving.set(`${ca}:${generation}`, responder);
    return responder;
  }

  private async newest(db: Db, ca: CaId, generation: number): Promise<ResponderRow | undefined> {
    return db.maybe<ResponderRow>('SELECT number, key_id, certificate FROM ocsp_responder WHERE ca = $1 AND generation = $2 ORDER BY number DESC LIMIT 1', ca, generation);
  }

  private async create(db: Db, { ca, generation, now }: ResponderOrder): Promise<void> {
    const { authorities, cas, keys } = this.parts;
    const authority = await authorities.generation(db, ca, generation);
    const { number } = await db.one<{ number: number }>('SELECT coalesce(max(number), 0) + 1 AS number FROM ocsp_responder WHERE ca = $1', ca);
    const profile = authorities.profiles.responder[ca];
    const key = await keys.openOrCreate(`${ca}-ocsp-${number}`, { bits: 2048 });
    const { notBefore, notAfter } = responderLife(now, authority.certificate.notAfter);
    const [serial = 0] = await cas.nextSerials(db, ca, 1);
    const tbs = buildTbsCertificate({ profile, parameters: { number: String(number) }, serial: BigInt(serial), issuer: authority.issuer, notBefore, notAfter, spki: key.publicKeySpki });
    const certificate = await signCertificate(tbs, authority.key);
    const [finding] = lintCertificate(certificate, authority.certificate, { profile });
    if (finding !== undefined) throw new Error(`responder certificate breaks ${finding.id}`);
    await db.run(
      'INSERT INTO ocsp_responder (ca, number, generation, key_id, certificate, serial, not_before, not_after) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)',
      ca, number, generation, key.id, certificate, serial, notBefore.toISOString(), notAfter.toISOString(),
    );
  }
}

/** Hourly look at the responders' certificates. */
export function responderSchedule(responders: Responders): Schedule {
  return {
    name: 'ocsp-responder-renewal',
    due: (last, now) => {
      const hour = now.toISOString().slice(0, 13);
      return last === hour ? undefined : hour;
    },
    run: (ctx) => responders.renew(ctx.db, ctx.now),
  };
}
