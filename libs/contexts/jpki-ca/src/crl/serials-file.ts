import { CrlEntryCursor, PkiError, type ParsedCrl } from '#pki';

const MAGIC = Buffer.from('KBSR1');
const AT = { key: 5, number: 25, count: 33, serials: 37 } as const;
const SERIAL = 8;
const LENGTH = SERIAL + 1;
/** Serial of one octet and UTCTime. */
const SHORTEST_ENTRY = 20;

/**
 * The serials of a list for a search by halves (JPKI 5): `KBSR1`, key identifier of the authority (20 octets), CRL number (8), count (4), then
 * in ascending order each serial (8) with its reason (1; 0 where none is told). Made of the octets of the list, so that it says the same.
 */
export function serialsFile(crl: ParsedCrl): Buffer {
  const { authorityKeyIdentifier: key, number } = crl;
  if (key?.length !== 20 || number === undefined) throw new PkiError('BAD_CRL', 'list names no key of 20 octets or no number');
  const file = Buffer.alloc(AT.serials + Math.floor(crl.entriesDer.length / SHORTEST_ENTRY) * LENGTH);
  let end: number = AT.serials;
  for (const entry = new CrlEntryCursor(crl); entry.move(); end += LENGTH) {
    if (!entry.writeSerial(file, end, SERIAL)) throw new PkiError('BAD_CRL', 'serial exceeds 8 octets');
    file[end + SERIAL] = entry.reasonNumber ?? 0;
  }
  file.set(MAGIC);
  file.set(key, AT.key);
  file.writeBigUInt64BE(number, AT.number);
  file.writeUInt32BE((end - AT.serials) / LENGTH, AT.count);
  return file.subarray(0, end);
}
