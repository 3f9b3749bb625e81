import Fastify, { type FastifyError, type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify';
import { SpanKind } from '@opentelemetry/api';
import type { ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import { uuidv7 } from '../crypto/uuid.js';
import { Refusal } from '#kernel';
import { atTerminal, type Actor } from '../access/actor.js';
import type { TokenVerifier } from '../access/token-verifier.js';
import type { Clock } from '../clock.js';
import { asRefusal, languageFor, problemOf } from '../problem/problem.js';
import { platformProblems } from '../problem/problems.js';
import { log } from '../telemetry/log.js';
import { actionSeconds, registry } from '../telemetry/metrics.js';
import { inSpan } from '../telemetry/trace.js';
import type { Runner } from '../use-case/runner.js';
import { closeInTime } from './closing.js';
import { byteranges, contentRange, octetsOf, partOf } from './part.js';
import type { BinaryAnswer, HttpRoute } from './route.js';

const JSON_LIMIT = 1024 * 1024;
const CORRELATION = /^[A-Za-z0-9._-]{8,64}$/;

export interface HttpContext {
  readonly name: string;
  readonly routes: readonly HttpRoute[];
  readonly runner: Runner;
}

export interface HttpParts {
  readonly contexts: readonly HttpContext[];
  readonly verifier: TokenVerifier;
  readonly clock: Clock;
  /** Contexts with whether they are ready. */
  readonly readiness: () => Promise<ReadonlyMap<string, boolean>>;
}

/** The HTTP side of a process: the routes of its contexts, health and metrics. */
export function httpServer(parts: HttpParts): FastifyInstance {
  const server = Fastify({ logger: false, bodyLimit: JSON_LIMIT, forceCloseConnections: 'idle', return503OnClosing: false, routerOptions: { maxParamLength: 4096 } });
  closeInTime(server);
  server.setErrorHandler(sendProblem);
  server.setNotFoundHandler((request, reply) => sendProblem(platformProblems.refuse('NOT_FOUND'), request, reply));
  addHealth(server, parts.readiness);
  for (const context of parts.contexts) {
    void server.register((scope, _options, done) => {
      const routes = context.routes.filter((one) => !isUnparsed(one));
      addStreamParsers(scope, routes);
      for (const route of routes) addRoute(scope, route, context, parts);
      void scope.register((guests, _none, registered) => {
        guests.removeAllContentTypeParsers();
        guests.addContentTypeParser('*', (_request, payload, parsed) => parsed(null, payload));
        for (const route of context.routes.filter(isUnparsed)) addRoute(guests, route, context, parts);
        registered();
      });
      done();
    }, { prefix: `/api/${context.name}/v1` });
  }
  return server;
}

/** The id that follows one request through all it causes: the caller's, if it is a plain token, else a new one. */
export function correlationIdOf(request: FastifyRequest): string {
  const given = request.headers['correlation-id'];
  return typeof given === 'string' && CORRELATION.test(given) ? given : uuidv7();
}

/** Answers with a problem document (RFC 9457) in the language asked for. */
export function sendProblem(error: unknown, request: FastifyRequest, reply: FastifyReply): void {
  const refusal = error instanceof Refusal ? error : (fastifyRefusal(error) ?? asRefusal(error));
  const correlationId = String(reply.getHeader('correlation-id') ?? correlationIdOf(request));
  if (!(error instanceof Refusal) && refusal.code === 'INTERNAL') log.error('request failed', { correlationId, error });
  const language = languageFor(request.headers['accept-language']);
  if (refusal.definition.status === 401) reply.header('www-authenticate', 'Bearer');
  if (refusal.definition.status === 503) reply.header('retry-after', '2');
  void reply
    .code(refusal.definition.status)
    .header('correlation-id', correlationId)
    .header('content-language', language)
    .type('application/problem+json; charset=utf-8')
    .send(JSON.stringify(problemOf(refusal, language, correlationId)));
}

function fastifyRefusal(error: unknown): Refusal | undefined {
  if (!(error instanceof Error) || !('statusCode' in error)) return undefined;
  const { statusCode } = error as FastifyError;
  if (statusCode === 413) return platformProblems.refuse('BODY_TOO_LARGE');
  if (statusCode === 415) return platformProblems.refuse('UNSUPPORTED_MEDIA_TYPE');
  if (statusCode === 429) return platformProblems.refuse('QUOTA_EXCEEDED');
  return statusCode !== undefined && statusCode < 500 ? platformProblems.refuse('INVALID_INPUT', { fields: [{ pointer: '', code: 'MALFORMED' }] }) : undefined;
}

function addHealth(server: FastifyInstance, readiness: HttpParts['readiness']): void {
  server.get('/health/live', (_request, reply) => reply.type('text/plain').send('live\n'));
  server.get('/health/ready', async (_request, reply) => {
    const states = await readiness();
    const lines = [...states].map(([name, ready]) => `${name} ${ready ? 'ready' : 'not ready'}\n`);
    return reply.code([...states.values()].every(Boolean) ? 200 : 503).type('text/plain').send(lines.join(''));
  });
  server.get('/metrics', async (_request, reply) => reply.type(registry.contentType).send(await registry.metrics()));
}

function addStreamParsers(scope: FastifyInstance, routes: readonly HttpRoute[]): void {
  const types = new Set(routes.flatMap((route) => route.upload ?? []));
  for (const type of types) scope.addContentTypeParser(type, (_request, payload, done) => done(null, payload));
}

function addRoute(scope: FastifyInstance, route: HttpRoute, context: HttpContext, parts: HttpParts): void {
  const { spec } = route.useCase;
  const name = `${route.method} /api/${context.name}/v1${route.path}`;
  scope.route({
    method: route.method,
    url: route.path,
    ...(route.upload === undefined ? {} : { bodyLimit: Number.MAX_SAFE_INTEGER }),
    handler: async (request, reply) => {
      const correlationId = correlationIdOf(request);
      reply.headers({ 'correlation-id': correlationId, ...route.answerHeaders });
      const end = actionSeconds.startTimer({ action: spec.action, edge: 'http' });
      try {
        const answer = await inSpan(name, { parent: header(request, 'traceparent'), kind: SpanKind.SERVER, attributes: { action: spec.action } }, async (traceparent) => {
          requireTaken(request, route);
          const actor = await callerOf(request, route, parts);
          const idempotencyKey = header(request, 'idempotency-key');
          if (spec.kind === 'command' && idempotencyKey === undefined) throw platformProblems.refuse('IDEMPOTENCY_KEY_REQUIRED');
          const purpose = header(request, 'kiban-purpose');
          return context.runner.run(route.useCase, { actor, purpose, correlationId, traceparent, idempotencyKey, input: inputOf(request), body: bodyOf(request), headers: headersOf(request, route), whenUnheard: (tell) => whenUnheard(reply.raw, tell) });
        });
        end({ outcome: 'done' });
        return send(request, reply, route, answer);
      } catch (error) {
        end({ outcome: error instanceof Refusal ? error.code : 'INTERNAL' });
        // What is left of a refused upload is read and dropped, or the next request of this connection would wait for it.
        request.raw.resume();
        throw error;
      }
    },
  });
}

function isUnparsed({ guest }: HttpRoute): boolean {
  return guest !== undefined && guest.takesJson !== true;
}

/** Guests' bodies come unparsed: where a route names media types, others are refused UNSUPPORTED_MEDIA_TYPE here. */
function requireTaken(request: FastifyRequest, { guest, upload }: HttpRoute): void {
  const type = header(request, 'content-type')?.split(';', 1)[0]?.trim().toLowerCase() ?? '';
  if (guest !== undefined && upload !== undefined && !upload.includes(type) && !upload.includes('*/*')) throw platformProblems.refuse('UNSUPPORTED_MEDIA_TYPE');
}

async function callerOf(request: FastifyRequest, { guest }: HttpRoute, { verifier, clock }: HttpParts): Promise<Actor> {
  const { authorization } = request.headers;
  if (guest !== undefined) return guest.admit({ authorization, params: request.params as Record<string, string> });
  return atTerminal(await verifier.verify(authorization, clock.now().getTime()), header(request, 'kiban-terminal'));
}

/** Heard is what the operating system took; Node calls a response finished whose socket has failed, too. */
function whenUnheard(response: ServerResponse, tell: () => void): void {
  const { socket } = response;
  if (response.destroyed || socket === null) return tell();
  response.once('close', () => {
    if (!response.writableFinished || socket.errored !== null) tell();
  });
}

function header(request: FastifyRequest, name: string): string | undefined {
  const value = request.headers[name];
  return typeof value === 'string' && value !== '' ? value : undefined;
}

function inputOf(request: FastifyRequest): unknown {
  const { query, body, params } = request;
  const fields = typeof body === 'object' && body !== null && !(body instanceof Readable) ? body : {};
  const { '*': path, ...named } = params as Readonly<Record<string, string>>;
  return { ...(query as object), ...fields, ...named, ...(path === undefined ? {} : { path }) };
}

function headersOf(request: FastifyRequest, { headers = {} }: HttpRoute): Record<string, string> {
  return Object.fromEntries(Object.keys(headers).map((name) => [name, header(request, name)]).filter((entry): entry is [string, string] => entry[1] !== undefined));
}

function bodyOf(request: FastifyRequest): Readable | undefined {
  return request.body instanceof Readable ? request.body : undefined;
}

function send(request: FastifyRequest, reply: FastifyReply, route: HttpRoute, answer: unknown): FastifyReply {
  reply.code(route.status ?? 200);
  return route.binary === undefined ? reply.send(answer ?? {}) : sendBytes(request, reply, answer as BinaryAnswer);
}

function sendBytes(request: FastifyRequest, reply: FastifyReply, { contentType, body, headers = {} }: BinaryAnswer): FastifyReply {
  const { method, headers: asked } = request;
  const { etag } = headers;
  const { length } = body;
  reply.headers(headers);
  if ((method !== 'GET' && method !== 'HEAD') || etag === undefined) return reply.type(contentType).send(octetsOf(body, { first: 0, end: length }));
  // Ranges are for GET alone (RFC 9110 14.2).
  const part = partOf({ etag, length }, method === 'GET' ? asked : { ...asked, range: undefined });
  if (part === 'KNOWN') return reply.code(304).send();
  reply.header('accept-ranges', 'bytes');
  if (part === 'BEYOND') {
    sendProblem(platformProblems.refuse('RANGE_NOT_SATISFIABLE'), request, reply.header('content-range', `bytes */${length}`));
    return reply;
  }
  const [only = { first: 0, end: length }, ...more] = part === 'ALL' ? [] : part;
  if (more.length > 0) {
    const several = byteranges([only, ...more], body, contentType);
    return reply.code(206).header('content-length', several.length).type(several.contentType).send(several.stream);
  }
  if (part !== 'ALL') reply.code(206).header('content-range', contentRange(only, length));
  // A stream behind HEAD would be read to its end for nothing.
  return reply.header('content-length', only.end - only.first).type(contentType).send(method === 'HEAD' ? Readable.from([]) : octetsOf(body, only));
}
