import {
  Client, Metadata, credentials, status, type ClientReadableStream,
  type ServerDuplexStream, type ServerUnaryCall, type ServerWritableStream, type ServiceDefinition, type StatusObject, type UntypedHandleCall, type UntypedServiceImplementation,
  type sendUnaryData,
} from '@grpc/grpc-js';
import type { MethodDefinition, PackageDefinition } from '@grpc/proto-loader';
import { once, type EventEmitter } from 'node:events';
import type { Readable } from 'node:stream';
import { SpanKind } from '@opentelemetry/api';
import { Refusal } from '#kernel';
import { AMONG_SEVERAL, MESSAGE_LIMIT, asRefusal, grpcFault, inSpan, log, platformProblems, uuidv7, type GrpcFault, type Realm } from '#platform';
import type { Door } from '../door.js';
import { gatewaySeconds } from '../measures.js';
import { thumbprintOf } from '../peer-certificate.js';

const DEADLINE_MS = 30_000;
const STREAM_DEADLINE_MS = 600_000;
const DETAILS = 'grpc-status-details-bin';
const CORRELATION = /^[A-Za-z0-9._-]{8,64}$/;
const PASSED_ON = ['authorization', 'kiban-purpose', 'kiban-realm', 'kiban-terminal', 'idempotency-key', 'accept-language'] as const;

type UnaryCall = ServerUnaryCall<Buffer, Buffer>;
type StreamCall = ServerWritableStream<Buffer, Buffer> | ServerDuplexStream<Buffer, Buffer>;

/** A service with its handlers, ready to be added to a server. */
export interface PassedService {
  readonly name: string;
  readonly definition: ServiceDefinition;
  readonly handlers: UntypedServiceImplementation;
}

/** Upstream connection of one context; all its calls share it. */
export function upstreamClient(address: string): Client {
  return new Client(address, credentials.createInsecure(), {
    'grpc.max_receive_message_length': MESSAGE_LIMIT,
    'grpc.max_send_message_length': MESSAGE_LIMIT,
    'grpc.initial_reconnect_backoff_ms': 200,
    'grpc.max_reconnect_backoff_ms': 2_000,
    ...AMONG_SEVERAL,
  });
}

/** The services of one context's proto file, each method passing its message on unread. */
export function passedServices(context: string, proto: PackageDefinition, parts: Omit<Route, 'context' | 'path'>): PassedService[] {
  return Object.entries(proto).flatMap(([name, entry]) => {
    if ('format' in entry) return [];
    const methods = Object.entries(entry).filter(([, method]) => method.responseStream || !method.requestStream);
    const definition = Object.fromEntries(methods.map(([name, method]) => [name, passedMethod(method)]));
    const handlers = Object.fromEntries(methods.map(([name, method]) => [name, handler({ ...parts, context, path: method.path }, method.responseStream)]));
    return [{ name, definition, handlers }];
  });
}

function same(message: Buffer): Buffer {
  return message;
}

function passedMethod({ path, requestStream, responseStream }: MethodDefinition<object, object>): ServiceDefinition[string] {
  const unread = { requestSerialize: same, requestDeserialize: same, responseSerialize: same, responseDeserialize: same };
  return { path, requestStream, responseStream, ...unread };
}

interface Route {
  readonly context: string;
  readonly path: string;
  readonly door: Pick<Door, 'admit'>;
  readonly upstream: Client;
  /** What a partner's call is marked with that names none. */
  readonly realm: Realm | undefined;
}

function handler(route: Route, isStream: boolean): UntypedHandleCall {
  if (isStream) return (call: StreamCall) => void handleStream(route, call);
  return (call: UnaryCall, reply: sendUnaryData<Buffer>) => void handle(route, call, reply);
}

async function handle(route: Route, call: UnaryCall, reply: sendUnaryData<Buffer>): Promise<void> {
  const fault = await admitted(route, call, async (metadata, correlationId) => {
    const answer = await forward(route, call, metadata);
    if (answer.status.code === status.OK) reply(null, answer.message, answer.status.metadata);
    else reply(faultOf(answer.status, correlationId));
  });
  if (fault !== undefined) reply(fault);
}

async function handleStream(route: Route, call: StreamCall): Promise<void> {
  const fault = await admitted(route, call, async (metadata, correlationId) => {
    const outcome = await forwardStream(route, call, metadata);
    if (outcome.code === status.OK) call.end(outcome.metadata);
    else call.emit('error', faultOf(outcome, correlationId));
  });
  if (fault !== undefined) call.emit('error', fault);
}

