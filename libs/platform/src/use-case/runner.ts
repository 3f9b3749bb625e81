import { Refusal } from '#kernel';
import { auditRows, type AuditLine } from '../audit/audit-line.js';
import type { Permission, PolicyTable } from '../access/policy.js';
import type { Clock } from '../clock.js';
import type { FieldCipher } from '../crypto/field-cipher.js';
import type { Ctx } from '../ctx.js';
import { insertOutbox } from '../events/outbox.js';
import { claimKey, keepAnswer, type KeyUse } from '../idempotency/idempotency.js';
import type { Database } from '../pg/database.js';
import type { Db } from '../pg/db.js';
import { Grouped } from '../pg/grouped.js';
import { insertJournalRows, type JournalEntry } from '../pg/journal.js';
import { asRefusal } from '../problem/problem.js';
import { platformProblems } from '../problem/problems.js';
import { log } from '../telemetry/log.js';
import type { Call, OwnCall } from './call.js';
import { Collected, type Opening } from './collected.js';
import type { Joining } from './joint.js';
import type { UseCase, UseCaseSpec } from './use-case.js';

/** A permitted call with its checked input; the call keeps the input as it came, which is what an idempotency key stands for. */
interface Run {
  readonly call: Call;
  readonly input: unknown;
  readonly permission: Permission;
}

export interface RunnerParts {
  readonly context: string;
  readonly database: Database;
  readonly policy: PolicyTable;
  readonly cipher: FieldCipher;
  readonly clock: Clock;
  readonly isTraining?: boolean;
  /** Told after each commit that wrote events. */
  readonly eventsWritten?: () => void;
  /** Told after each commit that queued a job. */
  readonly jobQueued?: () => void;
}

/** Runs use cases of one context: permission, input, transaction, events, audit, idempotency. */
export class Runner {
  private readonly reads: Grouped<Collected, never>;

  constructor(private readonly parts: RunnerParts) {
    this.reads = new Grouped(async (group) => {
      await insertJournalRows(parts.database.db, journalRowsOf(group));
      return [];
    });
  }

  /** Answers by what was committed. Throws Refusal; anything else thrown by the use case leaves as UNAVAILABLE or INTERNAL. */
  async run<S extends UseCaseSpec>(target: UseCase<S>, call: Call): Promise<unknown> {
    let permission: Permission | undefined;
    try {
      permission = this.parts.policy.permit(call.actor, target.spec.action, call.purpose);
      const input = target.spec.input.parse(call.input);
      return await this.execute(target, { call, input, permission });
    } catch (error) {
      const refusal = asRefusal(error);
      if (!(error instanceof Refusal) && refusal.definition.status >= 500) log.error('use case failed', { action: target.spec.action, correlationId: call.correlationId, error });
      await this.auditRefusal(target.spec.action, call, permission, refusal);
      throw refusal;
    }
  }

  /** One transaction for `work` outside of a call: consumers, jobs and schedules. Its audit lines are those that `work` notes. */
  async inTransaction<T>(action: string, call: OwnCall, work: (ctx: Ctx) => Promise<T>): Promise<T> {
    return this.opening({ action, call, permission: ownPermission(action, call) }).transaction(work);
  }

  /** A process outside of a call. */
  process(action: string, call: OwnCall): Ctx {
    const permission = ownPermission(action, call);
    return this.collect(action, call, permission).ctx(this.parts.database.db, this.opening({ action, call, permission }));
  }

  private async execute(target: UseCase, run: Run): Promise<unknown> {
    switch (target.spec.kind) {
      case 'command':
        return this.command(target, run);
      case 'question':
        return this.reading(target, run, () => NONE_IN_QUESTION);
      case 'process':
        return this.reading(target, run, (outer) => this.opening({ action: target.spec.action, call: run.call, permission: run.permission, outer }));
    }
  }

  private async command(target: UseCase, { call, input, permission }: Run): Promise<unknown> {
    const { cipher, clock } = this.parts;
    const { action } = target.spec;
    const use = keyUse(action, call);
    return this.published(async (db) => {
      const earlier = use === undefined ? undefined : await claimKey(db, cipher, use, clock.now());
      if (earlier !== undefined) return earlier;
      const collected = this.collect(action, call, permission);
      const answer = await target.execute(collected.ctx(db), input);
      collected.close('DONE');
      await writeCollected(db, [collected]);
      if (use !== undefined) await keepAnswer(db, cipher, use, answer);
      return { collected: [collected], answer };
    });
  }

