import type { ZodType } from 'zod';

/** One gRPC question or command that a context offers to its neighbours; the messages are those of its proto file. */
export interface RpcDefinition<I, O> {
  readonly context: string;
  /** The context's proto file. */
  readonly proto: URL;
  readonly service: string;
  readonly method: string;
  readonly input: ZodType<I>;
  readonly output: ZodType<O>;
}

/** Declares an rpc of a contract; client and server use the same schemas. */
export function defineRpc<I, O>(definition: RpcDefinition<I, O>): RpcDefinition<I, O> {
  return definition;
}

/** `card-issuance` speaks gRPC package `kiban.card_issuance.v1`. */
export function protoPackage(context: string): string {
  return `kiban.${context.replaceAll('-', '_')}.v1`;
}
