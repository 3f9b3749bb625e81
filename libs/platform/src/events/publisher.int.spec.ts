import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { jetstream } from '@nats-io/jetstream';
import { testNats } from '#testing/servers';
import { connectStreams, ensureStreams, streamName, type Streams } from './stream.js';

const CONTEXT = 'publisher-spec';
const SUBJECT = `kiban.${CONTEXT}.thing.done.v1`;
const MANY = 3_000;

let streams: Streams;
beforeAll(async () => {
  streams = await connectStreams((await testNats()).url, 'publisher spec');
  await ensureStreams(streams.manager, [CONTEXT], 1);
});
afterAll(async () => streams.connection.close());

const message = (id: string, subject = SUBJECT) => ({ id, subject, text: `text of ${id}` });
const stored = async (): Promise<number> => (await streams.manager.streams.info(streamName(CONTEXT))).state.messages;

describe('publishing to a stream', () => {
  it('stores all messages in their order and repeated ones once', async () => {
    const messages = Array.from({ length: MANY }, (_message, index) => message(`m-${index}`));
    await streams.publisher([]);
    await streams.publisher(messages);
    await streams.publisher([...messages.slice(-10), message('another')]);
    expect(await stored()).toBe(MANY + 1);
    const consumer = await jetstream(streams.connection).consumers.get(streamName(CONTEXT));
    const texts: string[] = [];
    for await (const found of await consumer.fetch({ max_messages: MANY + 1 })) texts.push(found.string());
    expect(texts).toEqual([...messages, message('another')].map(({ text }) => text));
  });

  it('fails when one message is not stored: nobody keeps its subject, or the stream refuses it', async () => {
    await expect(streams.publisher([message('kept'), message('lost', 'kiban.nobody.thing.done.v1')])).rejects.toThrow('the stream refused a message');
    await streams.manager.streams.update(streamName(CONTEXT), { max_msg_size: 100 });
    await expect(streams.publisher([message('small'), { ...message('large'), text: 'x'.repeat(200) }])).rejects.toThrow('the stream refused a message');
    expect(await stored()).toBe(MANY + 3);
  });
});
