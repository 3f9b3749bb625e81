import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { partOf } from './part.js';

const tagged = { etag: '"a"', length: 10 };

describe('what is sent of an answer (RFC 9110 13.1, 14.2)', () => {
  it.each([
    [{}, 'ALL'],
    [{ 'if-none-match': '"a"' }, 'KNOWN'], [{ 'if-none-match': '"b", W/"a"' }, 'KNOWN'], [{ 'if-none-match': '*' }, 'KNOWN'],
    [{ 'if-none-match': '"b"' }, 'ALL'], [{ 'if-none-match': 'a' }, 'ALL'],
    [{ 'if-none-match': '"a"', range: 'bytes=0-0' }, 'KNOWN'],
    [{ range: 'bytes=0-0' }, { first: 0, end: 1 }], [{ range: 'Bytes=4-' }, { first: 4, end: 10 }], [{ range: 'bytes=4-99' }, { first: 4, end: 10 }],
    [{ range: 'bytes=-3' }, { first: 7, end: 10 }], [{ range: 'bytes=-99' }, { first: 0, end: 10 }],
    [{ range: 'bytes=10-' }, 'BEYOND'], [{ range: 'bytes=-0' }, 'BEYOND'],
    [{ range: 'bytes=-' }, 'ALL'], [{ range: 'bytes=5-4' }, 'ALL'], [{ range: 'bytes=0-1,3-4' }, 'ALL'], [{ range: 'lines=0-1' }, 'ALL'],
    [{ range: 'bytes=1-2', 'if-range': '"a"' }, { first: 1, end: 3 }], [{ range: 'bytes=1-2', 'if-range': '"b"' }, 'ALL'],
    [{ range: 'bytes=1-2', 'if-range': 'W/"a"' }, 'ALL'], [{ range: 'bytes=1-2', 'if-range': 'Mon, 04 Jan 2016 17:00:00 GMT' }, 'ALL'],
  ])('%j: %j', (asked, expected) => expect(partOf(tagged, asked)).toEqual(expected));

  it('nothing is a part of nothing', () => {
    for (const range of ['bytes=0-', 'bytes=-1']) expect(partOf({ ...tagged, length: 0 }, { range })).toBe('BEYOND');
  });

  it('pieces that follow each other make the whole', () => {
    fc.assert(fc.property(fc.integer({ min: 1, max: 500 }), fc.integer({ min: 1, max: 60 }), (length, size) => {
      let next = 0;
      for (let part = partOf({ ...tagged, length }, { range: `bytes=0-${size - 1}` }); typeof part !== 'string'; part = partOf({ ...tagged, length }, { range: `bytes=${next}-${next + size - 1}` })) {
        expect(part.first).toBe(next);
        next = part.end;
      }
      expect(next).toBe(length);
    }));
  });
});
