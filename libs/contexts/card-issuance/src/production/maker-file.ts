import { createHash } from 'node:crypto';
import { PassThrough, Readable } from 'node:stream';
import { ZipFile } from 'yazl';
import { encryptData, encryptStream, type ParsedCertificate } from '#pki';
import { glyphRefsOf, printedFace } from './face.js';
import type { ProductionRecord, Secrets } from './production.store.js';

/** Name of a photo within the file. */
export function photoRef(recordNo: number): string {
  return `photos/${String(recordNo).padStart(8, '0')}.jpg`;
}

/**
 * One line of `cards.jsonl` (CARD-4.4). The number and the resident code for JUKI_AP are encrypted once more, each by itself, so that whoever unpacks
 * the file to print faces has neither.
 */
export function makerLine(batchId: string, record: ProductionRecord, secrets: Secrets, recipient: ParsedCertificate): string {
  const { recordNo, cardSerial, applicationId, municipalityCode, issuingOffice, language, expiryDate, residenceExpiry, photoSha256, wishSign, wishAuth, signSerial, authSerial, boxNo, seqInBox } = record;
  const { birthDate, nameOverLength, addressOverLength, alias = null, ...face } = printedFace(secrets.face);
  const glyphRefs = glyphRefsOf(secrets.face);
  const specialHandling = [...(nameOverLength ? ['NAME_OVER_LENGTH'] : []), ...(addressOverLength ? ['ADDRESS_OVER_LENGTH'] : []), ...(glyphRefs.length > 0 ? ['EXTERNAL_CHARACTERS'] : [])];
  return JSON.stringify({
    recordNo: String(recordNo).padStart(8, '0'), cardSerial, applicationId, municipalityCode, issuingOffice, ...face, alias, nameOverLength, addressOverLength,
    birthDateIso: /00/.test(birthDate.slice(4)) ? null : `${birthDate.slice(0, 4)}-${birthDate.slice(4, 6)}-${birthDate.slice(6)}`,
    number: sealed(secrets.number, recipient), expiryDate: expiryDate.replaceAll('-', ''), residenceExpiry: residenceExpiry?.replaceAll('-', '') ?? null, securityCode: secrets.securityCode,
    photoRef: photoRef(recordNo), photoSha256, faceImageRef: photoRef(recordNo), glyphRefs, wishSign, wishAuth, signCertSerial: signSerial, authCertSerial: authSerial, jukiCodeBlock: secrets.jukiCode === null ? null : sealed(secrets.jukiCode, recipient),
    keyDiversificationId: createHash('sha256').update(`${batchId}\0${cardSerial}`).digest('hex').slice(0, 16), leafletLanguage: language, boxNo, seqInBox, specialHandling,
  }).normalize('NFC');
}

function sealed(text: string, recipient: ParsedCertificate): string {
  return encryptData(Buffer.from(text), recipient).toString('base64');
}

export interface MakerFile {
  readonly manifest: { readonly batchId: string; readonly maker: string; readonly count: number; readonly hash: string; readonly keyId: string; readonly plannedShipDate: string | null };
  readonly recordNos: readonly number[];
  /** Lines of `cards.jsonl`, page by page. */
  readonly lines: () => AsyncIterable<string>;
  readonly photo: (recordNo: number) => Promise<Buffer>;
  readonly at: Date;
}

/** The ZIP of a batch, encrypted for its maker, written while it is read: a page of records or one photo is in memory at a time. */
export function encryptedMakerFile(file: MakerFile, recipient: ParsedCertificate): Readable {
  return Readable.from(encryptStream(zipOf(file), recipient), { objectMode: false });
}

function zipOf({ manifest, recordNos, lines, photo, at }: MakerFile): PassThrough {
  const zip = new ZipFile();
  const packed = new PassThrough();
  zip.on('error', (error: Error) => packed.destroy(error));
  const digest = createHash('sha256');
  async function* cards(): AsyncGenerator<Buffer> {
    for await (const line of lines()) {
      const bytes = Buffer.from(`${line}\n`);
      digest.update(bytes);
      yield bytes;
    }
  }
  zip.addReadStreamLazy('cards.jsonl', { mtime: at }, (begin) => begin(null, Readable.from(cards(), { objectMode: false })));
  for (const recordNo of recordNos) {
    // A photo is compressed already.
    zip.addReadStreamLazy(photoRef(recordNo), { mtime: at, compress: false }, (begin) => {
      photo(recordNo).then((bytes) => begin(null, Readable.from([bytes])), (error: unknown) => packed.destroy(error instanceof Error ? error : new Error('a photo could not be read')));
    });
  }
  // Last, since it tells the digest of what was written before.
  zip.addReadStreamLazy('manifest.json', { mtime: at }, (begin) => begin(null, Readable.from([Buffer.from(JSON.stringify({ ...manifest, sha256: digest.digest('hex') }))])));
  zip.end();
  zip.outputStream.pipe(packed);
  return packed;
}
