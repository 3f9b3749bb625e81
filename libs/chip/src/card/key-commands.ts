import { constants, createPublicKey, generateKeyPair, privateEncrypt } from 'node:crypto';
import { promisify } from 'node:util';
import type { Command, Response } from '../apdu/apdu.js';
import { SW } from '../apdu/status-word.js';
import { CardRefusal, keyOf, pkcs8Of, type Chip } from './chip.js';
import type { KeyKind } from './layout.js';

const GENERATE = 0x80;
const READ_PUBLIC = 0x81;
const BITS = 2_048;
/** DigestInfo up to the digest (RFC 8017 9.2 note 1): SHA-1 and SHA-256. */
const DIGEST_INFOS = [{ prefix: '3021300906052b0e03021a05000414', digest: 20 }, { prefix: '3031300d060960864801650304020105000420', digest: 32 }] as const;

/** GENERATE ASYMMETRIC KEY PAIR in the current key file, or its public half. The new key is used for nothing but its request until it is certified. */
export async function generateKey(chip: Chip, { p1 }: Command): Promise<Response> {
  const kind = currentKey(chip);
  if (p1 === GENERATE) {
    chip.require(chip.content.state === 'BLANK' ? 'MAKER' : 'COUNTER');
    const { privateKey } = await promisify(generateKeyPair)('rsa', { modulusLength: BITS, publicExponent: 65_537 });
    chip.keep({ pending: { ...chip.content.pending, [kind]: pkcs8Of(privateKey) } });
    return publicHalf(chip, kind, true);
  }
  if (p1 !== READ_PUBLIC) throw new CardRefusal(SW.wrongParameters);
  return publicHalf(chip, kind, false);
}

/** `7F49` with modulus (81) and exponent (82), ISO/IEC 7816-8. */
function publicHalf({ content }: Chip, kind: KeyKind, isNew: boolean): Response {
  const kept = isNew ? content.pending[kind] : content.keys[kind];
  if (kept === undefined) throw new CardRefusal(SW.fileNotFound);
  const { n = '', e = '' } = createPublicKey(keyOf(kept)).export({ format: 'jwk' });
  const [modulus, exponent] = [Buffer.from(n, 'base64url'), Buffer.from(e, 'base64url')];
  const inner = Buffer.concat([Buffer.of(0x81, 0x82, modulus.length >> 8, modulus.length & 0xff), modulus, Buffer.of(0x82, exponent.length), exponent]);
  return { data: Buffer.concat([Buffer.of(0x7f, 0x49, 0x82, inner.length >> 8, inner.length & 0xff), inner]), sw: SW.ok };
}

/**
 * COMPUTE DIGITAL SIGNATURE over a DigestInfo with the current key, RSASSA-PKCS1-v1_5. The signature PIN serves one signature,
 * the authentication PIN until the power goes (CARD-4.8); for the request of a new key whoever had it made is enough.
 */
export function computeSignature(chip: Chip, { data }: Command): Response {
  const kind = currentKey(chip);
  const made = chip.role === undefined ? undefined : chip.content.pending[kind];
  const key = made ?? chip.content.keys[kind];
  if (key === undefined) throw new CardRefusal(SW.fileNotFound);
  if (made === undefined && !chip.verified.has(kind)) throw new CardRefusal(SW.securityNotSatisfied);
  if (!isDigestInfo(data)) throw new CardRefusal(SW.wrongData);
  if (kind === 'SIGN') chip.verified.delete('SIGN');
  return { data: privateEncrypt({ key: keyOf(key), padding: constants.RSA_PKCS1_PADDING }, data), sw: SW.ok };
}

function isDigestInfo(data: Buffer): boolean {
  const hex = data.toString('hex');
  return DIGEST_INFOS.some(({ prefix, digest }) => hex.startsWith(prefix) && data.length === prefix.length / 2 + digest);
}

function currentKey(chip: Chip): KeyKind {
  const { ef } = chip.current();
  if (ef.kind !== 'KEY') throw new CardRefusal(SW.conditionsNotSatisfied);
  return ef.key;
}
