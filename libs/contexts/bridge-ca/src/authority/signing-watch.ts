import { ClockGuard } from '#kernel';
import { watchedKey, type SigningKey } from '#pki';
import { log, platformProblems, TimeServers, uuidv7, type Clock, type Db, type Schedule, type TimeServer } from '#platform';

const HOUR_MS = 3_600_000;

/** A key that signed more often, in this process, than was recorded. */
interface Unlogged {
  readonly keyId: string;
  readonly signatures: number;
}

/** What every signature of an authority's key waits for: a clock that is to be trusted (JPKI 7), and a record of what is signed (JPKI 4.16). */
export class SigningWatch {
  private readonly process = uuidv7();
  private readonly watched = new Set<string>();
  private readonly clock: Clock;
  private readonly timeServers: TimeServers;
  private readonly guard: ClockGuard;
  private lookedAt = 0;
  private unlogged: readonly Unlogged[] = [];

  constructor(
    private readonly db: Db,
    { clock, timeServers }: { readonly clock: Clock; readonly timeServers: readonly TimeServer[] },
    /** How often this process used a key. */
    private readonly signaturesOf: (keyId: string) => number,
  ) {
    this.clock = clock;
    this.timeServers = new TimeServers(timeServers, clock);
    this.guard = new ClockGuard(clock, ({ cause, ms }) => log.error(`alarm: the clock is not to be trusted, nothing is signed (${cause})`, { code: 'CLOCK_UNTRUSTED', ms }), timeServers.length > 0);
  }

  /** Holds the clock against the time servers, where there are some. */
  consult(): Promise<void> {
    return this.timeServers.consult(this.guard);
  }

  /** The key; what it may not sign now it refuses with UNAVAILABLE. */
  over(key: SigningKey): SigningKey {
    this.watched.add(key.id);
    return watchedKey(key, { before: (sha256) => this.admit(key.id, sha256) });
  }

  /** The record of a signature is committed for itself, so that it stays whatever becomes of the caller's transaction. The clock is held against what any process signed. */
  private async admit(keyId: string, sha256: Buffer): Promise<void> {
    const { last } = await this.db.one<{ last: Date | null }>('SELECT max(at) AS last FROM key_signature');
    if (last !== null) this.guard.noteSigned(last);
    if (!this.guard.isTrusted()) throw platformProblems.refuse('UNAVAILABLE', { facts: { cause: 'CLOCK_UNTRUSTED' } });
    await this.db.run('INSERT INTO key_signature (process, key_id, sha256, at) VALUES ($1, $2, $3, $4)', this.process, keyId, sha256, this.clock.now().toISOString());
  }

  /** Looks at the clock every second and, each hour, at what this process signed; both are alarms and lines of the audit trail. */
  schedule(): Schedule {
    return {
      name: 'signing-watch',
      due: (_last, now) => now.toISOString(),
      hasWork: async ({ db, now }) => {
        if (Math.abs(now.getTime() - this.lookedAt) >= HOUR_MS) {
          this.lookedAt = now.getTime();
          this.unlogged = await this.compare(db);
        }
        await this.consult();
        return this.unlogged.length > 0 || this.guard.untold() !== undefined;
      },
      run: async (ctx) => {
        const fault = this.guard.untold();
        if (fault !== undefined) ctx.audit({ object: 'clock', facts: { code: 'CLOCK_UNTRUSTED', ...fault } });
        for (const { keyId, signatures } of this.unlogged) ctx.audit({ object: `key:${keyId}`, facts: { alarm: 'SIGNATURE_NOT_LOGGED', signatures } });
        this.guard.recorded();
        this.unlogged = [];
      },
    };
  }

  /** Counted first, since what is made meanwhile was recorded before. */
  private async compare(db: Db): Promise<Unlogged[]> {
    const made = [...this.watched].map((keyId) => ({ keyId, signatures: this.signaturesOf(keyId) }));
    const rows = await db.many<{ keyId: string; n: number }>('SELECT key_id AS "keyId", count(*) AS n FROM key_signature WHERE process = $1 GROUP BY key_id', this.process);
    const logged = new Map(rows.map(({ keyId, n }) => [keyId, n]));
    const unlogged = made.map(({ keyId, signatures }) => ({ keyId, signatures: signatures - (logged.get(keyId) ?? 0) })).filter(({ signatures }) => signatures > 0);
    for (const { keyId, signatures } of unlogged) log.error(`alarm: the key ${keyId} signed what nobody logged`, { code: 'SIGNATURE_NOT_LOGGED', count: signatures });
    return unlogged;
  }
}
