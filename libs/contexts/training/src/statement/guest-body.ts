import type { Readable } from 'node:stream';
import { platformProblems, wholeBody } from '#platform';

/** As the gateway lets through. */
const LIMIT = 1024 * 1024;

/** The whole body of a call from content. Refuses BODY_TOO_LARGE. */
export async function guestBody(body: Readable | undefined): Promise<Buffer> {
  return wholeBody(body, LIMIT);
}

/** A body of JSON. Refuses BODY_TOO_LARGE, INVALID_INPUT. */
export async function guestJson(body: Readable | undefined): Promise<unknown> {
  const bytes = await guestBody(body);
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch {
    throw platformProblems.refuse('INVALID_INPUT', { fields: [{ pointer: '', code: 'MALFORMED' }] });
  }
}
