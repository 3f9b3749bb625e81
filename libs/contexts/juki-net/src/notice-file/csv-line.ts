import { parse } from 'csv-parse/sync';

/**
 * Fields of one physical line (RFC 4180), undefined when its quoting is broken. No item may hold a line break, so a line is a
 * record: a stray quote spoils its own row and no other.
 */
export function fieldsOfLine(line: string): string[] | undefined {
  if (!line.includes('"')) return line.split(',');
  try {
    const records: unknown = parse(line, { bom: false, relax_column_count: true });
    const record: unknown = Array.isArray(records) && records.length === 1 ? records[0] : undefined;
    return Array.isArray(record) && record.every((field) => typeof field === 'string') ? record : undefined;
  } catch {
    return undefined;
  }
}
