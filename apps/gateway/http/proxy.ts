import { SpanKind } from '@opentelemetry/api';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { once } from 'node:events';
import type { IncomingHttpHeaders } from 'node:http';
import { Readable } from 'node:stream';
import { setTimeout } from 'node:timers/promises';
import { Pool, type Dispatcher } from 'undici';
import { Refusal } from '#kernel';
import { correlationIdOf, inSpan, log, platformProblems } from '#platform';
import type { Door } from '../door.js';
import { gatewaySeconds } from '../measures.js';
import { peerCertificate, thumbprintOf } from '../peer-certificate.js';
import { boundedBody, isSmall, wholeBody } from './body.js';

const TRIES = 3;
const ANSWER_MS = 60_000;
/** A refused upload up to this size is read to its end, so that its sender gets the answer and keeps the connection. */
const DRAIN_LIMIT = 16 * 1024 * 1024;
/** The upstream never saw the request, or not in a way that matters for one that may be repeated. */
const REPEATABLE: ReadonlySet<string> = new Set(['ECONNREFUSED', 'ECONNRESET', 'UND_ERR_SOCKET', 'UND_ERR_CONNECT_TIMEOUT']);
/** Hop-by-hop (RFC 9110 section 7.6.1); `expect`, which was answered here; `host`, which is the upstream's own. */
const NOT_PASSED_ON: ReadonlySet<string> = new Set(['connection', 'expect', 'host', 'keep-alive', 'proxy-connection', 'te', 'trailer', 'transfer-encoding', 'upgrade']);
/** A path that climbs out of its context, plainly or in code: what the upstream makes of it must not matter. */
const CLIMBS = /^[^?]*(?:\.|%2e){2}/i;
const NOT_PASSED_BACK: ReadonlySet<string> = new Set(['connection', 'keep-alive', 'transfer-encoding']);

export interface ProxyParts {
  readonly door: Door;
  readonly upstreams: ReadonlyMap<string, string>;
  readonly uploadLimit: number;
  /** Set on every answer. */
  readonly headers: Readonly<Record<string, string>>;
}

/** `/api/<context>/v1/*`: lets callers in and passes their requests on, bodies as streams in both directions. */
export function addProxy(server: FastifyInstance, parts: ProxyParts): void {
  void server.register((scope, _options, done) => {
    scope.removeAllContentTypeParsers();
    scope.addContentTypeParser('*', (_request, payload, parsed) => parsed(null, payload));
    for (const [context, base] of parts.upstreams) {
      const upstream = new Pool(base, { connections: 256, pipelining: 1, keepAliveTimeout: 60_000, connectTimeout: 5_000, headersTimeout: ANSWER_MS, bodyTimeout: ANSWER_MS });
      scope.addHook('onClose', () => upstream.destroy());
      scope.all(`/api/${context}/v1/*`, (request, reply) => handle(request, reply, { context, upstream, ...parts }));
    }
    done();
  });
}

interface Target extends ProxyParts {
  readonly context: string;
  readonly upstream: Pool;
}

async function handle(request: FastifyRequest, reply: FastifyReply, target: Target): Promise<FastifyReply> {
  const { context, door } = target;
  const correlationId = correlationIdOf(request);
  reply.headers(target.headers).header('correlation-id', correlationId);
  const end = gatewaySeconds.startTimer({ context, door: 'http' });
  const parent = typeof request.headers['traceparent'] === 'string' ? request.headers['traceparent'] : undefined;
  try {
    await inSpan(`gateway ${request.method} ${context}`, { parent, kind: SpanKind.SERVER, attributes: { context } }, async (traceparent) => {
      const { authorization } = request.headers;
      const thumbprint = (): string | undefined => thumbprintOf(peerCertificate(request.raw.socket)?.raw);
      await door.admit({ authorization, address: request.ip, thumbprint, context, correlationId });
      if (request.body instanceof Readable) request.body = boundedBody(request.body, request.headers, target.uploadLimit);
      await forward(request, reply, { upstream: target.upstream, trail: { 'correlation-id': correlationId, ...(traceparent === undefined ? {} : { traceparent }) } });
    });
  } catch (error) {
    closeAfterLargeBody(request, reply);
    end({ outcome: error instanceof Refusal ? error.code : 'INTERNAL' });
    throw error;
  }
  end({ outcome: 'passed' });
  return reply;
}

