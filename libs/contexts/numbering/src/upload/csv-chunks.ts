import type { FieldFault } from '#kernel';
import { numberingProblems } from '#contracts/numbering';

/** Rows of one transaction: a slow sender must not hold one open, which would hold back all events. */
const CHUNK = 10_000;
const MAX_FAULTS = 50;

/** Lines in chunks; a file with lines that are not in its form is refused as a whole, with the first faults. */
export async function* chunksOf<L extends { readonly line: number }>(
  rows: AsyncIterable<readonly string[]>,
  limit: number,
  read: (fields: readonly string[], line: number) => L | readonly FieldFault[],
): AsyncGenerator<L[]> {
  let chunk: L[] = [];
  const faults: FieldFault[] = [];
  let count = 0;
  for await (const fields of rows) {
    count += 1;
    if (count > limit) throw numberingProblems.refuse('BATCH_TOO_LARGE', { facts: { limit } });
    const found = read(fields, count);
    if ('line' in found) chunk.push(found);
    else faults.push(...found);
    if (faults.length >= MAX_FAULTS) break;
    if (chunk.length < CHUNK) continue;
    if (faults.length === 0) yield chunk;
    chunk = [];
  }
  if (faults.length > 0) throw numberingProblems.refuse('FILE_FAULTS', { fields: faults.slice(0, MAX_FAULTS) });
  yield chunk;
}