/** Lets a call in and has it passed on; otherwise what the caller is to hear. */
async function admitted({ context, door, path, realm }: Route, call: UnaryCall | StreamCall, pass: (metadata: Metadata, correlationId: string) => Promise<void>): Promise<GrpcFault | undefined> {
  const given = text(call.metadata, 'correlation-id');
  const correlationId = given !== undefined && CORRELATION.test(given) ? given : uuidv7();
  const end = gatewaySeconds.startTimer({ context, door: 'grpc' });
  try {
    await inSpan(`gateway ${path}`, { parent: text(call.metadata, 'traceparent'), kind: SpanKind.SERVER, attributes: { context } }, async (traceparent) => {
      const thumbprint = (): string | undefined => thumbprintOf(call.getAuthContext()?.sslPeerCertificate?.raw);
      await door.admit({ authorization: text(call.metadata, 'authorization'), address: addressOf(call), thumbprint, context, correlationId });
      await pass(passedMetadata(call.metadata, { correlationId, traceparent, realm }), correlationId);
    });
    end({ outcome: 'passed' });
    return undefined;
  } catch (error) {
    const refusal = asRefusal(error);
    if (!(error instanceof Refusal)) log.error('rpc failed', { context, correlationId, error });
    end({ outcome: refusal.code });
    return grpcFault(refusal, correlationId);
  }
}

function passedMetadata(given: Metadata, { correlationId, traceparent, realm }: { readonly correlationId: string; readonly traceparent: string | undefined; readonly realm: Realm | undefined }): Metadata {
  const metadata = new Metadata();
  if (realm !== undefined) metadata.set('kiban-realm', realm);
  for (const name of PASSED_ON) {
    const value = text(given, name);
    if (value !== undefined) metadata.set(name, value);
  }
  metadata.set('correlation-id', correlationId);
  if (traceparent !== undefined) metadata.set('traceparent', traceparent);
  return metadata;
}

interface Answer {
  readonly status: StatusObject;
  readonly message: Buffer | null;
}

/** Status and trailers as the upstream gave them. The caller's deadline holds, up to 30 s; its cancellation is passed on. */
function forward({ path, upstream }: Route, call: UnaryCall, metadata: Metadata): Promise<Answer> {
  const deadline = deadlineOf(call, DEADLINE_MS);
  return new Promise((resolve) => {
    let message: Buffer | null = null;
    const passed = upstream.makeUnaryRequest(path, same, same, call.request, metadata, { deadline }, (_error, value) => {
      message = value ?? null;
    });
    passed.on('status', (outcome: StatusObject) => resolve({ status: outcome, message }));
    call.on('cancelled', () => passed.cancel());
  });
}

/** Messages both ways, as fast as each side takes them; the status when all of the answer has been passed back. Up to ten minutes. */
async function forwardStream({ path, upstream }: Route, call: StreamCall, metadata: Metadata): Promise<StatusObject> {
  const options = { deadline: deadlineOf(call, STREAM_DEADLINE_MS) };
  const over = new AbortController();
  let passed: ClientReadableStream<Buffer>;
  if ('request' in call) {
    passed = upstream.makeServerStreamRequest(path, same, same, call.request, metadata, options);
  } else {
    const both = upstream.makeBidiStreamRequest(path, same, same, metadata, options);
    void pump(call, both, over.signal).then(() => both.end(), () => both.cancel());
    passed = both;
  }
  const told = new Promise<StatusObject>((resolve) => passed.once('status', resolve));
  call.once('cancelled', () => {
    passed.cancel();
    over.abort();
  });
  // How it failed the status tells.
  await pump(passed, call, over.signal).catch(() => passed.cancel());
  const outcome = await told;
  over.abort();
  return outcome;
}

interface Taker extends EventEmitter {
  write(message: Buffer): boolean;
}

async function pump(from: Readable, to: Taker, over: AbortSignal): Promise<void> {
  for await (const message of from.iterator({ destroyOnReturn: false })) if (!to.write(message)) await once(to, 'drain', { signal: over });
}

function deadlineOf(call: UnaryCall | StreamCall, longest: number): number {
  const asked = call.getDeadline();
  return Math.min(asked instanceof Date ? asked.getTime() : asked, Date.now() + longest);
}

/** A fault of the upstream itself goes back unchanged; that it could not be reached is told in our own words. */
function faultOf(outcome: StatusObject, correlationId: string): GrpcFault {
  const unreachable = outcome.code === status.UNAVAILABLE && outcome.metadata.get(DETAILS).length === 0;
  return unreachable ? grpcFault(platformProblems.refuse('UNAVAILABLE'), correlationId) : outcome;
}

function text(metadata: Metadata, name: string): string | undefined {
  const value = metadata.get(name)[0];
  return typeof value === 'string' && value !== '' ? value : undefined;
}

/** `127.0.0.1:50000` or `[::1]:50000` without its port. */
function addressOf(call: UnaryCall | StreamCall): string {
  return call.getPeer().replace(/:\d+$/, '');
}
