import { Transform, pipeline, type Readable } from 'node:stream';
import type { IncomingHttpHeaders } from 'node:http';
import { platformProblems } from '#platform';

const JSON_LIMIT = 1024 * 1024;
/** A page as it is scanned. */
const PICTURE_LIMIT = 12 * 1024 * 1024;
const PICTURE = /^(?:image\/(?:jpeg|png)|multipart\/form-data)\s*(?:;|$)/i;
const JSON_TYPE = /^application\/(?:[a-z0-9.-]+\+)?json$/;
/** Up to this size a body is taken whole: one write instead of several, and no stream machinery. */
const SMALL = 64 * 1024;
const UPLOADS: ReadonlySet<string> = new Set([
  'application/zip', 'text/csv', 'application/pdf', 'text/vtt', 'video/mp4', 'image/heic', 'image/jpeg', 'image/png', 'application/x-ndjson',
  'application/octet-stream', 'application/x-www-form-urlencoded', 'multipart/form-data', 'application/ocsp-request', 'application/pkcs7-mime',
  'application/timestamp-query', 'application/gzip', 'application/pkix-crl',
]);

/** Bytes that a body of this media type may have. Refuses UNSUPPORTED_MEDIA_TYPE. */
function limitFor(contentType: string | undefined, uploadLimit: number): number {
  const type = (contentType ?? '').split(';', 1)[0]?.trim().toLowerCase() ?? '';
  if (JSON_TYPE.test(type)) return JSON_LIMIT;
  if (UPLOADS.has(type)) return uploadLimit;
  throw platformProblems.refuse('UNSUPPORTED_MEDIA_TYPE');
}

/** Whether a body of the stated length is passed on in one piece. */
export function isSmall(statedLength: string | undefined): boolean {
  return statedLength !== undefined && Number(statedLength) <= SMALL;
}

/** The whole of a small body. Rejects when its sender breaks off. */
export function wholeBody(stream: Readable): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    stream.on('data', (chunk: Buffer) => chunks.push(chunk));
    stream.once('end', () => resolve(chunks.length === 1 && chunks[0] !== undefined ? chunks[0] : Buffer.concat(chunks)));
    stream.once('error', reject);
    // An error is made only where it is needed: its stack would cost more than the body.
    stream.once('close', () => void (stream.readableEnded || reject(new Error('the body broke off'))));
  });
}

/**
 * The body as it is to be passed on, unread. A stated length is checked here and then kept by the HTTP parser; a body
 * without one is counted while it passes. Refuses BODY_TOO_LARGE, UNSUPPORTED_MEDIA_TYPE.
 */
export function boundedBody(payload: Readable, headers: IncomingHttpHeaders, uploadLimit: number): Readable {
  return bounded(payload, headers, limitFor(headers['content-type'], uploadLimit));
}

/** A guest's body: small, of whatever type the context takes; pictures and forms with them are larger. Refuses BODY_TOO_LARGE. */
export function guestBody(payload: Readable, headers: IncomingHttpHeaders): Readable {
  return bounded(payload, headers, PICTURE.test(headers['content-type'] ?? '') ? PICTURE_LIMIT : JSON_LIMIT);
}

function bounded(payload: Readable, headers: IncomingHttpHeaders, limit: number): Readable {
  const stated = headers['content-length'];
  if (stated === undefined) return counted(payload, limit);
  if (Number(stated) > limit) throw platformProblems.refuse('BODY_TOO_LARGE', { facts: { limit } });
  return payload;
}

function counted(payload: Readable, limit: number): Readable {
  let seen = 0;
  const counter = new Transform({
    transform: (chunk: Buffer, _encoding, done) => {
      seen += chunk.length;
      if (seen > limit) done(platformProblems.refuse('BODY_TOO_LARGE', { facts: { limit } }));
      else done(null, chunk);
    },
  });
  // A fault reaches whoever reads from the counter.
  pipeline(payload, counter, () => undefined);
  return counter;
}
