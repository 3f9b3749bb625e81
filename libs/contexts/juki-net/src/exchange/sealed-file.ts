import { promisify } from 'node:util';
import { gunzip, gzip } from 'node:zlib';
import { jukiNetProblems } from '#contracts/juki-net';
import { decryptData, encryptData, PkiError, signData, verifySignedData, type ParsedCertificate } from '#pki';
import type { ExchangeKey } from './exchange-key.js';

const unzip = promisify(gunzip);
const zip = promisify(gzip);
/** No honest file of the most lines that a batch may have is larger when unpacked. */
const MOST_UNPACKED = 64 * 1024 * 1024;

/** Text, compressed (gzip), signed, then encrypted for the receiver (JUKI-5.3). */
export async function sealFile(text: string, key: ExchangeKey, receiver: ParsedCertificate, at: Date): Promise<Buffer> {
  const signed = await signData(await zip(Buffer.from(text)), { certificate: key.certificate, key: key.signingKey }, at);
  return encryptData(signed, receiver);
}

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** Text of a file that one of `senders` signed for one of `keys`. Refuses BAD_SIGNATURE whatever is wrong with the seal: nobody learns which step failed; CHARACTER to who has signed what is no UTF-8. */
export async function openFile(der: Buffer, keys: readonly ExchangeKey[], senders: readonly ParsedCertificate[]): Promise<string> {
  const content = await openSeal(der, keys, senders);
  try {
    return utf8.decode(content);
  } catch {
    throw jukiNetProblems.refuse('CHARACTER');
  }
}

async function openSeal(der: Buffer, keys: readonly ExchangeKey[], senders: readonly ParsedCertificate[]): Promise<Buffer> {
  try {
    const signed = first(keys, (key) => decryptData(der, key.certificate, key.privateKey));
    const { content } = first(senders, (sender) => verifySignedData(signed, sender));
    return await unzip(content, { maxOutputLength: MOST_UNPACKED });
  } catch (error) {
    if (error instanceof PkiError || (error instanceof Error && 'code' in error)) throw jukiNetProblems.refuse('BAD_SIGNATURE');
    throw error;
  }
}

/** What the first of them gives that does not fail; while keys change there are two. */
function first<T, R>(candidates: readonly T[], attempt: (candidate: T) => R): R {
  let fault = new PkiError('BAD_CMS', 'nobody to open it');
  for (const candidate of candidates) {
    try {
      return attempt(candidate);
    } catch (error) {
      if (!(error instanceof PkiError)) throw error;
      fault = error;
    }
  }
  throw fault;
}
