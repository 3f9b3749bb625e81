import { randomBytes } from 'node:crypto';
import { z } from 'zod';
import {
  type BasicOcspResponse, type ParsedCertificate, type ParsedOcspAnswer, PkiError, certIdOf, createOcspRequest, encodeOcspGet, parseOcspResponse,
  verifyOcspResponse,
} from '#pki';
import { CommandFault, usageFault } from './command-fault.js';
import { tokenOf } from './gateway-client.js';
import { PkiFiles, readBytes } from './pki-files.js';
import { optionFault, timeField, timeOf } from './pki-question.js';
import { singleCertificate } from './pki-verify-crl.js';
import type { Session } from './session.js';
import { table } from './terminal.js';

const ANSWER_MS = 15_000;
const MAX_ANSWER_BYTES = 1024 * 1024;
const NONCE_OCTETS = 32;

const options = z.object({
  url: z.string().optional(), response: z.string().optional(), certificate: z.string(), issuer: z.string(), nonce: z.boolean(),
  get: z.boolean().default(false), time: timeField, token: z.string().optional(),
});
type Options = z.output<typeof options>;

/** Asks for the status of one certificate and prints it; a fault with code 1 unless it is good, with 2 when nothing is to be believed. */
export async function askStatus(session: Session, given: unknown): Promise<void> {
  const parsed = options.safeParse(given);
  if (!parsed.success) throw optionFault(parsed.error);
  const { url, response, certificate, issuer, time } = parsed.data;
  if ((url === undefined) === (response === undefined)) throw usageFault('Name either --url or --response.');
  const files = new PkiFiles();
  const question = { certificate: singleCertificate(files, certificate), issuer: singleCertificate(files, issuer) };
  const nonce = url !== undefined && parsed.data.nonce ? randomBytes(NONCE_OCTETS) : undefined;
  const bytes = url === undefined ? readBytes(response ?? '') : await asked({ ...parsed.data, url }, requestOf(question, nonce));
  const serials = [question.certificate.serial];
  const expected = { issuer: question.issuer, at: timeOf(time), serials, ...(nonce === undefined ? {} : { nonce }) };
  const [answer] = believed(bytes, (read) => verifyOcspResponse(read, expected));
  if (answer === undefined) throw usageFault('The responder answers nothing.');
  print(session, answer);
  if (answer.status.kind !== 'good') throw new CommandFault(1, `The certificate is ${answer.status.kind}.`);
}

interface Question {
  readonly certificate: ParsedCertificate;
  readonly issuer: ParsedCertificate;
}

function requestOf({ certificate, issuer }: Question, nonce: Buffer | undefined): Buffer {
  // SHA-1 names the issuer here, nothing more; it is the one digest that every responder knows (RFC 5019 2.1.1).
  return createOcspRequest({ items: [certIdOf(issuer, certificate.serial, 'sha1')], ...(nonce === undefined ? {} : { nonce }) });
}

async function asked({ url, get, token }: Options & { readonly url: string }, request: Buffer): Promise<Buffer> {
  const headers = { accept: 'application/ocsp-response', ...(token === undefined ? {} : { authorization: `Bearer ${await tokenOf(token)}` }) };
  const signal = AbortSignal.timeout(ANSWER_MS);
  const base = url.replace(/\/+$/, '');
  const posted = { method: 'POST', headers: { ...headers, 'content-type': 'application/ocsp-request' }, body: new Uint8Array(request), signal };
  try {
    const response = await (get ? fetch(`${base}/${encodeOcspGet(request)}`, { headers, signal }) : fetch(url, posted));
    if (!response.ok) throw usageFault(`The responder answered with status ${response.status}.`);
    return await bodyOf(response);
  } catch (error) {
    if (error instanceof CommandFault) throw error;
    throw usageFault(`No responder answers at ${url}.`);
  }
}

async function bodyOf({ body }: Response): Promise<Buffer> {
  const parts: Uint8Array[] = [];
  let length = 0;
  for await (const part of body ?? []) {
    length += part.length;
    if (length > MAX_ANSWER_BYTES) throw usageFault(`The answer is longer than ${MAX_ANSWER_BYTES} octets.`);
    parts.push(part);
  }
  return Buffer.concat(parts);
}

function believed(bytes: Buffer, verify: (read: BasicOcspResponse) => readonly ParsedOcspAnswer[]): readonly ParsedOcspAnswer[] {
  try {
    const read = parseOcspResponse(bytes);
    if (read.status !== 'successful') throw usageFault(`The responder answered ${read.status}.`);
    return verify(read);
  } catch (error) {
    if (error instanceof PkiError) throw usageFault(`The answer is not to be believed: ${error.code}: ${error.message}.`);
    throw error;
  }
}

function print({ json, terminal }: Session, { status, thisUpdate, nextUpdate }: ParsedOcspAnswer): void {
  const revoked = status.kind === 'revoked' ? { revokedAt: status.revokedAt.toISOString(), reason: status.reason ?? 'unspecified' } : {};
  const next = nextUpdate === undefined ? {} : { nextUpdate: nextUpdate.toISOString() };
  const told = { status: status.kind, ...revoked, thisUpdate: thisUpdate.toISOString(), ...next };
  terminal.out(json ? `${JSON.stringify(told)}\n` : table(Object.entries(told)));
}
