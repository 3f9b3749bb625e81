import { createHash, createPublicKey } from 'node:crypto';
import type { ParsedCertificate } from '../certificate/certificate.js';
import { assertDer } from '../der/canonical.js';
import { extensionsOf } from '../der/extension.js';
import { nameText, parseName } from '../der/name.js';
import { DerCursor, type DerValue, openSingle, singleContent, valuesOf } from '../der/read.js';
import { TAG, contextConstructedTag } from '../der/tag.js';
import { integerContent } from '../der/write.js';
import { MAX_SPKI_LENGTH, keyIdentifierOf } from '../key/public-key.js';
import { PkiError, parsingAs } from '../pki-error.js';
import { describeExtension } from './describe-extension.js';
import { type Described, algorithmText, hex, integerText, oidValue, present, textOrHex } from './described.js';

const EXTENSION_REQUEST = 'extensionRequest';

/** What a certificate says (RFC 5280 section 4). */
export function describeCertificate(certificate: ParsedCertificate): Described {
  const { version, serial, signatureAlgorithm, issuer, subject, notBefore, notAfter, spki, extensions, der } = certificate;
  return {
    kind: 'certificate',
    version,
    serial: hex(integerContent(serial)),
    signatureAlgorithm: algorithmText(signatureAlgorithm),
    issuer: nameText(issuer),
    notBefore: notBefore.toISOString(),
    notAfter: notAfter.toISOString(),
    subject: nameText(subject),
    publicKey: describeKey(spki),
    extensions: extensions.map(describeExtension),
    sha256: fingerprint(der),
  };
}

/** SHA-256 of an object, by which people compare it. */
export function fingerprint(der: Buffer): string {
  return createHash('sha256').update(der).digest('hex');
}

function describeKey(spki: Buffer): Described {
  const algorithm = algorithmText(new DerCursor(singleContent(spki, TAG.sequence)).read(TAG.sequence).raw);
  return present({ algorithm, ...sizeOf(spki), keyIdentifier: hex(keyIdentifierOf(spki)) });
}

function sizeOf(spki: Buffer): { readonly bits?: number; readonly curve?: string } {
  // Node makes a number of an RSA exponent, in time that grows with the square of its length.
  if (spki.length > MAX_SPKI_LENGTH) return {};
  try {
    const { modulusLength, namedCurve } = createPublicKey({ key: spki, format: 'der', type: 'spki' }).asymmetricKeyDetails ?? {};
    return { ...(modulusLength === undefined ? {} : { bits: modulusLength }), ...(namedCurve === undefined ? {} : { curve: namedCurve }) };
  } catch {
    // A kind of key that Node does not read has its algorithm alone.
    return {};
  }
}

/** What a certification request says (RFC 2986), whatever its key; its signature is not looked at. Faults `BAD_CSR`. */
export function describeCsr(der: Buffer): Described {
  return parsingAs('BAD_CSR', () => {
    assertDer(der);
    const outer = openSingle(der, TAG.sequence);
    const info = new DerCursor(outer.read(TAG.sequence).content);
    const signatureAlgorithm = algorithmText(outer.read(TAG.sequence).raw);
    outer.read(TAG.bitString);
    outer.finish();
    const version = Number(integerText(info.read(TAG.integer).content)) + 1;
    const subject = nameText(parseName(info.read(TAG.sequence).raw));
    const publicKey = describeKey(info.read(TAG.sequence).raw);
    const attributes = valuesOf(info.read(contextConstructedTag(0)).content).map(attribute);
    info.finish();
    return { kind: 'certification request', version, subject, publicKey, attributes, signatureAlgorithm, sha256: fingerprint(der) };
  });
}

function attribute({ content }: DerValue): Described {
  const cursor = new DerCursor(content);
  const type = oidValue(cursor.read());
  const values = valuesOf(cursor.read(TAG.set).content);
  cursor.finish();
  if (type !== EXTENSION_REQUEST) return { type, values: values.map(textOrHex) };
  const [requested] = values;
  if (requested === undefined) throw new PkiError('BAD_DER', 'extension request is empty');
  return { type, extensions: extensionsOf(requested.content).map(describeExtension) };
}
