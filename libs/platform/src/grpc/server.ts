import { once } from 'node:events';
import {
  Server, ServerCredentials, type MethodDefinition, type ServerDuplexStream, type ServerUnaryCall, type ServerWritableStream, type UntypedHandleCall, type sendUnaryData,
} from '@grpc/grpc-js';
import { ReflectionService } from '@grpc/reflection';
import { HealthImplementation } from 'grpc-health-check';
import { SpanKind } from '@opentelemetry/api';
import { uuidv7 } from '../crypto/uuid.js';
import { protoPackage, Refusal } from '#kernel';
import { atTerminal } from '../access/actor.js';
import type { TokenVerifier } from '../access/token-verifier.js';
import type { Clock } from '../clock.js';
import { asRefusal } from '../problem/problem.js';
import { platformProblems } from '../problem/problems.js';
import { log } from '../telemetry/log.js';
import { actionSeconds } from '../telemetry/metrics.js';
import { inSpan } from '../telemetry/trace.js';
import type { Runner } from '../use-case/runner.js';
import type { UseCase } from '../use-case/use-case.js';
import { loadProto, serviceOf } from './proto.js';
import { grpcFault, type GrpcFault } from './status.js';

/** `Service.Method` of the context's proto file, tied to the use case that answers it. */
export type GrpcRoutes = Readonly<Record<string, UseCase>>;

export interface GrpcContext {
  readonly name: string;
  readonly proto: URL;
  readonly routes: GrpcRoutes;
  readonly runner: Runner;
}

/** What is the same for all contexts of a process. */
export interface GrpcEdge {
  readonly verifier: TokenVerifier;
  readonly clock: Clock;
  /** Calls are marked `kiban-realm: training` then, and never otherwise, like events (NUM-8). */
  readonly isTraining: boolean;
}

export const MESSAGE_LIMIT = 16 * 1024 * 1024;

/** The gRPC side of a process: the services of its contexts, reflection and health. */
export function grpcServer(contexts: readonly GrpcContext[], edge: GrpcEdge): Server {
  const server = new Server({ 'grpc.max_receive_message_length': MESSAGE_LIMIT, 'grpc.max_send_message_length': MESSAGE_LIMIT });
  const health: Record<string, 'SERVING'> = { '': 'SERVING' };
  for (const context of contexts) {
    for (const service of new Set(Object.keys(context.routes).map((name) => name.split('.')[0] ?? ''))) {
      server.addService(serviceOf(context.proto, context.name, service), handlersOf(service, context, edge));
      health[`${protoPackage(context.name)}.${service}`] = 'SERVING';
    }
  }
  new ReflectionService(Object.assign({}, ...contexts.map((context) => loadProto(context.proto)))).addToServer(server);
  new HealthImplementation(health).addToServer(server);
  return server;
}

/** Binds and tells the port. */
export async function listenGrpc(server: Server, host: string, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.bindAsync(`${host}:${port}`, ServerCredentials.createInsecure(), (error, bound) => (error === null ? resolve(bound) : reject(error)));
  });
}

function handlersOf(service: string, context: GrpcContext, edge: GrpcEdge): Record<string, UntypedHandleCall> {
  const handlers: Record<string, UntypedHandleCall> = {};
  const methods = serviceOf(context.proto, context.name, service);
  for (const [name, useCase] of Object.entries(context.routes)) {
    const [owner, method] = name.split('.');
    if (owner !== service || method === undefined) continue;
    const rpc = { name: `${protoPackage(context.name)}.${service}/${method}`, useCase, context, ...edge };
    handlers[method] = isStream(methods[method]) ? streaming(rpc) : unary(rpc);
  }
  return handlers;
}

/** Messages that come one by one are answered one by one: nobody asks for a stream that is answered once. */
function isStream(method: MethodDefinition<object, object> | undefined): boolean {
  if (method?.requestStream === true && !method.responseStream) throw new Error(`${method.path}: a stream of questions has a stream of answers`);
  return method?.responseStream === true;
}

