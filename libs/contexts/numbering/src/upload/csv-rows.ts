import { createHash } from 'node:crypto';
import { pipeline, type Readable } from 'node:stream';
import { parse } from 'csv-parse';
import { numberingProblems } from '#contracts/numbering';

/** Characters of one row, more than any honest row has. */
const MAX_ROW = 20_000;

/** An upload read row by row: `rows` gives the fields of each line after the header, `sha256` tells the hash of all bytes when they are read. */
export interface CsvUpload {
  readonly rows: AsyncIterable<readonly string[]>;
  sha256(): string;
  /** For the audit trail: of what was signed, the fingerprint of its certificate (NUM-3.2). */
  readonly seal: { readonly signedBy?: string };
}

/**
 * Reads an uploaded CSV (RFC 4180, UTF-8, with or without BOM) with exactly this header, in constant memory.
 * Throws FILE_MALFORMED for another header or broken quoting; rows may have any number of fields.
 */
export function readCsv(body: Readable | undefined, columns: readonly string[]): CsvUpload {
  const hash = createHash('sha256');
  return { rows: rowsOf(body, columns, (chunk) => hash.update(chunk)), sha256: () => hash.digest('hex'), seal: {} };
}

async function* rowsOf(body: Readable | undefined, columns: readonly string[], tap: (chunk: Buffer) => void): AsyncGenerator<readonly string[]> {
  if (body === undefined) throw numberingProblems.refuse('FILE_MALFORMED');
  const parser = parse({ bom: true, relaxColumnCount: true, skipEmptyLines: true, maxRecordSize: MAX_ROW });
  body.on('data', tap);
  pipeline(body, parser, () => undefined);
  let line = 0;
  try {
    for await (const fields of parser as AsyncIterable<readonly string[]>) {
      if (line > 0) yield fields;
      else if (fields.join(',') !== columns.join(',')) throw numberingProblems.refuse('FILE_MALFORMED', { facts: { line: 1, header: columns.join(',') } });
      line += 1;
    }
  } catch (error) {
    if (error instanceof Error && 'code' in error && String(error.code).startsWith('CSV_')) throw numberingProblems.refuse('FILE_MALFORMED', { facts: { line: line + 1 } });
    throw error;
  }
  if (line === 0) throw numberingProblems.refuse('FILE_MALFORMED', { facts: { line: 1, header: columns.join(',') } });
}
