import type { BoundedCache } from '../bounded-cache.js';
import { OID, oid } from './oid.js';
import { DerCursor, type DerValue, booleanOf, oidOf } from './read.js';
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

/** Beyond this an extension is not kept, so that a hostile certificate does not fill the memory. */
const LARGEST_KEPT = 1_000;
/** Of one subject alone: keeping them would gain nothing, and they may name a person. */
const OF_ONE_SUBJECT: ReadonlySet<string> = new Set([OID.subjectAltName, OID.subjectKeyIdentifier]);

/**
 * Extensions of the content of an Extensions SEQUENCE. An explicit FALSE of foreign issuers is accepted; the linter reports it. `known` keeps
 * those that many certificates share: the same octets give the same object.
 */
export function extensionsOf(content: Buffer, known?: BoundedCache<Extension>): Extension[] {
  const list = new DerCursor(content);
  const extensions: Extension[] = [];
  while (!list.done) {
    const item = list.read(TAG.sequence);
    const name = known === undefined || item.raw.length > LARGEST_KEPT ? undefined : item.raw.toString('latin1');
    const kept = name === undefined ? undefined : known?.get(name);
    const extension = kept ?? extensionOf(name === undefined ? item : openCopy(item.raw));
    if (name !== undefined && kept === undefined && !OF_ONE_SUBJECT.has(extension.oid)) known?.set(name, extension);
    extensions.push(extension);
  }
  return extensions;
}

function extensionOf({ raw, content }: DerValue): Extension {
  const cursor = new DerCursor(content);
  const dotted = oidOf(cursor.read());
  const flag = cursor.readIf(TAG.boolean);
  const value = cursor.read(TAG.octetString).content;
  cursor.finish();
  return { oid: dotted, critical: flag !== undefined && booleanOf(flag.content), value, raw };
}

/** What is kept must not hold the whole certificate. */
function openCopy(raw: Buffer): DerValue {
  return new DerCursor(Buffer.from(raw)).read();
}
