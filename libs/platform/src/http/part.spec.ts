import { Readable } from 'node:stream';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { byteranges, partOf, type Stretch } from './part.js';

const tagged = { etag: '"a"', length: 10 };

describe('ranges of a file of 1,000 octets (TRN-4.8)', () => {
  it.each([
    ['bytes=0-499', [0, 500]], ['bytes=500-', [500, 1_000]], ['bytes=-500', [500, 1_000]], ['bytes=999-', [999, 1_000]], ['bytes=0-99999', [0, 1_000]],
    ['bytes=1000-', 'BEYOND'], ['bytes=-0', 'BEYOND'], ['bytes=500-400', 'ALL'], ['items=0-1', 'ALL'], ['bytes=500-400, items=0-1', 'ALL'],
  ])('TRN-4.8: %s', (range, expected) => {
    const part = partOf({ etag: '"a"', length: 1_000 }, { range });
    expect(typeof part === 'string' ? part : part.flatMap(({ first, end }) => [first, end])).toEqual(expected);
  });

  it('TRN-4.8: two at once are parts of one answer, as long as it says', async () => {
    const octets = Buffer.from(Array.from({ length: 1_000 }, (_, at) => at % 256));
    const source = { length: 1_000, read: ({ first, end }: Stretch) => Readable.from([octets.subarray(first, first), octets.subarray(first, end)]) };
    const part = partOf({ etag: '"a"', length: 1_000 }, { range: 'bytes=0-0,500-509' });
    if (typeof part === 'string') throw new Error(part);
    const { contentType, length, stream } = byteranges(part, source, 'video/mp4');
    const sent = Buffer.concat(await stream.toArray());
    expect(sent.length).toBe(length);
    const [, boundary] = /^multipart\/byteranges; boundary=([0-9a-f]{24})$/.exec(contentType) ?? [];
    const parts = sent.toString('latin1').split(`\r\n--${boundary}`).slice(1);
    expect(parts).toEqual([
      `\r\ncontent-type: video/mp4\r\ncontent-range: bytes 0-0/1000\r\n\r\n${octets.toString('latin1', 0, 1)}`,
      `\r\ncontent-type: video/mp4\r\ncontent-range: bytes 500-509/1000\r\n\r\n${octets.toString('latin1', 500, 510)}`, '--\r\n',
    ]);
  });
});

describe('what is sent of an answer (RFC 9110 13.1, 14.2)', () => {
  it.each([
    [{}, 'ALL'],
    [{ 'if-none-match': '"a"' }, 'KNOWN'], [{ 'if-none-match': '"b", W/"a"' }, 'KNOWN'], [{ 'if-none-match': '*' }, 'KNOWN'],
    [{ 'if-none-match': '"b"' }, 'ALL'], [{ 'if-none-match': 'a' }, 'ALL'],
    [{ 'if-none-match': '"a"', range: 'bytes=0-0' }, 'KNOWN'],
    [{ range: 'bytes=0-0' }, [{ first: 0, end: 1 }]], [{ range: 'Bytes=4-' }, [{ first: 4, end: 10 }]], [{ range: 'bytes=4-99' }, [{ first: 4, end: 10 }]],
    [{ range: 'bytes=-3' }, [{ first: 7, end: 10 }]], [{ range: 'bytes=-99' }, [{ first: 0, end: 10 }]],
    [{ range: 'bytes=10-' }, 'BEYOND'], [{ range: 'bytes=-0' }, 'BEYOND'],
    [{ range: 'bytes=-' }, 'ALL'], [{ range: 'bytes=5-4' }, 'ALL'], [{ range: 'bytes=0-1, 3-4' }, [{ first: 0, end: 2 }, { first: 3, end: 5 }]], [{ range: 'bytes=0-1,10-' }, [{ first: 0, end: 2 }]],
    [{ range: 'bytes=10-,-0' }, 'BEYOND'], [{ range: 'bytes=0-1,5-4' }, 'ALL'], [{ range: 'bytes=0-0,,1-1' }, 'ALL'], [{ range: 'bytes=0-0,1-1,2-2,3-3,4-4,5-5' }, 'ALL'],
    [{ range: 'lines=0-1' }, 'ALL'],
    [{ range: 'bytes=1-2', 'if-range': '"a"' }, [{ first: 1, end: 3 }]], [{ range: 'bytes=1-2', 'if-range': '"b"' }, 'ALL'],
    [{ range: 'bytes=1-2', 'if-range': 'W/"a"' }, 'ALL'], [{ range: 'bytes=1-2', 'if-range': 'Mon, 04 Jan 2016 17:00:00 GMT' }, 'ALL'],
  ])('%j: %j', (asked, expected) => expect(partOf(tagged, asked)).toEqual(expected));

  it('nothing is a part of nothing', () => {
    for (const range of ['bytes=0-', 'bytes=-1']) expect(partOf({ ...tagged, length: 0 }, { range })).toBe('BEYOND');
  });

  it('pieces that follow each other make the whole', () => {
    fc.assert(fc.property(fc.integer({ min: 1, max: 500 }), fc.integer({ min: 1, max: 60 }), (length, size) => {
      let next = 0;
      for (let part = partOf({ ...tagged, length }, { range: `bytes=0-${size - 1}` }); typeof part !== 'string'; part = partOf({ ...tagged, length }, { range: `bytes=${next}-${next + size - 1}` })) {
        expect(part).toMatchObject([{ first: next }]);
        next = part[0]?.end ?? 0;
      }
      expect(next).toBe(length);
    }));
  });
});
