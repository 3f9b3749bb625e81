import { describe, expect, it } from 'vitest';
import { captionFault } from './caption.js';
import { durationMsOf } from './mp4.js';
import { film } from './film.fixture.js';

const text = (...lines: readonly string[]): string => ['WEBVTT', '', ...lines].join('\n');

describe('captions (TRN-4.8)', () => {
  it.each([
    ['plain', text('00:01.000 --> 00:04.000', '番号制度とは')],
    ['with names, hours, settings, notes, a byte-order mark and CRLF', `\uFEFF${text('NOTE 注', '', '1', '00:00:00.000 --> 00:00:01.000 line:0', 'はじめに', '', '2', '00:00:00.500 --> 00:00:10.900', 'つづき', '2行目').replaceAll('\n', '\r\n')}`],
  ])('%s', (_name, content) => expect(captionFault(content, 10_000)).toBeUndefined());

  it.each([
    [{ line: 1, reason: 'SIGNATURE' }, 'WEBVTTX\n\n00:01.000 --> 00:02.000\na'],
    [{ line: 2, reason: 'NO_CUES' }, 'WEBVTT\n'],
    [{ line: 3, reason: 'TIMING' }, text('00:01,000 --> 00:02,000', 'SubRip')],
    [{ line: 3, reason: 'TIMING' }, text('only a name')],
    [{ line: 3, reason: 'END_BEFORE_START' }, text('00:02.000 --> 00:02.000', 'a')],
    [{ line: 6, reason: 'ORDER' }, text('00:02.000 --> 00:03.000', 'a', '', '00:01.000 --> 00:03.000', 'b')],
    [{ line: 3, reason: 'BEYOND_END' }, text('00:02.000 --> 00:11.001', 'a')],
    [{ line: 4, reason: 'NO_TEXT' }, text('1', '00:02.000 --> 00:03.000', '', 'a')],
  ])('%j', (fault, content) => expect(captionFault(content, 10_000)).toEqual(fault));
});

describe('length of a film', () => {
  const lengthOf = (octets: Buffer): Promise<number | undefined> => durationMsOf(async (first, end) => octets.subarray(first, end), octets.length);

  it('is in the movie header, of either version, behind boxes of any size', async () => {
    expect(await lengthOf(film(1_500))).toBe(1_500_000);
    expect(await lengthOf(film(90, { isLong: true }))).toBe(90_000);
  });

  it('what is no film, or is cut off, has none', async () => {
    const whole = film(90);
    for (const octets of [Buffer.alloc(0), Buffer.from('not a film at all'), whole.subarray(0, 60), film(0), Buffer.alloc(4_096, 1)]) expect(await lengthOf(octets)).toBeUndefined();
  });
});
