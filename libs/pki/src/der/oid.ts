import { PkiError } from '../pki-error.js';
import { TAG } from './tag.js';
import { tlv } from './write.js';

function base128(value: bigint): number[] {
  const octets = [Number(value & 0x7fn)];
  for (let rest = value >> 7n; rest > 0n; rest >>= 7n) octets.unshift(Number(rest & 0x7fn) | 0x80);
  return octets;
}

/** Those in use are few, and each stands in every certificate. */
const encoded = new Map<string, Buffer>();
const MOST_KEPT = 1_000;

/** OBJECT IDENTIFIER, tag and length included, from dotted notation; not to be written to. Faults `BAD_DER`. */
export function oid(dotted: string): Buffer {
  const kept = encoded.get(dotted);
  if (kept !== undefined) return kept;
  const made = encodeOid(dotted);
  if (encoded.size < MOST_KEPT) encoded.set(dotted, made);
  return made;
}

function encodeOid(dotted: string): Buffer {
  if (!/^[0-2](\.(0|[1-9][0-9]*))+$/.test(dotted)) throw new PkiError('BAD_DER', `not an object identifier: ${dotted}`);
  const [root = 0n, second = 0n, ...rest] = dotted.split('.').map(BigInt);
  if (root < 2n && second > 39n) throw new PkiError('BAD_DER', `not an object identifier: ${dotted}`);
  return tlv(TAG.oid, Buffer.from([root * 40n + second, ...rest].flatMap(base128)));
}

/** Far above any in use; keeps the cost of a hostile one small. */
const MAX_OID_LENGTH = 128;

/** Faults `BAD_DER` unless these are content octets of an OBJECT IDENTIFIER: arcs in shortest form (X.690 8.19.2). */
export function assertOid(content: Buffer): void {
  if (content.length > MAX_OID_LENGTH) throw new PkiError('BAD_DER', 'object identifier is too long');
  let open = false;
  for (const octet of content) {
    if (!open && octet === 0x80) throw new PkiError('BAD_DER', 'object identifier arc is not in shortest form');
    open = (octet & 0x80) !== 0;
  }
  if (open || content.length === 0) throw new PkiError('BAD_DER', 'object identifier ends inside an arc');
}

/** Arcs below this stay exact as numbers when they grow by seven bits; the few beyond are read as bigint. */
const LARGE_ARC = 2 ** 46;

/** Dotted notation of the content octets of an OBJECT IDENTIFIER. Faults `BAD_DER`. */
export function oidText(content: Buffer): string {
  assertOid(content);
  let text = '';
  let arc: number | bigint = 0;
  for (const octet of content) {
    arc = typeof arc === 'number' && arc < LARGE_ARC ? arc * 128 + (octet & 0x7f) : (BigInt(arc) << 7n) | BigInt(octet & 0x7f);
    if (octet >= 0x80) continue;
    text = text === '' ? firstArcs(arc) : `${text}.${arc}`;
    arc = 0;
  }
  return text;
}

function firstArcs(arc: number | bigint): string {
  if (arc >= 80) return `2.${BigInt(arc) - 80n}`;
  return `${Math.floor(Number(arc) / 40)}.${Number(arc) % 40}`;
}

/** Object identifiers this engine reads or writes itself. Policy and attribute arcs of a context belong to its profiles. */
export const OID = {
  rsaEncryption: '1.2.840.113549.1.1.1',
  rsaesOaep: '1.2.840.113549.1.1.7',
  mgf1: '1.2.840.113549.1.1.8',
  sha256WithRsa: '1.2.840.113549.1.1.11',
  sha384WithRsa: '1.2.840.113549.1.1.12',
  sha512WithRsa: '1.2.840.113549.1.1.13',
  cmsData: '1.2.840.113549.1.7.1',
  cmsSignedData: '1.2.840.113549.1.7.2',
  cmsContentType: '1.2.840.113549.1.9.3',
  cmsMessageDigest: '1.2.840.113549.1.9.4',
  cmsSigningTime: '1.2.840.113549.1.9.5',
  cmsTstInfo: '1.2.840.113549.1.9.16.1.4',
  cmsAuthEnvelopedData: '1.2.840.113549.1.9.16.1.23',
  cmsSigningCertificateV2: '1.2.840.113549.1.9.16.2.47',
  aes256Gcm: '2.16.840.1.101.3.4.1.46',
  sha1: '1.3.14.3.2.26',
  sha256: '2.16.840.1.101.3.4.2.1',
  sha384: '2.16.840.1.101.3.4.2.2',
  sha512: '2.16.840.1.101.3.4.2.3',
  subjectKeyIdentifier: '2.5.29.14',
  keyUsage: '2.5.29.15',
  subjectAltName: '2.5.29.17',
  issuerAltName: '2.5.29.18',
  basicConstraints: '2.5.29.19',
  crlNumber: '2.5.29.20',
  reasonCode: '2.5.29.21',
  invalidityDate: '2.5.29.24',
  deltaCrlIndicator: '2.5.29.27',
  issuingDistributionPoint: '2.5.29.28',
  nameConstraints: '2.5.29.30',
  crlDistributionPoints: '2.5.29.31',
  certificatePolicies: '2.5.29.32',
  policyMappings: '2.5.29.33',
  authorityKeyIdentifier: '2.5.29.35',
  policyConstraints: '2.5.29.36',
  extKeyUsage: '2.5.29.37',
  freshestCrl: '2.5.29.46',
  inhibitAnyPolicy: '2.5.29.54',
  authorityInfoAccess: '1.3.6.1.5.5.7.1.1',
  cpsQualifier: '1.3.6.1.5.5.7.2.1',
  accessOcsp: '1.3.6.1.5.5.7.48.1',
  accessCaIssuers: '1.3.6.1.5.5.7.48.2',
  ocspBasic: '1.3.6.1.5.5.7.48.1.1',
  ocspNonce: '1.3.6.1.5.5.7.48.1.2',
  ocspAcceptableResponses: '1.3.6.1.5.5.7.48.1.4',
  ocspNoCheck: '1.3.6.1.5.5.7.48.1.5',
  ocspArchiveCutoff: '1.3.6.1.5.5.7.48.1.6',
  ocspServiceLocator: '1.3.6.1.5.5.7.48.1.7',
  ocspPreferredSignatures: '1.3.6.1.5.5.7.48.1.8',
  clientAuth: '1.3.6.1.5.5.7.3.2',
  timeStamping: '1.3.6.1.5.5.7.3.8',
  ocspSigning: '1.3.6.1.5.5.7.3.9',
} as const;
