import { nameText, parseName } from '../der/name.js';
import { DerCursor, type DerValue, bitsOf, integerOf, oidOf, textOf, valuesOf } from '../der/read.js';
import { TAG, contextConstructedTag, contextTag } from '../der/tag.js';
import { timeOf } from '../der/time.js';
import { PkiError } from '../pki-error.js';
import { oidName } from './oid-name.js';

/** What an object says, as plain values for people and for JSON: times in ISO 8601, octets and serial numbers in hexadecimal. */
export type Described = string | number | boolean | readonly Described[] | { readonly [member: string]: Described };

/** Longer ones are told in hexadecimal: decimals of hostile ones cost more than their length. */
const MAX_DECIMAL_OCTETS = 32;

export function hex(octets: Buffer): string {
  return octets.toString('hex');
}

/** An INTEGER or ENUMERATED as a decimal. */
export function integerText(content: Buffer): string {
  return content.length > MAX_DECIMAL_OCTETS ? `0x${hex(content)}` : integerOf(content).toString();
}

/** Name of an OID, else its dotted notation. */
export function oidValue(value: Pick<DerValue, 'tag' | 'content'>): string {
  return oidName(oidOf(value));
}

/** AlgorithmIdentifier by its name. */
export function algorithmText(algorithm: Buffer): string {
  return oidValue(new DerCursor(new DerCursor(algorithm).read(TAG.sequence).content).read());
}

/** UTCTime or GeneralizedTime. */
export function instantText(value: DerValue): string {
  return timeOf(value).toISOString();
}

/** Names of the bits that are set. */
export function bitNames(content: Buffer, names: readonly string[]): string[] {
  return bitsOf(content).map((bit) => names[bit] ?? `bit ${bit}`);
}

/** The members that are there. */
export function present(members: Readonly<Record<string, Described | undefined>>): { readonly [member: string]: Described } {
  return Object.fromEntries(Object.entries(members).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])));
}

/** A text, else the whole value in hexadecimal. */
export function textOrHex(value: DerValue): string {
  try {
    return textOf(value);
  } catch (error) {
    if (error instanceof PkiError) return hex(value.raw);
    throw error;
  }
}

function asciiText(value: DerValue): string {
  return textOf({ tag: TAG.ia5String, content: value.content });
}

/** IPv4 or IPv6 address; in name constraints with its mask (RFC 5280 4.2.1.6, 4.2.1.10). */
function addressText(octets: Buffer): string {
  const half = octets.length / 2;
  if (half === 4 || half === 16) return `${addressText(octets.subarray(0, half))}/${addressText(octets.subarray(half))}`;
  if (octets.length === 4) return octets.join('.');
  if (octets.length !== 16) return hex(octets);
  return Array.from({ length: 8 }, (_, index) => octets.readUInt16BE(index * 2).toString(16)).join(':');
}

/** A GeneralName of any form, with the name of its form. */
export function generalName(value: DerValue): Described {
  switch (value.tag) {
    case contextConstructedTag(0): {
      const [type, wrapped] = valuesOf(value.content);
      if (type === undefined || wrapped === undefined) throw new PkiError('BAD_DER', 'otherName is incomplete');
      return { otherName: { type: oidValue(type), value: textOrHex(new DerCursor(wrapped.content).read()) } };
    }
    case contextTag(1):
      return { email: asciiText(value) };
    case contextTag(2):
      return { dns: asciiText(value) };
    case contextConstructedTag(4):
      return { directoryName: nameText(parseName(value.content)) };
    case contextTag(6):
      return { uri: asciiText(value) };
    case contextTag(7):
      return { ip: addressText(value.content) };
    case contextTag(8):
      return { registeredId: oidValue({ tag: TAG.oid, content: value.content }) };
    default:
      return { unread: hex(value.raw) };
  }
}

/** Every name in the content of a GeneralNames. */
export function generalNames(content: Buffer): Described[] {
  return valuesOf(content).map(generalName);
}
