import type { Readable } from 'node:stream';
import type { Actor } from '../access/actor.js';

/** One call as an edge received it. */
export interface Call {
  readonly actor: Actor;
  readonly purpose?: string | undefined;
  readonly correlationId: string;
  readonly traceparent?: string | undefined;
  readonly idempotencyKey?: string | undefined;
  readonly input: unknown;
  readonly body?: Readable | undefined;
  readonly headers?: Readonly<Record<string, string>>;
  /** Has `tell` called when the answer does not leave whole, because the caller is gone. */
  readonly whenUnheard?: (tell: () => void) => void;
}

/** A call of Kiban itself, without an input from outside. */
export type OwnCall = Omit<Call, 'input' | 'body' | 'whenUnheard'>;
