import { DerCursor, type DerValue, oidOf, singleContent, textOf, valuesOf } from '../der/read.js';
import { TAG } from '../der/tag.js';
import { PkiError } from '../pki-error.js';
import { preparedText } from './string-prep.js';

/** Types that are compared by their characters, whichever of them holds a value (RFC 5280 7.1, 4.1.2.4). */
const CHARACTER_TYPES: ReadonlySet<number> = new Set([
  TAG.utf8String,
  TAG.printableString,
  TAG.ia5String,
  TAG.visibleString,
  TAG.teletexString,
  TAG.bmpString,
  TAG.universalString,
]);

// Prepared text holds no control character, so that these two end an attribute and an RDN and stand nowhere else.
const ATTRIBUTE_END = '\u0001';
const RDN_END = '\u0000';

function attributeKey(value: DerValue): string {
  if (value.tag !== TAG.sequence) throw new PkiError('BAD_DER', 'attribute is not a SEQUENCE');
  const pair = new DerCursor(value.content);
  const type = oidOf(pair.read());
  const held = pair.read();
  pair.finish();
  const text = CHARACTER_TYPES.has(held.tag) ? preparedText(textOf(held)) : undefined;
  return `${type}${text === undefined ? `#${held.raw.toString('hex')}` : `=${text}`}${ATTRIBUTE_END}`;
}

function rdnKey(rdn: DerValue): string {
  if (rdn.tag !== TAG.set) throw new PkiError('BAD_DER', 'relative name is not a SET');
  return `${valuesOf(rdn.content).map(attributeKey).sort().join('')}${RDN_END}`;
}

/**
 * Key of a DER Name: two names are the same exactly when their keys are equal (RFC 5280 7.1). Values that are not text, or that string
 * preparation prohibits, are compared by their octets. The key holds subject data: for comparison in memory only. Faults `BAD_DER`.
 */
export function nameKeyOf(nameDer: Buffer): string {
  return valuesOf(singleContent(nameDer, TAG.sequence)).map(rdnKey).join('');
}

/** Whether the name is in the subtree of `base`: its first RDNs are those of `base` (RFC 5280 7.1). Both given by their keys. */
export function isInSubtree(nameKey: string, baseKey: string): boolean {
  return nameKey.startsWith(baseKey);
}
