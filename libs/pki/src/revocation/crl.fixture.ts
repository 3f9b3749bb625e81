import { generateKeyPairSync, sign } from 'node:crypto';
import { type ParsedCertificate, parseCertificate } from '../certificate/certificate.js';
import { type KeyUsage, encodeKeyUsage } from '../certificate/extension-value.js';
import { type ParsedCrl, parseCrl } from '../crl/crl.js';
import { encodeExtension } from '../der/extension.js';
import { type GeneralName, encodeGeneralName } from '../der/general-name.js';
import { encodeName } from '../der/name.js';
import { OID, oid } from '../der/oid.js';
import { TAG } from '../der/tag.js';
import { time } from '../der/time.js';
import {
  bitString,
  boolean,
  contextConstructed,
  contextPrimitive,
  enumerated,
  integer,
  namedBits,
  octetString,
  sequence,
  tlv,
} from '../der/write.js';

/** Certificates and CRLs field by field, in forms our own issuing would refuse: used by the specs of this folder only. */
export interface TestKey {
  readonly spki: Buffer;
  sign(tbs: Buffer): Buffer;
}

export function testKey(): TestKey {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'prime256v1' });
  return { spki: publicKey.export({ type: 'spki', format: 'der' }), sign: (tbs) => sign('sha256', tbs, privateKey) };
}

const ECDSA = sequence(oid('1.2.840.10045.4.3.2'));

function signed(tbs: Buffer, key: TestKey): Buffer {
  return sequence(tbs, ECDSA, bitString(key.sign(tbs)));
}

export function nameOf(...units: readonly string[]): Buffer {
  return encodeName([{ type: 'C', value: 'JP' }, ...units.map((value) => ({ type: 'OU', value }))]);
}

export interface CertificateParts {
  readonly serial?: bigint;
  readonly issuer?: Buffer;
  readonly subject?: Buffer;
  readonly spki?: Buffer;
  readonly extensions?: readonly Buffer[];
}

const SPKI = testKey().spki;

export function certificateOf(parts: CertificateParts, key: TestKey): ParsedCertificate {
  const { serial = 77n, issuer = ISSUER, subject = nameOf('holder'), spki = SPKI, extensions = [] } = parts;
  const validity = sequence(time(new Date('2020-01-01T00:00:00Z')), time(new Date('2030-01-01T00:00:00Z')));
  const list = extensions.length === 0 ? [] : [contextConstructed(3, sequence(...extensions))];
  const tbs = sequence(contextConstructed(0, integer(2)), integer(serial), ECDSA, issuer, validity, subject, spki, ...list);
  return parseCertificate(signed(tbs, key));
}

export const ISSUER = nameOf('issuer');
export const OTHER_ISSUER = nameOf('other issuer');
export const AT = new Date('2025-06-02T00:00:00Z');

export interface CrlParts {
  readonly version?: number | 'absent';
  readonly issuer?: Buffer;
  readonly thisUpdate?: string;
  readonly nextUpdate?: string | 'absent';
  readonly entries?: readonly Buffer[];
  readonly extensions?: readonly Buffer[];
}

export function crlDerOf(parts: CrlParts, key: TestKey): Buffer {
  const { version = 1, issuer = ISSUER, thisUpdate = '2025-06-01T00:00:00Z', nextUpdate = '2025-06-08T00:00:00Z' } = parts;
  const { entries = [], extensions = [number(5)] } = parts;
  const tbs = sequence(
    ...(version === 'absent' ? [] : [integer(version)]),
    ECDSA,
    issuer,
    time(new Date(thisUpdate)),
    ...(nextUpdate === 'absent' ? [] : [time(new Date(nextUpdate))]),
    ...(entries.length === 0 ? [] : [sequence(...entries)]),
    ...(extensions.length === 0 ? [] : [contextConstructed(0, sequence(...extensions))]),
  );
  return signed(tbs, key);
}

export function crlOf(parts: CrlParts, key: TestKey): ParsedCrl {
  return parseCrl(crlDerOf(parts, key));
}

export function number(value: bigint | number): Buffer {
  return encodeExtension(OID.crlNumber, false, integer(value));
}

export function deltaOf(base: bigint | number): Buffer {
  return encodeExtension(OID.deltaCrlIndicator, true, integer(base));
}

export function keyUsage(...bits: readonly KeyUsage[]): Buffer {
  return encodeExtension(OID.keyUsage, true, encodeKeyUsage(bits));
}

export const AUTHORITY = encodeExtension(OID.basicConstraints, true, sequence(boolean(true)));

/** Reasons by their bits in ReasonFlags. */
export type Bits = readonly number[];

export type PointName = { readonly full: readonly GeneralName[] } | { readonly relative: string };

function pointName(name: PointName): Buffer {
  if ('full' in name) return contextConstructed(0, contextConstructed(0, ...name.full.map(encodeGeneralName)));
  return contextConstructed(0, contextConstructed(1, sequence(oid('2.5.4.3'), tlv(TAG.utf8String, Buffer.from(name.relative)))));
}

export interface PointParts {
  readonly name?: PointName;
  readonly reasons?: Bits;
  readonly crlIssuer?: readonly Buffer[];
}

function pointList(all: readonly PointParts[]): Buffer {
  const values = all.map(({ name, reasons, crlIssuer }) =>
    sequence(
      ...(name === undefined ? [] : [pointName(name)]),
      ...(reasons === undefined ? [] : [contextPrimitive(1, namedBits(reasons))]),
      ...(crlIssuer === undefined ? [] : [contextConstructed(2, ...crlIssuer.map((issuer) => contextConstructed(4, issuer)))]),
    ),
  );
  return sequence(...values);
}

export function points(...all: readonly PointParts[]): Buffer {
  return encodeExtension(OID.crlDistributionPoints, false, pointList(all));
}

export function freshestCrl(...all: readonly PointParts[]): Buffer {
  return encodeExtension(OID.freshestCrl, false, pointList(all));
}

export interface IssuingPointParts {
  readonly name?: PointName;
  /** Tags of the flags that are TRUE: 1 user, 2 CA, 4 indirect, 5 attribute. */
  readonly flags?: readonly number[];
  readonly reasons?: Bits;
}

export function issuingPoint({ name, flags = [], reasons }: IssuingPointParts): Buffer {
  function flag(tag: number): Buffer[] {
    return flags.includes(tag) ? [contextPrimitive(tag, Buffer.from([0xff]))] : [];
  }
  const some = reasons === undefined ? [] : [contextPrimitive(3, namedBits(reasons))];
  const head = name === undefined ? [] : [pointName(name)];
  return encodeExtension(OID.issuingDistributionPoint, true, sequence(...head, ...flag(1), ...flag(2), ...some, ...flag(4), ...flag(5)));
}

export function uri(text: string): { full: GeneralName[] } {
  return { full: [{ kind: 'uri', uri: text }] };
}

export function entry(serial: bigint | number, ...extensions: readonly Buffer[]): Buffer {
  const list = extensions.length === 0 ? [] : [sequence(...extensions)];
  return sequence(integer(serial), time(new Date('2025-05-01T00:00:00Z')), ...list);
}

export function reason(value: number): Buffer {
  return encodeExtension(OID.reasonCode, false, enumerated(value));
}

export function certificateIssuer(...names: readonly Buffer[]): Buffer {
  return encodeExtension('2.5.29.29', true, sequence(...names.map((name) => contextConstructed(4, name))));
}

export function unknownExtension(critical: boolean): Buffer {
  return encodeExtension('1.2.392.200149.8.5.99', critical, octetString(Buffer.from([1])));
}
