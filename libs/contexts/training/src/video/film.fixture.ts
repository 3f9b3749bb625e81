function box(type: string, ...content: readonly Buffer[]): Buffer {
  const body = Buffer.concat(content);
  const head = Buffer.alloc(8);
  head.writeUInt32BE(8 + body.length);
  head.write(type, 4, 'latin1');
  return Buffer.concat([head, body]);
}

/** The least that is an MP4 film of so many seconds, its octets those of `seed`. */
export function film(seconds: number, { isLong = false, size = 1_000, seed = 1 } = {}): Buffer {
  const header = Buffer.alloc(isLong ? 112 : 100);
  header[0] = isLong ? 1 : 0;
  header.writeUInt32BE(600, isLong ? 20 : 12);
  if (isLong) header.writeBigUInt64BE(BigInt(seconds * 600), 24);
  else header.writeUInt32BE(seconds * 600, 16);
  const before = [box('ftyp', Buffer.from('isom\0\0\0\0isom', 'latin1')), box('moov', box('free', Buffer.alloc(5)), box('mvhd', header))];
  const used = before.reduce((sum, { length }) => sum + length, 8);
  return Buffer.concat([...before, box('mdat', Buffer.alloc(Math.max(0, size - used), seed))]);
}
