import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { randomUUID } from 'node:crypto';
import { SignJWT, importJWK } from 'jose';
import { z } from 'zod';
import { CommandFault, usageFault } from './command-fault.js';
import { clientsFolder, type Session } from './session.js';
import { whatToDo } from './what-to-do.js';

const ANSWER_MS = 60_000;
const RENEW_BEFORE_MS = 30_000;

const privateKey = z.looseObject({ kty: z.string(), alg: z.string(), kid: z.string() });
const discovery = z.object({ issuer: z.string(), token_endpoint: z.string() });
const tokenAnswer = z.object({ access_token: z.string(), token_type: z.string(), expires_in: z.number() });
const tokenRefusal = z.object({ error: z.string(), error_description: z.string().optional() });
const problem = z.object({
  code: z.string(), title: z.string(), correlationId: z.string().optional(),
  facts: z.record(z.string(), z.unknown()).optional(),
  errors: z.array(z.object({ pointer: z.string(), code: z.string() })).optional(),
});

/** The token endpoint's answer. */
export type TokenAnswer = z.output<typeof tokenAnswer>;

export interface RequestParts {
  readonly purpose?: string | undefined;
  readonly idempotencyKey?: string | undefined;
  readonly contentType?: string | undefined;
  readonly body?: RequestInit['body'];
  /** Longest time to wait; uploads have none. */
  readonly timeoutMs?: number | undefined;
}

/** Fetches a whole answer from the gateway; nobody there, or an answer that breaks off, is a fault with exit code 3. */
export async function fetchFrom(session: Session, url: string, init: RequestInit = {}): Promise<Response> {
  const response = await fetch(url, { signal: AbortSignal.timeout(ANSWER_MS), ...init }).catch(() => {
    throw new CommandFault(3, `No estate answers at ${session.url}. Start one with "npm start", or name its gateway with --url.`);
  });
  const body = await response.arrayBuffer().catch(() => {
    throw new CommandFault(3, `The answer of ${session.url} broke off; ask again.`);
  });
  return new Response(body.byteLength === 0 ? null : body, response);
}

/** An access token by client credentials with private_key_jwt (RFC 7523), signed with the client's key in the data folder. */
export async function requestToken(session: Session, client: string): Promise<TokenAnswer> {
  const key = await readKey(session, client);
  const found = await fetchFrom(session, `${session.url}/oidc/.well-known/openid-configuration`);
  if (!found.ok) throw new CommandFault(1, `${session.url} issues no tokens itself; get one from the OpenID provider that it is configured with.`);
  const { issuer, token_endpoint: endpoint } = discovery.parse(await found.json());
  const assertion = await new SignJWT()
    .setProtectedHeader({ alg: key.alg, kid: key.kid })
    .setIssuer(client)
    .setSubject(client)
    .setAudience(issuer)
    .setJti(randomUUID())
    .setIssuedAt()
    .setExpirationTime('60s')
    .sign(await importJWK(key));
  const form = new URLSearchParams({
    grant_type: 'client_credentials',
    client_id: client,
    client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
    client_assertion: assertion,
  });
  const response = await fetchFrom(session, endpoint, { method: 'POST', body: form });
  const answer: unknown = await response.json().catch(() => undefined);
  if (response.ok) return tokenAnswer.parse(answer);
  const refusal = tokenRefusal.safeParse(answer);
  throw new CommandFault(1, `No token for ${client}: ${refusal.data?.error_description ?? refusal.data?.error ?? `status ${response.status}`}.`);
}

async function readKey(session: Session, client: string): Promise<z.output<typeof privateKey>> {
  const folder = clientsFolder(session);
  if (!/^[a-z0-9][a-z0-9-]*$/.test(client)) throw usageFault(`"${client}" is no client name; "kibanctl clients" lists them.`);
  const text = await readFile(join(folder, `${client}.jwk.json`), 'utf8').catch((error: unknown) => {
    const denied = error instanceof Error && 'code' in error && error.code === 'EACCES';
    throw usageFault(denied ? `The key of ${client} in ${folder} belongs to another user.` : `There is no key of a client "${client}" in ${folder}; "kibanctl clients" lists the clients, --data names the data folder.`);
  });
  return privateKey.parse(JSON.parse(text));
}

/** A token that an officer got from the OpenID provider; read anew for each call, as somebody may renew it. */
export async function tokenOf(file: string): Promise<string> {
  const text = await readFile(file, 'utf8').catch(() => '');
  if (text.trim() === '') throw usageFault(`There is no token in ${file}.`);
  return text.trim();
}

/** Calls to the API as one client, with a token that is renewed when it ends. */
export class GatewayClient {
  private token: { readonly value: string; readonly until: number } | undefined;

  constructor(
    private readonly session: Session,
    private readonly client: string,
  ) {}

  /** The answer as it came, good or not. */
  async send(method: string, path: string, parts: RequestParts = {}): Promise<Response> {
    const headers = new Headers({ authorization: `Bearer ${await this.validToken()}`, 'accept-language': 'en' });
    if (parts.purpose !== undefined) headers.set('kiban-purpose', parts.purpose);
    if (parts.contentType !== undefined) headers.set('content-type', parts.contentType);
    if (method !== 'GET') headers.set('idempotency-key', parts.idempotencyKey ?? randomUUID());
    const body = parts.body === undefined || parts.body === null ? {} : { body: parts.body, duplex: 'half' as const };
    const signal = parts.timeoutMs === undefined ? {} : { signal: AbortSignal.timeout(parts.timeoutMs) };
    return fetchFrom(this.session, `${this.session.url}${path}`, { method, headers, ...body, ...signal });
  }

  /** The answer's JSON; a refusal becomes a fault with exit code 1. */
  async ask(method: string, path: string, parts: RequestParts = {}): Promise<unknown> {
    const response = await this.send(method, path, parts);
    if (!response.ok) throw await refusalOf(response);
    return response.json();
  }

  private async validToken(): Promise<string> {
    if (this.session.token !== undefined) return tokenOf(this.session.token);
    if (this.token === undefined || this.token.until < performance.now()) {
      const { access_token: value, expires_in: seconds } = await requestToken(this.session, this.client);
      this.token = { value, until: performance.now() + seconds * 1000 - RENEW_BEFORE_MS };
    }
    return this.token.value;
  }
}

/** A problem document as one sentence, and what to do about it. */
export async function refusalOf(response: Response): Promise<CommandFault> {
  const parsed = problem.safeParse(await response.json().catch(() => undefined));
  if (!parsed.success) return new CommandFault(response.status === 503 ? 3 : 1, `The gateway answered with status ${response.status}.`);
  const { code, title, errors = [], facts, correlationId } = parsed.data;
  const fields = errors.map((fault) => `${fault.pointer} ${fault.code}`).join(', ');
  const told = [fields, facts === undefined ? '' : JSON.stringify(facts)].filter((text) => text !== '').join(' ');
  const trail = correlationId === undefined ? '' : ` [${correlationId}]`;
  return new CommandFault(code === 'UNAVAILABLE' ? 3 : 1, `${code}: ${title}${told === '' ? '' : ` (${told})`}${trail}\n  ${whatToDo(code, response.status)}`);
}
