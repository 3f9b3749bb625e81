import { setTimeout } from 'node:timers/promises';
import { Grouped, insertAuditLines, log, sealAuditLines, type AuditLine, type Database } from '#platform';

const SEAL_EVERY_MS = 1_000;

/** What is known of a caller that was turned away: nothing that it claims of itself. */
export interface TurnedAway {
  readonly action: 'gateway.token.verify' | 'gateway.token.issue';
  /** Registered client, where one could be told. */
  readonly client?: string | undefined;
  readonly object: string;
  readonly code: string;
  readonly reason: string;
  /** Network address of the caller. */
  readonly address: string;
  readonly correlationId: string;
}

/** The gateway's part of the audit trail: callers without a valid token. Lines of concurrent calls are committed together. */
export class RefusalTrail {
  private readonly lines: Grouped<AuditLine, never>;
  private stopped = false;
  private sealing: Promise<void> = Promise.resolve();

  constructor(private readonly database: Database) {
    this.lines = new Grouped(async (rows) => {
      await insertAuditLines(database.db, rows);
      return [];
    });
  }

  /** Resolves when the line is committed. */
  async add({ action, client, object, code, reason, address, correlationId }: TurnedAway): Promise<void> {
    const unproven = { client: client ?? 'unknown', institution: 'unknown', organisation: 'unknown' };
    await this.lines.add({ at: new Date(), entry: { action, ...unproven, outcome: 'REFUSED', code, object, facts: { reason, address }, correlationId } });
  }

  /** Keeps the hash chain up to date until `stop`. */
  start(): void {
    this.sealing = this.seal();
  }

  async stop(): Promise<void> {
    this.stopped = true;
    await this.sealing;
  }

  private async seal(): Promise<void> {
    while (!this.stopped) {
      const sealed = await sealAuditLines(this.database).catch((error: unknown) => {
        log.warn('audit sealer interrupted', { error });
        return 0;
      });
      if (sealed === 0) await setTimeout(SEAL_EVERY_MS);
    }
  }
}
