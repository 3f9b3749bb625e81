/** What breaks the protocol itself: the connection ends with a Notice of Disconnection (RFC 4511 4.1.1). */
export class ProtocolFault extends Error {
  override readonly name = 'ProtocolFault';
}

/** Tags of the universal types that LDAP uses (RFC 4511 appendix B). */
export const BER = { boolean: 0x01, integer: 0x02, octetString: 0x04, enumerated: 0x0a, sequence: 0x30, set: 0x31 } as const;

export interface BerValue {
  readonly tag: number;
  readonly content: Buffer;
}

interface Header {
  readonly contentAt: number;
  readonly end: number;
}

/** Where the value at `at` ends; undefined while its header is incomplete. Lengths are definite, not always in the shortest form (RFC 4511 5.1). */
export function headerAt(bytes: Buffer, at: number): Header | undefined {
  const [tag, first] = [bytes[at], bytes[at + 1]];
  if (tag !== undefined && (tag & 0x1f) === 0x1f) throw new ProtocolFault('a tag of several octets');
  if (first === undefined) return undefined;
  if (first < 0x80) return { contentAt: at + 2, end: at + 2 + first };
  const count = first & 0x7f;
  if (count === 0 || count > 4) throw new ProtocolFault('a length that is indefinite or beyond four octets');
  if (bytes.length < at + 2 + count) return undefined;
  return { contentAt: at + 2 + count, end: at + 2 + count + bytes.readUIntBE(at + 2, count) };
}

/** Walks the values of one content in order; whatever does not fit faults. */
export class BerCursor {
  #at = 0;

  constructor(private readonly bytes: Buffer) {}

  get done(): boolean {
    return this.#at >= this.bytes.length;
  }

  /** The tag of the next value. */
  get tag(): number | undefined {
    return this.bytes[this.#at];
  }

  read(tag?: number): BerValue {
    const found = this.tag;
    const header = headerAt(this.bytes, this.#at);
    if (found === undefined || header === undefined || header.end > this.bytes.length) throw new ProtocolFault('a value is cut off');
    if (tag !== undefined && tag !== found) throw new ProtocolFault('a value is of another type');
    this.#at = header.end;
    return { tag: found, content: this.bytes.subarray(header.contentAt, header.end) };
  }

  readIf(tag: number): BerValue | undefined {
    return this.tag === tag ? this.read() : undefined;
  }

  number(tag: number = BER.integer): number {
    return numberOf(this.read(tag).content);
  }

  boolean(): boolean {
    const { content } = this.read(BER.boolean);
    if (content.length !== 1) throw new ProtocolFault('a boolean of several octets');
    return content[0] !== 0;
  }

  text(tag: number = BER.octetString): string {
    return textOf(this.read(tag).content);
  }
}

/** INTEGER or ENUMERATED from 0 to 2^31-1: no other number stands in LDAP. */
export function numberOf(content: Buffer): number {
  if (content.length === 0 || content.length > 4 || (content[0] ?? 0) > 0x7f) throw new ProtocolFault('a number is out of range');
  return content.readUIntBE(0, content.length);
}

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** LDAPString: UTF-8 (RFC 4511 4.1.2). */
export function textOf(octets: Buffer): string {
  try {
    return utf8.decode(octets);
  } catch {
    throw new ProtocolFault('a string is not UTF-8');
  }
}
