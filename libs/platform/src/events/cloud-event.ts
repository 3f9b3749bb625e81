import type { EventDefinition } from '#kernel';
import { uuidv7 } from '../crypto/uuid.js';
import { z } from 'zod';
import type { Emitted } from '../ctx.js';

/** A CloudEvents 1.0 envelope in JSON, with the extensions `sequence`, `correlationid`, `traceparent` and `realm`. */
export interface CloudEvent<Data = unknown> {
  readonly specversion: '1.0';
  readonly id: string;
  readonly source: string;
  readonly type: string;
  /** Id of the aggregate. */
  readonly subject: string;
  readonly time: string;
  readonly datacontenttype: 'application/json';
  /** Counts the events of the aggregate from 1 (CloudEvents extension "sequence"). */
  readonly sequence: string;
  readonly correlationid: string;
  readonly traceparent?: string;
  /** An event of the training realm is taken in there alone (NUM-8). */
  readonly realm?: 'training';
  readonly data: Data;
}

const envelope = z.object({
  specversion: z.literal('1.0'),
  id: z.uuid(),
  source: z.string(),
  type: z.string(),
  subject: z.string(),
  time: z.string(),
  datacontenttype: z.literal('application/json'),
  sequence: z.string().regex(/^\d+$/),
  correlationid: z.string(),
  traceparent: z.string().optional(),
  realm: z.literal('training').optional(),
  data: z.unknown(),
});

export interface Occasion {
  readonly time: Date;
  readonly correlationId: string;
  readonly traceparent: string | undefined;
  readonly isTraining: boolean;
}

/** Builds the envelope; the data is checked against the contract, so that nothing outside it can leave. */
export function cloudEvent<Data>(definition: EventDefinition<Data>, emitted: Emitted<Data>, occasion: Occasion): CloudEvent<Data> {
  return {
    specversion: '1.0',
    id: uuidv7(),
    source: `/kiban/${definition.context}`,
    type: definition.type,
    subject: emitted.aggregateId,
    time: occasion.time.toISOString(),
    datacontenttype: 'application/json',
    sequence: String(emitted.sequence),
    correlationid: occasion.correlationId,
    ...(occasion.traceparent === undefined ? {} : { traceparent: occasion.traceparent }),
    ...(occasion.isTraining ? { realm: 'training' } : {}),
    data: definition.data.parse(emitted.data),
  };
}

/** Parses what came from the stream; throws ZodError when it is not one of our envelopes. */
export function parseCloudEvent(text: string): CloudEvent {
  const { traceparent, realm, ...event } = envelope.parse(JSON.parse(text));
  return { ...event, ...(traceparent === undefined ? {} : { traceparent }), ...(realm === undefined ? {} : { realm }) };
}
