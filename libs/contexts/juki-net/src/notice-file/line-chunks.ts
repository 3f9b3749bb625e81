import { jukiNetProblems } from '#contracts/juki-net';
import type { Readable } from 'node:stream';

/** Lines of a file that belong together in storage and in one step of the job. */
export interface LineChunk {
  /** Number of the first line in the file, from 1. */
  readonly firstLine: number;
  readonly lines: readonly string[];
}

const NEWLINE = 10;
/** Far above any legal row: a file without line ends must not grow in memory. */
const LONGEST_LINE = 64 * 1024;

/**
 * Cuts a UTF-8 stream at its line ends (LF or CRLF), `size` lines at a time, in constant memory. Bytes that are no UTF-8 become
 * U+FFFD, which the checks of the row refuse. `onBytes` sees every byte. Refuses LINE_TOO_LONG.
 */
export async function* lineChunks(body: Readable, size: number, onBytes: (bytes: Buffer) => void): AsyncGenerator<LineChunk, void, void> {
  const decoder = new TextDecoder();
  let rest: Buffer = Buffer.alloc(0);
  let pending: string[] = [];
  let firstLine = 1;
  // Destroying the stream on the way out would cut the connection before its client has read the refusal.
  for await (const bytes of body.iterator({ destroyOnReturn: false })) {
    if (!Buffer.isBuffer(bytes)) throw new Error('the stream must be of bytes');
    onBytes(bytes);
    const end = bytes.lastIndexOf(NEWLINE);
    if (end < 0) {
      rest = Buffer.concat([rest, bytes]);
    } else {
      pending.push(...linesOf(decoder.decode(Buffer.concat([rest, bytes.subarray(0, end)]))));
      rest = Buffer.from(bytes.subarray(end + 1));
    }
    if (rest.length > LONGEST_LINE) throw jukiNetProblems.refuse('LINE_TOO_LONG', { facts: { line: firstLine + pending.length } });
    while (pending.length >= size) {
      yield { firstLine, lines: pending.slice(0, size) };
      pending = pending.slice(size);
      firstLine += size;
    }
  }
  if (rest.length > 0) pending.push(...linesOf(decoder.decode(rest)));
  if (pending.length > 0) yield { firstLine, lines: pending };
}

function linesOf(text: string): string[] {
  return text.split('\n').map((line) => (line.endsWith('\r') ? line.slice(0, -1) : line));
}
