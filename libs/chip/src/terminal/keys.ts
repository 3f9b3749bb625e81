import { X509Certificate, createHash } from 'node:crypto';
import { createCsrBy, digestInfoOf, encodeRsaSpki } from '#pki';
import { CLA, INS, MOST_LE, command } from '../apdu/apdu.js';
import { JPKI_PLACE, type KeyKind } from '../card/layout.js';
import { CardFault, type CardReader } from './card-reader.js';
import { readFile, select, send, writeFile } from './channel.js';
import { verifySecret } from './pins.js';

const NONE = Buffer.alloc(0);

/** What a kiosk needs: a signature and the certificate to judge it by. */
export interface SignedChallenge {
  /** RSASSA-PKCS1-v1_5 with SHA-256. */
  readonly signature: Buffer;
  /** DER. */
  readonly certificate: Buffer;
}

/** Signs a message with the authentication key (CARD-4.15); the PIN is overwritten. Throws CardFault: a blocked PIN costs no try. */
export async function signChallenge(reader: CardReader, pin: Buffer, message: Buffer): Promise<SignedChallenge> {
  await verifySecret(reader, 'AUTH', pin);
  const certificate = await readCertificate(reader, 'AUTH');
  return { signature: await compute(reader, 'AUTH', message), certificate };
}

/** Signs a document with the signature key; the PIN is overwritten, and serves this one signature. */
export async function signDocument(reader: CardReader, pin: Buffer, message: Buffer): Promise<SignedChallenge> {
  await verifySecret(reader, 'SIGN', pin);
  const certificate = await readCertificate(reader, 'SIGN');
  return { signature: await compute(reader, 'SIGN', message), certificate };
}

/** DER of a certificate on the card; that of the signature key needs its PIN or a counter. */
export async function readCertificate(reader: CardReader, kind: KeyKind): Promise<Buffer> {
  return readFile(reader, 'JPKI_AP', JPKI_PLACE[kind].certificate);
}

/** Whether the stored certificate is of the key in the chip, and these octets where they are given (CARD-4.5); the counter or maker has proven itself. */
export async function holdsCertificate(reader: CardReader, kind: KeyKind, expected?: Buffer): Promise<boolean> {
  try {
    const stored = await readCertificate(reader, kind);
    const spki = new X509Certificate(stored).publicKey.export({ format: 'der', type: 'spki' });
    return (expected === undefined || stored.equals(expected)) && spki.equals(await publicKey(reader, kind, 0x81));
  } catch (error) {
    if (error instanceof CardFault && error.code === 'NOT_FOUND') return false;
    throw error;
  }
}

/** A new key pair in the chip and its PKCS#10 request, DER. The former key stays in use until `writeCertificate`. */
export async function requestCertificate(reader: CardReader, kind: KeyKind, cardSerial: string): Promise<Buffer> {
  const spki = await publicKey(reader, kind, 0x80);
  return createCsrBy(spki, [{ type: 'CN', value: cardSerial }], (info) => compute(reader, kind, info));
}

/** Writes certificate and authority's certificate, which brings the new key into use; the SHA-256 (hex) of what was read back. */
export async function writeCertificate(reader: CardReader, kind: KeyKind, written: { readonly certificate: Buffer; readonly authority: Buffer }): Promise<string> {
  await writeFile(reader, ['JPKI_AP', JPKI_PLACE[kind].authority], written.authority);
  await writeFile(reader, ['JPKI_AP', JPKI_PLACE[kind].certificate], written.certificate);
  return createHash('sha256').update(await readCertificate(reader, kind)).digest('hex');
}

async function compute(reader: CardReader, kind: KeyKind, message: Buffer): Promise<Buffer> {
  await select(reader, 'JPKI_AP', JPKI_PLACE[kind].key);
  const digest = createHash('sha256').update(message).digest();
  return send(reader, command([CLA.own, INS.performSecurityOperation, 0x00, 0x80], digestInfoOf(digest), MOST_LE));
}

/** SubjectPublicKeyInfo DER of a new key (p1 80) or the key in use (81). */
async function publicKey(reader: CardReader, kind: KeyKind, p1: 0x80 | 0x81): Promise<Buffer> {
  await select(reader, 'JPKI_AP', JPKI_PLACE[kind].key);
  const data = await send(reader, command([CLA.interindustry, INS.generateKeyPair, p1, 0], NONE, MOST_LE));
  // 7F49 82 LLLL, then 81 82 LLLL modulus, 82 LL exponent.
  const length = data.readUInt16BE(7);
  const [modulus, exponent] = [data.subarray(9, 9 + length), data.subarray(9 + length + 2)];
  return encodeRsaSpki({ modulus: BigInt(`0x${modulus.toString('hex')}`), exponent: BigInt(`0x${exponent.toString('hex')}`) });
}
