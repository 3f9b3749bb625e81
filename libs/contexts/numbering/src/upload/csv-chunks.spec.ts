import { describe, expect, it } from 'vitest';
import { chunksOf } from './csv-chunks.js';

async function* rows(count: number): AsyncGenerator<readonly string[]> {
  for (let line = 1; line <= count; line += 1) yield [String(line)];
}

/** Sizes of the chunks, or what the file is refused with. */
async function sizes(count: number, limit: number, isFaulty = (_line: number): boolean => false): Promise<readonly number[] | { code: unknown; faults: number }> {
  const chunks: number[] = [];
  try {
    for await (const chunk of chunksOf(rows(count), limit, (_fields, line) => (isFaulty(line) ? [{ pointer: `/lines/${line}/x`, code: 'FORMAT' }] : { line }))) chunks.push(chunk.length);
  } catch (error) {
    if (!(error instanceof Error) || !('code' in error)) throw error;
    return { code: error.code, faults: 'fields' in error && Array.isArray(error.fields) ? error.fields.length : 0 };
  }
  return chunks;
}

describe('the lines of a file (NUM-4.6)', () => {
  it('NUM-4.6 has as many lines as it may and not one more', async () => {
    expect(await sizes(20_000, 20_000)).toEqual([10_000, 10_000, 0]);
    expect(await sizes(20_001, 20_000)).toMatchObject({ code: 'BATCH_TOO_LARGE' });
    expect(await sizes(3, 20_000)).toEqual([3]);
  });

  it('NUM-7 tells its first fifty faults, and gives no chunk any more after the first of them', async () => {
    expect(await sizes(30_000, 40_000, (line) => line % 2 === 0)).toEqual({ code: 'FILE_FAULTS', faults: 50 });
    expect(await sizes(30_000, 40_000, (line) => line === 29_999)).toEqual({ code: 'FILE_FAULTS', faults: 1 });
  });
});
