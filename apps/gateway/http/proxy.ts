import { SpanKind } from '@opentelemetry/api';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { IncomingHttpHeaders } from 'node:http';
import type { Socket } from 'node:net';
import { Readable } from 'node:stream';
import { setTimeout } from 'node:timers/promises';
import type { Dispatcher, Pool } from 'undici';
import { Refusal } from '#kernel';
import { correlationIdOf, inSpan, log, platformProblems, type Priority } from '#platform';
import type { KnownRoute, MovedPath } from '../contracts.js';
import type { Door } from '../door.js';
import { gatewaySeconds } from '../measures.js';
import { peerCertificate, thumbprintOf } from '../peer-certificate.js';
import { Turnstile } from '../turnstile.js';
import { boundedBody, guestBody, isSmall, wholeBody } from './body.js';
import { Replicas } from './replicas.js';

const TRIES = 3;
/** A caller that has not read for so long is given up. */
const UNREAD_MS = 60_000;
/** A refused upload up to this size is read to its end, so that its sender gets the answer and keeps the connection. */
const DRAIN_LIMIT = 16 * 1024 * 1024;
/** The upstream never saw the request, or not in a way that matters for one that may be repeated. */
const REPEATABLE: ReadonlySet<string> = new Set(['ECONNREFUSED', 'ECONNRESET', 'UND_ERR_SOCKET', 'UND_ERR_CONNECT_TIMEOUT']);
/** Hop-by-hop (RFC 9110 section 7.6.1); `expect`, which was answered here; `host`, which is the upstream's own; the trail and a guest's address, which are set here. */
const NOT_PASSED_ON: ReadonlySet<string> = new Set([
  'connection', 'expect', 'host', 'keep-alive', 'proxy-connection', 'te', 'trailer', 'transfer-encoding', 'upgrade', 'client-address', 'correlation-id', 'traceparent',
]);
/** A path that climbs out of its context, plainly or in code: what the upstream makes of it must not matter. */
const CLIMBS = /^[^?]*(?:\.|%2e){2}/i;
const NOT_PASSED_BACK: ReadonlySet<string> = new Set(['connection', 'keep-alive', 'proxy-connection', 'te', 'trailer', 'transfer-encoding', 'upgrade', 'correlation-id']);

export interface ProxyParts {
  readonly door: Door;
  /** Addresses of the processes of each context. */
  readonly upstreams: ReadonlyMap<string, readonly string[]>;
  /** Routes that need no access token, or have a priority. */
  readonly knownRoutes: readonly KnownRoute[];
  /** Paths of other contexts that these answer now. */
  readonly movedPaths: readonly MovedPath[];
  /** Requests that are let into a context with priorities at once. */
  readonly places: number;
  readonly uploadLimit: number;
  /** Set on every answer. */
  readonly headers: Readonly<Record<string, string>>;
}

/** `/api/<context>/v1/*`: lets callers in and passes their requests on, bodies as streams in both directions. */
export function addProxy(server: FastifyInstance, parts: ProxyParts): void {
  void server.register((scope, _options, done) => {
    scope.removeAllContentTypeParsers();
    scope.addContentTypeParser('*', (_request, payload, parsed) => parsed(null, payload));
    for (const [context, bases] of parts.upstreams) {
      const upstream = new Replicas(context, bases);
      scope.addHook('onClose', () => upstream.close());
      const known = parts.knownRoutes.filter((route) => route.context === context);
      const turnstile = known.some(({ priority }) => priority !== 'ORDINARY') ? new Turnstile({ context, places: parts.places }) : undefined;
      const target: Target = { context, upstream, turnstile, priority: 'ORDINARY', ...parts };
      scope.all(`/api/${context}/v1/*`, (request, reply) => handle(request, reply, target));
      for (const { method, url, isForGuests, priority } of known) {
        const own = { ...target, isForGuests, priority };
        scope.route({ method, url, handler: (request, reply) => handle(request, reply, own) });
      }
      for (const moved of parts.movedPaths.filter((one) => one.context === context)) {
        const own = { ...target, moved };
        for (const url of [moved.from, `${moved.from}/*`]) scope.all(url, (request, reply) => handle(request, reply, own));
      }
    }
    done();
  });
}

