import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { testNats } from '#testing/servers';
import { streamMarks, type Marks } from './marks.js';
import { connectStreams, type Streams } from './stream.js';

describe('marks beside the database', () => {
  const name = `spec.${randomUUID()}`;
  let streams: Streams;
  let marks: Marks;

  beforeAll(async () => {
    streams = await connectStreams((await testNats()).url, 'marks-spec');
    marks = streamMarks(streams, 1);
    await Promise.all([marks.prepare(), marks.prepare()]);
  });
  afterAll(() => streams.connection.close());

  it('are replaced by who has seen the latest one alone', async () => {
    expect(await marks.read(name)).toBeUndefined();
    expect(await marks.replace(name, 'a', undefined)).toBe(true);
    expect(await marks.replace(name, 'b', undefined)).toBe(false);
    const seen = await marks.read(name);
    expect(seen?.text).toBe('a');
    expect(await Promise.all(['c', 'd', 'e'].map((text) => marks.replace(name, text, seen)))).toEqual(expect.arrayContaining([true, false, false]));
    expect(await marks.replace(name, 'f', seen)).toBe(false);
    expect(await marks.read(`${name}.other`)).toBeUndefined();
  });

  it('refuse UNAVAILABLE when the stream is away', async () => {
    const away = await connectStreams((await testNats()).url, 'marks-spec-away');
    await away.connection.close();
    await expect(streamMarks(away, 1).read(name)).rejects.toMatchObject({ code: 'UNAVAILABLE' });
    await expect(streamMarks(away, 1).replace(name, 'x', undefined)).rejects.toMatchObject({ code: 'UNAVAILABLE' });
  });
});
