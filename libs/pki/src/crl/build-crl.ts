import { createHash } from 'node:crypto';
import { encodeAuthorityKeyIdentifier, distributionPointName } from '../certificate/extension-value.js';
import { encodeExtension } from '../der/extension.js';
import type { GeneralName } from '../der/general-name.js';
import { OID } from '../der/oid.js';
import { TAG } from '../der/tag.js';
import { time } from '../der/time.js';
import { bitString, contextConstructed, contextPrimitive, header, integer, integerContent, sequence } from '../der/write.js';
import { type SigningKey, signDigestChecked, signatureAlgorithmIdentifier } from '../key/signing-key.js';
import { PkiError } from '../pki-error.js';
import { type CrlEntry, MAX_ENTRY_LENGTH, writeCrlEntry } from './crl-entry.js';
import { type CrlPieces, HeldPieces } from './crl-pieces.js';

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
  /** In ascending order of serial, each once: a cursor of the index, one by one or in pages, not an array of everything. */
  readonly entries: Iterable<CrlEntry> | AsyncIterable<CrlEntry | Iterable<CrlEntry>>;
}

export interface BuiltCrl {
  readonly der: Buffer;
  readonly entryCount: number;
}

/** What was written into pieces. */
export interface WrittenCrl {
  readonly entryCount: number;
  /** Octets before the first entry; without entries, before what follows them. */
  readonly headLength: number;
  readonly length: number;
}

/** Octets of entries that are put at once. */
const PIECE_LENGTH = 256 * 1024;

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
  readonly length: number;
  readonly count: number;
}

async function writeEntries(entries: CrlContent['entries'], pieces: CrlPieces): Promise<EntryArea> {
  const buffer = Buffer.allocUnsafe(PIECE_LENGTH + MAX_ENTRY_LENGTH);
  let [place, end, count, previous] = [0, 0, 0, 0n];
  for await (const page of entries) {
    for (const entry of 'serial' in page ? [page] : page) {
      if (entry.serial <= previous) throw new PkiError('CRL_UNSORTED', `entry ${count} is not above the one before it`);
      previous = entry.serial;
      end = writeCrlEntry(buffer, end, entry);
      count += 1;
      if (end < PIECE_LENGTH) continue;
      await pieces.put(place, buffer.subarray(0, PIECE_LENGTH));
      buffer.copyWithin(0, PIECE_LENGTH, end);
      place += PIECE_LENGTH;
      end -= PIECE_LENGTH;
    }
  }
  if (end > 0) await pieces.put(place, buffer.subarray(0, end));
  return { length: place + end, count };
}

/**
 * CRL version 2 (RFC 5280 section 5; ARL with `only: 'caCerts'`) signed by the key. Entries go into pieces as they come; once their length is known
 * they are read once more for the digest, and only that goes to the key, so a million entries need neither an object tree nor a buffer
 * (JPKI 4.18). Faults `CRL_UNSORTED`, `BAD_CRL`, `BAD_TIME`, `BAD_SIGNATURE`. Published only after a `CrlCheck` of the pieces.
 */
export async function writeCrl(content: CrlContent, key: SigningKey, pieces: CrlPieces): Promise<WrittenCrl> {
  if (content.nextUpdate.getTime() <= content.thisUpdate.getTime()) throw new PkiError('BAD_CRL', 'nextUpdate is not after thisUpdate');
  const algorithm = signatureAlgorithmIdentifier(key.algorithm);
  const fixed = Buffer.concat([integer(1), algorithm, content.issuerDer, time(content.thisUpdate), time(content.nextUpdate)]);
  const extensions = crlExtensions(content, key);
  const { length, count } = await writeEntries(content.entries, pieces);
  // An empty revokedCertificates list must be absent (RFC 5280 5.1.2.6).
  const listHeader = count === 0 ? Buffer.alloc(0) : header(TAG.sequence, length);
  const head = Buffer.concat([header(TAG.sequence, fixed.length + listHeader.length + length + extensions.length), fixed, listHeader]);
  const digest = createHash('sha256').update(head);
  for await (const octets of pieces.read()) digest.update(octets);
  const tail = Buffer.concat([extensions, algorithm, bitString(await signDigestChecked(digest.update(extensions).digest(), key))]);
  const outer = header(TAG.sequence, head.length + length + tail.length);
  const headLength = outer.length + head.length;
  await pieces.put(-headLength, Buffer.concat([outer, head]));
  await pieces.put(length, tail);
  return { entryCount: count, headLength, length: headLength + length + tail.length };
}

/** The same in memory. */
export async function buildCrl(content: CrlContent, key: SigningKey): Promise<BuiltCrl> {
  const pieces = new HeldPieces();
  const { entryCount } = await writeCrl(content, key, pieces);
  return { der: pieces.whole(), entryCount };
}
