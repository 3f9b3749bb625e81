import { CrlEntryCursor, entriesAsTheyCome, PkiError } from '#pki';

const MAGIC = Buffer.from('KBSR1');
const AT = { key: 5, number: 25, count: 33, serials: 37 } as const;
const SERIAL = 8;
const LENGTH = SERIAL + 1;
/** Serial of one octet and UTCTime. */
const SHORTEST_ENTRY = 20;

/** Octets of the file of a list with so many entries. */
export function serialsLength(entryCount: number): number {
  return AT.serials + entryCount * LENGTH;
}

export interface ListHead {
  /** Of the authority's key, 20 octets. */
  readonly keyIdentifier: Buffer;
  readonly number: number;
  readonly entryCount: number;
}

/**
 * The serials of a list for a search by halves (JPKI 5): `KBSR1`, key identifier of the authority (20 octets), CRL number (8), count (4), then
 * in ascending order each serial (8) with its reason (1; 0 where none is told). Made of the octets of the list, so that it says the same.
 */
export async function* serialsFile({ keyIdentifier, number, entryCount }: ListHead, octets: AsyncIterable<Buffer>): AsyncGenerator<Buffer, void, void> {
  const head = Buffer.alloc(AT.serials);
  head.set(MAGIC);
  head.set(keyIdentifier, AT.key);
  head.writeBigUInt64BE(BigInt(number), AT.number);
  head.writeUInt32BE(entryCount, AT.count);
  yield head;
  for await (const entries of entriesAsTheyCome(octets)) {
    const block = Buffer.alloc(Math.floor(entries.entriesDer.length / SHORTEST_ENTRY) * LENGTH);
    let end = 0;
    for (const entry = new CrlEntryCursor(entries); entry.move(); end += LENGTH) {
      if (!entry.writeSerial(block, end, SERIAL)) throw new PkiError('BAD_CRL', 'serial exceeds 8 octets');
      block[end + SERIAL] = entry.reasonNumber ?? 0;
    }
    yield block.subarray(0, end);
  }
}
