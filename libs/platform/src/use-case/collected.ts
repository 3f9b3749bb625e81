import type { EventDefinition } from '#kernel';
import type { AuditEntry, AuditLine } from '../audit/audit-line.js';
import type { Permission } from '../access/policy.js';
import type { AuditNote, Ctx, Emitted } from '../ctx.js';
import { cloudEvent, type Occasion } from '../events/cloud-event.js';
import type { OutboxEvent } from '../events/outbox.js';
import type { Db } from '../pg/db.js';
import type { JournalEntry } from '../pg/journal.js';
import type { OwnCall } from './call.js';
import type { Joining } from './joint.js';

/** Whose call it is that leaves something behind, and the process whose transaction this is, if any. */
interface Origin {
  readonly action: string;
  readonly call: OwnCall;
  readonly permission: Permission | undefined;
  readonly outer: Collected | undefined;
}

/** The transactions that a process may open: its own, and those it shares. */
export interface Opening {
  readonly transaction: Ctx['transaction'];
  readonly joining: Joining;
}

type Trail = Pick<OwnCall, 'correlationId' | 'traceparent'>;

/** What one call leaves behind: events, audit lines and journal rows, written together with its effect. */
export class Collected {
  readonly events: OutboxEvent[] = [];
  readonly lines: AuditLine[] = [];
  private audited = false;
  jobs = 0;
  readonly journalRows: JournalEntry[] = [];

  constructor(
    private readonly origin: Origin,
    private readonly occasion: Pick<Occasion, 'time' | 'isTraining'>,
  ) {}

  /** `opening` is what a process may open; left out, the work is already inside the only transaction. */
  ctx(db: Db, opening?: Opening, trail: Trail = this.origin.call): Ctx {
    const { correlationId, traceparent } = trail;
    const ctx: Ctx = {
      actor: this.origin.call.actor,
      permission: this.origin.permission ?? { scope: 'own', basis: '' },
      correlationId,
      traceparent,
      now: this.occasion.time,
      headers: this.origin.call.headers ?? {},
      db,
      jobQueued: () => {
        this.jobs += 1;
      },
      emit: <Data>(event: EventDefinition<Data>, emitted: Emitted<Data>) => {
        this.events.push({ subject: event.subject, event: cloudEvent(event, emitted, { ...this.occasion, correlationId, traceparent }) });
      },
      audit: (note) => this.lines.push({ at: this.occasion.time, entry: { ...this.entry('DONE', note), correlationId } }),
      journal: (table, row) => this.journalRows.push({ table, row }),
      transaction: opening?.transaction ?? ((work) => work(ctx)),
      jointly: (joint, item) => {
        if (opening === undefined) throw new Error('who is in a transaction joins no other');
        return joint.join(opening.joining, item);
      },
      following: (id, parent) => this.ctx(db, opening, { correlationId: id, traceparent: parent }),
    };
    return ctx;
  }

  /** A process whose transaction has left a line needs none of its own. */
  tellOuter(): void {
    if (this.lines.length > 0 && this.origin.outer !== undefined) this.origin.outer.audited = true;
  }

  /** A call without a note of its own still leaves one line. */
  close(outcome: AuditEntry['outcome'], code?: string): void {
    if (this.lines.length === 0 && !this.audited) this.lines.push({ at: this.occasion.time, entry: this.entry(outcome, undefined, code) });
  }

  private entry(outcome: AuditEntry['outcome'], note?: AuditNote, code?: string): AuditEntry {
    const { action, call, permission } = this.origin;
    const { actor, purpose, correlationId } = call;
    return {
      action,
      client: actor.clientId,
      institution: actor.kind,
      organisation: actor.organisation,
      ...(actor.operator === undefined ? {} : { operator: actor.operator }),
      ...(actor.terminal === undefined ? {} : { terminal: actor.terminal }),
      ...(purpose === undefined ? {} : { purpose }),
      ...(permission === undefined ? {} : { basis: permission.basis }),
      outcome,
      ...(code === undefined ? {} : { code }),
      ...note,
      correlationId,
    };
  }
}
