import { PkiError } from '../pki-error.js';
import { assertOid } from './oid.js';
import { booleanOf, integerOf, readHeader, textOf, unusedBitsOf } from './read.js';
import { TAG } from './tag.js';

/** Deeper nesting than any certificate, CRL or OCSP message has; stops hostile input from exhausting the stack. */
const MAX_DEPTH = 40;

/**
 * Faults `BAD_DER` unless `bytes` are exactly one DER value: definite and shortest lengths everywhere, no trailing octets,
 * primitive types primitive, canonical BOOLEAN, INTEGER, BIT STRING padding, OID and SET OF order, valid UTF-8 (X.690 8, 10, 11).
 */
export function assertDer(bytes: Buffer): void {
  const end = checkValue(bytes, 0, bytes.length, 0);
  if (end !== bytes.length) throw new PkiError('BAD_DER', `${bytes.length - end} trailing octets`);
}

function checkValue(bytes: Buffer, at: number, limit: number, depth: number): number {
  if (depth > MAX_DEPTH) throw new PkiError('BAD_DER', 'nested too deeply');
  const { tag, contentAt, end } = readHeader(bytes, at, limit);
  const constructed = (tag & 0x20) !== 0;
  // Universal 16 and 17 are SEQUENCE and SET, which are constructed; every other universal type is primitive in DER.
  const aggregate = (tag | 0x20) === TAG.sequence || (tag | 0x20) === TAG.set;
  if (tag >> 6 === 0 && constructed !== aggregate) {
    throw new PkiError('BAD_DER', `wrong primitive/constructed form at octet ${at}`);
  }
  if (!constructed) {
    // A view of each value would cost more than the checks do.
    if (CHECKED.has(tag)) checkPrimitive(tag, bytes.subarray(contentAt, end));
    return end;
  }
  let previous: Buffer | undefined;
  for (let next = contentAt; next < end;) {
    const after = checkValue(bytes, next, end, depth + 1);
    if (tag === TAG.set) {
      const item = bytes.subarray(next, after);
      if (previous !== undefined && Buffer.compare(previous, item) > 0) throw new PkiError('BAD_DER', 'SET OF not sorted');
      previous = item;
    }
    next = after;
  }
  return end;
}

/** Primitive types whose content has a form of its own. */
const CHECKED: ReadonlySet<number> = new Set([
  TAG.boolean,
  TAG.integer,
  TAG.enumerated,
  TAG.bitString,
  TAG.null,
  TAG.oid,
  TAG.utf8String,
  TAG.printableString,
  TAG.ia5String,
  TAG.visibleString,
]);

function checkPrimitive(tag: number, content: Buffer): void {
  switch (tag) {
    case TAG.boolean:
      booleanOf(content);
      return;
    case TAG.integer:
    case TAG.enumerated:
      integerOf(content);
      return;
    case TAG.bitString: {
      const padding = (1 << unusedBitsOf(content)) - 1;
      if (content.length > 1 && ((content[content.length - 1] ?? 0) & padding) !== 0)
        throw new PkiError('BAD_DER', 'unused bits are not zero');
      return;
    }
    case TAG.null:
      if (content.length > 0) throw new PkiError('BAD_DER', 'NULL has content');
      return;
    case TAG.oid:
      assertOid(content);
      return;
    case TAG.utf8String:
    case TAG.printableString:
    case TAG.ia5String:
    case TAG.visibleString:
      textOf({ tag, content });
      return;
    default:
      return;
  }
}
