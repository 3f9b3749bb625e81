import { uuidv7 } from '../crypto/uuid.js';
import type { Facts } from '#kernel';
import type { JournalTable } from '../ctx.js';
import type { Db } from '../pg/db.js';
import { insertJournalRows, type JournalEntry } from '../pg/journal.js';

/** Who did what to which object for which purpose, and how it ended. Ids only, never contents. */
export interface AuditEntry {
  readonly action: string;
  readonly client: string;
  readonly institution: string;
  readonly organisation: string;
  readonly operator?: string;
  readonly terminal?: string;
  readonly purpose?: string;
  /** Article of law or rule that permitted it. */
  readonly basis?: string;
  readonly outcome: 'DONE' | 'REFUSED' | 'FAILED';
  readonly code?: string;
  readonly object?: string;
  readonly subjects?: readonly string[];
  readonly facts?: Facts;
  readonly correlationId: string;
}

export interface AuditLine {
  readonly at: Date;
  readonly entry: AuditEntry;
}

const auditLine: JournalTable = { name: 'audit_line', columns: { at: 'timestamptz', id: 'uuid', entry: 'json' } };

/** Audit lines as rows of their journal. */
export function auditRows(lines: readonly AuditLine[]): JournalEntry[] {
  return lines.map(({ at, entry }) => ({ table: auditLine, row: { at, id: uuidv7(), entry: JSON.stringify(entry) } }));
}

export async function insertAuditLines(db: Db, lines: readonly AuditLine[]): Promise<void> {
  await insertJournalRows(db, auditRows(lines));
}
