import type { ClockGuard } from '#kernel';
import { buildTimestampToken, timestampFailureOf, type TimestampFailure, type TimestampRequest } from '#pki';
import type { Ctx, Db, JournalTable } from '#platform';
import { serialHex } from '../ca/ca.js';
import type { SealingKeys } from './sealing-keys.js';
import { ACCURACY_MICROS } from './timestamp.js';

const timestampIssues: JournalTable = { name: 'timestamp_issue', columns: { serial: 'text', at: 'timestamptz', organisation: 'text', imprint: 'text' } };

export interface Timestamp {
  readonly serial: string;
  /** TimeStampToken DER. */
  readonly token: Buffer;
}

/** The agency's time-stamp authority (RFC 3161, 5816). What it gave is on record before an answer leaves. */
export class TimestampAuthority {
  constructor(
    readonly policy: string,
    private readonly keys: SealingKeys,
    private readonly guard: ClockGuard,
  ) {}

  /** A time-stamp, or why there is none; the clock must be past all that was stamped, by any process (JPKI 7). */
  async stamp(ctx: Ctx, request: TimestampRequest): Promise<Timestamp | TimestampFailure> {
    const failure = timestampFailureOf(request, [this.policy]);
    if (failure !== undefined) return failure;
    await this.noteLast(ctx.db);
    if (!this.guard.isTrusted()) return 'timeNotAvailable';
    const signer = await this.keys.current(ctx.db, 'tsa', ctx.now);
    if (signer === undefined) return 'systemFailure';
    // Beyond 2^53 a number of JavaScript is no longer exact.
    const { next } = await ctx.db.one<{ next: string }>("SELECT nextval('timestamp_serial')::text AS next");
    const token = await buildTimestampToken(request, { policy: this.policy, serial: BigInt(next), time: ctx.now, accuracyMicros: ACCURACY_MICROS }, signer);
    const serial = serialHex(BigInt(next));
    ctx.journal(timestampIssues, { serial, at: ctx.now, organisation: ctx.actor.organisation, imprint: request.imprint.digest.toString('hex') });
    return { serial, token };
  }

  /** Lets the clock be held against the last time-stamp. */
  async noteLast(db: Db): Promise<void> {
    const { last } = await db.one<{ last: Date | null }>('SELECT max(at) AS last FROM timestamp_issue');
    if (last !== null) this.guard.noteSigned(last);
  }
}
