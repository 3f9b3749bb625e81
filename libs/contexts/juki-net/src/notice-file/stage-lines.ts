import { createHash } from 'node:crypto';
import type { Readable } from 'node:stream';
import { jukiNetProblems } from '#contracts/juki-net';
import { lineChunks, type LineChunk } from './line-chunks.js';

/** Where the lines of an upload wait for their job. */
export interface LineStage {
  /** Lines of a chunk. */
  readonly size: number;
  /** Takes the header off the first chunk; throws when it is not the prescribed one. */
  readonly withoutHeader: (first: LineChunk) => LineChunk;
  readonly add: (chunk: number, lines: LineChunk) => Promise<void>;
  readonly drop: () => Promise<void>;
}

export interface StagedLines {
  readonly sha256: Buffer;
  readonly rows: number;
}

/** Stages lines as they stream in; of a refused upload nothing is left. Refuses MALFORMED_HEADER, EMPTY_FILE, LINE_TOO_LONG, UPLOAD_BROKEN. */
export async function stageLines(body: Readable, { size, withoutHeader, add, drop }: LineStage): Promise<StagedLines> {
  const hash = createHash('sha256');
  let rows = 0;
  let chunk = 0;
  try {
    for await (const lines of lineChunks(body, size, (bytes) => hash.update(bytes))) {
      const details = chunk === 0 ? withoutHeader(lines) : lines;
      if (details.lines.length > 0) await add(chunk, details);
      rows += details.lines.length;
      chunk += 1;
    }
    if (chunk === 0) withoutHeader({ firstLine: 1, lines: [''] });
    if (rows === 0) throw jukiNetProblems.refuse('EMPTY_FILE');
  } catch (error) {
    await drop();
    throw body.errored === null ? error : jukiNetProblems.refuse('UPLOAD_BROKEN');
  }
  return { sha256: hash.digest(), rows };
}
