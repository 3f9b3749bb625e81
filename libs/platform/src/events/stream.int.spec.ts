import { RetentionPolicy, StorageType } from '@nats-io/jetstream';
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { PARTNER_STREAM } from '#kernel';
import { testNats } from '#testing/servers';
import { connectStreams, ensurePartnerStream, ensureStreams, streamName, type Streams } from './stream.js';

describe('the stream of the partners', () => {
  let streams: Streams;

  beforeAll(async () => {
    streams = await connectStreams((await testNats()).url, 'stream-spec');
  });
  afterAll(() => streams.connection.close());

  it('has what is open and nothing that is restricted, also where the streams are of an earlier release', async () => {
    const { manager } = streams;
    const context = `spec-${randomUUID().slice(0, 8)}`;
    const common = { retention: RetentionPolicy.Limits, storage: StorageType.File };
    await manager.streams.delete(PARTNER_STREAM).catch(() => undefined);
    await manager.streams.add({ ...common, name: streamName(context), subjects: [`kiban.${context}.>`] });
    await manager.streams.add({ ...common, name: PARTNER_STREAM, sources: [{ name: streamName(context) }] });
    await ensureStreams(manager, [context], 1);
    await ensurePartnerStream(manager, [context]);
    for (const subject of [`kiban-restricted.${context}.thing.hidden.v1`, `kiban.${context}.thing.shown.v1`]) await manager.jetstream().publish(subject, '{}');
    expect((await manager.streams.info(streamName(context))).state.messages).toBe(2);
    await expect.poll(async () => (await manager.streams.info(PARTNER_STREAM)).state.messages, { timeout: 10_000 }).toBe(1);
    expect((await manager.streams.getMessage(PARTNER_STREAM, { seq: 1 }))?.subject).toBe(`kiban.${context}.thing.shown.v1`);
  });
});