interface Target extends ProxyParts {
  readonly context: string;
  readonly upstream: Replicas;
  readonly turnstile: Turnstile | undefined;
  readonly priority: Priority;
  readonly isForGuests?: boolean;
  readonly moved?: MovedPath;
}

async function handle(request: FastifyRequest, reply: FastifyReply, target: Target): Promise<FastifyReply> {
  const { context, door, isForGuests = false } = target;
  const correlationId = correlationIdOf(request);
  const end = gatewaySeconds.startTimer({ context, door: 'http' });
  const parent = typeof request.headers['traceparent'] === 'string' ? request.headers['traceparent'] : undefined;
  try {
    await inSpan(`gateway ${request.method} ${context}`, { parent, kind: SpanKind.SERVER, attributes: { context } }, async (traceparent) => {
      const { authorization } = request.headers;
      const thumbprint = (): string | undefined => thumbprintOf(peerCertificate(request.raw.socket)?.raw);
      if (isForGuests) door.admitGuest(request.ip);
      else await door.admit({ authorization, address: request.ip, thumbprint, context, correlationId });
      if (request.body instanceof Readable) request.body = isForGuests ? guestBody(request.body, request.headers) : boundedBody(request.body, request.headers, target.uploadLimit);
      await forward(request, reply, { target, correlationId, traceparent });
    });
  } catch (error) {
    closeAfterLargeBody(request, reply);
    reply.header('correlation-id', correlationId);
    end({ outcome: error instanceof Refusal ? error.code : 'INTERNAL' });
    throw error;
  }
  end({ outcome: 'passed' });
  return reply;
}

interface Way {
  readonly target: Target;
  readonly correlationId: string;
  readonly traceparent: string | undefined;
}

/** Resolves when the answer has been passed back, or the caller is gone. Refuses UNAVAILABLE (also where the context is full), BODY_TOO_LARGE. */
async function forward(request: FastifyRequest, reply: FastifyReply, way: Way): Promise<void> {
  const { method, headers, raw } = request;
  const path = placeOf(request.url, way.target.moved);
  // Kept here: a request whose body broke off has no socket any more.
  const { socket } = raw;
  if (CLIMBS.test(path)) throw platformProblems.refuse('INVALID_INPUT', { fields: [{ pointer: '', code: 'MALFORMED' }] });
  const body = request.body instanceof Readable ? request.body : undefined;
  const sent = body !== undefined && isSmall(headers['content-length']) ? await sentWhole(body) : body;
  // Only now: a caller that is slow to send takes no place from others.
  const leave = await way.target.turnstile?.enter(way.target.priority);
  try {
    await ask({ method, path, headers: passedOn(request, way), body: sent ?? null }, { request, reply, socket, way });
  } catch (error) {
    // An upload that its sender broke off is nobody's fault here, and there is nobody to answer to.
    if (!socket.destroyed) throw refusalOf(error, way.correlationId);
  } finally {
    leave?.();
  }
}

/** A path that was written in another way than it is known goes on as it came, and is not found. */
function placeOf(url: string, moved: MovedPath | undefined): string {
  return moved !== undefined && url.startsWith(moved.from) ? `${moved.to}${url.slice(moved.from.length)}` : url;
}

/** The caller's headers as it wrote them, and the trail; a guest is known to the context by its address. */
function passedOn({ raw, headers, ip }: FastifyRequest, { correlationId, traceparent, target }: Way): string[] {
  const { rawHeaders } = raw;
  const ended = endedHere(headers.connection);
  const rest = ['correlation-id', correlationId];
  if (traceparent !== undefined) rest.push('traceparent', traceparent);
  if (target.isForGuests === true) rest.push('client-address', ip);
  for (let at = 0; at + 1 < rawHeaders.length; at += 2) {
    const [name, value] = [rawHeaders[at]?.toLowerCase() ?? '', rawHeaders[at + 1] ?? ''];
    if (!NOT_PASSED_ON.has(name) && !ended.includes(name)) rest.push(name, value);
  }
  return rest;
}

/** Headers that `connection` names go no further (RFC 9110 section 7.6.1). */
function endedHere(connection: string | undefined): readonly string[] {
  return connection === undefined || connection === 'keep-alive' ? [] : connection.toLowerCase().split(/\s*,\s*/);
}

type Asked = Dispatcher.DispatchOptions & { readonly method: string };

interface Exchange {
  readonly request: FastifyRequest;
  readonly reply: FastifyReply;
  readonly socket: Socket;
  readonly way: Way;
}

