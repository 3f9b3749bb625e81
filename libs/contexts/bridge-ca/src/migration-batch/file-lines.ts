import { createHash } from 'node:crypto';
import { pipeline, Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { bridgeCaProblems } from '#contracts/bridge-ca';

/** Lines of a file that are stored together and checked in one step of the job. */
export interface LineChunk {
  /** Number of the first line in the file, from 1. */
  readonly firstLine: number;
  readonly lines: readonly string[];
}

/** Lines of one step: their certificates are verified in about a tenth of a second. */
const CHUNK_LINES = 500;
const NEWLINE = 10;
/** Far above a record with the largest certificate: a file without line ends must not grow in memory. */
const LONGEST_LINE = 64 * 1024;
/** Several times what all 47 authorities issued together (JPKI-6). */
const MOST_LINES = 20_000_000;

/** What was read of a file when it is over. */
export interface ReadFile {
  /** SHA-256 of the octets as they were sent. */
  readonly sha256: Buffer;
  /** Records, without the trailer. */
  readonly lines: number;
  /** The last line. */
  readonly trailer: string;
}

/**
 * Reads a file of JSON Lines, compressed (gzip) or not, in constant memory, and hands on its records in chunks. Refuses FILE_BROKEN when it
 * is no gzip or breaks off, FILE_EMPTY, FILE_TOO_LARGE, LINE_TOO_LONG.
 */
export async function readFileLines(body: Readable, take: (chunk: LineChunk) => Promise<void>): Promise<ReadFile> {
  const hash = createHash('sha256');
  const pending: string[] = [];
  let firstLine = 1;
  const takeFirst = async (count: number): Promise<void> => {
    if (count > 0) await take({ firstLine, lines: pending.splice(0, count) });
    firstLine += count;
  };
  try {
    for await (const lines of linesOf(await plain(body, (octets) => hash.update(octets)))) {
      pending.push(...lines);
      // The trailer may be the last of them: one line stays behind.
      while (pending.length > CHUNK_LINES) await takeFirst(CHUNK_LINES);
      if (firstLine > MOST_LINES) throw bridgeCaProblems.refuse('FILE_TOO_LARGE');
    }
  } catch (error) {
    throw body.errored !== null || isZlibFault(error) ? bridgeCaProblems.refuse('FILE_BROKEN') : error;
  }
  const trailer = pending.pop();
  if (trailer === undefined) throw bridgeCaProblems.refuse('FILE_EMPTY');
  await takeFirst(pending.length);
  return { sha256: hash.digest(), lines: firstLine - 1, trailer };
}

/** A stream that ends too early, or is none. */
function isZlibFault(error: unknown): boolean {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' && error.code.startsWith('Z_');
}

/** The octets without their compression, which the first two tell (RFC 1952 2.3.1). */
async function plain(body: Readable, onOctets: (octets: Buffer) => void): Promise<AsyncIterable<unknown>> {
  // Destroying the stream on the way out would cut the connection before its client has read the refusal.
  const octets = body.iterator({ destroyOnReturn: false });
  const first: IteratorResult<unknown> = await octets.next();
  async function* sent(): AsyncGenerator<Buffer> {
    for (let next = first; next.done !== true; next = await octets.next()) {
      if (!Buffer.isBuffer(next.value)) throw new Error('the stream must be of bytes');
      onOctets(next.value);
      yield next.value;
    }
  }
  const isGzip = Buffer.isBuffer(first.value) && first.value[0] === 0x1f && first.value[1] === 0x8b;
  // The fault of the source is the fault of what is read from it.
  return isGzip ? pipeline(Readable.from(sent()), createGunzip(), () => undefined) : sent();
}

/** Cuts at line ends. Octets that are no UTF-8 become U+FFFD, which no column admits. */
async function* linesOf(source: AsyncIterable<unknown>): AsyncGenerator<string[]> {
  const decoder = new TextDecoder();
  let rest: Buffer = Buffer.alloc(0);
  for await (const octets of source) {
    if (!Buffer.isBuffer(octets)) throw new Error('the stream must be of bytes');
    const end = octets.lastIndexOf(NEWLINE);
    const joined = Buffer.concat([rest, octets.subarray(0, end < 0 ? octets.length : end)]);
    if (end >= 0) yield decoder.decode(joined).split('\n');
    rest = end < 0 ? joined : Buffer.from(octets.subarray(end + 1));
    if (rest.length > LONGEST_LINE) throw bridgeCaProblems.refuse('LINE_TOO_LONG');
  }
  if (rest.length > 0) yield [decoder.decode(rest)];
}

/** The whole of a small upload. Refuses FILE_TOO_LARGE, FILE_BROKEN. */
export async function readOctets(body: Readable, most: number): Promise<Buffer> {
  const parts: Buffer[] = [];
  let length = 0;
  try {
    for await (const octets of body.iterator({ destroyOnReturn: false })) {
      if (!Buffer.isBuffer(octets)) throw new Error('the stream must be of bytes');
      length += octets.length;
      if (length > most) throw bridgeCaProblems.refuse('FILE_TOO_LARGE');
      parts.push(octets);
    }
  } catch (error) {
    throw body.errored === null ? error : bridgeCaProblems.refuse('FILE_BROKEN');
  }
  return Buffer.concat(parts);
}
