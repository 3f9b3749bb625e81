/** Gives octets from `first` up to `end`, fewer where the file ends. */
export type ReadOctets = (first: number, end: number) => Promise<Buffer>;

interface Box {
  readonly type: string;
  /** Of its content. */
  readonly first: number;
  readonly end: number;
}

/** Boxes of one level: more than any film has. */
const MOST_BOXES = 1_000;

/** Length of an MP4 film in milliseconds by its movie header (ISO/IEC 14496-12, 8.2.2); undefined where it is none. */
export async function durationMsOf(read: ReadOctets, length: number): Promise<number | undefined> {
  const file = { first: 0, end: length };
  if ((await boxIn(read, file, 'ftyp')) === undefined) return undefined;
  const movie = await boxIn(read, file, 'moov');
  const header = movie && (await boxIn(read, movie, 'mvhd'));
  if (header === undefined) return undefined;
  const octets = await read(header.first, header.first + 32);
  if (octets.length < 32) return undefined;
  const isLong = octets[0] === 1;
  const [scale, duration] = isLong ? [octets.readUInt32BE(20), Number(octets.readBigUInt64BE(24))] : [octets.readUInt32BE(12), octets.readUInt32BE(16)];
  const milliseconds = Math.round((duration / scale) * 1_000);
  return milliseconds > 0 && milliseconds <= 86_400_000 ? milliseconds : undefined;
}

async function boxIn(read: ReadOctets, place: Pick<Box, 'first' | 'end'>, type: string): Promise<Box | undefined> {
  let { first } = place;
  for (let boxes = 0; boxes < MOST_BOXES && first + 8 <= place.end; boxes += 1) {
    const head = await read(first, first + 16);
    if (head.length < 8) return undefined;
    const short = head.readUInt32BE(0);
    const isLong = short === 1 && head.length === 16;
    // A size of 0 means up to the end of the file.
    const size = short === 0 ? place.end - first : isLong ? Number(head.readBigUInt64BE(8)) : short;
    if (size < 8 || first + size > place.end) return undefined;
    if (head.toString('latin1', 4, 8) === type) return { type, first: first + (isLong ? 16 : 8), end: first + size };
    first += size;
  }
  return undefined;
}
