import { Readable } from 'node:stream';
import { numberingProblems } from '#contracts/numbering';
import { csvLine } from '#kernel';
import { createdAt, hashOfDetails, openFile, PkiError, readFrame, sealFile, writeFrame, type Frame, type OpenedFile, type ParsedCertificate } from '#pki';
import { platformProblems, refusals, wholeBody, type BinaryAnswer, type Ctx } from '#platform';
import { readCsv, type CsvUpload } from '../upload/csv-rows.js';
import { fingerprintOf, type ExchangeStore } from './exchange.store.js';

export const SEALED_FILE = 'application/pkcs7-mime';
/** For routes that take files, and for those that give them. */
export const TAKES_FILES = { upload: ['text/csv', SEALED_FILE], headers: { 'content-type': `${SEALED_FILE} for a file that is signed and encrypted (NUM-5.3)` } };
export const GIVES_FILES = { binary: ['text/csv', SEALED_FILE] };
/** What may be wrong with the seal of an upload, or with what is in it. */
export const SEAL_REFUSALS = [
  ...refusals(numberingProblems, 'BAD_SIGNATURE', 'COUNT_MISMATCH', 'EXCHANGE_CERTIFICATE', 'FILE_NOT_SEALED', 'FRAME', 'HASH_MISMATCH'), ...refusals(platformProblems, 'BODY_TOO_LARGE'),
];
/** This side in the headers of files. */
export const OWN_NAME = 'numbering';

/** A sealed file is held whole, some 200,000 lines of it: what is larger is sent as several. */
const MOST_SEALED = 16 * 1024 * 1024;
const MOST_UNPACKED = 16 * 1024 * 1024;

/** What a file must be. `batchId` where it belongs to one. */
export interface FileForm {
  readonly kind: 'NREQ' | 'NRES' | 'NDIF' | 'NTGT' | 'NREC';
  readonly columns: readonly string[];
  readonly municipalityCode: string;
  readonly batchId?: string;
}

/** Files with municipalities: header, details and trailer, compressed, signed by the sender and encrypted for the receiver (NUM-5.3). */
export class FileExchange {
  constructor(private readonly store: ExchangeStore) {}

  /**
   * The rows of an upload. A municipality with a certificate sends nothing in clear; its signature is the mayor's seal (NUM-3.2). Refuses FILE_NOT_SEALED,
   * BAD_SIGNATURE, EXCHANGE_CERTIFICATE, FRAME, COUNT_MISMATCH, HASH_MISMATCH. The hash is that of the details, which the sender's trailer has: a file sealed anew is the same file.
   */
  async receive(ctx: Ctx, body: Readable | undefined, form: FileForm): Promise<CsvUpload> {
    const { sealed, certificates } = await this.store.certificates(ctx.db, form.municipalityCode);
    if (ctx.headers['content-type']?.toLowerCase().startsWith(SEALED_FILE) !== true) {
      if (sealed) throw numberingProblems.refuse('FILE_NOT_SEALED');
      return readCsv(body, form.columns);
    }
    const senders = validAt(certificates, ctx.now);
    if (senders.length === 0) throw numberingProblems.refuse('EXCHANGE_CERTIFICATE');
    const { content, sender } = await this.open(ctx, await wholeBody(body, MOST_SEALED), senders);
    const { details } = requireFrame(content, form);
    const text = csvLine(form.columns) + details.map((detail) => `${detail.slice(2)}\r\n`).join('');
    return { rows: readCsv(Readable.from([Buffer.from(text)]), form.columns).rows, sha256: () => hashOfDetails(details), seal: { signedBy: fingerprintOf(sender) } };
  }

  private async open(ctx: Ctx, der: Buffer, senders: readonly ParsedCertificate[]): Promise<OpenedFile> {
    const keys = await this.store.keys(ctx.db, ctx.now);
    return openFile(der, keys, senders, MOST_UNPACKED).catch((error: unknown) => {
      throw error instanceof PkiError ? numberingProblems.refuse('BAD_SIGNATURE') : error;
    });
  }

  /** A file for a municipality: sealed to its newest certificate once it has one, else CSV, with its header unless it is a later page. */
  async answer(ctx: Ctx, form: FileForm, rows: readonly string[], page: { readonly later?: boolean; readonly headers?: Readonly<Record<string, string>> } = {}): Promise<BinaryAnswer> {
    const { later = false, headers = {} } = page;
    const { sealed, certificates } = await this.store.certificates(ctx.db, form.municipalityCode);
    if (!sealed) return { contentType: 'text/csv; charset=utf-8', body: Buffer.from([...(later ? [] : [csvLine(form.columns)]), ...rows].join('')), headers };
    const [receiver] = validAt(certificates, ctx.now);
    const [key] = await this.store.keys(ctx.db, ctx.now);
    if (receiver === undefined) throw numberingProblems.refuse('EXCHANGE_CERTIFICATE');
    if (key === undefined) throw platformProblems.refuse('UNAVAILABLE');
    const { kind, municipalityCode, batchId = '' } = form;
    const header = { kind, sender: OWN_NAME, receiver: municipalityCode, grantId: '', batchId, createdAt: createdAt(ctx.now) };
    return { contentType: SEALED_FILE, body: await sealFile(writeFrame(header, rows.map((row) => `D,${row.slice(0, -2)}`)), key, receiver, ctx.now), headers };
  }
}

/** Refuses FRAME, COUNT_MISMATCH, HASH_MISMATCH: nothing of a file that is not what it says is worked on (NUM-7). */
function requireFrame(content: Buffer, { kind, municipalityCode, batchId = '' }: FileForm): Frame {
  const frame = readFrame(content.toString('utf8'), kind);
  if (frame === 'COUNT_MISMATCH' || frame === 'HASH_MISMATCH') throw numberingProblems.refuse(frame);
  if (typeof frame === 'string') throw numberingProblems.refuse('FRAME', { facts: { record: frame } });
  const { sender, receiver, batchId: named } = frame.header;
  if (sender !== municipalityCode || receiver !== OWN_NAME || named !== batchId) throw numberingProblems.refuse('FRAME', { facts: { record: 'HEADER' } });
  if (frame.details.some((detail) => !detail.startsWith('D,'))) throw numberingProblems.refuse('FRAME', { facts: { record: 'DETAIL' } });
  return frame;
}

function validAt(certificates: readonly ParsedCertificate[], at: Date): ParsedCertificate[] {
  return certificates.filter(({ notBefore, notAfter }) => notBefore <= at && at < notAfter);
}
