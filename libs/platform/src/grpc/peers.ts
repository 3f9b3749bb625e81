import { Client, Metadata, credentials, status, type ClientDuplexStream, type MethodDefinition, type ServiceError } from '@grpc/grpc-js';
import { setTimeout } from 'node:timers/promises';
import type { RpcDefinition } from '#kernel';
import type { TokenSource } from '../access/service-token.js';
import { peerAddress, type Config } from '../config/config.js';
import { inSpan } from '../telemetry/trace.js';
import { serviceOf } from './proto.js';
import { MESSAGE_LIMIT } from './server.js';
import { refusalOfFault } from './status.js';

const DEADLINE_MS = 5_000;
const STREAM_DEADLINE_MS = 600_000;
const TRIES = 4;

/** Processes of a neighbour take turns; one that does not answer pings while it is asked is left within eight seconds (CARD-4.12 Q1, Q2). */
export const AMONG_SEVERAL = { 'grpc.service_config': JSON.stringify({ loadBalancingConfig: [{ round_robin: {} }] }), 'grpc.keepalive_time_ms': 5_000, 'grpc.keepalive_timeout_ms': 3_000 } as const;

/** What a call to a neighbour carries on: the trail of the caller and the affairs it acts for. */
export interface PeerCall {
  readonly correlationId: string;
  readonly traceparent?: string | undefined;
  readonly purpose?: string;
  /** Needed for commands; questions may be repeated without. */
  readonly idempotencyKey?: string;
  readonly deadlineMs?: number;
  /** Where several neighbours speak one contract: the name in KIBAN_PEERS of the one that is meant, if it has an address of its own. */
  readonly peer?: string;
}

/** Questions and commands to neighbours by gRPC, with deadline; an unreachable neighbour is tried again a few times. */
export class Peers {
  private readonly clients = new Map<string, Client>();

  constructor(
    private readonly config: Pick<Config, 'peers' | 'realm'>,
    private readonly tokens: TokenSource,
  ) {}

  /** Throws the neighbour's Refusal, or UNAVAILABLE. */
  async call<I, O>(rpc: RpcDefinition<I, O>, call: PeerCall, input: I): Promise<O> {
    const method = methodOf(rpc, false);
    return inSpan(`call ${method.path}`, { parent: call.traceparent }, async (traceparent) => {
      for (let attempt = 1; ; attempt += 1) {
        try {
          return rpc.output.parse(await this.unary(method, { ...call, traceparent }, { context: this.place(rpc.context, call), input }));
        } catch (error) {
          if (!isServiceError(error)) throw error;
          if (error.code !== status.UNAVAILABLE || attempt === TRIES) throw refusalOfFault(error);
          await setTimeout(100 * 2 ** attempt);
        }
      }
    });
  }

  /**
   * The messages of a stream as they come: `inputs` is one question, or one message after another with an answer each. It is cancelled
   * when the reader stops, and not repeated: how far it came only the reader knows. Throws like `call`.
   */
  async *stream<I, O>(rpc: RpcDefinition<I, O>, call: PeerCall, inputs: readonly I[]): AsyncGenerator<O> {
    const method = methodOf(rpc, true);
    const { path, requestStream, requestSerialize, responseDeserialize } = method;
    const [metadata, client] = [await this.metadata(call), this.client(this.place(rpc.context, call))];
    const options = { deadline: deadlineOf(call.deadlineMs ?? STREAM_DEADLINE_MS) };
    const answers = requestStream
      ? sending(client.makeBidiStreamRequest(path, requestSerialize, responseDeserialize, metadata, options), inputs as readonly object[])
      : client.makeServerStreamRequest(path, requestSerialize, responseDeserialize, inputs[0] as object, metadata, options);
    try {
      for await (const message of answers) yield rpc.output.parse(message);
    } catch (error) {
      throw isServiceError(error) ? refusalOfFault(error) : error;
    } finally {
      answers.cancel();
    }
  }

  close(): void {
    for (const client of this.clients.values()) client.close();
  }

  private place(context: string, { peer }: PeerCall): string {
    return peer !== undefined && this.config.peers[peer] !== undefined ? peer : context;
  }

  private async unary(method: MethodDefinition<object, object>, call: PeerCall, message: { context: string; input: unknown }): Promise<unknown> {
    const metadata = await this.metadata(call);
    const deadline = deadlineOf(call.deadlineMs ?? DEADLINE_MS);
    return new Promise((resolve, reject) => {
      this.client(message.context).makeUnaryRequest(
        method.path,
        method.requestSerialize,
        method.responseDeserialize,
        message.input as object,
        metadata,
        { deadline },
        (error, value) => (error === null ? resolve(value) : reject(error)),
      );
    });
  }

  private async metadata(call: PeerCall): Promise<Metadata> {
    const metadata = new Metadata();
    metadata.set('authorization', `Bearer ${await this.tokens.token()}`);
    metadata.set('correlation-id', call.correlationId);
    if (this.config.realm !== undefined) metadata.set('kiban-realm', this.config.realm);
    if (call.traceparent !== undefined) metadata.set('traceparent', call.traceparent);
    if (call.purpose !== undefined) metadata.set('kiban-purpose', call.purpose);
    if (call.idempotencyKey !== undefined) metadata.set('idempotency-key', call.idempotencyKey);
    return metadata;
  }

  private client(context: string): Client {
    // By address: a neighbour may have moved.
    const { grpc: address } = peerAddress(this.config, context);
    let client = this.clients.get(address);
    if (client === undefined) {
      client = new Client(address, credentials.createInsecure(), {
        'grpc.max_receive_message_length': MESSAGE_LIMIT,
        'grpc.max_send_message_length': MESSAGE_LIMIT,
        'grpc.max_reconnect_backoff_ms': 2_000,
        'grpc.initial_reconnect_backoff_ms': 200,
        ...AMONG_SEVERAL,
      });
      this.clients.set(address, client);
    }
    return client;
  }
}

function methodOf<I, O>(rpc: RpcDefinition<I, O>, isStream: boolean): MethodDefinition<object, object> {
  const method = serviceOf(rpc.proto, rpc.context, rpc.service)[rpc.method];
  if (method === undefined) throw new Error(`${rpc.service}.${rpc.method} is not in the proto file of ${rpc.context}`);
  if (method.responseStream !== isStream) throw new Error(`${method.path} is ${isStream ? 'no' : 'a'} stream`);
  return method;
}

/** As fast as the other side takes them; what breaks the sending breaks the reading, which tells of it. */
function sending(stream: ClientDuplexStream<object, object>, messages: readonly object[]): ClientDuplexStream<object, object> {
  void (async () => {
    for (const message of messages) if (!stream.write(message)) await new Promise((resolve) => void stream.once('drain', resolve));
    stream.end();
  })();
  return stream;
}

function deadlineOf(milliseconds: number): number {
  return performance.timeOrigin + performance.now() + milliseconds;
}

function isServiceError(error: unknown): error is ServiceError {
  return error instanceof Error && 'code' in error && 'metadata' in error;
}
