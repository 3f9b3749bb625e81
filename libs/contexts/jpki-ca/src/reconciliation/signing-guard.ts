import { ClockGuard } from '#kernel';
import { log, platformProblems, type Clock } from '#platform';

/** UNKNOWN: what was published could not be read since the start. BEHIND: it is not of this database. */
export type DatabaseFinding = 'UNKNOWN' | 'AGREES' | 'BEHIND';

/** Whether anything may be signed: by this clock, and by a database that knows all that was published from it (JPKI 7). */
export class SigningGuard extends ClockGuard {
  private finding: DatabaseFinding = 'UNKNOWN';

  constructor(clock: Clock, hasReference: boolean) {
    super(clock, ({ cause, ms }) => log.error(`alarm: the clock is not to be trusted, nothing is signed (${cause})`, { code: 'CLOCK_UNTRUSTED', ms }), hasReference);
  }

  get database(): DatabaseFinding {
    return this.finding;
  }

  noteDatabase(finding: DatabaseFinding): void {
    if (finding === 'BEHIND' && this.finding !== 'BEHIND') log.error('alarm: the database is behind what was published: nothing is issued, listed or answered until it is reconciled', { code: 'DATABASE_BEHIND' });
    this.finding = finding;
  }

  override isTrusted(): boolean {
    return super.isTrusted() && this.finding === 'AGREES';
  }

  /** Refuses UNAVAILABLE while the database does not agree with what was published. */
  requireDatabase(): void {
    if (this.finding !== 'AGREES') throw platformProblems.refuse('UNAVAILABLE', { facts: { cause: `DATABASE_${this.finding}` } });
  }

  /** Refuses UNAVAILABLE while nothing may be signed. */
  require(): void {
    this.requireDatabase();
    if (!this.isTrusted()) throw platformProblems.refuse('UNAVAILABLE', { facts: { cause: 'CLOCK_UNTRUSTED' } });
  }
}
