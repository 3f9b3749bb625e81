import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createdAt, readFrame, writeFrame, type FrameHeader } from './frame.js';

const HEADER: FrameHeader = { kind: 'BREQ', sender: 'pension', receiver: 'juki-net', grantId: 'g', batchId: 'b-1', createdAt: '2016-02-01T09:00:00Z' };

describe('a file (JUKI-5.3, NUM-5.3)', () => {
  const text = writeFrame(HEADER, ['D,1,a', 'D,2,b']);

  it('has header, details and a trailer with count and hash, and is read again', () => {
    expect(text).toMatch(/^H,BREQ,1,pension,juki-net,g,b-1,2016-02-01T09:00:00Z,2\r\nD,1,a\r\nD,2,b\r\nT,2,[0-9a-f]{64}\r\n$/);
    expect(readFrame(text, 'BREQ')).toEqual({ header: HEADER, details: ['D,1,a', 'D,2,b'] });
  });

  it.each([
    ['another kind', text.replace('BREQ', 'BRES'), 'HEADER'],
    ['no header', text.slice(1), 'HEADER'],
    ['a byte order mark', `\uFEFF${text}`, 'HEADER'],
    ['no trailer', text.slice(0, text.indexOf('T,')), 'TRAILER'],
    ['something after the trailer', `${text}D,3,c`, 'TRAILER'],
    ['no details', writeFrame(HEADER, []), 'EMPTY_FILE'],
    ['another count in the header', text.replace('Z,2', 'Z,3'), 'COUNT_MISMATCH'],
    ['a line less than counted', text.replace('D,2,b\r\n', ''), 'COUNT_MISMATCH'],
    ['a changed detail', text.replace('D,2,b', 'D,2,c'), 'HASH_MISMATCH'],
  ])('with %s is refused as a whole', (_what, changed, fault) => expect(readFrame(changed, 'BREQ')).toBe(fault));

  it('is read as it was written, whatever the details', () => {
    const detail = fc.string({ unit: fc.constantFrom('D', ',', 'T', 'H', '"', 'あ', ' ', '1') });
    fc.assert(fc.property(fc.array(detail, { minLength: 1 }), (details) => {
      expect(readFrame(writeFrame(HEADER, details), 'BREQ')).toEqual({ header: HEADER, details });
    }));
  });
});

describe('the header of a file', () => {
  it('has the time of Japan', () => expect(createdAt(new Date('2015-12-31T15:00:00.001Z'))).toBe('2016-01-01T00:00:00.001+09:00'));
});
