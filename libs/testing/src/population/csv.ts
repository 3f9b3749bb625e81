import { Readable } from 'node:stream';

const CHUNK_CHARACTERS = 64 * 1024;

/** Lines as UTF-8 chunks of some 64 kB; a Buffer passes through unchanged, because bad rows may be no UTF-8. */
export function* chunksOf(lines: Iterable<string | Buffer>): Generator<Buffer, void, void> {
  let text = '';
  for (const line of lines) {
    if (typeof line === 'string') {
      text += line;
      if (text.length < CHUNK_CHARACTERS) continue;
      yield Buffer.from(text);
    } else {
      if (text !== '') yield Buffer.from(text);
      yield line;
    }
    text = '';
  }
  if (text !== '') yield Buffer.from(text);
}

/** The chunks as a byte stream, read at the pace of its consumer. */
export function readableOf(chunks: Iterable<Buffer>): Readable {
  return Readable.from(chunks, { objectMode: false });
}
