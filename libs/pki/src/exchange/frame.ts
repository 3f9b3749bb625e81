import { createHash } from 'node:crypto';

const VERSION = '1';
const EOL = '\r\n';

/** The header record of a file. */
export interface FrameHeader<Kind extends string = string> {
  readonly kind: Kind;
  readonly sender: string;
  readonly receiver: string;
  readonly grantId: string;
  readonly batchId: string;
  /** Of the files that this side writes, the time in Japan. */
  readonly createdAt: string;
}

export type FrameFault = 'HEADER' | 'TRAILER' | 'EMPTY_FILE' | 'COUNT_MISMATCH' | 'HASH_MISMATCH';

export interface Frame<Kind extends string = string> {
  readonly header: FrameHeader<Kind>;
  /** Detail records as written, without their line ends. */
  readonly details: readonly string[];
}

/** A file as header, details and trailer; the trailer has the count and the SHA-256 of all octets of the details (JUKI-5.3, NUM-5.3). */
export function writeFrame(header: FrameHeader, details: readonly string[]): string {
  const { kind, sender, receiver, grantId, batchId, createdAt } = header;
  const body = details.map((line) => line + EOL).join('');
  const head = ['H', kind, VERSION, sender, receiver, grantId, batchId, createdAt, details.length].join(',');
  return `${head}${EOL}${body}${['T', details.length, sha256(body)].join(',')}${EOL}`;
}

/** Takes a file apart; nothing of one whose counts or hash differ is worked on (JUKI-7, NUM-7). */
export function readFrame<Kind extends string>(text: string, kind: Kind): Frame<Kind> | FrameFault {
  const headEnd = text.indexOf(EOL);
  const trailerAt = text.lastIndexOf(`${EOL}T,`);
  if (headEnd < 0 || !text.startsWith('H,')) return 'HEADER';
  if (trailerAt < headEnd || !text.endsWith(EOL)) return 'TRAILER';
  const header = headerOf(text.slice(0, headEnd), kind);
  if (header === undefined) return 'HEADER';
  const body = text.slice(headEnd + EOL.length, trailerAt + EOL.length);
  const details = body === '' ? [] : body.slice(0, -EOL.length).split(EOL);
  const [, stated, hash, ...rest] = text.slice(trailerAt + EOL.length, -EOL.length).split(',');
  if (rest.length > 0) return 'TRAILER';
  if (details.length === 0) return 'EMPTY_FILE';
  if (stated !== String(details.length) || header.lines !== String(details.length)) return 'COUNT_MISMATCH';
  return hash === sha256(body) ? { header: header.header, details } : 'HASH_MISMATCH';
}

/** A moment in the time of Japan (JST), as headers have it. */
export function createdAt(at: Date): string {
  return new Date(at.getTime() + 9 * 3_600_000).toISOString().replace('Z', '+09:00');
}

/** The hash in the trailer, which a receipt names. */
export function hashOfDetails(details: readonly string[]): string {
  return sha256(details.map((line) => line + EOL).join(''));
}

function headerOf<Kind extends string>(line: string, kind: Kind): { readonly header: FrameHeader<Kind>; readonly lines: string } | undefined {
  const [, found, version, sender = '', receiver = '', grantId = '', batchId = '', createdAt = '', lines = '', ...rest] = line.split(',');
  if (found !== kind || version !== VERSION || rest.length > 0) return undefined;
  return { header: { kind, sender, receiver, grantId, batchId, createdAt }, lines };
}

function sha256(body: string): string {
  return createHash('sha256').update(body).digest('hex');
}
