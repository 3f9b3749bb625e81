import { randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { contentId, joinContent, MOST_CONTENT, splitContent } from './front-symbol.js';
import { parseStatement, signedOctets, statementText, type SignedStatement } from './front-statement.js';

const statement: SignedStatement = {
  kid: '0123456789abcdef', requestId: 'REQ-20160201-0000001', municipalityCode: '282049', issuedAt: new Date('2016-02-01T01:00:00.123Z'), pdfSha256: Buffer.alloc(32, 1), page: 1, pages: 2, contentId: Buffer.alloc(8, 2), signature: Buffer.alloc(64, 3),
};

describe('symbols of a front (CARD-4.16)', () => {
  it('an image of 40 KB with its encryption has room on one page', () => expect(MOST_CONTENT).toBeGreaterThanOrEqual(40 * 1_024 + 28));

  it('a content of any size comes back from its symbols in any order, read twice and among others', () => {
    fc.assert(fc.property(fc.integer({ min: 0, max: MOST_CONTENT }), fc.infiniteStream(fc.double({ min: 0, max: 1 })), (length, order) => {
      const content = randomBytes(length);
      const frames = splitContent(content);
      const shuffled = [...frames, ...frames, ...splitContent(randomBytes(3_000)), Buffer.from('KBF1.x')].map((frame) => ({ frame, at: order.next().value })).sort((one, other) => Number(one.at) - Number(other.at));
      const joined = joinContent(shuffled.map(({ frame }) => frame), contentId(content));
      expect(length === 0 || joined.content?.equals(content)).toBe(true);
      expect(joined.total).toBe(length === 0 ? 0 : frames.length);
    }), { numRuns: 40 });
    expect(() => splitContent(Buffer.alloc(MOST_CONTENT + 1))).toThrow(RangeError);
  });

  it('a missing symbol and a damaged one are counted as not read', () => {
    const content = randomBytes(9_000);
    const frames = splitContent(content);
    expect(frames).toHaveLength(6);
    expect(joinContent(frames.slice(1), contentId(content))).toEqual({ content: undefined, read: 5, total: 6 });
    frames[2]?.writeUInt8((frames[2]?.[40] ?? 0) ^ 1, 40);
    expect(joinContent(frames, contentId(content))).toEqual({ content: undefined, read: 5, total: 6 });
    expect(joinContent(frames, Buffer.alloc(8))).toEqual({ content: undefined, read: 0, total: 0 });
  });
});

describe('the statement of a back (CARD-4.16)', () => {
  it('is read back from its symbol, and a text of any other form is none', () => {
    const text = statementText(statement);
    expect(parseStatement(text)).toEqual(statement);
    expect(text.length).toBeLessThan(300);
    for (const other of [`${text}A`, text.replace('KBF1', 'KBF2'), text.replace('282049', '28204'), text.slice(0, -1), '']) expect(parseStatement(other)).toBeUndefined();
  });

  it('signs SHA-256(front PDF) ‖ requestId ‖ municipality ‖ issuedAt, no part of which runs into the next', () => {
    expect(signedOctets(statement).toString('latin1')).toBe(`${'\u0001'.repeat(32)}REQ-20160201-0000001\n282049\n2016-02-01T01:00:00.123Z\n`);
  });
});
