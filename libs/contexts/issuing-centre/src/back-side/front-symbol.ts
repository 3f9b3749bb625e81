import { createHash } from 'node:crypto';
import { crc32 } from 'node:zlib';

/** Version and level of the QR symbols that carry the image: 137 modules a side, the most robust that hold 40 KB on one page (CARD-4.16). */
export const SYMBOL_VERSION = 30;
/** Octets of a symbol of that version at level L (ISO/IEC 18004 table 7). */
const SYMBOL_OCTETS = 1_732;
const MAGIC = Buffer.from('KB\u0001', 'latin1');
const ID = 8;
/** Magic, id of the content, index, total, CRC-32 of what precedes and follows it. */
const HEADER = MAGIC.length + ID + 1 + 1 + 4;
const CRC_AT = HEADER - 4;
/** Symbols that one page has room for: four across, six down. */
export const MOST_SYMBOLS = 24;

/** What is left for the content of a page. */
export const MOST_CONTENT = MOST_SYMBOLS * (SYMBOL_OCTETS - HEADER);

/** Names the content of one page among others: the first octets of its hash. */
export function contentId(content: Buffer): Buffer {
  return createHash('sha256').update(content).digest().subarray(0, ID);
}

/** The content in as many symbols as it takes. Throws RangeError above MOST_CONTENT. */
export function splitContent(content: Buffer): Buffer[] {
  if (content.length > MOST_CONTENT) throw new RangeError('the content has no room on a page');
  const size = SYMBOL_OCTETS - HEADER;
  const total = Math.max(1, Math.ceil(content.length / size));
  const id = contentId(content);
  return Array.from({ length: total }, (_, index) => {
    const chunk = content.subarray(index * size, (index + 1) * size);
    const frame = Buffer.concat([MAGIC, id, Buffer.from([index, total, 0, 0, 0, 0]), chunk]);
    frame.writeUInt32BE(checksum(frame), CRC_AT);
    return frame;
  });
}

/** What became of the symbols of one content: whole, or how many of them were read. */
export interface Joined {
  readonly content: Buffer | undefined;
  readonly read: number;
  readonly total: number;
}

/** The content `id` of what was read, in any order and repeated; symbols of others and damaged ones do not count. */
export function joinContent(frames: readonly Buffer[], id: Buffer): Joined {
  const own = frames.filter((frame) => frame.length > HEADER && frame.subarray(0, MAGIC.length).equals(MAGIC) && frame.subarray(MAGIC.length, MAGIC.length + ID).equals(id) && frame.readUInt32BE(CRC_AT) === checksum(frame));
  const total = own[0]?.[CRC_AT - 1] ?? 0;
  const byIndex = new Map(own.filter((frame) => frame[CRC_AT - 1] === total).map((frame) => [frame[CRC_AT - 2] ?? 0, frame.subarray(HEADER)]));
  const chunks = Array.from({ length: total }, (_, index) => byIndex.get(index)).filter((chunk) => chunk !== undefined);
  const whole = total > 0 && chunks.length === total ? Buffer.concat(chunks) : undefined;
  // The id is a hash: a content that is put together of symbols of two is none.
  return { content: whole !== undefined && contentId(whole).equals(id) ? whole : undefined, read: chunks.length, total };
}

function checksum(frame: Buffer): number {
  return crc32(frame.subarray(HEADER), crc32(frame.subarray(0, CRC_AT)));
}
