import {
  Client, Metadata, credentials, status,
  type ServerUnaryCall, type ServiceDefinition, type StatusObject, type UntypedHandleCall, type UntypedServiceImplementation, type sendUnaryData,
} from '@grpc/grpc-js';
import type { MethodDefinition, PackageDefinition } from '@grpc/proto-loader';
import { SpanKind } from '@opentelemetry/api';
import { Refusal } from '#kernel';
import { MESSAGE_LIMIT, asRefusal, grpcFault, inSpan, log, platformProblems, uuidv7 } from '#platform';
import type { Door } from '../door.js';
import { gatewaySeconds } from '../measures.js';
import { thumbprintOf } from '../peer-certificate.js';

const DEADLINE_MS = 30_000;
const DETAILS = 'grpc-status-details-bin';
const CORRELATION = /^[A-Za-z0-9._-]{8,64}$/;
const PASSED_ON = ['authorization', 'kiban-purpose', 'idempotency-key', 'accept-language'] as const;

type UnaryCall = ServerUnaryCall<Buffer, Buffer>;

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
  });
}

/** The services of one context's proto file, each method passing its message on unread. */
export function passedServices(context: string, proto: PackageDefinition, parts: { readonly door: Door; readonly upstream: Client }): PassedService[] {
  return Object.entries(proto).flatMap(([name, entry]) => {
    if ('format' in entry) return [];
    const methods = Object.entries(entry).filter(([, method]) => isUnary(method));
    const definition = Object.fromEntries(methods.map(([method, { path }]) => [method, passedMethod(path)]));
    const handlers = Object.fromEntries(methods.map(([method, { path }]) => [method, handler({ ...parts, context, path })]));
    return [{ name, definition, handlers }];
  });
}

function isUnary(method: MethodDefinition<object, object>): boolean {
  return !method.requestStream && !method.responseStream;
}

function same(message: Buffer): Buffer {
  return message;
}

function passedMethod(path: string): ServiceDefinition[string] {
  const unread = { requestSerialize: same, requestDeserialize: same, responseSerialize: same, responseDeserialize: same };
  return { path, requestStream: false, responseStream: false, ...unread };
}

interface Route {
  readonly context: string;
  readonly path: string;
  readonly door: Door;
  readonly upstream: Client;
}

function handler(route: Route): UntypedHandleCall {
  return (call: UnaryCall, reply: sendUnaryData<Buffer>) => void handle(route, call, reply);
}

async function handle(route: Route, call: UnaryCall, reply: sendUnaryData<Buffer>): Promise<void> {
  const { context, door, path } = route;
  const given = text(call.metadata, 'correlation-id');
  const correlationId = given !== undefined && CORRELATION.test(given) ? given : uuidv7();
  const end = gatewaySeconds.startTimer({ context, door: 'grpc' });
  try {
    await inSpan(`gateway ${path}`, { parent: text(call.metadata, 'traceparent'), kind: SpanKind.SERVER, attributes: { context } }, async (traceparent) => {
      const thumbprint = (): string | undefined => thumbprintOf(call.getAuthContext()?.sslPeerCertificate?.raw);
      await door.admit({ authorization: text(call.metadata, 'authorization'), address: addressOf(call), thumbprint, context, correlationId });
      const answer = await forward(route, call, passedMetadata(call.metadata, correlationId, traceparent));
      if (answer.status.code === status.OK) reply(null, answer.message, answer.status.metadata);
      else reply(faultOf(answer.status, correlationId));
    });
    end({ outcome: 'passed' });
  } catch (error) {
    const refusal = asRefusal(error);
    if (!(error instanceof Refusal)) log.error('rpc failed', { context, correlationId, error });
    end({ outcome: refusal.code });
    reply(grpcFault(refusal, correlationId));
  }
}

function passedMetadata(given: Metadata, correlationId: string, traceparent: string | undefined): Metadata {
  const metadata = new Metadata();
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
  const asked = call.getDeadline();
  const deadline = Math.min(asked instanceof Date ? asked.getTime() : asked, Date.now() + DEADLINE_MS);
  return new Promise((resolve) => {
    let message: Buffer | null = null;
    const passed = upstream.makeUnaryRequest(path, same, same, call.request, metadata, { deadline }, (_error, value) => {
      message = value ?? null;
    });
    passed.on('status', (outcome: StatusObject) => resolve({ status: outcome, message }));
    call.on('cancelled', () => passed.cancel());
  });
}

/** A fault of the upstream itself goes back unchanged; that it could not be reached is told in our own words. */
function faultOf(outcome: StatusObject, correlationId: string): Pick<StatusObject, 'code' | 'details' | 'metadata'> {
  const unreachable = outcome.code === status.UNAVAILABLE && outcome.metadata.get(DETAILS).length === 0;
  return unreachable ? grpcFault(platformProblems.refuse('UNAVAILABLE'), correlationId) : outcome;
}

function text(metadata: Metadata, name: string): string | undefined {
  const value = metadata.get(name)[0];
  return typeof value === 'string' && value !== '' ? value : undefined;
}

/** `127.0.0.1:50000` or `[::1]:50000` without its port. */
function addressOf(call: UnaryCall): string {
  return call.getPeer().replace(/:\d+$/, '');
}
