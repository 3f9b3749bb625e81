import { PkiError } from '../pki-error.js';
import { type Name, encodeName, parseName } from './name.js';
import { oid } from './oid.js';
import { DerCursor, type DerValue, oidOf, textOf, valuesOf } from './read.js';
import { TAG, contextConstructedTag, contextTag } from './tag.js';
import { contextConstructed, contextPrimitive, ia5Content, utf8String } from './write.js';

/** GeneralName (RFC 5280 4.2.1.6) in the forms that the certification authorities use; `unread` keeps any other form as found. */
export type GeneralName =
  | { readonly kind: 'otherName'; readonly oid: string; readonly utf8: string }
  | { readonly kind: 'directoryName'; readonly name: Name }
  | { readonly kind: 'uri'; readonly uri: string }
  | { readonly kind: 'dns'; readonly host: string }
  | { readonly kind: 'email'; readonly address: string }
  /** Address of 4 or 16 octets; in name constraints followed by a mask of the same length. */
  | { readonly kind: 'ip'; readonly octets: Buffer }
  | { readonly kind: 'unread'; readonly der: Buffer };

/** DER of a GeneralName; tags are implicit except for otherName's value and directoryName (RFC 5280 appendix A.2). */
export function encodeGeneralName(name: GeneralName): Buffer {
  switch (name.kind) {
    case 'otherName':
      return contextConstructed(0, oid(name.oid), contextConstructed(0, utf8String(name.utf8)));
    case 'email':
      return contextPrimitive(1, ia5Content(name.address));
    case 'dns':
      return contextPrimitive(2, ia5Content(name.host));
    case 'directoryName':
      return contextConstructed(4, encodeName(name.name));
    case 'uri':
      return contextPrimitive(6, ia5Content(name.uri));
    case 'ip':
      return contextPrimitive(7, name.octets);
    case 'unread':
      return name.der;
  }
}

function asciiOf(value: DerValue): string {
  return textOf({ tag: TAG.ia5String, content: value.content });
}

function otherNameOf(value: DerValue): GeneralName {
  const cursor = new DerCursor(value.content);
  const type = oidOf(cursor.read());
  const wrapped = valuesOf(cursor.read(contextConstructedTag(0)).content);
  cursor.finish();
  const [text, ...rest] = wrapped;
  if (text === undefined || rest.length > 0) throw new PkiError('BAD_DER', 'otherName holds not exactly one value');
  return text.tag === TAG.utf8String ? { kind: 'otherName', oid: type, utf8: textOf(text) } : { kind: 'unread', der: value.raw };
}

/** GeneralName of a DER value; faults `BAD_DER`. */
export function generalNameOf(value: DerValue): GeneralName {
  switch (value.tag) {
    case contextConstructedTag(0):
      return otherNameOf(value);
    case contextTag(1):
      return { kind: 'email', address: asciiOf(value) };
    case contextTag(2):
      return { kind: 'dns', host: asciiOf(value) };
    case contextConstructedTag(4):
      return { kind: 'directoryName', name: parseName(value.content) };
    case contextTag(6):
      return { kind: 'uri', uri: asciiOf(value) };
    case contextTag(7):
      return { kind: 'ip', octets: value.content };
    case contextConstructedTag(3):
    case contextConstructedTag(5):
    case contextTag(8):
      return { kind: 'unread', der: value.raw };
    default:
      throw new PkiError('BAD_DER', `not a general name (tag 0x${value.tag.toString(16)})`);
  }
}

/** GeneralName of every value in the content of a GeneralNames. */
export function generalNamesOf(content: Buffer): GeneralName[] {
  return valuesOf(content).map(generalNameOf);
}
