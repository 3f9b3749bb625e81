import { KEY_USAGE_BITS } from '../certificate/extension-value.js';
import { crlReasonOf } from '../crl/crl-entry.js';
import type { Extension } from '../der/extension.js';
import { nameText, parseName } from '../der/name.js';
import { OID } from '../der/oid.js';
import { DerCursor, type DerValue, booleanOf, oidOf, openSingle, singleContent, smallIntegerOf, valuesOf } from '../der/read.js';
import { TAG, contextConstructedTag, contextTag } from '../der/tag.js';
import { sequence, setOf } from '../der/write.js';
import { PkiError } from '../pki-error.js';
import { type Described, bitNames, generalName, generalNames, hex, instantText, integerText, oidValue, present, textOrHex } from './described.js';

type Read = (value: Buffer) => Described;

/** ReasonFlags (RFC 5280 4.2.1.13). */
const REASON_FLAGS = [
  'unused',
  'keyCompromise',
  'cACompromise',
  'affiliationChanged',
  'superseded',
  'cessationOfOperation',
  'certificateHold',
  'privilegeWithdrawn',
  'aACompromise',
];
const USER_NOTICE = '1.3.6.1.5.5.7.2.2';

function each(read: (value: DerValue) => Described): Read {
  return (value) => valuesOf(singleContent(value, TAG.sequence)).map(read);
}

function optional(value: DerValue | undefined, read: (content: Buffer) => Described): Described | undefined {
  return value === undefined ? undefined : read(value.content);
}

function authorityKeyIdentifier(value: Buffer): Described {
  const cursor = openSingle(value, TAG.sequence);
  const found = present({
    keyIdentifier: optional(cursor.readIf(contextTag(0)), hex),
    issuer: optional(cursor.readIf(contextConstructedTag(1)), generalNames),
    serial: optional(cursor.readIf(contextTag(2)), hex),
  });
  cursor.finish();
  return found;
}

function notice(value: DerValue): Described {
  const cursor = new DerCursor(value.content);
  const reference = cursor.readIf(TAG.sequence);
  const [organization, numbers] = reference === undefined ? [] : valuesOf(reference.content);
  return present({
    organization: organization === undefined ? undefined : textOrHex(organization),
    numbers: optional(numbers, (content) => valuesOf(content).map((number) => integerText(number.content))),
    text: cursor.done ? undefined : textOrHex(cursor.read()),
  });
}

function qualifier({ content }: DerValue): Described {
  const cursor = new DerCursor(content);
  const id = oidOf(cursor.read());
  const value = cursor.read();
  cursor.finish();
  if (id === OID.cpsQualifier) return { cps: textOrHex(value) };
  return id === USER_NOTICE ? { notice: notice(value) } : { [id]: hex(value.raw) };
}

function policy({ content }: DerValue): Described {
  const cursor = new DerCursor(content);
  const id = oidValue(cursor.read());
  const qualifiers = cursor.readIf(TAG.sequence);
  cursor.finish();
  return present({ policy: id, qualifiers: optional(qualifiers, (list) => valuesOf(list).map(qualifier)) });
}

function pair(first: string, second: string, read: (value: DerValue) => Described): (value: DerValue) => Described {
  return ({ content }) => {
    const cursor = new DerCursor(content);
    const [one, two] = [cursor.read(), cursor.read()];
    cursor.finish();
    return { [first]: oidValue(one), [second]: read(two) };
  };
}

function basicConstraints(value: Buffer): Described {
  const cursor = openSingle(value, TAG.sequence);
  const ca = cursor.readIf(TAG.boolean);
  const pathLength = cursor.readIf(TAG.integer);
  cursor.finish();
  return present({ ca: ca !== undefined && booleanOf(ca.content), pathLength: optional(pathLength, integerText) });
}

function subtree({ content }: DerValue): Described {
  const cursor = new DerCursor(content);
  const base = generalName(cursor.read());
  const minimum = optional(cursor.readIf(contextTag(0)), integerText);
  const maximum = optional(cursor.readIf(contextTag(1)), integerText);
  cursor.finish();
  return present({ base, minimum, maximum });
}

function nameConstraints(value: Buffer): Described {
  const cursor = openSingle(value, TAG.sequence);
  const subtrees = (content: Buffer): Described => valuesOf(content).map(subtree);
  const permitted = optional(cursor.readIf(contextConstructedTag(0)), subtrees);
  const excluded = optional(cursor.readIf(contextConstructedTag(1)), subtrees);
  cursor.finish();
  return present({ permitted, excluded });
}

function policyConstraints(value: Buffer): Described {
  const cursor = openSingle(value, TAG.sequence);
  const requireExplicitPolicy = optional(cursor.readIf(contextTag(0)), integerText);
  const inhibitPolicyMapping = optional(cursor.readIf(contextTag(1)), integerText);
  cursor.finish();
  return present({ requireExplicitPolicy, inhibitPolicyMapping });
}

function pointName(content: Buffer): Described {
  const name = new DerCursor(content).read();
  if (name.tag === contextConstructedTag(0)) return generalNames(name.content);
  if (name.tag !== contextConstructedTag(1)) throw new PkiError('BAD_DER', 'unknown form of distribution point name');
  return { relativeName: nameText(parseName(sequence(setOf(...valuesOf(name.content).map(({ raw }) => raw))))) };
}

