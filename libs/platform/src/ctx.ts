import type { EventDefinition, Facts } from '#kernel';
import { reaches, type Permission } from './access/policy.js';
import type { Actor } from './access/actor.js';
import type { Db } from './pg/db.js';
import { platformProblems } from './problem/problems.js';
import type { Joint } from './use-case/joint.js';

/** An event to be published with the transaction; `sequence` counts the events of its aggregate from 1. */
export interface Emitted<Data> {
  readonly aggregateId: string;
  readonly sequence: number;
  readonly data: Data;
}

/** What an audit line says beside who, when, which action and which purpose: ids only, never contents. */
export interface AuditNote {
  readonly object: string;
  /** Person keys of the people whose data was read or written. */
  readonly subjects?: readonly string[];
  readonly facts?: Facts;
}

/** `json`: a JSON text without line breaks, kept as text. */
export type JournalColumn = 'text' | 'text[]' | 'json' | 'uuid' | 'timestamptz';

/** An append-only table that a question may write to: its rows are committed in a group with the audit lines. */
export interface JournalTable {
  readonly name: string;
  readonly columns: Readonly<Record<string, JournalColumn>>;
  /** Gets the columns that it names of each row whose answer did not reach the caller. */
  readonly unheard?: JournalTable;
}

export type JournalRow = Readonly<Record<string, unknown>>;

/** Who asks, why, when, and in which transaction: the first argument of everything that acts. */
export interface Ctx {
  readonly actor: Actor;
  readonly permission: Permission;
  readonly correlationId: string;
  readonly traceparent: string | undefined;
  readonly now: Date;
  /** Those that its route names, as they came, by their names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly db: Db;
  /** Tells that a job waits once the transaction is committed. */
  jobQueued(): void;
  /** Publishes with the transaction. Questions cannot. */
  emit<Data>(event: EventDefinition<Data>, emitted: Emitted<Data>): void;
  /** Adds to the audit trail; the line is committed with the transaction, or before a question's answer leaves. */
  audit(note: AuditNote): void;
  /** Appends a row to a journal table, committed before the answer leaves. */
  journal(table: JournalTable, row: JournalRow): void;
  /** In a process: one transaction of its own. In a command: the command's own transaction. Questions cannot. */
  transaction<T>(work: (ctx: Ctx) => Promise<T>): Promise<T>;
  /** In a process: has `item` done in one transaction with what concurrent calls want of the same kind. */
  jointly<Item, Result>(joint: Joint<Item, Result>, item: Item): Promise<Result>;
  /** The same transaction, continuing another trail: what a consumer does about one event of a group. */
  following(correlationId: string, traceparent: string | undefined): Ctx;
}

/** Refuses OUT_OF_JURISDICTION unless the caller's permission reaches data of this municipality. */
export function requireJurisdiction(ctx: Ctx, municipalityCode: string): void {
  if (!reaches(ctx.actor, ctx.permission, municipalityCode)) throw platformProblems.refuse('OUT_OF_JURISDICTION');
}
