import { Server, ServerCredentials, type ServerDuplexStream, type ServerUnaryCall, type ServerWritableStream, type sendUnaryData } from '@grpc/grpc-js';
import Fastify, { type FastifyInstance, type FastifyRequest } from 'fastify';
import { mkdtempSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { setTimeout } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import { grpcFault, loadProto, platformProblems, serviceOf } from '#platform';

const PROTO = `syntax = "proto3";
package kiban.echo.v1;
service Echo {
  rpc Say(SayRequest) returns (SayResponse);
  rpc Refuse(SayRequest) returns (SayResponse);
  rpc SayOften(SayRequest) returns (stream SayResponse);
  rpc SayEach(stream SayRequest) returns (stream SayResponse);
}
message SayRequest { string text = 1; }
message SayResponse { string text = 1; string purpose = 2; string correlation_id = 3; string traceparent = 4; }
`;

const SHARED = { schemas: { Problem: { type: 'object' } }, securitySchemes: { accessToken: { type: 'http', scheme: 'bearer' } } };

/** A folder like that of the contracts, with two made-up contexts `echo` and `silent`. */
export function echoContracts(): { readonly folder: URL; remove(): void } {
  const folder = mkdtempSync(join(tmpdir(), 'kiban-contracts-'));
  for (const context of ['echo', 'silent']) {
    mkdirSync(join(folder, context, 'proto'), { recursive: true });
    const things = { [`/api/${context}/v1/things`]: { get: { operationId: `${context}.thing.list`, responses: {} } } };
    const pages = { [`/api/${context}/v1/pages/{page}/{path}`]: { get: { operationId: `${context}.page.read`, security: [], responses: {} }, put: { operationId: `${context}.page.put`, security: [{ pageToken: [] }], responses: {} } } };
    const paths = context === 'echo' ? { ...things, ...pages } : things;
    writeFileSync(join(folder, context, 'openapi.json'), JSON.stringify({ openapi: '3.1.0', info: { title: context, version: '1' }, paths, components: SHARED }));
  }
  writeFileSync(join(folder, 'echo', 'proto', 'echo.proto'), PROTO);
  writeFileSync(join(folder, 'echo', 'moved.json'), JSON.stringify([{ from: '/api/silent/v1/former', to: '/api/echo/v1/things' }, { from: '/api/silent/v1/papers', to: '/api/echo/v1/pages' }]));
  writeFileSync(join(folder, 'asyncapi.json'), JSON.stringify({ asyncapi: '3.0.0' }));
  return { folder: pathToFileURL(`${folder}/`), remove: () => rmSync(folder, { recursive: true, force: true }) };
}

/** A context that repeats what reached it. */
export interface EchoContext {
  readonly http: string;
  readonly grpc: string;
  /** How many requests wait for an answer that never comes. */
  held(): number;
  stop(): Promise<void>;
}

/** Starts the made-up context `echo` on free ports, or on a given HTTP port. */
export async function startEcho(contracts: URL, httpPort = 0): Promise<EchoContext> {
  const held = new Set<FastifyRequest>();
  const http = echoHttp(held);
  await http.listen({ host: '127.0.0.1', port: httpPort });
  const proto = new URL('echo/proto/echo.proto', contracts);
  loadProto(proto);
  const grpc = new Server();
  grpc.addService(serviceOf(proto, 'echo', 'Echo'), { Say: say, Refuse: refuse, SayOften: sayOften, SayEach: sayEach });
  const grpcPort = await new Promise<number>((resolve, reject) => {
    grpc.bindAsync('127.0.0.1:0', ServerCredentials.createInsecure(), (error, port) => (error === null ? resolve(port) : reject(error)));
  });
  const address = http.server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  return {
    http: `http://127.0.0.1:${port}`,
    grpc: `127.0.0.1:${grpcPort}`,
    held: () => held.size,
    stop: async () => {
      await http.close();
      grpc.forceShutdown();
    },
  };
}

function echoHttp(held: Set<FastifyRequest>): FastifyInstance {
  const http = Fastify({ forceCloseConnections: true });
  http.addContentTypeParser('text/csv', (_request, payload, done) => done(null, payload));
  http.get('/health/ready', () => 'echo ready\n');
  http.get('/api/echo/v1/things', (request) => ({ headers: request.headers, query: request.query }));
  http.post('/api/echo/v1/things', (request) => ({ body: request.body }));
  http.addContentTypeParser(['text/html', 'image/jpeg'], (_request, payload, done) => done(null, payload));
  http.get('/api/echo/v1/pages/:page/*', (request, reply) => reply.header('content-security-policy', "default-src 'self'").send(request.params));
  http.put('/api/echo/v1/pages/:page/*', { bodyLimit: 2 ** 40 }, (request) => ({ authorization: request.headers.authorization, address: request.headers['client-address'] }));
  http.get('/api/echo/v1/never', (request, reply) => {
    held.add(request);
    request.socket.once('close', () => held.delete(request));
    reply.hijack();
  });
  http.post<{ Querystring: { holdMs?: string } }>('/api/echo/v1/files', { bodyLimit: 2 ** 40 }, async (request) => {
    let bytes = 0;
    await setTimeout(Number(request.query.holdMs ?? 0));
    if (request.body instanceof Readable) for await (const chunk of request.body) bytes += Buffer.byteLength(chunk);
    return { bytes };
  });
  http.get('/api/echo/v1/files', (_request, reply) => reply.type('text/csv').send(Readable.from(zeros(50), { objectMode: false })));
  return http;
}

/** So many megabytes, made while they are read; `count.bytes` tells how far the reading has come. */
export function* zeros(megabytes: number, count = { bytes: 0 }): Generator<Buffer> {
  const chunk = Buffer.alloc(65_536, '0');
  for (let written = 0; written < megabytes * 16; written += 1) {
    count.bytes += chunk.length;
    yield chunk;
  }
}

type Call = ServerUnaryCall<{ text?: string }, unknown>;

function say(call: Call, reply: sendUnaryData<unknown>): void {
  const text = (name: string): string => String(call.metadata.get(name)[0] ?? '');
  reply(null, { text: call.request.text ?? '', purpose: text('kiban-purpose'), correlationId: text('correlation-id'), traceparent: text('traceparent') });
}

function refuse(_call: Call, reply: sendUnaryData<unknown>): void {
  reply(grpcFault(platformProblems.refuse('OUT_OF_JURISDICTION'), 'upstream-said-so'));
}

/** So many answers as the text says, then the end; "0" is refused. */
function sayOften(call: ServerWritableStream<{ text?: string }, unknown>): void {
  const times = Number(call.request.text);
  for (let count = 1; count <= times; count += 1) call.write({ text: String(count), purpose: String(call.metadata.get('kiban-purpose')[0] ?? '') });
  if (times > 0) call.end();
  else call.emit('error', grpcFault(platformProblems.refuse('OUT_OF_JURISDICTION'), 'upstream-said-so'));
}

/** Each text back at once; "stop" is refused. */
function sayEach(call: ServerDuplexStream<{ text?: string }, unknown>): void {
  call.on('data', ({ text }: { text?: string }) => {
    if (text === 'stop') call.emit('error', grpcFault(platformProblems.refuse('OUT_OF_JURISDICTION'), 'upstream-said-so'));
    else call.write({ text: text ?? '' });
  });
  call.on('end', () => call.end());
}