interface Rpc extends GrpcEdge {
  readonly name: string;
  readonly useCase: UseCase;
  readonly context: GrpcContext;
}

type Caller = Pick<ServerUnaryCall<unknown, unknown>, 'metadata' | 'cancelled'>;

function unary(rpc: Rpc) {
  return (call: ServerUnaryCall<unknown, unknown>, reply: sendUnaryData<unknown>): void => {
    void answer(rpc, call, call.request, (told) => reply(null, told ?? {})).then((fault) => {
      if (fault !== undefined) reply(fault);
    });
  };
}

type Streamed = ServerWritableStream<unknown, unknown> | ServerDuplexStream<unknown, unknown>;

function streaming(rpc: Rpc) {
  return (call: Streamed): void => void stream(rpc, call);
}

/** One question with the messages that the use case yields, or one message after another, each a call of its own with its answer. */
async function stream(rpc: Rpc, call: Streamed): Promise<void> {
  const gone = new AbortController();
  call.once('close', () => gone.abort());
  const send = async (message: unknown): Promise<void> => {
    gone.signal.throwIfAborted();
    if (!call.write(message ?? {})) await once(call, 'drain', { signal: gone.signal });
  };
  const fault = 'request' in call ? await answer(rpc, call, call.request, (messages) => sendEach(messages, send)) : await answerEach(rpc, call, send);
  if (fault === undefined) call.end();
  else call.emit('error', fault);
}

/** Up to the first refusal. */
async function answerEach(rpc: Rpc, call: ServerDuplexStream<unknown, unknown>, send: (message: unknown) => Promise<void>): Promise<GrpcFault | undefined> {
  try {
    // The refusal leaves by the same stream.
    for await (const message of call.iterator({ destroyOnReturn: false })) {
      const fault = await answer(rpc, call, message, send);
      if (fault !== undefined) return fault;
    }
  } catch (error) {
    // Whoever asked has gone: nobody hears an answer.
    if (!call.cancelled) throw error;
  }
  return undefined;
}

async function sendEach(messages: unknown, send: (message: unknown) => Promise<void>): Promise<void> {
  for await (const message of messages as AsyncIterable<unknown>) await send(message);
}

/** Runs the use case for one message and delivers its answer; what the caller must hear instead, if anything. */
async function answer({ name, useCase, context, verifier, clock, isTraining }: Rpc, call: Caller, input: unknown, deliver: (told: unknown) => unknown): Promise<GrpcFault | undefined> {
  const correlationId = metadata(call, 'correlation-id') ?? uuidv7();
  const { action, kind } = useCase.spec;
  const end = actionSeconds.startTimer({ action, edge: 'grpc' });
  try {
    const told = await inSpan(name, { parent: metadata(call, 'traceparent'), kind: SpanKind.SERVER, attributes: { action } }, async (traceparent) => {
      if ((metadata(call, 'kiban-realm') === 'training') !== isTraining) throw platformProblems.refuse('OTHER_REALM');
      const actor = atTerminal(await verifier.verify(metadata(call, 'authorization'), clock.now().getTime()), metadata(call, 'kiban-terminal'));
      const idempotencyKey = metadata(call, 'idempotency-key');
      if (kind === 'command' && idempotencyKey === undefined) throw platformProblems.refuse('IDEMPOTENCY_KEY_REQUIRED');
      return context.runner.run(useCase, { actor, purpose: metadata(call, 'kiban-purpose'), correlationId, traceparent, idempotencyKey, input, whenUnheard: (tell) => call.cancelled && tell() });
    });
    await deliver(told);
    end({ outcome: 'done' });
    return undefined;
  } catch (error) {
    const refusal = asRefusal(error);
    if (!(error instanceof Refusal) && !call.cancelled) log.error('rpc failed', { action, correlationId, error });
    end({ outcome: refusal.code });
    return grpcFault(refusal, correlationId);
  }
}

function metadata(call: Caller, name: string): string | undefined {
  const value = call.metadata.get(name)[0];
  return typeof value === 'string' && value !== '' ? value : undefined;
}