  /** Commits, then tells whoever publishes or works. */
  private async published<T>(work: (db: Db) => Promise<{ readonly answer: T; readonly collected?: readonly Collected[] }>): Promise<T> {
    const { answer, collected = [] } = await this.parts.database.transaction(work);
    if (collected.some(({ events }) => events.length > 0)) this.parts.eventsWritten?.();
    if (collected.some(({ jobs }) => jobs > 0)) this.parts.jobQueued?.();
    return answer;
  }

  /** Outside of a transaction; the audit lines are committed with those of concurrent calls before the answer leaves. */
  private async reading(target: UseCase, { call, input, permission }: Run, openingOf: (outer: Collected) => Opening): Promise<unknown> {
    const collected = this.collect(target.spec.action, call, permission);
    const answer = await target.execute(collected.ctx(this.parts.database.db, openingOf(collected)), input, call.body);
    collected.close('DONE');
    await this.reads.add(collected);
    this.watchAnswer(target.spec.action, call, collected);
    return answer;
  }

  /** Nothing on the way of an answer that arrives; one that was not heard leaves its rows in `unheard`, and its audit lines once more, as failed. */
  private watchAnswer(action: string, call: Call, { journalRows, lines }: Collected): void {
    const unheard = journalRows.flatMap(({ table, row }) => (table.unheard === undefined ? [] : { table: table.unheard, row }));
    if (unheard.length === 0) return;
    call.whenUnheard?.(() => {
      const collected = this.collect(action, call, undefined);
      collected.journalRows.push(...unheard);
      const at = this.parts.clock.now();
      collected.lines.push(...lines.map(({ entry }): AuditLine => ({ at, entry: { ...entry, outcome: 'FAILED', code: 'DELIVERY_UNKNOWN' } })));
      this.reads.add(collected).catch((error: unknown) => log.error('an answer that was not heard could not be recorded', { action, correlationId: call.correlationId, error }));
    });
  }

  /** What a process may open. A line that was written there is its line: the process itself leaves none. */
  private opening({ action, call, permission, outer }: Own): Opening {
    const collect = (): Collected => this.collect(action, call, permission, outer);
    const open: Joining['open'] = (work) => this.published(async (db) => {
      const done = await work(db);
      await writeCollected(db, done.collected);
      for (const collected of done.collected) collected.tellOuter();
      return done;
    });
    const transaction: Ctx['transaction'] = (work) => open(async (db) => {
      const collected = collect();
      return { answer: await work(collected.ctx(db)), collected: [collected] };
    });
    return { transaction, joining: { collect, open } };
  }

  private collect(action: string, call: OwnCall, permission: Permission | undefined, outer?: Collected): Collected {
    return new Collected({ action, call, permission, outer }, { time: this.parts.clock.now(), isTraining: this.parts.isTraining === true });
  }

  private async auditRefusal(action: string, call: Call, permission: Permission | undefined, refusal: Refusal): Promise<void> {
    const collected = this.collect(action, call, permission);
    collected.close(refusal.definition.status >= 500 ? 'FAILED' : 'REFUSED', refusal.code);
    await this.reads.add(collected).catch((error: unknown) => {
      log.error('refusal could not be audited', { action, correlationId: call.correlationId, error });
      throw platformProblems.refuse('UNAVAILABLE');
    });
  }
}

function ownPermission(action: string, call: OwnCall): Permission {
  return { scope: 'nation', basis: action, ...(call.purpose === undefined ? {} : { purpose: call.purpose }) };
}

/** One transaction of Kiban's own, and the process it belongs to, if any. */
interface Own {
  readonly action: string;
  readonly call: OwnCall;
  readonly permission: Permission;
  readonly outer?: Collected;
}

function neverInQuestion(): never {
  throw new Error('a question opens no transaction');
}

const NONE_IN_QUESTION: Opening = { transaction: neverInQuestion, joining: { collect: neverInQuestion, open: neverInQuestion } };

function keyUse(action: string, call: Call): KeyUse | undefined {
  if (call.idempotencyKey === undefined) return undefined;
  return { client: call.actor.clientId, action, key: call.idempotencyKey, input: call.input };
}

async function writeCollected(db: Db, group: readonly Collected[]): Promise<void> {
  await insertOutbox(db, group.flatMap(({ events }) => events));
  await insertJournalRows(db, journalRowsOf(group));
}

function journalRowsOf(group: readonly Collected[]): JournalEntry[] {
  return group.flatMap(({ lines, journalRows }) => [...auditRows(lines), ...journalRows]);
}
