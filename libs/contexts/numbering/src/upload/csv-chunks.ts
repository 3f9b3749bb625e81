import type { FieldFault } from '#kernel';
import { numberingProblems } from '#contracts/numbering';

/** Rows of one transaction: a slow sender must not hold one open, which would hold back all events. */
const CHUNK = 10_000;
const MAX_FAULTS = 50;

/** What `read` makes of the rows, in chunks of which the last one may be empty; rows are counted from 1. */
export async function* readChunks<T>(rows: AsyncIterable<readonly string[]>, read: (fields: readonly string[], row: number) => T): AsyncGenerator<T[]> {
  let chunk: T[] = [];
  let row = 0;
  for await (const fields of rows) {
    chunk.push(read(fields, (row += 1)));
    if (chunk.length < CHUNK) continue;
    yield chunk;
    chunk = [];
  }
  yield chunk;
}

type ReadLine<L> = (fields: readonly string[], line: number) => L | readonly FieldFault[];

/** Lines in chunks; a file with lines that are not in its form is refused as a whole, with the first faults. Refuses BATCH_TOO_LARGE, FILE_FAULTS. */
export async function* chunksOf<L extends { readonly line: number }>(rows: AsyncIterable<readonly string[]>, limit: number, read: ReadLine<L>): AsyncGenerator<L[]> {
  const faults: FieldFault[] = [];
  const readWithin: ReadLine<L> = (fields, line) => {
    if (line > limit) throw numberingProblems.refuse('BATCH_TOO_LARGE', { facts: { limit } });
    return read(fields, line);
  };
  for await (const chunk of readChunks(rows, readWithin)) {
    faults.push(...chunk.flatMap((found) => ('line' in found ? [] : found)));
    if (faults.length >= MAX_FAULTS) break;
    if (faults.length === 0) yield chunk.flatMap((found) => ('line' in found ? [found] : []));
  }
  if (faults.length > 0) throw numberingProblems.refuse('FILE_FAULTS', { fields: faults.slice(0, MAX_FAULTS) });
}
