import { AckPolicy, DeliverPolicy, type Consumer, type ConsumerMessages, type JsMsg, type JetStreamManager } from '@nats-io/jetstream';
import { Refusal } from '#kernel';
import { setTimeout } from 'node:timers/promises';
import { uuidv7 } from '../crypto/uuid.js';
import { ZodError } from 'zod';
import type { Ctx } from '../ctx.js';
import { inSpan } from '../telemetry/trace.js';
import { log } from '../telemetry/log.js';
import { eventsHandled } from '../telemetry/metrics.js';
import type { Db } from '../pg/db.js';
import type { OwnCall } from '../use-case/call.js';
import type { Runner } from '../use-case/runner.js';
import { isOutage } from '../problem/outage.js';
import { parseCloudEvent, type CloudEvent } from './cloud-event.js';
import { streamName, type Streams } from './stream.js';
import type { EventCall, EventHandler, SetHandler, Subscription } from './subscription.js';

const BATCH = 200;
const MAX_TRIES = 6;
/** A consumer that was killed holds its events back for so long; a group takes far less, and the inbox makes an early repetition harmless. */
const ACK_WAIT_NS = 15 * 1e9;
const backoffMs = (tries: number): number => Math.min(250 * 2 ** tries, 15_000);

interface Handled {
  readonly event: CloudEvent;
  readonly handler: EventHandler | SetHandler;
}

interface Delivery extends Handled {
  readonly message: JsMsg;
}

export interface ConsumerParts {
  readonly context: string;
  readonly runner: Runner;
  readonly streams: Streams;
  readonly isTraining: boolean;
  readonly ownCall: (correlationId: string, traceparent: string | undefined, purpose: string | undefined) => OwnCall;
  /** Called between the commit of the effect and the acknowledgement; fault tests stop the process here. */
  readonly probe?: () => Promise<void>;
}

/**
 * Takes events in: what has arrived is handled together in one transaction { inbox ids, effects, own events }, then
 * acknowledged. When one fails the group is undone and each event gets a transaction of its own; one that keeps failing,
 * or that a rule refuses, becomes a dead letter.
 */
export class EventConsumer {
  readonly name: string;
  private messages: ConsumerMessages | undefined;
  private stopped = false;
  private running: Promise<void> = Promise.resolve();

  constructor(
    private readonly subscription: Subscription,
    private readonly parts: ConsumerParts,
  ) {
    this.name = `${parts.context}-${subscription.name}`;
  }

  async start(): Promise<void> {
    const consumer = await this.durable(this.parts.streams.manager);
    this.running = this.loop(consumer);
  }

  /** Finishes the group under way, takes no more. */
  async stop(): Promise<void> {
    this.stopped = true;
    this.messages?.stop();
    await this.running;
  }

  private async durable(manager: JetStreamManager): Promise<Consumer> {
    const stream = streamName(this.subscription.from);
    const exists = await manager.consumers.info(stream, this.name).then(() => true, () => false);
    const limits = { ack_wait: ACK_WAIT_NS, max_ack_pending: 5_000 };
    if (exists) {
      await manager.consumers.update(stream, this.name, limits);
    } else {
      await manager.consumers.add(stream, {
        durable_name: this.name,
        filter_subject: this.subscription.filter,
        ack_policy: AckPolicy.Explicit,
        deliver_policy: DeliverPolicy.All,
        ...limits,
      });
    }
    return manager.jetstream().consumers.get(stream, this.name);
  }

  private async loop(consumer: Consumer): Promise<void> {
    while (!this.stopped) {
      try {
        this.messages = await consumer.consume({ max_messages: BATCH * 4 });
        await this.consume(this.messages);
      } catch (error) {
        log.warn('event consumer interrupted', { consumer: this.name, error });
      }
      if (!this.stopped) await setTimeout(250);
    }
  }

  private async consume(messages: ConsumerMessages): Promise<void> {
    let waiting: JsMsg[] = [];
    let working: Promise<void> | undefined;
    const work = async (): Promise<void> => {
      while (waiting.length > 0) {
        const group = waiting.splice(0, BATCH);
        await this.handleGroup(group);
      }
      working = undefined;
    };
    for await (const message of messages) {
      waiting.push(message);
      working ??= new Promise<void>((resolve) => setImmediate(resolve)).then(work);
      if (waiting.length >= BATCH * 4) await working;
    }
    // What was fetched but not begun goes back to the server when its time runs out.
    waiting = waiting.slice(0, 0);
    await working;
  }

  private async handleGroup(group: readonly JsMsg[]): Promise<void> {
    const deliveries: Delivery[] = [];
    for (const message of group) {
      const delivery = this.read(message);
      if (delivery !== undefined) deliveries.push(delivery);
    }
    if (deliveries.length === 0) return;
    try {
      await this.apply(deliveries);
    } catch (error) {
      if (deliveries.length > 1) log.info('group of events undone, trying one by one', { consumer: this.name, count: deliveries.length, error });
      for (const delivery of deliveries) await this.applyAlone(delivery);
    }
  }

  private read(message: JsMsg): Delivery | undefined {
    const handler = this.handlerOf(message.subject);
    if (handler === undefined) {
      message.ack();
      return undefined;
    }
    try {
      const event = parseCloudEvent(message.string());
      if ((event.realm === 'training') !== this.parts.isTraining) throw new Error('of another realm');
      return { message, event, handler };
    } catch {
      log.error('message is not a CloudEvent of this realm', { consumer: this.name, stream: this.subscription.from });
      message.term();
      return undefined;
    }
  }

