import type { ProblemTable } from '#kernel';
import type { Readable } from 'node:stream';
import type { ZodType, z } from 'zod';
import type { Ctx } from '../ctx.js';

/**
 * command: one transaction, with an idempotency key. question: reads only; its audit lines and journal rows are committed
 * before the answer leaves. process: several transactions with remote calls between them, harmless to repeat by its own keys.
 */
export type UseCaseKind = 'command' | 'question' | 'process';

/** What the edges, the documents and the policy need to know of a use case; the input schema is the only validation. */
export interface UseCaseSpec<Kind extends UseCaseKind = UseCaseKind, I extends ZodType = ZodType, O extends ZodType = ZodType> {
  /** `<context>.<aggregate>.<verb>`: the action of the policy table and of the audit trail. */
  readonly action: string;
  readonly kind: Kind;
  readonly summary: string;
  readonly input: I;
  readonly output: O;
  readonly refusals: readonly Refusable[];
}

/** A table of problems with those of its codes that a use case may refuse with. */
export interface Refusable {
  readonly table: Pick<ProblemTable<string>, 'context' | 'definitions'>;
  readonly codes: readonly string[];
}

/** Declares a use case. */
export function useCase<Kind extends UseCaseKind, I extends ZodType, O extends ZodType>(spec: UseCaseSpec<Kind, I, O>): UseCaseSpec<Kind, I, O> {
  return spec;
}

/** Lists the refusals of a use case, checked against the context's table. */
export function refusals<Code extends string>(table: ProblemTable<Code>, ...codes: readonly NoInfer<Code>[]): Refusable[] {
  return [{ table, codes }];
}

export type InputOf<S extends UseCaseSpec> = z.output<S['input']>;
export type OutputOf<S extends UseCaseSpec> = z.input<S['output']>;

/** A use case: its declaration and `execute`. `body` is the stream of an upload route; what answers an rpc with a stream yields messages like `output`. */
export interface UseCase<S extends UseCaseSpec = UseCaseSpec> {
  readonly spec: S;
  execute(ctx: Ctx, input: InputOf<S>, body?: Readable): Promise<OutputOf<S> | AsyncIterable<OutputOf<S>>>;
}
