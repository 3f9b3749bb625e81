import { encodeAuthorityKeyIdentifier, distributionPointName } from '../certificate/extension-value.js';
import { encodeExtension } from '../der/extension.js';
import type { GeneralName } from '../der/general-name.js';
import { OID } from '../der/oid.js';
import { TAG } from '../der/tag.js';
import { time } from '../der/time.js';
import { bitString, contextConstructed, contextPrimitive, header, integer, integerContent, sequence } from '../der/write.js';
import { type SigningKey, signChecked, signatureAlgorithmIdentifier } from '../key/signing-key.js';
import { PkiError } from '../pki-error.js';
import { type CrlEntry, MAX_ENTRY_LENGTH, writeCrlEntry } from './crl-entry.js';

/** Which certificates a CRL speaks for: its point's full name and the kind of certificates (CRL or ARL). */
export interface IssuingDistributionPoint {
  readonly fullName?: readonly GeneralName[];
  readonly only?: 'userCerts' | 'caCerts';
}

export interface CrlContent {
  /** Subject Name DER of the issuing authority. */
  readonly issuerDer: Buffer;
  readonly thisUpdate: Date;
  readonly nextUpdate: Date;
  readonly crlNumber: bigint;
  readonly distributionPoint?: IssuingDistributionPoint;
  /** In ascending order of serial, each once: a cursor of the index, not an array of everything. */
  readonly entries: Iterable<CrlEntry> | AsyncIterable<CrlEntry>;
  /** Number of entries expected, to size the buffer at once; only a hint. */
  readonly expectedEntries?: number;
}

export interface BuiltCrl {
  readonly der: Buffer;
  readonly entryCount: number;
}

/** Usual entry: 4-octet serial with a reason (JPKI 4.18). */
const TYPICAL_ENTRY_LENGTH = 37;
/** Room for three headers of a SEQUENCE before the entries. */
const HEADERS_ROOM = 3 * 6;

/** issuingDistributionPoint value (RFC 5280 5.2.5). */
export function encodeIssuingDistributionPoint({ fullName, only }: IssuingDistributionPoint): Buffer {
  return sequence(
    ...(fullName === undefined ? [] : [distributionPointName(fullName)]),
    ...(only === undefined ? [] : [contextPrimitive(only === 'userCerts' ? 1 : 2, Buffer.from([0xff]))]),
  );
}

function crlExtensions({ crlNumber, distributionPoint }: CrlContent, key: SigningKey): Buffer {
  if (crlNumber < 0n || integerContent(crlNumber).length > 20) throw new PkiError('BAD_CRL', 'cRLNumber is negative or exceeds 20 octets');
  return contextConstructed(
    0,
    sequence(
      encodeExtension(OID.authorityKeyIdentifier, false, encodeAuthorityKeyIdentifier(key.keyIdentifier)),
      encodeExtension(OID.crlNumber, false, integer(crlNumber)),
      ...(distributionPoint === undefined
        ? []
        : [encodeExtension(OID.issuingDistributionPoint, true, encodeIssuingDistributionPoint(distributionPoint))]),
    ),
  );
}

interface EntryArea {
  readonly buffer: Buffer;
  readonly end: number;
  readonly count: number;
}

function grown(buffer: Buffer, used: number, room: number): Buffer {
  if (used + room <= buffer.length) return buffer;
  const larger = Buffer.allocUnsafe(Math.max(buffer.length * 2, used + room));
  buffer.copy(larger, 0, 0, used);
  return larger;
}

async function writeEntries({ entries, expectedEntries = 0 }: CrlContent, start: number, tailRoom: number): Promise<EntryArea> {
  let buffer: Buffer = Buffer.allocUnsafe(start + expectedEntries * TYPICAL_ENTRY_LENGTH + MAX_ENTRY_LENGTH + tailRoom);
  let end = start;
  let count = 0;
  let previous = 0n;
  for await (const entry of entries) {
    if (entry.serial <= previous) throw new PkiError('CRL_UNSORTED', `entry ${count} is not above the one before it`);
    previous = entry.serial;
    buffer = grown(buffer, end, MAX_ENTRY_LENGTH);
    end = writeCrlEntry(buffer, end, entry);
    count += 1;
  }
  return { buffer: grown(buffer, end, tailRoom), end, count };
}

/**
 * CRL version 2 (RFC 5280 section 5; ARL with `only: 'caCerts'`) signed by the key. Entries go straight into one buffer, headers are
 * patched in before them, and only the digest goes to the key, so a million entries need no object tree (JPKI 4.18). Faults
 * `CRL_UNSORTED`, `BAD_CRL`, `BAD_TIME`, `BAD_SIGNATURE`. Published only after `verifyCrl` of the returned octets.
 */
export async function buildCrl(content: CrlContent, key: SigningKey): Promise<BuiltCrl> {
  if (content.nextUpdate.getTime() <= content.thisUpdate.getTime()) throw new PkiError('BAD_CRL', 'nextUpdate is not after thisUpdate');
  const algorithm = signatureAlgorithmIdentifier(key.algorithm);
  const fixed = Buffer.concat([integer(1), algorithm, content.issuerDer, time(content.thisUpdate), time(content.nextUpdate)]);
  const extensions = crlExtensions(content, key);
  const start = HEADERS_ROOM + fixed.length;
  // Extensions, algorithm, and a signature of up to 8192 bits with its header follow the entries.
  const area = await writeEntries(content, start, extensions.length + algorithm.length + 1040);
  // An empty revokedCertificates list must be absent (RFC 5280 5.1.2.6).
  const listHeader = area.count === 0 ? Buffer.alloc(0) : header(TAG.sequence, area.end - start);
  const tbsLength = fixed.length + listHeader.length + (area.end - start) + extensions.length;
  const head = Buffer.concat([header(TAG.sequence, tbsLength), fixed, listHeader]);
  const tbsStart = start - head.length;
  head.copy(area.buffer, tbsStart);
  const tbsEnd = area.end + extensions.copy(area.buffer, area.end);
  const tail = Buffer.concat([algorithm, bitString(await signChecked(area.buffer.subarray(tbsStart, tbsEnd), key, true))]);
  const outer = header(TAG.sequence, tbsEnd - tbsStart + tail.length);
  outer.copy(area.buffer, tbsStart - outer.length);
  const end = tbsEnd + tail.copy(area.buffer, tbsEnd);
  return { der: area.buffer.subarray(tbsStart - outer.length, end), entryCount: area.count };
}