  private handlerOf(subject: string): EventHandler | SetHandler | undefined {
    const { handlers, inSets } = this.subscription;
    return handlers.find((handler) => handler.subject === subject) ?? (inSets?.subjects.includes(subject) === true ? inSets : undefined);
  }

  private async apply(deliveries: readonly Delivery[]): Promise<void> {
    const first = deliveries[0];
    if (first === undefined) return;
    const repeated = await this.parts.runner.inTransaction(`consume:${this.name}`, this.ownCall(first.event), (ctx) => this.applyIn(ctx, deliveries));
    await this.parts.probe?.();
    for (const { message } of deliveries) message.ack();
    eventsHandled.inc({ consumer: this.name, outcome: 'repeated' }, repeated);
    eventsHandled.inc({ consumer: this.name, outcome: 'applied' }, deliveries.length - repeated);
  }

  private async applyIn(ctx: Ctx, deliveries: readonly Handled[]): Promise<number> {
    const { together } = this.subscription;
    const left = together === undefined ? undefined : new Set(await together(ctx, deliveries.map(({ event }) => event)));
    const own = left === undefined ? deliveries : deliveries.filter(({ event }) => left.has(event));
    const fresh = own.length === 0 ? new Set<string>() : await takeIn(ctx.db, this.name, own.map(({ event }) => event.id));
    const news = own.filter(({ event }) => fresh.delete(event.id));
    for (const { event, handler } of news) if ('subject' in handler) await this.traced(ctx, event, (own) => handler.handle(own, event));
    await this.handleSet(ctx, news.flatMap(({ event, handler }) => ('subject' in handler ? [] : [event])));
    return own.length - news.length;
  }

  private async handleSet(ctx: Ctx, events: readonly CloudEvent[], calls: readonly EventCall[] = []): Promise<void> {
    const event = events[calls.length];
    if (event !== undefined) await this.traced(ctx, event, (own) => this.handleSet(ctx, events, [...calls, { ctx: own, event }]));
    else if (calls.length > 0) await this.subscription.inSets?.handle(calls);
  }

  /** Each event continues its own trace, also when it is handled in a group. */
  private traced(ctx: Ctx, event: CloudEvent, work: (ctx: Ctx) => Promise<void>): Promise<void> {
    return inSpan(`consume ${this.name}`, { parent: event.traceparent, attributes: { type: event.type } }, (traceparent) => work(ctx.following(event.correlationid, traceparent)));
  }

  private async applyAlone(delivery: Delivery): Promise<void> {
    try {
      await this.apply([delivery]);
    } catch (error) {
      const tries = delivery.message.info.deliveryCount;
      const over = !isOutage(error) && (isFinal(error) || tries >= MAX_TRIES);
      if (!over || !(await this.buried(delivery, tries, error))) this.tryAgain(delivery, tries, error);
    }
  }

  private tryAgain({ message, event }: Delivery, tries: number, error: unknown): void {
    log.warn('event will be tried again', { consumer: this.name, eventId: event.id, attempt: tries, error });
    eventsHandled.inc({ consumer: this.name, outcome: 'retried' });
    message.nak(backoffMs(tries));
  }

  /** False when not even the dead letter could be written. */
  private async buried(delivery: Delivery, tries: number, error: unknown): Promise<boolean> {
    try {
      await this.bury(delivery, tries, error);
      return true;
    } catch (fault) {
      log.warn('dead letter could not be written', { consumer: this.name, eventId: delivery.event.id, error: fault });
      return false;
    }
  }

  private async bury(delivery: Delivery, tries: number, error: unknown): Promise<void> {
    const { event, message } = delivery;
    const fault = error instanceof Refusal ? `${error.context}:${error.code}` : error instanceof Error ? error.name : 'unknown';
    log.error('event became a dead letter', { consumer: this.name, eventId: event.id, code: fault, attempt: tries, error });
    await this.parts.runner.inTransaction(`dead-letter:${this.name}`, this.ownCall(event), async (ctx) => {
      await ctx.db.run(
        `INSERT INTO dead_letter (id, consumer, event_id, subject, event, tries, fault, failed_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
         ON CONFLICT (consumer, event_id) DO UPDATE SET tries = excluded.tries, fault = excluded.fault, failed_at = excluded.failed_at, redriven_at = NULL`,
        uuidv7(), this.name, event.id, message.subject, JSON.stringify(event), tries, fault, ctx.now.toISOString(),
      );
    });
    // With a reason, servers before 2.10 do not understand it and deliver again.
    message.term();
    eventsHandled.inc({ consumer: this.name, outcome: 'dead' });
  }

  private ownCall(event: CloudEvent): OwnCall {
    return this.parts.ownCall(event.correlationid, event.traceparent, this.subscription.purpose);
  }

  /** Applies a dead letter once more, in the caller's transaction. */
  async redrive(ctx: Ctx, subject: string, text: string): Promise<void> {
    const event = parseCloudEvent(text);
    const handler = this.handlerOf(subject);
    if (handler === undefined) throw new Error('no handler for this event any more');
    await this.applyIn(ctx, [{ event, handler }]);
  }
}

/** A refusal of a rule or data outside the contract will not become right by waiting. */
function isFinal(error: unknown): boolean {
  if (error instanceof ZodError) return true;
  return error instanceof Refusal && error.definition.status < 500;
}

async function takeIn(db: Db, consumer: string, ids: readonly string[]): Promise<Set<string>> {
  const rows = await db.many<{ event_id: string }>(
    'INSERT INTO inbox (consumer, event_id) SELECT $1, id FROM unnest($2::uuid[]) AS id ON CONFLICT DO NOTHING RETURNING event_id',
    consumer,
    ids,
  );
  return new Set(rows.map((row) => row.event_id));
}