async function ask(asked: Asked, exchange: Exchange): Promise<void> {
  const { upstream } = exchange.way.target;
  for (let attempt = 1; ; attempt += 1) {
    const pool = upstream.next();
    try {
      await pass(pool, asked, exchange);
      return;
    } catch (error) {
      const mayGoOn = (upstream.wasUnseen(pool, error) && !(asked.body instanceof Readable)) || (asked.method === 'GET' && isRepeatable(error));
      if (!mayGoOn || attempt === TRIES || exchange.socket.destroyed) throw error;
      await setTimeout(50 * 2 ** attempt);
    }
  }
}

/**
 * Writes what the upstream answers to the caller as it comes. Rejects when the upstream fails before it has begun to answer. A
 * caller that is gone, or has stopped reading, gives the upstream's connection free.
 */
function pass(pool: Pool, asked: Asked, { request, reply, socket, way }: Exchange): Promise<void> {
  const caller = reply.raw;
  // The response of a request that never got its turn on the connection does not tell that the caller has gone; the socket does.
  let gone = (): void => undefined;
  let unread: NodeJS.Timeout | undefined;
  const settle = (end: () => void): void => {
    socket.off('close', gone);
    clearTimeout(unread);
    end();
  };
  return new Promise((resolve, reject) => {
    pool.dispatch(asked, {
      onRequestStart: (controller) => {
        gone = () => controller.abort(new Error('the caller is gone'));
        if (socket.destroyed) gone();
        else socket.once('close', gone);
      },
      onResponseStart: (_controller, status, headers) => {
        if (status < 200) return;
        const answered = passedBack(headers, way);
        // Nobody will read the rest of an upload that was answered before its end: the connection cannot be used again.
        if (!request.raw.complete) answered.push('connection', 'close');
        caller.writeHead(status, answered);
        reply.hijack();
      },
      onResponseData: (controller, chunk) => {
        if (caller.write(chunk)) return;
        controller.pause();
        unread = globalThis.setTimeout(() => controller.abort(new Error('the caller does not read')), UNREAD_MS);
        caller.once('drain', () => {
          clearTimeout(unread);
          controller.resume();
        });
      },
      onResponseEnd: () => settle(() => {
        caller.end();
        resolve();
      }),
      onResponseError: (_controller, error) => settle(() => {
        if (!caller.headersSent) return reject(error);
        caller.destroy();
        resolve();
      }),
    });
  });
}

function passedBack(headers: IncomingHttpHeaders, { target, correlationId }: Way): string[] {
  const ended = endedHere(headers.connection);
  const rest = ['correlation-id', correlationId];
  const set = target.isForGuests === true ? withOwnPolicy(target.headers, headers['content-security-policy']) : target.headers;
  for (const name in set) rest.push(name, set[name] ?? '');
  for (const name in headers) {
    if (NOT_PASSED_BACK.has(name) || name in set || ended.includes(name)) continue;
    for (const value of [headers[name] ?? []].flat()) rest.push(name, value);
  }
  return rest;
}

/** Pages for people's browsers come with a policy of their own. */
function withOwnPolicy(headers: Readonly<Record<string, string>>, policy: string | string[] | undefined): Readonly<Record<string, string>> {
  return typeof policy === 'string' ? { ...headers, 'content-security-policy': policy } : headers;
}

function sentWhole(body: Readable): Promise<Buffer> {
  return wholeBody(body).catch(() => {
    throw platformProblems.refuse('INVALID_INPUT', { fields: [{ pointer: '', code: 'MALFORMED' }] });
  });
}

function isRepeatable(error: unknown): boolean {
  return error instanceof Error && 'code' in error && REPEATABLE.has(String(error.code));
}

function refusalOf(error: unknown, correlationId: string): Refusal {
  if (error instanceof Refusal) return error;
  log.warn('upstream did not answer', { error, correlationId });
  return platformProblems.refuse('UNAVAILABLE');
}

function closeAfterLargeBody(request: FastifyRequest, reply: FastifyReply): void {
  const { 'content-length': stated, 'transfer-encoding': encoding } = request.headers;
  const large = encoding !== undefined || Number(stated ?? 0) > DRAIN_LIMIT;
  if (large && !request.raw.complete && !reply.sent) reply.header('connection', 'close');
}
