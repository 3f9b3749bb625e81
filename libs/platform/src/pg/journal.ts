import type { JournalColumn, JournalRow, JournalTable } from '../ctx.js';
import type { Db } from './db.js';

/** A row to be appended to a journal table. */
export interface JournalEntry {
  readonly table: JournalTable;
  readonly row: JournalRow;
}

/** Appends rows to their journal tables, all in one statement: one round trip, all or nothing. */
export async function insertJournalRows(db: Db, entries: readonly JournalEntry[]): Promise<void> {
  if (entries.length === 0) return;
  const inserts: string[] = [];
  const values: unknown[] = [];
  for (const [table, rows] of byTable(entries)) {
    inserts.push(insertOf(table, values.length));
    for (const [name, type] of Object.entries(table.columns)) values.push(columnOf(type, rows.map((row) => journalValue(row[name]))));
  }
  const last = inserts.pop() ?? '';
  const before = inserts.map((insert, index) => `journal_${index} AS (${insert})`).join(', ');
  await db.run(before === '' ? last : `WITH ${before} ${last}`, ...values);
}

/** Names come from code, never from input. `used`: parameters that other inserts of the statement have taken. */
function insertOf(table: JournalTable, used: number): string {
  const columns = Object.entries(table.columns);
  const names = columns.map(([name]) => name).join(', ');
  const arrays = columns.map(([, type], index) => arrayOf(type, `$${used + index + 1}`)).join(', ');
  const selected = columns.map(([name, type]) => (type === 'text[]' ? `string_to_array(${name}, ',')` : name)).join(', ');
  return `INSERT INTO ${table.name} (${names}) SELECT ${selected} FROM unnest(${arrays}) AS row (${names})`;
}

/** An array literal would escape each quotation mark of a JSON text, and the server would take it apart again; lines need neither. */
function columnOf(type: JournalColumn, values: readonly unknown[]): unknown {
  return type === 'json' ? values.join('\n') : values;
}

function arrayOf(type: JournalColumn, parameter: string): string {
  if (type === 'json') return `string_to_array(${parameter}, E'\\n')`;
  return `${parameter}::${type === 'text[]' ? 'text' : type}[]`;
}

function byTable(entries: readonly JournalEntry[]): Map<JournalTable, JournalRow[]> {
  const groups = new Map<JournalTable, JournalRow[]>();
  for (const { table, row } of entries) {
    const group = groups.get(table);
    if (group === undefined) groups.set(table, [row]);
    else group.push(row);
  }
  return groups;
}

function journalValue(value: unknown): unknown {
  if (value instanceof Date) return value.toISOString();
  return Array.isArray(value) ? value.join(',') : (value ?? null);
}
