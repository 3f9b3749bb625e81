import { authorityKeyIdentifierOf, extensionOf } from '../certificate/certificate.js';
import { type Extension, encodeExtension, extensionsOf } from '../der/extension.js';
import { generalNamesOf } from '../der/general-name.js';
import { type Name, parseName } from '../der/name.js';
import { OID } from '../der/oid.js';
import { derOf } from '../der/pem.js';
import { DerCursor, booleanOf, integerOf, oidOf, openSingle, singleContent, smallIntegerOf, wholeBits } from '../der/read.js';
import { TAG, contextConstructedTag, contextTag } from '../der/tag.js';
import { timeOf } from '../der/time.js';
import { enumerated } from '../der/write.js';
import { isSignedBy } from '../key/public-key.js';
import { PkiError, parsingAs } from '../pki-error.js';
import type { IssuingDistributionPoint } from './build-crl.js';
import { type CrlEntry, crlReasonOf } from './crl-entry.js';

/** Header of a CRL as found; the entries are read only when iterated. Buffers are views on `der`. */
export interface ParsedCrl {
  readonly der: Buffer;
  readonly tbs: Buffer;
  readonly algorithmOid: string;
  readonly tbsAlgorithm: Buffer;
  readonly signatureAlgorithm: Buffer;
  readonly signature: Buffer;
  readonly issuer: Name;
  readonly issuerDer: Buffer;
  readonly thisUpdate: Date;
  readonly nextUpdate: Date | undefined;
  /** cRLNumber; undefined in CRLs of foreign issuers without one. */
  readonly number: bigint | undefined;
  readonly authorityKeyIdentifier: Buffer | undefined;
  readonly issuingDistributionPoint: IssuingDistributionPoint | undefined;
  readonly extensions: readonly Extension[];
  /** Content octets of revokedCertificates; empty when absent. */
  readonly entriesDer: Buffer;
}

function issuingDistributionPointOf(value: Buffer): IssuingDistributionPoint {
  const cursor = openSingle(value, TAG.sequence);
  const point = cursor.readIf(contextConstructedTag(0));
  const userOnly = cursor.readIf(contextTag(1));
  const caOnly = cursor.readIf(contextTag(2));
  cursor.finish();
  const full = point === undefined ? undefined : singleContent(point.content, contextConstructedTag(0));
  const user = userOnly !== undefined && booleanOf(userOnly.content);
  const ca = caOnly !== undefined && booleanOf(caOnly.content);
  if (user && ca) throw new PkiError('BAD_DER', 'CRL for users only and authorities only at once');
  return {
    ...(full === undefined ? {} : { fullName: generalNamesOf(full) }),
    ...(user || ca ? { only: user ? ('userCerts' as const) : ('caCerts' as const) } : {}),
  };
}

function readTbs(tbs: Buffer): Omit<ParsedCrl, 'der' | 'tbs' | 'algorithmOid' | 'signatureAlgorithm' | 'signature'> {
  const cursor = openSingle(tbs, TAG.sequence);
  if (smallIntegerOf(cursor.read(TAG.integer).content) !== 1) throw new PkiError('BAD_CRL', 'version is not v2');
  const tbsAlgorithm = cursor.read(TAG.sequence).raw;
  const issuerDer = cursor.read(TAG.sequence).raw;
  const thisUpdate = timeOf(cursor.read());
  const next = cursor.readIf(TAG.utcTime) ?? cursor.readIf(TAG.generalizedTime);
  const list = cursor.readIf(TAG.sequence);
  const wrapped = cursor.readIf(contextConstructedTag(0));
  cursor.finish();
  if (list?.content.length === 0) throw new PkiError('BAD_CRL', 'empty revokedCertificates list is present');
  const extensions = wrapped === undefined ? [] : extensionsOf(singleContent(wrapped.content, TAG.sequence));
  const number = extensionOf({ extensions }, OID.crlNumber);
  const point = extensionOf({ extensions }, OID.issuingDistributionPoint);
  return {
    tbsAlgorithm,
    issuer: parseName(issuerDer),
    issuerDer,
    thisUpdate,
    nextUpdate: next === undefined ? undefined : timeOf(next),
    number: number === undefined ? undefined : integerOf(singleContent(number.value, TAG.integer)),
    authorityKeyIdentifier: authorityKeyIdentifierOf({ extensions })?.keyIdentifier,
    issuingDistributionPoint: point === undefined ? undefined : issuingDistributionPointOf(point.value),
    extensions,
    entriesDer: list?.content ?? Buffer.alloc(0),
  };
}

