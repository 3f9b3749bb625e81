import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isTimeOver, lockedUntil } from './attempt.js';
import { draw } from './draw.js';
import { itemScore, totalScore, type ItemKey } from './item-score.js';
import { itemStatistics } from './item-statistics.js';

describe('item scores (TRN-4.7)', () => {
  const acd: ItemKey = { kind: 'MULTIPLE', right: ['A', 'C', 'D'] };

  it.each([[['A', 'C'], 2 / 3], [['A', 'B', 'C'], 1 / 3], [['B'], 0], [['A', 'B', 'C', 'D'], 2 / 3], [['A', 'C', 'D'], 1], [['A', 'A'], 1 / 3], [[], 0]] as const)('key {A,C,D}: %s', (answer, score) => {
    expect(itemScore(acd, answer)).toBeCloseTo(score, 12);
  });

  it.each<[ItemKey, readonly string[], number]>([
    [{ kind: 'SINGLE', right: 'A' }, ['A'], 1], [{ kind: 'SINGLE', right: 'A' }, ['A', 'B'], 0], [{ kind: 'ORDER', right: ['A', 'B', 'C'] }, ['A', 'B', 'C'], 1],
    [{ kind: 'ORDER', right: ['A', 'B', 'C'] }, ['A', 'C', 'B'], 0], [{ kind: 'ORDER', right: ['A', 'B'] }, ['A'], 0], [{ kind: 'NUMBER', value: 3.14, tolerance: 0.01 }, ['3.15'], 1],
    [{ kind: 'NUMBER', value: 3.14, tolerance: 0.01 }, ['3.2'], 0], [{ kind: 'NUMBER', value: 0, tolerance: 0 }, [' '], 0], [{ kind: 'NUMBER', value: 0, tolerance: 0 }, ['nought'], 0],
    [{ kind: 'TEXT', accepted: ['ファイアウォール', 'firewall'] }, ['ＦｉｒｅＷａｌｌ '], 1], [{ kind: 'TEXT', accepted: ['firewall'] }, ['fire wall'], 0],
  ])('%o %s -> %d', (key, answer, score) => expect(itemScore(key, answer)).toBe(score));

  it('weigh by their points', () => expect(totalScore([{ score: 1, points: 3 }, { score: 0, points: 1 }])).toBe(0.75));
});

describe('the paper of an attempt (TRN-4.7)', () => {
  const items = Array.from({ length: 30 }, (_, at) => ({ itemId: `i${at}`, topic: `t${at % 3}`, options: ['A', 'B', 'C', 'D'] }));

  it('is the same for the same seed, has so many items of each topic, each with all of its options', () => {
    fc.assert(fc.property(fc.string(), fc.nat(12), fc.nat(12), (seed, first, second) => {
      const paper = draw(seed, items, new Map([['t0', first], ['t1', second]]));
      expect(draw(seed, [...items].reverse(), new Map([['t0', first], ['t1', second]]))).toEqual(paper);
      const topics = paper.map(({ itemId }) => items.find((item) => item.itemId === itemId)?.topic);
      expect([topics.filter((topic) => topic === 't0').length, topics.filter((topic) => topic === 't1').length, topics.filter((topic) => topic === 't2').length]).toEqual([Math.min(first, 10), Math.min(second, 10), 0]);
      expect(new Set(paper.map(({ itemId }) => itemId)).size).toBe(paper.length);
      for (const { options } of paper) expect([...options].sort()).toEqual(['A', 'B', 'C', 'D']);
    }));
  });

  it('differs between seeds, and every item has its chance', () => {
    const firsts = new Set(Array.from({ length: 200 }, (_, seed) => draw(String(seed), items, new Map([['t0', 1]]))[0]?.itemId));
    expect(firsts.size).toBe(10);
    expect(new Set(Array.from({ length: 50 }, (_, seed) => draw(String(seed), items, new Map([['t0', 10]]))[0]?.options.join(''))).size).toBeGreaterThan(10);
  });
});

describe('attempts (TRN-4.7)', () => {
  const at = (text: string): Date => new Date(`2015-10-0${text}:00Z`);

  it('three, then a lock of 24 hours from the end of the third', () => {
    const three = [at('1T10:00'), at('1T11:00'), at('1T12:00')];
    expect(lockedUntil(three.slice(0, 2), at('1T12:00'))).toBeUndefined();
    expect(lockedUntil(three, at('2T11:59'))).toEqual(at('2T12:00'));
    expect(lockedUntil(three, at('2T12:00'))).toBeUndefined();
    expect(lockedUntil([...three, at('2T12:30')], at('2T12:31'))).toBeUndefined();
    expect(lockedUntil([], at('1T10:00'))).toBeUndefined();
  });

  it('time is over 30 seconds after the limit', () => {
    const due = new Date('2015-10-01T10:00:00.000Z');
    expect([isTimeOver(due, new Date('2015-10-01T10:00:30.000Z')), isTimeOver(due, new Date('2015-10-01T10:00:30.001Z'))]).toEqual([false, true]);
  });
});

describe('item statistics (TRN-4.7)', () => {
  it('difficulty and point-biserial discrimination', () => {
    const results = [{ score: 1, total: 0.9 }, { score: 1, total: 0.7 }, { score: 0, total: 0.5 }, { score: 0, total: 0.3 }];
    // r = (mean of the right - mean of all) / standard deviation * sqrt(p / q) = (0.8 - 0.6) / sqrt(0.05)
    expect(itemStatistics(results)).toMatchObject({ answers: 4, difficulty: 0.5, flags: [] });
    expect(itemStatistics(results)?.discrimination).toBeCloseTo(0.2 / Math.sqrt(0.05), 12);
    expect(itemStatistics([])).toBeUndefined();
  });

  it.each([
    [[0, 0, 0, 0, 1], 'TOO_HARD', false], [[0, 0, 0, 0, 0, 1], 'TOO_HARD', true], [Array(20).fill(1).fill(0, 0, 1), 'TOO_EASY', false], [Array(21).fill(1).fill(0, 0, 1), 'TOO_EASY', true],
  ] as const)('flags at the borders of p: %o', (scores: readonly number[], flag, isFlagged) => {
    const flags = itemStatistics(scores.map((score) => ({ score, total: score })))?.flags ?? [];
    expect(flags.includes(flag)).toBe(isFlagged);
  });

  it('flags what does not tell the good from the others, not what everybody answers the same', () => {
    expect(itemStatistics([{ score: 1, total: 0.2 }, { score: 0, total: 0.8 }])?.flags).toEqual(['DOES_NOT_DISCRIMINATE']);
    expect(itemStatistics([{ score: 0.5, total: 0.2 }, { score: 0.5, total: 0.8 }])?.flags).toEqual([]);
  });
});
