import type { EventDefinition } from '#kernel';
import type { AuditEntry, AuditLine } from '../audit/audit-line.js';
import type { Permission } from '../access/policy.js';
import type { AuditNote, Ctx, Emitted } from '../ctx.js';
import { cloudEvent, type Occasion } from '../events/cloud-event.js';
import type { OutboxEvent } from '../events/outbox.js';
import type { Db } from '../pg/db.js';
import type { JournalEntry } from '../pg/journal.js';
import type { OwnCall } from './call.js';

type Trail = Pick<OwnCall, 'correlationId' | 'traceparent'>;

/** What one call leaves behind: events, audit lines and journal rows, written together with its effect. */
export class Collected {
  readonly events: OutboxEvent[] = [];
  readonly lines: AuditLine[] = [];
  private audited = false;
  jobs = 0;
  readonly journalRows: JournalEntry[] = [];

  constructor(
    private readonly action: string,
    private readonly call: OwnCall,
    private readonly permission: Permission | undefined,
    private readonly occasion: Pick<Occasion, 'time' | 'isTraining'>,
  ) {}

  /** `transaction` is what a process may open; left out, the work is already inside the only one. */
  ctx(db: Db, transaction?: Ctx['transaction'], trail: Trail = this.call): Ctx {
    const { correlationId, traceparent } = trail;
    const ctx: Ctx = {
      actor: this.call.actor,
      permission: this.permission ?? { scope: 'own', basis: '' },
      correlationId,
      traceparent,
      now: this.occasion.time,
      headers: this.call.headers ?? {},
      db,
      jobQueued: () => {
        this.jobs += 1;
      },
      emit: <Data>(event: EventDefinition<Data>, emitted: Emitted<Data>) => {
        this.events.push({ subject: event.subject, event: cloudEvent(event, emitted, { ...this.occasion, correlationId, traceparent }) });
      },
      audit: (note) => this.lines.push({ at: this.occasion.time, entry: { ...this.entry('DONE', note), correlationId } }),
      journal: (table, row) => this.journalRows.push({ table, row }),
      transaction: transaction ?? ((work) => work(ctx)),
      following: (id, parent) => this.ctx(db, transaction, { correlationId: id, traceparent: parent }),
    };
    return ctx;
  }

  /** A transaction of this process has left a line. */
  alreadyAudited(): void {
    this.audited = true;
  }

  /** A call without a note of its own still leaves one line. */
  close(outcome: AuditEntry['outcome'], code?: string): void {
    if (this.lines.length === 0 && !this.audited) this.lines.push({ at: this.occasion.time, entry: this.entry(outcome, undefined, code) });
  }

  private entry(outcome: AuditEntry['outcome'], note?: AuditNote, code?: string): AuditEntry {
    const { actor, purpose, correlationId } = this.call;
    return {
      action: this.action,
      client: actor.clientId,
      institution: actor.kind,
      organisation: actor.organisation,
      ...(actor.operator === undefined ? {} : { operator: actor.operator }),
      ...(actor.terminal === undefined ? {} : { terminal: actor.terminal }),
      ...(purpose === undefined ? {} : { purpose }),
      ...(this.permission === undefined ? {} : { basis: this.permission.basis }),
      outcome,
      ...(code === undefined ? {} : { code }),
      ...note,
      correlationId,
    };
  }
}
