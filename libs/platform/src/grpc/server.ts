import { Server, ServerCredentials, type ServerUnaryCall, type UntypedHandleCall, type sendUnaryData } from '@grpc/grpc-js';
import { ReflectionService } from '@grpc/reflection';
import { HealthImplementation } from 'grpc-health-check';
import { SpanKind } from '@opentelemetry/api';
import { uuidv7 } from '../crypto/uuid.js';
import { protoPackage, Refusal } from '#kernel';
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
import { grpcFault } from './status.js';

/** `Service.Method` of the context's proto file, tied to the use case that answers it. */
export type GrpcRoutes = Readonly<Record<string, UseCase>>;

export interface GrpcContext {
  readonly name: string;
  readonly proto: URL;
  readonly routes: GrpcRoutes;
  readonly runner: Runner;
}

export const MESSAGE_LIMIT = 16 * 1024 * 1024;

/** The gRPC side of a process: the services of its contexts, reflection and health. */
export function grpcServer(contexts: readonly GrpcContext[], verifier: TokenVerifier, clock: Clock): Server {
  const server = new Server({ 'grpc.max_receive_message_length': MESSAGE_LIMIT, 'grpc.max_send_message_length': MESSAGE_LIMIT });
  const health: Record<string, 'SERVING'> = { '': 'SERVING' };
  for (const context of contexts) {
    for (const service of new Set(Object.keys(context.routes).map((name) => name.split('.')[0] ?? ''))) {
      server.addService(serviceOf(context.proto, context.name, service), handlersOf(service, context, verifier, clock));
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

function handlersOf(service: string, context: GrpcContext, verifier: TokenVerifier, clock: Clock): Record<string, UntypedHandleCall> {
  const handlers: Record<string, UntypedHandleCall> = {};
  for (const [name, useCase] of Object.entries(context.routes)) {
    const [owner, method] = name.split('.');
    if (owner !== service || method === undefined) continue;
    handlers[method] = (call: ServerUnaryCall<unknown, unknown>, reply: sendUnaryData<unknown>) => void answer(call, reply);
    const answer = unary(`${protoPackage(context.name)}.${service}/${method}`, useCase, { context, verifier, clock });
  }
  return handlers;
}

interface UnaryParts {
  readonly context: GrpcContext;
  readonly verifier: TokenVerifier;
  readonly clock: Clock;
}

function unary(name: string, useCase: UseCase, { context, verifier, clock }: UnaryParts) {
  return async (call: ServerUnaryCall<unknown, unknown>, reply: sendUnaryData<unknown>): Promise<void> => {
    const correlationId = metadata(call, 'correlation-id') ?? uuidv7();
    const end = actionSeconds.startTimer({ action: useCase.spec.action, edge: 'grpc' });
    try {
      const answer = await inSpan(name, { parent: metadata(call, 'traceparent'), kind: SpanKind.SERVER, attributes: { action: useCase.spec.action } }, async (traceparent) => {
        const actor = await verifier.verify(metadata(call, 'authorization'), clock.now().getTime());
        const idempotencyKey = metadata(call, 'idempotency-key');
        if (useCase.spec.kind === 'command' && idempotencyKey === undefined) throw platformProblems.refuse('IDEMPOTENCY_KEY_REQUIRED');
        return context.runner.run(useCase, { actor, purpose: metadata(call, 'kiban-purpose'), correlationId, traceparent, idempotencyKey, input: call.request });
      });
      end({ outcome: 'done' });
      reply(null, answer ?? {});
    } catch (error) {
      const refusal = asRefusal(error);
      if (!(error instanceof Refusal)) log.error('rpc failed', { action: useCase.spec.action, correlationId, error });
      end({ outcome: refusal.code });
      reply(grpcFault(refusal, correlationId));
    }
  };
}

function metadata(call: ServerUnaryCall<unknown, unknown>, name: string): string | undefined {
  const value = call.metadata.get(name)[0];
  return typeof value === 'string' && value !== '' ? value : undefined;
}
