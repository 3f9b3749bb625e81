import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isMastered, isSatisfied, MOVE_ON, satisfaction, type CoursePart } from './move-on.js';

/** Columns: (completed, passed) = 00, 01, 10, 11. */
const TABLE = { Passed: '0101', Completed: '0011', CompletedAndPassed: '0001', CompletedOrPassed: '0111', NotApplicable: '1111' } as const;

describe('moveOn (TRN-4.6)', () => {
  it.each(MOVE_ON)('%s', (moveOn) => {
    const row = [[false, false], [false, true], [true, false], [true, true]].map(([completed = false, passed = false]) => Number(isSatisfied(moveOn, { completed, passed, waived: false }))).join('');
    expect(row).toBe(TABLE[moveOn]);
    expect(isSatisfied(moveOn, { completed: false, passed: false, waived: true })).toBe(true);
  });
});

describe('mastery (TRN-4.6)', () => {
  it('16 of 20 are passed at 0.8, 15 of 20 are not', () => {
    expect(isMastered(16 / 20, 0.8)).toBe(true);
    expect(isMastered(15 / 20, 0.8)).toBe(false);
  });
});

describe('blocks and the course (TRN-4.6)', () => {
  const parts: CoursePart[] = [{ au: 0 }, { block: 'outer', parts: [{ au: 1 }, { block: 'inner', parts: [{ au: 2 }] }] }];

  it('a block when all of its parts are, the inner one first; the course when all are', () => {
    expect(satisfaction(parts, (au) => au === 2)).toEqual({ blocks: ['inner'], course: false });
    expect(satisfaction(parts, (au) => au !== 0)).toEqual({ blocks: ['inner', 'outer'], course: false });
    expect(satisfaction(parts, (au) => au !== 2)).toEqual({ blocks: [], course: false });
    expect(satisfaction(parts, () => true)).toEqual({ blocks: ['inner', 'outer'], course: true });
  });

  it('the course is satisfied exactly when every unit is, however it is cut into blocks', () => {
    const tree = fc.letrec<{ part: CoursePart }>((tie) => ({
      part: fc.oneof({ maxDepth: 4 }, fc.record({ au: fc.nat(9) }), fc.record({ block: fc.string(), parts: fc.array(tie('part'), { minLength: 1, maxLength: 4 }) })),
    })).part;
    const unitsOf = (part: CoursePart): number[] => ('au' in part ? [part.au] : part.parts.flatMap(unitsOf));
    fc.assert(fc.property(fc.array(tree, { minLength: 1, maxLength: 4 }), fc.array(fc.boolean(), { minLength: 10, maxLength: 10 }), (all, done) => {
      expect(satisfaction(all, (au) => done[au] === true).course).toBe(all.flatMap(unitsOf).every((au) => done[au] === true));
    }));
  });
});
