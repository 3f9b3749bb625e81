import { pipeline, type Readable } from 'node:stream';
import { parse } from 'csv-parse';
import { z } from 'zod';
import { cardIssuanceProblems } from '#contracts/card-issuance';

/** Characters of one row, more than any honest row has. */
const MAX_ROW = 20_000;
const CHUNK = 1_000;
const MOST_ERRORS = 1_000;

const rowError = z.object({ line: z.int().describe('1 is the header'), column: z.string(), code: z.string() });
export type RowError = z.output<typeof rowError>;

/** What became of a file: good rows were taken, `unchanged` of them said nothing new, each bad one is told (the first thousand). */
export const fileReport = z.object({ rows: z.int(), good: z.int(), unchanged: z.int(), bad: z.int(), errors: z.array(rowError) });
export type FileReport = z.output<typeof fileReport>;

/** A row that was understood. */
export interface Read<R> {
  readonly line: number;
  readonly row: R;
}

/** How the rows of a file are understood and taken in: in chunks, a transaction each, which never part rows of one `group`. */
export interface FileReader<R> {
  readonly columns: readonly string[];
  read(fields: readonly string[]): R | Omit<RowError, 'line'>;
  group?(row: R): string;
  /** Answers which rows were not good after all, and how many good ones changed nothing. */
  take(rows: readonly Read<R>[]): Promise<{ readonly errors: readonly RowError[]; readonly unchanged: number }>;
}

/**
 * Takes a CSV file (RFC 4180, UTF-8, CRLF) in, in constant memory. Refuses FILE_MALFORMED for another header or broken quoting; the chunks before
 * that stay taken, and the file may be sent again.
 */
export async function takeFile<R extends object>(body: Readable | undefined, reader: FileReader<R>): Promise<FileReport> {
  const report = { rows: 0, good: 0, unchanged: 0, bad: 0, errors: [] as RowError[] };
  const noteBad = (errors: readonly RowError[]): void => {
    report.bad += errors.length;
    report.errors.push(...errors.slice(0, MOST_ERRORS - report.errors.length));
  };
  let chunk: Read<R>[] = [];
  const flush = async (): Promise<void> => {
    if (chunk.length === 0) return;
    const { errors, unchanged } = await reader.take(chunk);
    noteBad(errors);
    report.unchanged += unchanged;
    chunk = [];
  };
  for await (const fields of rowsOf(body, reader.columns)) {
    report.rows += 1;
    const line = report.rows + 1;
    const row = fields.length === reader.columns.length ? reader.read(fields) : { column: '', code: 'COLUMN_COUNT' };
    if ('column' in row && 'code' in row) {
      noteBad([{ line, column: row.column, code: row.code }]);
      continue;
    }
    const last = chunk.at(-1);
    if (chunk.length >= CHUNK && (last === undefined || reader.group === undefined || reader.group(last.row) !== reader.group(row))) await flush();
    chunk.push({ line, row });
  }
  await flush();
  return { ...report, good: report.rows - report.bad, errors: report.errors.toSorted((a, b) => a.line - b.line) };
}

async function* rowsOf(body: Readable | undefined, columns: readonly string[]): AsyncGenerator<readonly string[]> {
  const header = columns.join(',');
  const parser = parse({ bom: true, relaxColumnCount: true, skipEmptyLines: true, maxRecordSize: MAX_ROW });
  if (body === undefined) throw cardIssuanceProblems.refuse('FILE_MALFORMED', { facts: { header } });
  pipeline(body, parser, () => undefined);
  let line = 0;
  try {
    for await (const fields of parser as AsyncIterable<readonly string[]>) {
      if (line > 0) yield fields;
      else if (fields.join(',') !== header) throw cardIssuanceProblems.refuse('FILE_MALFORMED', { facts: { header } });
      line += 1;
    }
  } catch (error) {
    if (error instanceof Error && 'code' in error && String(error.code).startsWith('CSV_')) throw cardIssuanceProblems.refuse('FILE_MALFORMED', { facts: { line: line + 1 } });
    throw error;
  }
  if (line === 0) throw cardIssuanceProblems.refuse('FILE_MALFORMED', { facts: { header } });
}
