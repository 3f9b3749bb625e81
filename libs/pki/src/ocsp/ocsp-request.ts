import { BoundedCache } from '../bounded-cache.js';
import { assertDer } from '../der/canonical.js';
import { encodeExtension, extensionsOf } from '../der/extension.js';
import { OID } from '../der/oid.js';
import { DerCursor, openSingle, wholeBits } from '../der/read.js';
import { TAG, contextConstructedTag } from '../der/tag.js';
import { contextConstructed, octetString, sequence } from '../der/write.js';
import { PkiError, parsingAs } from '../pki-error.js';
import { type CertId, certIdFrom } from './cert-id.js';

export interface OcspRequest {
  readonly items: readonly CertId[];
  /** 1 to 128 octets (RFC 9654), to be echoed. */
  readonly nonce?: Buffer;
}

/** Bound on the work of one request (JPKI 4.9). */
const MAX_ITEMS = 100;
/** Base64 text of 100 SHA-256 items with a nonce stays below it. */
const MAX_GET_LENGTH = 24_000;

const UNDERSTOOD_IN_REQUEST = new Set<string>([OID.ocspNonce, OID.ocspAcceptableResponses, OID.ocspPreferredSignatures]);
const UNDERSTOOD_IN_ITEM = new Set<string>([OID.ocspServiceLocator]);

/** Values of the Extensions in an explicit tag, by OID. Faults `OCSP_MALFORMED` on a critical one that is not understood (RFC 6960 4.4). */
export function readOcspExtensions(wrapped: Buffer, understood: ReadonlySet<string>): ReadonlyMap<string, Buffer> {
  const outer = new DerCursor(wrapped);
  const list = outer.read(TAG.sequence);
  outer.finish();
  const found = new Map<string, Buffer>();
  for (const { oid, critical, value } of extensionsOf(list.content)) {
    if (critical && !understood.has(oid)) throw new PkiError('OCSP_MALFORMED', `critical extension ${oid} is not understood`);
    if (found.has(oid)) throw new PkiError('OCSP_MALFORMED', `extension ${oid} is repeated`);
    found.set(oid, value);
  }
  return found;
}

function nonceOf(value: Buffer): Buffer {
  const cursor = new DerCursor(value);
  const nonce = cursor.read(TAG.octetString).content;
  cursor.finish();
  if (nonce.length < 1 || nonce.length > 128) throw new PkiError('OCSP_MALFORMED', 'nonce is not 1 to 128 octets');
  return nonce;
}

function itemsOf(content: Buffer): CertId[] {
  const list = new DerCursor(content);
  const items: CertId[] = [];
  while (!list.done) {
    if (items.length === MAX_ITEMS) throw new PkiError('OCSP_MALFORMED', `more than ${MAX_ITEMS} items`);
    const item = new DerCursor(list.read(TAG.sequence).content);
    items.push(certIdFrom(item.read(TAG.sequence)));
    const wrapped = item.readIf(contextConstructedTag(0));
    if (wrapped !== undefined) readOcspExtensions(wrapped.content, UNDERSTOOD_IN_ITEM);
    item.finish();
  }
  if (items.length === 0) throw new PkiError('OCSP_MALFORMED', 'no item');
  return items;
}

/** A signature over a request is optional and not relied on: access rests on the verifier's grant, so only its form is checked. */
function readSignature(wrapped: Buffer): void {
  const cursor = openSingle(wrapped, TAG.sequence);
  cursor.read(TAG.sequence);
  wholeBits(cursor.read(TAG.bitString).content);
  cursor.readIf(contextConstructedTag(0));
  cursor.finish();
}

/** Who asks about one certificate asks again in the same octets. By SHA-256 and without a nonce they are below two hundred. */
const readBefore = new BoundedCache<OcspRequest>(8_192);
const LONGEST_KEPT = 200;

/** Reads an OCSPRequest (RFC 6960 4.1, RFC 9654). Every fault is `OCSP_MALFORMED`, to be answered with `malformedRequest`. */
export function parseOcspRequest(der: Buffer): OcspRequest {
  if (der.length > LONGEST_KEPT) return readRequest(der);
  const octets = der.toString('latin1');
  const known = readBefore.get(octets);
  if (known !== undefined) return known;
  // Buffers are views: on what came they would keep alive all that was received with it, and follow whoever writes over it.
  const own = Buffer.allocUnsafeSlow(der.length);
  der.copy(own);
  const request = readRequest(own);
  if (request.nonce === undefined) readBefore.set(octets, request);
  return request;
}

function readRequest(der: Buffer): OcspRequest {
  return parsingAs('OCSP_MALFORMED', () => {
    assertDer(der);
    const outer = openSingle(der, TAG.sequence);
    const tbs = new DerCursor(outer.read(TAG.sequence).content);
    const signature = outer.readIf(contextConstructedTag(0));
    outer.finish();
    if (signature !== undefined) readSignature(signature.content);
    // [0] would be a version other than the default v1; [1] is the requestor's name, of no use without the signature.
    if (tbs.readIf(contextConstructedTag(0)) !== undefined) throw new PkiError('OCSP_MALFORMED', 'version is not the default');
    tbs.readIf(contextConstructedTag(1));
    const items = itemsOf(tbs.read(TAG.sequence).content);
    const wrapped = tbs.readIf(contextConstructedTag(2));
    tbs.finish();
    const nonce = wrapped === undefined ? undefined : readOcspExtensions(wrapped.content, UNDERSTOOD_IN_REQUEST).get(OID.ocspNonce);
    return nonce === undefined ? { items } : { items, nonce: nonceOf(nonce) };
  });
}

/** DER of the request in the GET form (RFC 6960 A.1): `pathSegment` is what follows the base path, percent-encoded base64. */
export function decodeOcspGet(pathSegment: string): Buffer {
  if (pathSegment.length > MAX_GET_LENGTH) throw new PkiError('OCSP_MALFORMED', 'path is too long');
  let text: string;
  try {
    text = decodeURIComponent(pathSegment);
  } catch (error) {
    throw new PkiError('OCSP_MALFORMED', 'path is not percent-encoded', error);
  }
  const der = Buffer.from(text, 'base64');
  if (der.length === 0 || der.toString('base64') !== text) throw new PkiError('OCSP_MALFORMED', 'path is not base64');
  return der;
}

/** The GET form of a request, for clients. */
export function encodeOcspGet(request: Buffer): string {
  return encodeURIComponent(request.toString('base64'));
}

/** nonce extension (RFC 9654), never critical. */
export function encodeNonce(nonce: Buffer): Buffer {
  return encodeExtension(OID.ocspNonce, false, octetString(nonce));
}

/** OCSPRequest DER for clients and tests. Clients should give a nonce of 32 random octets. */
export function createOcspRequest({ items, nonce }: { readonly items: readonly CertId[]; readonly nonce?: Buffer }): Buffer {
  return sequence(
    sequence(
      sequence(...items.map((item) => sequence(item.der))),
      ...(nonce === undefined ? [] : [contextConstructed(2, sequence(encodeNonce(nonce)))]),
    ),
  );
}
