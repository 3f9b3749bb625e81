import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { Refusal } from '#kernel';
import { readFileLines, readOctets, type LineChunk } from './file-lines.js';

const pieces = (octets: Buffer, size: number): Buffer[] => Array.from({ length: Math.ceil(octets.length / size) }, (_, index) => octets.subarray(index * size, (index + 1) * size));

async function read(octets: Buffer, size = 7) {
  const chunks: LineChunk[] = [];
  const { sha256, ...rest } = await readFileLines(Readable.from(pieces(octets, size)), async (chunk) => void chunks.push(chunk));
  return { ...rest, isDigest: sha256.equals(createHash('sha256').update(octets).digest()), chunks };
}

const codeOf = async (work: Promise<unknown>): Promise<string> => work.then(() => 'read', (error: unknown) => (error instanceof Refusal ? error.code : String(error)));

describe('files as they stream in (JPKI-4.12)', () => {
  it('are cut into lines with the trailer apart, compressed or not', async () => {
    const text = Buffer.from('{"a":1}\n{"b":"電子"}\n{"count":2}\n');
    const expected = { lines: 2, trailer: '{"count":2}', isDigest: true, chunks: [{ firstLine: 1, lines: ['{"a":1}', '{"b":"電子"}'] }] };
    for (const file of [text, text.subarray(0, -1), gzipSync(text)]) expect(await read(file)).toEqual(expected);
    const many = await read(Buffer.from(Array.from({ length: 1_001 }, (_, index) => `${index}\n`).join('')), 997);
    expect([many.lines, many.trailer, many.chunks.map(({ firstLine, lines }) => [firstLine, lines.length])]).toEqual([1_000, '1000', [[1, 500], [501, 500]]]);
  });

  it('are refused when they are empty, break off or have no end of line', async () => {
    expect(await codeOf(read(Buffer.alloc(0)))).toBe('FILE_EMPTY');
    expect(await codeOf(read(gzipSync(Buffer.from('{}\n{}\n')).subarray(0, -9)))).toBe('FILE_BROKEN');
    expect(await codeOf(read(Buffer.alloc(70_000, 'a'), 10_000))).toBe('LINE_TOO_LONG');
    expect(await codeOf(readOctets(Readable.from([Buffer.alloc(6), Buffer.alloc(6)]), 11))).toBe('FILE_TOO_LARGE');
  });
});
