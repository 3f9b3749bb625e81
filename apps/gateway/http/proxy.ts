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
import { boundedBody, isSmall, wholeBody } from './body.js';

const TRIES = 3;
const ANSWER_MS = 60_000;
/** A refused upload up to this size is read to its end, so that its sender gets the answer and keeps the connection. */
const DRAIN_LIMIT = 16 * 1024 * 1024;
/** The upstream never saw the request, or not in a way that matters for one that may be repeated. */
const REPEATABLE: ReadonlySet<string> = new Set(['ECONNREFUSED', 'ECONNRESET', 'UND_ERR_SOCKET', 'UND_ERR_CONNECT_TIMEOUT']);
/** Hop-by-hop (RFC 9110 section 7.6.1), and `expect`, which was answered here. */
const NOT_PASSED_ON: ReadonlySet<string> = new Set(['connection', 'expect', 'keep-alive', 'proxy-connection', 'te', 'trailer', 'transfer-encoding', 'upgrade']);
const NOT_PASSED_BACK: ReadonlySet<string> = new Set(['connection', 'keep-alive']);

export interface ProxyParts {
  readonly door: Door;
  readonly upstreams: ReadonlyMap<string, string>;
  readonly uploadLimit: number;
  /** Set on every answer. */
  readonly headers: Readonly<Record<string, string>>;
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

type Trail = Readonly<Record<string, string>>;

interface Target extends ProxyParts {
  readonly context: string;
  readonly base: string;
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
async function forward(request: FastifyRequest, reply: FastifyReply, to: { base: string; trail: Trail }): Promise<void> {
  const path = request.url.split('?', 1)[0] ?? '';
  const { 'content-length': length, 'content-type': contentType = '' } = request.headers;
  const small = request.body instanceof Readable && isSmall(length) ? { body: await sentWhole(request.body), contentType } : {};
  await new Promise<void>((resolve, reject) => {
    reply.raw.once('close', resolve);
    reply.from(`${to.base}${path}`, {
      ...small,
      rewriteRequestHeaders: (_request, headers) => Object.assign(without(headers, NOT_PASSED_ON), to.trail),
      rewriteHeaders: (headers) => without(headers, NOT_PASSED_BACK),
      retryDelay: ({ err, attempt }) => (request.method === 'GET' && attempt < TRIES && isRepeatable(err) ? 50 * 2 ** attempt : null),
      onResponse: (_request, _reply, answer) => void passBack(reply, answer).catch(reject),
      // An upload that its sender broke off is nobody's fault here, and there is nobody to answer to.
      onError: (_reply, { error }) => (reply.raw.destroyed ? resolve() : reject(refusalOf(error, to.trail['correlation-id']))),
    });
  });
}

function sentWhole(body: Readable): Promise<Buffer> {
  return wholeBody(body).catch(() => {
    throw platformProblems.refuse('INVALID_INPUT', { fields: [{ pointer: '', code: 'MALFORMED' }] });
  });
}

/** The library hands over the upstream's answer here, although it declares the type of the gateway's own. */
function isUpstreamAnswer(answer: unknown): answer is { readonly headers: IncomingHttpHeaders; readonly stream: Readable } {
  return typeof answer === 'object' && answer !== null && 'headers' in answer && 'stream' in answer && answer.stream instanceof Readable;
}

async function passBack(reply: FastifyReply, answer: unknown): Promise<void> {
  if (!isUpstreamAnswer(answer)) throw new Error('the proxy library has changed');
  const { headers, stream } = answer;
  if (reply.request.method === 'HEAD' || !isSmall(headers['content-length'])) return void reply.send(stream);
  const body = await wholeBody(stream).catch(() => {
    throw platformProblems.refuse('UNAVAILABLE');
  });
  reply.send(body);
}

function without(headers: IncomingHttpHeaders, names: ReadonlySet<string>): IncomingHttpHeaders {
  const rest: IncomingHttpHeaders = {};
  for (const name in headers) if (!names.has(name)) rest[name] = headers[name];
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
