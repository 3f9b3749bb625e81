import type { Readable } from 'node:stream';
import { parse } from 'csv-parse/sync';
import { z } from 'zod';
import { jukiCardProblems } from '#contracts/juki-card';
import { platformProblems } from '#platform';
import type { RowFault } from './order/order.js';

/** A small municipality's orders of years. */
const MOST_BYTES = 2_097_152;

/** What became of a file: good rows were taken, `unchanged` of them said nothing new, each bad one is told. */
export const fileReport = z.object({ rows: z.int(), good: z.int(), unchanged: z.int(), errors: z.array(z.object({ line: z.int(), column: z.string(), code: z.string() })) });
export type FileReport = z.output<typeof fileReport>;
export type RowError = FileReport['errors'][number];

export interface NumberedRow<R> {
  readonly line: number;
  readonly row: R;
}

/** The rows of a CSV file (RFC 4180, UTF-8, CRLF) that were understood, and the faults of the others. Refuses FILE_MALFORMED, BODY_TOO_LARGE. */
export async function readRows<R extends object>(body: Readable | undefined, columns: readonly string[], read: (fields: readonly string[]) => R | RowFault): Promise<{ readonly count: number; readonly good: readonly NumberedRow<R>[]; readonly errors: readonly RowError[] }> {
  const [header, ...records] = parsed(await textOf(body));
  if (header?.join(',') !== columns.join(',')) throw jukiCardProblems.refuse('FILE_MALFORMED', { facts: { header: columns.join(',') } });
  const good: NumberedRow<R>[] = [];
  const errors: RowError[] = [];
  records.forEach((fields, index) => {
    const [line, row] = [index + 2, read(fields)];
    if ('column' in row && 'code' in row) errors.push({ line, column: row.column, code: row.code });
    else good.push({ line, row });
  });
  return { count: records.length, good, errors };
}

export function reportOf(count: number, unchanged: number, errors: readonly RowError[]): FileReport {
  return { rows: count, good: count - errors.length, unchanged, errors: errors.toSorted((a, b) => a.line - b.line) };
}

function parsed(text: string): string[][] {
  try {
    return z.array(z.array(z.string())).parse(parse(text, { bom: true, relax_column_count: true, skip_empty_lines: true }));
  } catch {
    throw jukiCardProblems.refuse('FILE_MALFORMED');
  }
}

async function textOf(body: Readable | undefined): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of body ?? []) {
    const part = Buffer.from(chunk as Uint8Array);
    bytes += part.length;
    if (bytes > MOST_BYTES) throw platformProblems.refuse('BODY_TOO_LARGE');
    chunks.push(part);
  }
  return Buffer.concat(chunks).toString('utf8');
}