interface Way {
  readonly upstream: Pool;
  readonly trail: Readonly<Record<string, string>>;
}

/** Resolves when the answer has been passed back, or the caller is gone. Refuses UNAVAILABLE, BODY_TOO_LARGE. */
async function forward(request: FastifyRequest, reply: FastifyReply, way: Way): Promise<void> {
  const { method, url: path, headers } = request;
  if (CLIMBS.test(path)) throw platformProblems.refuse('INVALID_INPUT', { fields: [{ pointer: '', code: 'MALFORMED' }] });
  const body = request.body instanceof Readable ? request.body : undefined;
  const sent = body !== undefined && isSmall(headers['content-length']) ? await sentWhole(body) : body;
  try {
    const answer = await ask(way.upstream, { method, path, headers: Object.assign(without(headers, NOT_PASSED_ON), way.trail), body: sent ?? null });
    await passBack(reply, answer);
  } catch (error) {
    // An upload that its sender broke off is nobody's fault here, and there is nobody to answer to.
    if (!reply.raw.destroyed) throw refusalOf(error, way.trail['correlation-id']);
  }
}

type Asked = Dispatcher.RequestOptions & { readonly method: string };

async function ask(upstream: Pool, asked: Asked): Promise<Dispatcher.ResponseData> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await upstream.request(asked);
    } catch (error) {
      if (asked.method !== 'GET' || attempt === TRIES || !isRepeatable(error)) throw error;
      await setTimeout(50 * 2 ** attempt);
    }
  }
}

function sentWhole(body: Readable): Promise<Buffer> {
  return wholeBody(body).catch(() => {
    throw platformProblems.refuse('INVALID_INPUT', { fields: [{ pointer: '', code: 'MALFORMED' }] });
  });
}

async function passBack(reply: FastifyReply, { statusCode, headers, body }: Dispatcher.ResponseData): Promise<void> {
  const length = headers['content-length'];
  const small = reply.request.method !== 'HEAD' && isSmall(typeof length === 'string' ? length : undefined);
  const sent = small ? await wholeBody(body) : body;
  reply.code(statusCode).headers(without(headers, NOT_PASSED_BACK)).send(sent);
  if (!small && !reply.raw.closed) await once(reply.raw, 'close');
}

/** The headers that go on to the next hop; those that `connection` names end here. */
function without(headers: IncomingHttpHeaders, names: ReadonlySet<string>): IncomingHttpHeaders {
  const ended = headers.connection === undefined || headers.connection === 'keep-alive' ? [] : headers.connection.toLowerCase().split(/\s*,\s*/);
  const rest: IncomingHttpHeaders = {};
  for (const name in headers) if (!names.has(name) && !ended.includes(name)) rest[name] = headers[name];
  return rest;
}

function isRepeatable(error: unknown): boolean {
  return error instanceof Error && 'code' in error && REPEATABLE.has(String(error.code));
}

function refusalOf(error: unknown, correlationId: string | undefined): Refusal {
  if (error instanceof Refusal) return error;
  log.warn('upstream did not answer', { error, ...(correlationId === undefined ? {} : { correlationId }) });
  return platformProblems.refuse('UNAVAILABLE');
}

function closeAfterLargeBody(request: FastifyRequest, reply: FastifyReply): void {
  const { 'content-length': stated, 'transfer-encoding': encoding } = request.headers;
  const large = encoding !== undefined || Number(stated ?? 0) > DRAIN_LIMIT;
  if (large && !request.raw.complete && !reply.sent) reply.header('connection', 'close');
}
