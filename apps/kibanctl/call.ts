import type { Command } from 'commander';
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { extname } from 'node:path';
import { Readable } from 'node:stream';
import { z } from 'zod';
import { usageFault } from './command-fault.js';
import { GatewayClient, refusalOf } from './gateway-client.js';
import { sessionOf } from './session.js';
import type { Terminal } from './terminal.js';

const METHODS = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'] as const;
const TYPES: Readonly<Record<string, string>> = { '.csv': 'text/csv', '.jpg': 'image/jpeg', '.jpeg': 'image/jpeg', '.ndjson': 'application/x-ndjson', '.ocsp': 'application/ocsp-request', '.bin': 'application/octet-stream', '.der': 'application/octet-stream' };

const callOptions = z.object({ as: z.string(), purpose: z.string().optional(), body: z.string().optional(), contentType: z.string().optional(), idempotencyKey: z.string().optional() });

/** `kibanctl call` */
export function addCall(program: Command, terminal: Terminal): void {
  program
    .command('call')
    .description('send one request to the API and print the answer; exit code 1 when it is refused')
    .argument('<method>', METHODS.join(', '))
    .argument('<path>', 'path with query, such as /api/juki-net/v1/jobs/…')
    .requiredOption('--as <client>', 'client to be')
    .option('--purpose <purpose>', 'affairs for which personal data is asked for (Kiban-Purpose)')
    .option('--body <file>', 'file to send, "-" for standard input')
    .option('--content-type <type>', 'media type of the body; by default that of the file name, else JSON')
    .option('--idempotency-key <key>', 'key of a command, to repeat it safely; random unless given')
    .addHelpText('after', `
Examples:
  kibanctl call GET /api/juki-net/v1/dead-letters --as operator-1
  echo '{"residentCode":"…"}' | kibanctl call POST /api/juki-net/v1/inquiries --as agency-pension --purpose PENSION_CURRENT_STATUS --body -`)
    .action(async (method: string, path: string, options: unknown, command: Command) => {
      const session = sessionOf(command, terminal);
      const parsed = callOptions.parse(options);
      const known = METHODS.find((candidate) => candidate === method.toUpperCase());
      if (known === undefined) throw usageFault(`"${method}" is no method; use one of ${METHODS.join(', ')}.`);
      if (!path.startsWith('/')) throw usageFault(`The path must begin with "/", such as /api/juki-net/v1/…, not "${path}".`);
      if (known === 'GET' && parsed.body !== undefined) throw usageFault('GET has no body.');
      const { purpose, idempotencyKey } = parsed;
      const response = await new GatewayClient(session, parsed.as).send(known, path, { purpose, idempotencyKey, ...(await bodyOf(parsed)) });
      await print(response, session.json, terminal);
    });
}

/** The file of a request, "-" for standard input, with its media type. */
export async function bodyOf({ body, contentType }: { readonly body?: string | undefined; readonly contentType?: string | undefined }): Promise<{ body?: RequestInit['body']; contentType?: string }> {
  if (body === undefined) return {};
  if (body !== '-' && !(await isFile(body))) throw usageFault(`There is no file ${body}.`);
  const stream: Readable = body === '-' ? process.stdin : createReadStream(body);
  return { body: streamBody(stream), contentType: contentType ?? TYPES[extname(body).toLowerCase()] ?? 'application/json' };
}

/** Whether something is there that can be read from its beginning to its end: a file, or the pipe of a shell, as `<(…)`. */
export function isFile(path: string): Promise<boolean> {
  return stat(path).then((found) => !found.isDirectory(), () => false);
}

/** A stream as the body of a request, read at the pace of the network. */
export function streamBody(stream: Readable): NonNullable<RequestInit['body']> {
  return Readable.toWeb(stream) as NonNullable<RequestInit['body']>;
}

async function print(response: Response, json: boolean, terminal: Terminal): Promise<void> {
  const isJson = /json/.test(response.headers.get('content-type') ?? '');
  const fault = response.ok ? undefined : await refusalOf(response.clone());
  if (json) terminal.out(`${JSON.stringify({ status: response.status, headers: Object.fromEntries(response.headers), body: isJson ? await response.json() : await response.text() })}\n`);
  else if (isJson) terminal.out(`${JSON.stringify(await response.json(), null, 2)}\n`);
  else terminal.out(new Uint8Array(await response.arrayBuffer()));
  if (fault !== undefined) throw fault;
}
