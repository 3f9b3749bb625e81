import { PkiError } from '../pki-error.js';
import { TAG, contextConstructedTag, contextTag } from './tag.js';

/** Identifier and minimal length octets for content of `length` bytes (X.690 10.1: definite, shortest form). */
export function header(tag: number, length: number): Buffer {
  return begun(tag, length, 0);
}

/** The same with `room` for content behind it: certificates are made of hundreds of values, so each is one allocation. */
function begun(tag: number, length: number, room: number): Buffer {
  let digits = 0;
  if (length >= 0x80) for (let rest = length; rest > 0; rest = Math.floor(rest / 256)) digits += 1;
  const bytes = Buffer.allocUnsafe(2 + digits + room);
  bytes[0] = tag;
  bytes[1] = digits === 0 ? length : 0x80 | digits;
  if (digits > 0) bytes.writeUIntBE(length, 2, digits);
  return bytes;
}

/** One tag-length-value whose content is the concatenation of `contents`. */
export function tlv(tag: number, ...contents: readonly Uint8Array[]): Buffer {
  let length = 0;
  for (const part of contents) length += part.length;
  const bytes = begun(tag, length, length);
  let at = bytes.length - length;
  for (const part of contents) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}

/** SEQUENCE of the items in the given order. */
export function sequence(...items: readonly Uint8Array[]): Buffer {
  return tlv(TAG.sequence, ...items);
}

/** SET OF: DER sorts the encodings of the elements (X.690 11.6). */
export function setOf(...items: readonly Buffer[]): Buffer {
  return tlv(TAG.set, ...(items.length > 1 ? [...items].sort((a, b) => a.compare(b)) : items));
}

/** OCTET STRING of the content. */
export function octetString(content: Uint8Array): Buffer {
  return tlv(TAG.octetString, content);
}

/** BIT STRING of whole octets (signatures, public keys): no unused bits. */
export function bitString(content: Uint8Array): Buffer {
  return tlv(TAG.bitString, Buffer.from([0]), content);
}

/** Content of a named-bit BIT STRING: trailing zero bits dropped, unused-bit count first (X.690 11.2.2). */
export function namedBits(bits: Iterable<number>): Buffer {
  const set = [...new Set(bits)];
  if (set.length === 0) return Buffer.from([0]);
  const last = Math.max(...set);
  const octets = Buffer.alloc(1 + Math.floor(last / 8) + 1);
  octets[0] = 7 - (last % 8);
  for (const bit of set) {
    const at = 1 + Math.floor(bit / 8);
    octets[at] = (octets[at] ?? 0) | (0x80 >> (bit % 8));
  }
  return octets;
}

/** Content octets of an INTEGER, two's complement, shortest form (X.690 8.3). */
export function integerContent(value: bigint): Buffer {
  // The complement has the same length and every bit turned.
  if (value < 0n) return Buffer.from(integerContent(-1n - value).map((octet) => octet ^ 0xff));
  const hex = value.toString(16);
  const even = hex.length % 2 === 0 ? hex : `0${hex}`;
  return Buffer.from(even >= '8' ? `00${even}` : even, 'hex');
}

/** INTEGER of the value. */
export function integer(value: bigint | number): Buffer {
  return tlv(TAG.integer, integerContent(BigInt(value)));
}

/** ENUMERATED of the value. */
export function enumerated(value: number): Buffer {
  return tlv(TAG.enumerated, integerContent(BigInt(value)));
}

/** BOOLEAN, TRUE as FF (X.690 11.1). */
export function boolean(value: boolean): Buffer {
  return tlv(TAG.boolean, Buffer.from([value ? 0xff : 0x00]));
}

/** NULL. */
export function nullValue(): Buffer {
  return tlv(TAG.null);
}

/** UTF8String; faults `BAD_NAME` when the text is not valid Unicode. */
export function utf8String(text: string): Buffer {
  if (/\p{Surrogate}/u.test(text)) throw new PkiError('BAD_NAME', 'text holds a lone surrogate');
  return tlv(TAG.utf8String, Buffer.from(text, 'utf8'));
}

/** PrintableString; faults `BAD_NAME` outside the repertoire of X.680 41.4. */
export function printableString(text: string): Buffer {
  if (!/^[A-Za-z0-9 '()+,\-./:=?]*$/.test(text)) throw new PkiError('BAD_NAME', 'text does not fit PrintableString');
  return tlv(TAG.printableString, Buffer.from(text, 'latin1'));
}

/** Content of an IA5String; faults `BAD_NAME` outside ASCII. */
export function ia5Content(text: string): Buffer {
  if (!/^[\u0000-\u007f]*$/.test(text)) throw new PkiError('BAD_NAME', 'text does not fit IA5String');
  return Buffer.from(text, 'latin1');
}

/** IA5String; faults `BAD_NAME` outside ASCII. */
export function ia5String(text: string): Buffer {
  return tlv(TAG.ia5String, ia5Content(text));
}

/** `[n] EXPLICIT` around whole values, or `[n] IMPLICIT` of a constructed type around its items: the octets are the same. */
export function contextConstructed(n: number, ...items: readonly Uint8Array[]): Buffer {
  return tlv(contextConstructedTag(n), ...items);
}

/** `[n] IMPLICIT` of a primitive type: the content keeps its octets, the tag changes. */
export function contextPrimitive(n: number, content: Uint8Array): Buffer {
  return tlv(contextTag(n), content);
}
