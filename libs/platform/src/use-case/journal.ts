import type { JournalRow, JournalTable } from '../ctx.js';
import type { Db } from '../pg/db.js';

/** Appends rows to their journal tables, one statement a table. Names come from code, never from input. */
export async function insertJournalRows(db: Db, rows: readonly { readonly table: JournalTable; readonly row: JournalRow }[]): Promise<void> {
  const byTable = new Map<JournalTable, JournalRow[]>();
  for (const { table, row } of rows) {
    const group = byTable.get(table);
    if (group === undefined) byTable.set(table, [row]);
    else group.push(row);
  }
  for (const [table, group] of byTable) {
    const columns = Object.entries(table.columns);
    const names = columns.map(([name]) => name).join(', ');
    const arrays = columns.map(([, type], index) => `$${index + 1}::${type === 'text[]' ? 'text' : type}[]`).join(', ');
    const selected = columns.map(([name, type]) => (type === 'text[]' ? `string_to_array(${name}, ',')` : name)).join(', ');
    await db.run(
      `INSERT INTO ${table.name} (${names}) SELECT ${selected} FROM unnest(${arrays}) AS row (${names})`,
      ...columns.map(([name]) => group.map((row) => journalValue(row[name]))),
    );
  }
}

function journalValue(value: unknown): unknown {
  if (value instanceof Date) return value.toISOString();
  return Array.isArray(value) ? value.join(',') : (value ?? null);
}
