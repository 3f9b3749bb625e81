import { watchedKey, type FileKeyStore, type Pkcs11KeyStore, type SigningKey } from '#pki';
import { daily, Grouped, log, uuidv7, type Clock, type Db, type Schedule } from '#platform';

/** Where the authorities' keys are; it counts the signatures of each. */
export type CaKeyStore = FileKeyStore | Pkcs11KeyStore;

const HOUR = 3_600_000;

interface Announced {
  readonly keyId: string;
  readonly sha256: Buffer;
  readonly at: string;
}

/** A key that signed more often, in this process, than was recorded. */
interface Unlogged {
  readonly keyId: string;
  readonly signatures: number;
}

/** Each signature of an authority's key is on record before it is made; each hour the record is compared with what the key store counted (JPKI 4.16). */
export class SignatureLog {
  private readonly process = uuidv7();
  private readonly watched = new Set<string>();
  private lookedAt = 0;
  private unlogged: readonly Unlogged[] = [];
  /** Certificates of a batch are signed several at once, and announced in one statement. */
  private readonly announced = new Grouped<Announced, never>((group) => this.record(group));

  /** A signature that was made stays on record where its transaction does not: `aside` of the database, since who signs in one may hold its last connection. */
  constructor(
    private readonly aside: Db,
    private readonly clock: Clock,
    private readonly keys: CaKeyStore,
  ) {}

  logged(key: SigningKey): SigningKey {
    this.watched.add(key.id);
    return watchedKey(key, {
      before: async (sha256) => void (await this.announced.add({ keyId: key.id, sha256, at: this.clock.now().toISOString() })),
    });
  }

  private async record(group: readonly Announced[]): Promise<never[]> {
    await this.aside.run(
      'INSERT INTO key_signature (process, key_id, sha256, at) SELECT $1, key_id, sha256, at FROM unnest($2::text[], $3::bytea[], $4::timestamptz[]) AS announced (key_id, sha256, at)',
      this.process, group.map(({ keyId }) => keyId), group.map(({ sha256 }) => sha256), group.map(({ at }) => at),
    );
    return [];
  }

  /** Each process compares its own. */
  schedule(): Schedule {
    return {
      name: 'key-signatures',
      due: (_last, now) => now.toISOString(),
      hasWork: async ({ db, now }) => {
        if (Math.abs(now.getTime() - this.lookedAt) < HOUR) return this.unlogged.length > 0;
        this.lookedAt = now.getTime();
        this.unlogged = await this.compare(db);
        return this.unlogged.length > 0;
      },
      run: async (ctx) => {
        for (const { keyId, signatures } of this.unlogged) ctx.audit({ object: `key:${keyId}`, facts: { alarm: 'SIGNATURE_NOT_LOGGED', signatures } });
        this.unlogged = [];
      },
    };
  }

  /** Counted first, since what is made meanwhile was recorded before. */
  private async compare(db: Db): Promise<Unlogged[]> {
    const made = [...this.watched].map((keyId) => ({ keyId, made: this.keys.signatures(keyId) }));
    const rows = await db.many<{ key_id: string; n: number }>('SELECT key_id, count(*) AS n FROM key_signature WHERE process = $1 GROUP BY key_id', this.process);
    const logged = new Map(rows.map(({ key_id: keyId, n }) => [keyId, n]));
    const unlogged = made.map(({ keyId, made: count }) => ({ keyId, signatures: count - (logged.get(keyId) ?? 0) })).filter(({ signatures }) => signatures > 0);
    for (const { keyId, signatures } of unlogged) log.error(`alarm: the key ${keyId} signed what nobody logged`, { action: 'jpki-ca.key-signatures', code: 'SIGNATURE_NOT_LOGGED', count: signatures });
    return unlogged;
  }
}

/** What processes recorded that have been gone for more than a year is compared with nothing any more (JPKI 4.16). */
export const signatureRetention: Schedule = daily('key-signature-retention', async (ctx) => {
  const { dropped } = await ctx.db.one<{ dropped: number }>('SELECT drop_key_signatures($1) AS dropped', ctx.now.toISOString());
  if (dropped > 0) ctx.audit({ object: 'key-signatures', facts: { dropped } });
});