/** Reads the header of a version 2 CRL (DER or PEM) without touching the entries. Faults `BAD_CRL`. */
export function parseCrl(input: Buffer | string): ParsedCrl {
  return parsingAs('BAD_CRL', () => {
    const der = derOf(input, ['X509 CRL']);
    const outer = openSingle(der, TAG.sequence);
    const tbs = outer.read(TAG.sequence).raw;
    const algorithm = outer.read(TAG.sequence);
    const signature = wholeBits(outer.read(TAG.bitString).content);
    outer.finish();
    const algorithmOid = oidOf(new DerCursor(algorithm.content).read());
    return { der, tbs, algorithmOid, signatureAlgorithm: algorithm.raw, signature, ...readTbs(tbs) };
  });
}

/** A revoked certificate as found in a CRL. `reasonNumber` tells an explicit `unspecified` (0) from an absent reason. */
export interface ParsedCrlEntry extends CrlEntry {
  readonly reasonNumber?: number;
}

/** The only extension most entries have, up to the reason's number. */
const REASON_ONLY = encodeExtension(OID.reasonCode, false, enumerated(0)).subarray(0, -1);

function entryExtensions(content: Buffer): Omit<ParsedCrlEntry, 'serial' | 'revokedAt'> {
  const only = content[REASON_ONLY.length];
  if (only !== undefined && content.length === REASON_ONLY.length + 1 && content.subarray(0, REASON_ONLY.length).equals(REASON_ONLY)) {
    const reason = crlReasonOf(only);
    if (reason !== undefined) return { reason, reasonNumber: only };
  }
  let found: Omit<ParsedCrlEntry, 'serial' | 'revokedAt'> = {};
  for (const { oid, critical, value } of extensionsOf(content)) {
    const inner = new DerCursor(value).read();
    if (oid === OID.reasonCode) {
      const reasonNumber = smallIntegerOf(inner.content);
      const reason = crlReasonOf(reasonNumber);
      if (inner.tag !== TAG.enumerated || reason === undefined) throw new PkiError('BAD_CRL', 'reasonCode is not one of RFC 5280');
      found = { ...found, reason, reasonNumber };
    } else if (oid === OID.invalidityDate) {
      found = { ...found, invalidityDate: timeOf(inner) };
    } else if (critical) {
      throw new PkiError('BAD_CRL', `critical entry extension ${oid} is not understood`);
    }
  }
  return found;
}

/** Entries in file order, read one at a time. Faults `BAD_CRL` at the entry that is not well formed. */
export function* crlEntriesOf(crl: ParsedCrl): Generator<ParsedCrlEntry, void, void> {
  const list = new DerCursor(crl.entriesDer);
  while (!list.done) {
    yield parsingAs('BAD_CRL', () => {
      const cursor = new DerCursor(list.read(TAG.sequence).content);
      const serial = integerOf(cursor.read(TAG.integer).content);
      const revokedAt = timeOf(cursor.read());
      const wrapped = cursor.readIf(TAG.sequence);
      cursor.finish();
      return wrapped === undefined ? { serial, revokedAt } : { serial, revokedAt, ...entryExtensions(wrapped.content) };
    });
  }
}

/** Whether the CRL's signature is by the key of `issuerSpki`; of several generations a verifier picks the key by the AKI. */
export function isCrlSignedBy(crl: ParsedCrl, issuerSpki: Buffer): boolean {
  return crl.tbsAlgorithm.equals(crl.signatureAlgorithm) && isSignedBy(crl, issuerSpki);
}

export interface CrlExpectation {
  readonly issuerDer: Buffer;
  readonly issuerSpki: Buffer;
  /** The number it must carry. */
  readonly number: bigint;
  readonly entryCount: number;
}

/**
 * Re-reads a CRL from its octets before publication (state `VERIFIED` of JPKI 3.7): well formed to the last entry, signature, issuer,
 * number, ascending serials and count as expected. Faults `BAD_CRL`, `BAD_SIGNATURE`, `CRL_UNSORTED`, `CRL_MISMATCH`.
 */
export function verifyCrl(der: Buffer, expected: CrlExpectation): ParsedCrl {
  const crl = parseCrl(der);
  if (!isCrlSignedBy(crl, expected.issuerSpki)) throw new PkiError('BAD_SIGNATURE', 'CRL signature does not verify');
  if (!crl.issuerDer.equals(expected.issuerDer)) throw new PkiError('CRL_MISMATCH', 'issuer differs');
  if (crl.number !== expected.number) throw new PkiError('CRL_MISMATCH', 'cRLNumber differs');
  let count = 0;
  let previous = 0n;
  for (const { serial } of crlEntriesOf(crl)) {
    if (serial <= previous) throw new PkiError('CRL_UNSORTED', `entry ${count} is not above the one before it`);
    previous = serial;
    count += 1;
  }
  if (count !== expected.entryCount) throw new PkiError('CRL_MISMATCH', `${count} entries instead of ${expected.entryCount}`);
  return crl;
}
