import { enumerated, header, integer, octetString, sequence, tlv } from '#pki';
import { BER, BerCursor, ProtocolFault, headerAt, numberOf, textOf } from './ber.js';
import { readFilter, type Filter } from './filter.js';

/** Result codes that are answered (RFC 4511 4.1.9). */
export const RESULT = {
  success: 0, operationsError: 1, protocolError: 2, timeLimitExceeded: 3, sizeLimitExceeded: 4, authMethodNotSupported: 7, unavailableCriticalExtension: 12,
  confidentialityRequired: 13, noSuchObject: 32, invalidDNSyntax: 34, invalidCredentials: 49, insufficientAccessRights: 50, busy: 51, unavailable: 52, unwillingToPerform: 53, other: 80,
} as const;
export type ResultName = keyof typeof RESULT;

export interface Result {
  readonly code: ResultName;
  readonly matched?: string;
  /** For people, in English: LDAP names no language (RFC 4511 4.1.9). */
  readonly diagnostic?: string;
}

export const SUCCESS: Result = { code: 'success' };

export const EXTENSION = { startTls: '1.3.6.1.4.1.1466.20037', whoAmI: '1.3.6.1.4.1.4203.1.11.3', disconnection: '1.3.6.1.4.1.1466.20036' } as const;

const SCOPES = ['base', 'one', 'sub'] as const;

export interface SearchRequest {
  readonly kind: 'search';
  readonly base: string;
  readonly scope: (typeof SCOPES)[number];
  /** Entries, seconds; 0 for none. */
  readonly sizeLimit: number;
  readonly timeLimit: number;
  readonly typesOnly: boolean;
  readonly filter: Filter;
  readonly attributes: readonly string[];
}

export interface BindRequest {
  readonly kind: 'bind';
  readonly version: number;
  readonly name: string;
  /** Undefined for another method than simple. */
  readonly password: string | undefined;
}

export interface ExtendedRequest {
  readonly kind: 'extended';
  readonly oid: string;
}

export type Request =
  | BindRequest
  | SearchRequest
  | ExtendedRequest
  | { readonly kind: 'unbind' }
  | { readonly kind: 'abandon'; readonly id: number }
  /** What would change something, or compare; answered with this tag. */
  | { readonly kind: 'unserved'; readonly answerTag: number };

export interface LdapMessage {
  readonly id: number;
  readonly request: Request;
  /** Controls that must be understood, or the operation must not be carried out (RFC 4511 4.1.11). */
  readonly criticalControls: readonly string[];
}

const TAG = { bind: 0x60, unbind: 0x42, search: 0x63, abandon: 0x50, extended: 0x77, simple: 0x80, controls: 0xa0 } as const;
const ANSWER = { bind: 0x61, search: 0x65, extended: 0x78 } as const;
const ENTRY = 0x64;
/** Modify, add, delete, modifyDN, compare: their answers. */
const UNSERVED = new Map([[0x66, 0x67], [0x68, 0x69], [0x4a, 0x6b], [0x6c, 0x6d], [0x6e, 0x6f]]);

/** A message is no longer than this: a name, a filter and a token fit many times. */
export const MESSAGE_LIMIT = 16_384;
const MAX_ATTRIBUTES = 64;
const MAX_CONTROLS = 16;

/** Length of the message that begins here; undefined where more octets are needed to tell. Faults where none begins, or one that is too long. */
export function messageLength(bytes: Buffer): number | undefined {
  if (bytes.length > 0 && bytes[0] !== BER.sequence) throw new ProtocolFault('no LDAPMessage');
  const end = headerAt(bytes, 0)?.end;
  if (end !== undefined && end > MESSAGE_LIMIT) throw new ProtocolFault('a message is too long');
  return end;
}

/** Reads one LDAPMessage (RFC 4511 4.1.1). Throws ProtocolFault. */
export function readMessage(bytes: Buffer): LdapMessage {
  const outer = new BerCursor(bytes);
  const message = new BerCursor(outer.read(BER.sequence).content);
  if (!outer.done) throw new ProtocolFault('octets after a message');
  const id = message.number();
  const { tag, content } = message.read();
  const request = readRequest(tag, content);
  const controls = message.readIf(TAG.controls);
  return { id, request, criticalControls: controls === undefined ? [] : readControls(controls.content) };
}

