import { oid } from './oid.js';
import { DerCursor, booleanOf, oidOf } from './read.js';
import { TAG } from './tag.js';
import { boolean, octetString, sequence } from './write.js';

/** One extension as found: `value` is the DER inside extnValue, `raw` the whole Extension. */
export interface Extension {
  readonly oid: string;
  readonly critical: boolean;
  readonly value: Buffer;
  readonly raw: Buffer;
}

/** Extension with `value` as the DER inside extnValue; FALSE is left out as the default (X.690 11.5). */
export function encodeExtension(dotted: string, critical: boolean, value: Uint8Array): Buffer {
  return sequence(oid(dotted), ...(critical ? [boolean(true)] : []), octetString(value));
}

/** Extensions of the content of an Extensions SEQUENCE. An explicit FALSE of foreign issuers is accepted; the linter reports it. */
export function extensionsOf(content: Buffer): Extension[] {
  const list = new DerCursor(content);
  const extensions: Extension[] = [];
  while (!list.done) {
    const item = list.read(TAG.sequence);
    const cursor = new DerCursor(item.content);
    const dotted = oidOf(cursor.read());
    const flag = cursor.readIf(TAG.boolean);
    const value = cursor.read(TAG.octetString).content;
    cursor.finish();
    extensions.push({ oid: dotted, critical: flag !== undefined && booleanOf(flag.content), value, raw: item.raw });
  }
  return extensions;
}
