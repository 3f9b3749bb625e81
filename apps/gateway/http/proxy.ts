import replyFrom from '@fastify/reply-from';
import { SpanKind } from '@opentelemetry/api';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import type { IncomingHttpHeaders } from 'node:http';
import { Readable } from 'node:stream';
import { Refusal } from '#kernel';
import { correlationIdOf, inSpan, log, platformProblems } from '#platform';
import type { Door } from '../door.js';
import { gatewaySeconds } from '../measures.js';
import { peerCertificate, thumbprintOf } from '../peer-certificate.js';
import { boundedBody } from './body.js';

const TRIES = 3;
const ANSWER_MS = 60_000;
/** A refused upload up to this size is read to its end, so that its sender gets the answer and keeps the connection. */
const DRAIN_LIMIT = 16 * 1024 * 1024;
/** The upstream never saw the request, or not in a way that matters for one that may be repeated. */
const REPEATABLE: ReadonlySet<string> = new Set(['ECONNREFUSED', 'ECONNRESET', 'UND_ERR_SOCKET', 'UND_ERR_CONNECT_TIMEOUT']);
/** Hop-by-hop (RFC 9110 section 7.6.1), and `expect`, which was answered here. */
const NOT_PASSED_ON = ['connection', 'expect', 'keep-alive', 'proxy-connection', 'te', 'trailer', 'transfer-encoding', 'upgrade'] as const;
const NOT_PASSED_BACK = ['connection', 'keep-alive'] as const;

export interface ProxyParts {
  readonly door: Door;
  readonly upstreams: ReadonlyMap<string, string>;
  readonly uploadLimit: number;
}

/** `/api/<context>/v1/*`: lets callers in and passes their requests on, bodies as streams in both directions. */
export function addProxy(server: FastifyInstance, parts: ProxyParts): void {
  void server.register(async (scope) => {
    await scope.register(replyFrom, {
      disableCache: true,
      disableRequestLogging: true,
      destroyAgent: true,
      undici: { connections: 256, pipelining: 1, keepAliveTimeout: 60_000, connectTimeout: 5_000, headersTimeout: ANSWER_MS, bodyTimeout: ANSWER_MS },
    });
    scope.removeAllContentTypeParsers();
    scope.addContentTypeParser('*', (_request, payload, done) => done(null, payload));
    for (const [context, base] of parts.upstreams) {
      scope.all(`/api/${context}/v1/*`, (request, reply) => handle(request, reply, { context, base, ...parts }));
    }
  });
}

interface Target extends ProxyParts {
  readonly context: string;
  readonly base: string;
}

async function handle(request: FastifyRequest, reply: FastifyReply, target: Target): Promise<FastifyReply> {
  const { context, door } = target;
  const correlationId = correlationIdOf(request);
  reply.header('correlation-id', correlationId);
  const end = gatewaySeconds.startTimer({ context, door: 'http' });
  const parent = typeof request.headers['traceparent'] === 'string' ? request.headers['traceparent'] : undefined;
  try {
    await inSpan(`gateway ${request.method} ${context}`, { parent, kind: SpanKind.SERVER, attributes: { context } }, async (traceparent) => {
      const { authorization } = request.headers;
      const thumbprint = (): string | undefined => thumbprintOf(peerCertificate(request.raw.socket)?.raw);
      await door.admit({ authorization, address: request.ip, thumbprint, context, correlationId });
      if (request.body instanceof Readable) request.body = boundedBody(request.body, request.headers, target.uploadLimit);
      await forward(request, reply, { base: target.base, trail: { 'correlation-id': correlationId, ...(traceparent === undefined ? {} : { traceparent }) } });
    });
  } catch (error) {
    closeAfterLargeBody(request, reply);
    end({ outcome: error instanceof Refusal ? error.code : 'INTERNAL' });
    throw error;
  }
  end({ outcome: 'passed' });
  return reply;
}

/** Resolves when the answer has been passed back, or the caller is gone. Refuses UNAVAILABLE, BODY_TOO_LARGE. */
function forward(request: FastifyRequest, reply: FastifyReply, to: { base: string; trail: Readonly<Record<string, string>> }): Promise<void> {
  const path = request.url.split('?', 1)[0] ?? '';
  return new Promise((resolve, reject) => {
    reply.raw.once('close', resolve);
    reply.from(`${to.base}${path}`, {
      rewriteRequestHeaders: (_request, headers) => ({ ...without(headers, NOT_PASSED_ON), ...to.trail }),
      rewriteHeaders: (headers) => without(headers, NOT_PASSED_BACK),
      retryDelay: ({ err, attempt }) => (request.method === 'GET' && attempt < TRIES && isRepeatable(err) ? 50 * 2 ** attempt : null),
      onError: (_reply, { error }) => reject(refusalOf(error, to.trail['correlation-id'])),
    });
  });
}

function without(headers: IncomingHttpHeaders, names: readonly string[]): IncomingHttpHeaders {
  const rest = { ...headers };
  for (const name of names) delete rest[name];
  return rest;
}

function isRepeatable(error: unknown): boolean {
  return error instanceof Error && 'code' in error && REPEATABLE.has(String(error.code));
}

function refusalOf(error: Error, correlationId: string | undefined): Refusal {
  if (error.cause instanceof Refusal) return error.cause;
  log.warn('upstream did not answer', { error: error.cause ?? error, ...(correlationId === undefined ? {} : { correlationId }) });
  return platformProblems.refuse('UNAVAILABLE');
}

function closeAfterLargeBody(request: FastifyRequest, reply: FastifyReply): void {
  const { 'content-length': stated, 'transfer-encoding': encoding } = request.headers;
  const large = encoding !== undefined || Number(stated ?? 0) > DRAIN_LIMIT;
  if (large && !request.raw.complete && !reply.sent) reply.header('connection', 'close');
}