function distributionPoint({ content }: DerValue): Described {
  const cursor = new DerCursor(content);
  const name = optional(cursor.readIf(contextConstructedTag(0)), pointName);
  const reasons = optional(cursor.readIf(contextTag(1)), (bits) => bitNames(bits, REASON_FLAGS));
  const crlIssuer = optional(cursor.readIf(contextConstructedTag(2)), generalNames);
  cursor.finish();
  return present({ name, reasons, crlIssuer });
}

function issuingDistributionPoint(value: Buffer): Described {
  const cursor = openSingle(value, TAG.sequence);
  const name = optional(cursor.readIf(contextConstructedTag(0)), pointName);
  const onlyUserCerts = optional(cursor.readIf(contextTag(1)), booleanOf);
  const onlyCaCerts = optional(cursor.readIf(contextTag(2)), booleanOf);
  const onlySomeReasons = optional(cursor.readIf(contextTag(3)), (bits) => bitNames(bits, REASON_FLAGS));
  const indirect = optional(cursor.readIf(contextTag(4)), booleanOf);
  const onlyAttributeCerts = optional(cursor.readIf(contextTag(5)), booleanOf);
  cursor.finish();
  return present({ name, onlyUserCerts, onlyCaCerts, onlySomeReasons, indirect, onlyAttributeCerts });
}

function attribute({ content }: DerValue): Described {
  const cursor = new DerCursor(content);
  return { type: oidValue(cursor.read()), values: valuesOf(cursor.read(TAG.set).content).map(textOrHex) };
}

const names: Read = (value) => generalNames(singleContent(value, TAG.sequence));
const integerValue: Read = (value) => integerText(singleContent(value, TAG.integer));
const points = each(distributionPoint);
const access = each(pair('method', 'location', generalName));

/** Extensions of RFC 5280 (4.2, 5.2, 5.3) and of OCSP (RFC 6960 4.4). */
const EXTENSIONS = new Map<string, readonly [name: string, read: Read]>([
  ['2.5.29.9', ['subjectDirectoryAttributes', each(attribute)]],
  [OID.subjectKeyIdentifier, ['subjectKeyIdentifier', (value) => hex(singleContent(value, TAG.octetString))]],
  [OID.keyUsage, ['keyUsage', (value) => bitNames(singleContent(value, TAG.bitString), KEY_USAGE_BITS)]],
  [OID.subjectAltName, ['subjectAltName', names]],
  [OID.issuerAltName, ['issuerAltName', names]],
  [OID.basicConstraints, ['basicConstraints', basicConstraints]],
  [OID.crlNumber, ['cRLNumber', integerValue]],
  [OID.reasonCode, ['reasonCode', (value) => reasonText(singleContent(value, TAG.enumerated))]],
  [OID.invalidityDate, ['invalidityDate', (value) => instantText(new DerCursor(value).read(TAG.generalizedTime))]],
  [OID.deltaCrlIndicator, ['deltaCRLIndicator', integerValue]],
  [OID.issuingDistributionPoint, ['issuingDistributionPoint', issuingDistributionPoint]],
  ['2.5.29.29', ['certificateIssuer', names]],
  [OID.nameConstraints, ['nameConstraints', nameConstraints]],
  [OID.crlDistributionPoints, ['cRLDistributionPoints', points]],
  [OID.certificatePolicies, ['certificatePolicies', each(policy)]],
  [OID.policyMappings, ['policyMappings', each(pair('issuerDomainPolicy', 'subjectDomainPolicy', oidValue))]],
  [OID.authorityKeyIdentifier, ['authorityKeyIdentifier', authorityKeyIdentifier]],
  [OID.policyConstraints, ['policyConstraints', policyConstraints]],
  [OID.extKeyUsage, ['extKeyUsage', each(oidValue)]],
  ['2.5.29.46', ['freshestCRL', points]],
  [OID.inhibitAnyPolicy, ['inhibitAnyPolicy', integerValue]],
  [OID.authorityInfoAccess, ['authorityInfoAccess', access]],
  ['1.3.6.1.5.5.7.1.11', ['subjectInfoAccess', access]],
  [OID.ocspNonce, ['ocspNonce', (value) => hex(singleContent(value, TAG.octetString))]],
  [OID.ocspNoCheck, ['ocspNoCheck', (value) => value.equals(Buffer.from([TAG.null, 0]))]],
  [OID.ocspArchiveCutoff, ['ocspArchiveCutoff', (value) => instantText(new DerCursor(value).read(TAG.generalizedTime))]],
]);

function reasonText(content: Buffer): string {
  return crlReasonOf(smallIntegerOf(content)) ?? `reason ${integerText(content)}`;
}

/** An extension with its value read where RFC 5280 or RFC 6960 defines it, else in hexadecimal; `malformed` when it is not as defined. */
export function describeExtension({ oid, critical, value }: Extension): { readonly [member: string]: Described } {
  const [name, read] = EXTENSIONS.get(oid) ?? [undefined, hex];
  const head = present({ name, oid, critical });
  try {
    return { ...head, value: read(value) };
  } catch (error) {
    if (error instanceof PkiError) return { ...head, malformed: error.message, value: hex(value) };
    throw error;
  }
}
