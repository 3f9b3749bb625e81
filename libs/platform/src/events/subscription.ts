import type { EventDefinition } from '#kernel';
import type { Ctx } from '../ctx.js';
import type { CloudEvent } from './cloud-event.js';

/** One foreign event with what to do about it. */
export interface EventHandler {
  readonly subject: string;
  handle(ctx: Ctx, event: CloudEvent): Promise<void>;
}

/** Binds a handler to an event of a contract; the data is parsed by the contract's schema before the handler sees it. */
export function onEvent<Data>(definition: EventDefinition<Data>, handle: (ctx: Ctx, event: CloudEvent<Data>) => Promise<void>): EventHandler {
  return {
    subject: definition.subject,
    handle: (ctx, event) => handle(ctx, { ...event, data: definition.data.parse(event.data) }),
  };
}

/** An event that is new here, with a context that continues its trace. */
export interface EventCall {
  readonly ctx: Ctx;
  readonly event: CloudEvent;
}

/** Foreign events that are dealt with by statements over sets. */
export interface SetHandler {
  readonly subjects: readonly string[];
  /** Takes all that is new of a group in, in one transaction; when that fails, each is tried by itself. */
  handle(calls: readonly EventCall[]): Promise<void>;
}

/**
 * A durable subscription: `<context>-<name>` on the stream of `from`, filtered by one subject pattern (older servers allow
 * no more). Events without a handler are acknowledged and left alone.
 */
export interface Subscription {
  readonly name: string;
  readonly from: string;
  readonly filter: string;
  readonly handlers: readonly EventHandler[];
  /** For the events that no handler is bound to. */
  readonly inSets?: SetHandler;
  /**
   * Deals set-based with those events of a group that need no rule of their own, and returns the others for the handlers. It is called
   * again for repeated events and leaves no trace in the inbox: a bulk load tells millions of events of which most concern nobody here.
   */
  readonly together?: (ctx: Ctx, events: readonly CloudEvent[]) => Promise<readonly CloudEvent[]>;
  /** The affairs under which handlers ask neighbours for personal data. */
  readonly purpose?: string;
}
