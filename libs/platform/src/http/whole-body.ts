import type { Readable } from 'node:stream';
import { platformProblems } from '../problem/problems.js';

/** An upload of at most `most` octets, whole. Refuses BODY_TOO_LARGE. */
export async function wholeBody(body: Readable | undefined, most: number): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of body ?? []) {
    const octets = Buffer.from(chunk as Uint8Array);
    length += octets.length;
    if (length > most) throw platformProblems.refuse('BODY_TOO_LARGE', { facts: { limit: most } });
    chunks.push(octets);
  }
  return Buffer.concat(chunks);
}
