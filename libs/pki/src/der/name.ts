import { PkiError } from '../pki-error.js';
import { oid } from './oid.js';
import { DerCursor, type DerValue, oidOf, openSingle, textOf, valuesOf } from './read.js';
import { TAG } from './tag.js';
import { ia5String, printableString, sequence, setOf, tlv, utf8String } from './write.js';

export type NameEncoding = 'utf8' | 'printable' | 'ia5' | 'teletex' | 'bmp' | 'universal' | 'numeric' | 'der';

/**
 * One attribute of a distinguished name. `type` is a short name of ATTRIBUTE_OID or a dotted OID. `encoding` only where it differs
 * from the type's rule; `joined` puts the attribute into the same RDN as the one before it (foreign names only: our own names are
 * one attribute per RDN). A value that is no character string (x500UniqueIdentifier) has encoding `der` and stands as `#` and the
 * hex digits of its DER (RFC 4514 section 2.4).
 */
export interface NameAttribute {
  readonly type: string;
  readonly value: string;
  readonly encoding?: NameEncoding;
  readonly joined?: true;
}

/** A distinguished name in encoding order (C first). */
export type Name = readonly NameAttribute[];

/** Short names of attribute types (RFC 4519, RFC 5280 appendix A). */
export const ATTRIBUTE_OID: Readonly<Record<string, string>> = {
  CN: '2.5.4.3',
  SN: '2.5.4.4',
  serialNumber: '2.5.4.5',
  C: '2.5.4.6',
  L: '2.5.4.7',
  ST: '2.5.4.8',
  street: '2.5.4.9',
  O: '2.5.4.10',
  OU: '2.5.4.11',
  title: '2.5.4.12',
  GN: '2.5.4.42',
  dnQualifier: '2.5.4.46',
  DC: '0.9.2342.19200300.100.1.25',
  emailAddress: '1.2.840.113549.1.9.1',
};

const SHORT_NAME = new Map(Object.entries(ATTRIBUTE_OID).map(([name, dotted]) => [dotted, name]));

/** Encoding required by RFC 5280 4.1.2.4 and appendix A: country, serialNumber and dnQualifier are printable, mail and DC are IA5. */
export function requiredEncoding(type: string): NameEncoding {
  if (type === 'C' || type === 'serialNumber' || type === 'dnQualifier') return 'printable';
  return type === 'emailAddress' || type === 'DC' ? 'ia5' : 'utf8';
}

function wideOctets(point: number): Buffer {
  const octets = Buffer.alloc(4);
  octets.writeUInt32BE(point);
  return octets;
}

/** DER of the value of an attribute. Faults `BAD_NAME`. */
export function encodeValue({ type, value, encoding }: NameAttribute): Buffer {
  if (value === '') throw new PkiError('BAD_NAME', `attribute ${type} is empty`);
  if (type === 'C' && !/^[A-Z]{2}$/i.test(value)) throw new PkiError('BAD_NAME', 'country is not two letters');
  switch (encoding ?? requiredEncoding(type)) {
    case 'utf8':
      return utf8String(value);
    case 'printable':
      return printableString(value);
    case 'ia5':
      return ia5String(value);
    case 'teletex':
      return tlv(TAG.teletexString, Buffer.from(value, 'latin1'));
    case 'bmp':
      return tlv(TAG.bmpString, Buffer.from(value, 'utf16le').swap16());
    case 'universal':
      return tlv(TAG.universalString, ...Array.from(value, (character) => wideOctets(character.codePointAt(0) ?? 0)));
    case 'numeric':
      return tlv(TAG.numericString, Buffer.from(value, 'latin1'));
    case 'der':
      return Buffer.from(value.slice(1), 'hex');
  }
}

/** DER of a Name, each attribute its own RDN unless `joined`. Faults `BAD_NAME`. */
export function encodeName(name: Name): Buffer {
  const rdns: Buffer[][] = [];
  for (const attribute of name) {
    const encoded = sequence(oid(ATTRIBUTE_OID[attribute.type] ?? attribute.type), encodeValue(attribute));
    const open = attribute.joined === true ? rdns.at(-1) : undefined;
    if (open === undefined) rdns.push([encoded]);
    else open.push(encoded);
  }
  return sequence(...rdns.map((attributes) => setOf(...attributes)));
}

const ENCODING_BY_TAG = new Map<number, NameEncoding>([
  [TAG.utf8String, 'utf8'],
  [TAG.printableString, 'printable'],
  [TAG.ia5String, 'ia5'],
  [TAG.teletexString, 'teletex'],
  [TAG.bmpString, 'bmp'],
  [TAG.universalString, 'universal'],
  [TAG.numericString, 'numeric'],
]);

function attributeOf(type: string, value: DerValue): Omit<NameAttribute, 'joined'> {
  const encoding = ENCODING_BY_TAG.get(value.tag) ?? 'der';
  const text = encoding === 'der' ? `#${value.raw.toString('hex')}` : textOf(value);
  return { type, value: text, ...(encoding === requiredEncoding(type) ? {} : { encoding }) };
}

/** Attributes of a DER Name. `encodeName(parseName(der))` gives the same octets. */
export function parseName(der: Buffer): Name {
  const rdns = openSingle(der, TAG.sequence);
  const attributes: NameAttribute[] = [];
  while (!rdns.done) {
    const rdn = valuesOf(rdns.read(TAG.set).content);
    if (rdn.length === 0) throw new PkiError('BAD_NAME', 'relative name without attribute');
    rdn.forEach((value, index) => {
      const pair = new DerCursor(value.tag === TAG.sequence ? value.content : Buffer.alloc(0));
      const dotted = oidOf(pair.read());
      const text = pair.read();
      pair.finish();
      attributes.push({ ...attributeOf(SHORT_NAME.get(dotted) ?? dotted, text), ...(index > 0 ? { joined: true as const } : {}) });
    });
  }
  return attributes;
}

/** `C=JP, O=...` in encoding order, for operators and ceremony minutes; not for comparison. */
export function nameText(name: Name): string {
  return name.map(({ type, value }) => `${type}=${value}`).join(', ');
}
