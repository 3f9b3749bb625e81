import { authorityKeyIdentifierOf, extensionOf } from '../certificate/certificate.js';
import { assertDer } from '../der/canonical.js';
import { type Extension, extensionsOf } from '../der/extension.js';
import { type Name, parseName } from '../der/name.js';
import { OID } from '../der/oid.js';
import { derOf } from '../der/pem.js';
import { DerCursor, type DerValue, integerOf, oidOf, openSingle, singleContent, smallIntegerOf, wholeBits } from '../der/read.js';
import { TAG, contextConstructedTag } from '../der/tag.js';
import { timeOf } from '../der/time.js';
import { isSignedBy } from '../key/public-key.js';
import { PkiError, parsingAs } from '../pki-error.js';
import { type ParsedIssuingDistributionPoint, issuingDistributionPointOf } from './issuing-distribution-point.js';

/** Header of a CRL as found; the entries are read only when iterated. Buffers are views on `der`. */
export interface ParsedCrl {
  readonly der: Buffer;
  readonly tbs: Buffer;
  /** 1 in CRLs of foreign issuers without any extension. */
  readonly version: 1 | 2;
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
  /** BaseCRLNumber of a delta CRL; undefined in a complete one (RFC 5280 5.2.4). */
  readonly baseNumber: bigint | undefined;
  readonly authorityKeyIdentifier: Buffer | undefined;
  readonly issuingDistributionPoint: ParsedIssuingDistributionPoint | undefined;
  readonly extensions: readonly Extension[];
  /** Content octets of revokedCertificates; empty when absent. */
  readonly entriesDer: Buffer;
}

/** What a list says beside its entries, without its octets. */
export type CrlFrame = Omit<ParsedCrl, 'der' | 'tbs' | 'entriesDer'>;

function versionOf(value: DerValue | undefined): 1 | 2 {
  if (value === undefined) return 1;
  if (smallIntegerOf(value.content) !== 1) throw new PkiError('BAD_CRL', 'version is neither absent nor v2');
  return 2;
}

/** cRLNumber or BaseCRLNumber: INTEGER (0..MAX) of at most 20 octets (RFC 5280 5.2.3). */
function numberOf({ extensions }: Pick<ParsedCrl, 'extensions'>, dotted: string): bigint | undefined {
  const found = extensionOf({ extensions }, dotted);
  if (found === undefined) return undefined;
  const content = singleContent(found.value, TAG.integer);
  if (content.length > 20) throw new PkiError('BAD_CRL', 'CRL number exceeds 20 octets');
  const number = integerOf(content);
  if (number < 0n) throw new PkiError('BAD_CRL', 'CRL number is negative');
  return number;
}

/** The value, when it is DER through and through; the entries, which may be millions, are checked when they are read. */
function strict(value: DerValue): DerValue {
  assertDer(value.raw);
  return value;
}

function crlExtensionsOf(value: DerValue | undefined, version: 1 | 2): Extension[] {
  const extensions = value === undefined ? [] : extensionsOf(singleContent(strict(value).content, TAG.sequence));
  if (version === 1 && value !== undefined) throw new PkiError('BAD_CRL', 'version 1 CRL has extensions');
  if (new Set(extensions.map(({ oid }) => oid)).size < extensions.length) throw new PkiError('BAD_CRL', 'extension is repeated');
  return extensions;
}

function readTbs(tbs: Buffer): Omit<ParsedCrl, 'der' | 'tbs' | 'algorithmOid' | 'signatureAlgorithm' | 'signature'> {
  const cursor = openSingle(tbs, TAG.sequence);
  const version = versionOf(cursor.readIf(TAG.integer));
  const tbsAlgorithm = strict(cursor.read(TAG.sequence)).raw;
  const issuerDer = strict(cursor.read(TAG.sequence)).raw;
  const thisUpdate = timeOf(cursor.read());
  const next = cursor.readIf(TAG.utcTime) ?? cursor.readIf(TAG.generalizedTime);
  const list = cursor.readIf(TAG.sequence);
  const extensions = crlExtensionsOf(cursor.readIf(contextConstructedTag(0)), version);
  cursor.finish();
  if (list?.content.length === 0) throw new PkiError('BAD_CRL', 'empty revokedCertificates list is present');
  const point = extensionOf({ extensions }, OID.issuingDistributionPoint);
  return {
    version,
    tbsAlgorithm,
    issuer: parseName(issuerDer),
    issuerDer,
    thisUpdate,
    nextUpdate: next === undefined ? undefined : timeOf(next),
    number: numberOf({ extensions }, OID.crlNumber),
    baseNumber: numberOf({ extensions }, OID.deltaCrlIndicator),
    authorityKeyIdentifier: authorityKeyIdentifierOf({ extensions })?.keyIdentifier,
    issuingDistributionPoint: point === undefined ? undefined : issuingDistributionPointOf(point.value),
    extensions,
    entriesDer: list?.content ?? Buffer.alloc(0),
  };
}

/** Reads the header of a CRL (DER or PEM) without touching the entries. Faults `BAD_CRL`. */
export function parseCrl(input: Buffer | string): ParsedCrl {
  return parsingAs('BAD_CRL', () => {
    const der = derOf(input, ['X509 CRL']);
    const outer = openSingle(der, TAG.sequence);
    const tbs = outer.read(TAG.sequence).raw;
    const algorithm = strict(outer.read(TAG.sequence));
    const signature = wholeBits(outer.read(TAG.bitString).content);
    outer.finish();
    const algorithmOid = oidOf(new DerCursor(algorithm.content).read());
    return { der, tbs, algorithmOid, signatureAlgorithm: algorithm.raw, signature, ...readTbs(tbs) };
  });
}

/** Whether the CRL's signature is by the key of `issuerSpki`; of several generations a verifier picks the key by the AKI. */
export function isCrlSignedBy(crl: ParsedCrl, issuerSpki: Buffer): boolean {
  return crl.tbsAlgorithm.equals(crl.signatureAlgorithm) && isSignedBy(crl, issuerSpki);
}
