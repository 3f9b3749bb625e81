import { promisify } from 'node:util';
import { gunzip, gzip } from 'node:zlib';
import type { ParsedCertificate } from '../certificate/certificate.js';
import { decryptData, encryptData } from '../cms/enveloped-data.js';
import { signData, verifySignedData } from '../cms/signed-data.js';
import { PkiError } from '../pki-error.js';
import type { FileKey } from './file-key.js';

const unzip = promisify(gunzip);
const zip = promisify(gzip);

/** Text, compressed (gzip), signed, then encrypted for the receiver (JUKI-5.3, NUM-5.3). */
export async function sealFile(text: string, key: Pick<FileKey, 'certificate' | 'signingKey'>, receiver: ParsedCertificate, at: Date): Promise<Buffer> {
  const signed = await signData(await zip(Buffer.from(text)), { certificate: key.certificate, key: key.signingKey }, at);
  return encryptData(signed, receiver);
}

export interface OpenedFile {
  readonly content: Buffer;
  readonly sender: ParsedCertificate;
}

/** Content of a file that one of `senders` signed for one of `keys`, of at most `mostOctets` unpacked. Faults `BAD_CMS` whatever is wrong with the seal: nobody learns which step failed. */
export async function openFile(der: Buffer, keys: readonly Pick<FileKey, 'certificate' | 'privateKey'>[], senders: readonly ParsedCertificate[], mostOctets: number): Promise<OpenedFile> {
  try {
    const signed = first(keys, (key) => decryptData(der, key.certificate, key.privateKey));
    const { content, sender } = first(senders, (candidate) => ({ ...verifySignedData(signed, candidate), sender: candidate }));
    return { content: await unzip(content, { maxOutputLength: mostOctets }), sender };
  } catch (error) {
    if (error instanceof PkiError || (error instanceof Error && 'code' in error)) throw new PkiError('BAD_CMS', 'a file that does not open', error);
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