function readRequest(tag: number, content: Buffer): Request {
  const cursor = new BerCursor(content);
  switch (tag) {
    case TAG.bind:
      return readBind(cursor);
    case TAG.search:
      return readSearch(cursor);
    case TAG.extended:
      return { kind: 'extended', oid: cursor.text(0x80) };
    case TAG.unbind:
      return { kind: 'unbind' };
    case TAG.abandon:
      return { kind: 'abandon', id: numberOf(content) };
  }
  const answerTag = UNSERVED.get(tag);
  if (answerTag === undefined) throw new ProtocolFault('no such operation');
  return { kind: 'unserved', answerTag };
}

function readBind(cursor: BerCursor): BindRequest {
  const [version, name, { tag, content }] = [cursor.number(), cursor.text(), cursor.read()];
  return { kind: 'bind', version, name, password: tag === TAG.simple ? textOf(content) : undefined };
}

function readSearch(cursor: BerCursor): SearchRequest {
  const base = cursor.text();
  const scope = SCOPES[cursor.number(BER.enumerated)];
  if (scope === undefined) throw new ProtocolFault('no such scope');
  // There are no aliases that could be followed.
  cursor.number(BER.enumerated);
  const [sizeLimit, timeLimit, typesOnly] = [cursor.number(), cursor.number(), cursor.boolean()];
  const filter = readFilter(cursor);
  const list = new BerCursor(cursor.read(BER.sequence).content);
  const attributes: string[] = [];
  while (!list.done) attributes.push(list.text());
  if (attributes.length > MAX_ATTRIBUTES) throw new ProtocolFault('too many attributes');
  return { kind: 'search', base, scope, sizeLimit, timeLimit, typesOnly, filter, attributes };
}

function readControls(content: Buffer): string[] {
  const list = new BerCursor(content);
  const critical: string[] = [];
  for (let count = 0; !list.done; count += 1) {
    if (count === MAX_CONTROLS) throw new ProtocolFault('too many controls');
    const control = new BerCursor(list.read(BER.sequence).content);
    const type = control.text();
    if (control.tag === BER.boolean && control.boolean()) critical.push(type);
  }
  return critical;
}

function resultContent({ code, matched = '', diagnostic = '' }: Result): Buffer[] {
  return [enumerated(RESULT[code]), octetString(Buffer.from(matched, 'utf8')), octetString(Buffer.from(diagnostic, 'utf8'))];
}

function written(id: number, tag: number, ...content: readonly Uint8Array[]): Buffer {
  return sequence(integer(id), tlv(tag, ...content));
}

/** The answer that ends an operation. */
export function writeResult(id: number, kind: keyof typeof ANSWER | number, result: Result): Buffer {
  return written(id, typeof kind === 'number' ? kind : ANSWER[kind], ...resultContent(result));
}

export interface Extension {
  readonly name?: string;
  readonly value?: string;
}

export function writeExtended(id: number, result: Result, { name, value }: Extension = {}): Buffer {
  const fields = [...(name === undefined ? [] : [tlv(0x8a, Buffer.from(name))]), ...(value === undefined ? [] : [tlv(0x8b, Buffer.from(value, 'utf8'))])];
  return written(id, ANSWER.extended, ...resultContent(result), ...fields);
}

/** Notice of Disconnection (RFC 4511 4.4.1): the last that a client hears. */
export function writeDisconnection(result: Result): Buffer {
  return writeExtended(0, result, { name: EXTENSION.disconnection });
}

/** An attribute of an entry that is sent. */
export interface SentAttribute {
  readonly description: string;
  readonly values: readonly (Buffer | string)[];
}

/** A message in pieces: the values as they are, so that a list that many clients wait for is in memory once. */
export function writeEntry(id: number, dn: string, attributes: readonly SentAttribute[]): Buffer[] {
  const text = (octets: Buffer | string): Buffer[] => wrapped(BER.octetString, [typeof octets === 'string' ? Buffer.from(octets, 'utf8') : octets]);
  const list = attributes.flatMap(({ description, values }) => wrapped(BER.sequence, [...text(description), ...wrapped(BER.set, values.flatMap(text))]));
  return wrapped(BER.sequence, [integer(id), ...wrapped(ENTRY, [...text(dn), ...wrapped(BER.sequence, list)])]);
}

function wrapped(tag: number, content: readonly Buffer[]): Buffer[] {
  return [header(tag, content.reduce((length, piece) => length + piece.length, 0)), ...content];
}
