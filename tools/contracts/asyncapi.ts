import { z } from 'zod';
import type { EventDefinition } from '#kernel';

type Json = Record<string, unknown>;

/** The AsyncAPI 3.0 document of all events: one channel per subject, CloudEvents 1.0 in JSON. */
export function asyncApiOf(events: readonly EventDefinition<unknown>[]): Json {
  const channels: Json = {};
  const operations: Json = {};
  const messages: Json = {};
  for (const event of events) {
    const key = event.type;
    channels[key] = { address: event.subject, messages: { [key]: { $ref: `#/components/messages/${key}` } } };
    operations[`receive-${key}`] = { action: 'send', channel: { $ref: `#/channels/${key}` }, summary: event.summary };
    messages[key] = { name: key, summary: event.summary, contentType: 'application/cloudevents+json', payload: payloadOf(event) };
  }
  return {
    asyncapi: '3.0.0',
    info: { title: 'Kiban events', version: '1.0.0', description: 'CloudEvents 1.0 on NATS JetStream. No event holds a personal number or personal data.' },
    defaultContentType: 'application/cloudevents+json',
    channels,
    operations,
    components: { messages },
  };
}

function payloadOf(event: EventDefinition<unknown>): Json {
  const text = { type: 'string' };
  const { $schema: _dialect, ...data } = z.toJSONSchema(event.data, { unrepresentable: 'any' }) as Json;
  return {
    type: 'object',
    required: ['specversion', 'id', 'source', 'type', 'subject', 'time', 'datacontenttype', 'sequence', 'correlationid', 'data'],
    properties: {
      specversion: { const: '1.0' },
      id: { type: 'string', format: 'uuid' },
      source: { const: `/kiban/${event.context}` },
      type: { const: event.type },
      subject: { ...text, description: 'id of the aggregate' },
      time: { type: 'string', format: 'date-time' },
      datacontenttype: { const: 'application/json' },
      sequence: { ...text, description: 'counts the events of the aggregate from 1' },
      correlationid: text,
      traceparent: text,
      realm: { const: 'training', description: 'of the training realm, and taken in there alone' },
      data,
    },
  };
}
