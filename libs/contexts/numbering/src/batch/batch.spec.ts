import { describe, expect, it } from 'vitest';
import { changeRefusalCode, isReconciled, readRequestLine, resultCodeOf } from './batch.js';

describe('NREQ (NUM-5.3)', () => {
  it('NUM-7 a wrong resident code is an answer of its line, kept as sent', () => {
    expect(readRequestLine(['1', 'r-1', '99000000015', '1', '', ''], 1, undefined)).toEqual({ line: 1, requestId: 'r-1', residentCode: '99000000015', kind: 'NEW', caseId: '', priority: 0 });
    for (const code of ['99000000014', '9900000001', '990000000155', '９９０００００００１５', ' 99000000015', '']) {
      expect(readRequestLine(['7', 'r', code, '1', 'c', '2'], 7, undefined)).toEqual({ line: 7, requestId: 'r', residentCode: code, kind: 'NEW', caseId: 'c', priority: 2, refused: '10' });
    }
  });

  it('NUM-5.3 a line that is not in the form of the file is a fault of the file, column by column', () => {
    expect(readRequestLine(['1', 'r-1', '99000000015', '1', '', ''], 1, 'production')).toMatchObject({ refused: '11' });
    expect(readRequestLine(['1', 'r-1', '12345678903', '1', '', ''], 1, 'training')).toMatchObject({ refused: '11' });
    expect(readRequestLine(['1'], 1, undefined)).toEqual([{ pointer: '/lines/1/', code: 'COLUMN_COUNT' }]);
    expect(readRequestLine(['2', 'has space', '99000000015', '4', 'ü', 'x'], 3, undefined)).toEqual([
      { pointer: '/lines/3/lineNo', code: 'SEQUENCE' },
      { pointer: '/lines/3/requestId', code: 'FORMAT' },
      { pointer: '/lines/3/kind', code: 'KIND' },
      { pointer: '/lines/3/caseId', code: 'FORMAT' },
      { pointer: '/lines/3/priority', code: 'FORMAT' },
    ]);
  });
});

describe('result codes (NUM-5.3)', () => {
  it('NUM-5.3 a refused change is answered by its fault, or 13: its person has a number', () => {
    expect(['CODE_NOT_YOURS', 'PERSON_CONFLICT', 'CASE_NOT_GRANTED', 'ASSIGNMENT_STATE'].map(changeRefusalCode)).toEqual(['12', '14', '13', '13']);
  });

  it.each([
    ['CODE_CHECK_DIGIT', '10'],
    ['CODE_UNKNOWN', '11'],
    ['CODE_NOT_YOURS', '12'],
    ['ALREADY_NUMBERED', '13'],
    ['NUMBER_DISPUTED', '14'],
    ['PERSON_CONFLICT', '14'],
  ] as const)('NUM-5.3 %s is %s', (fault, code) => {
    expect(resultCodeOf({ outcome: 'REFUSED', fault })).toBe(code);
  });

  it('NUM-5.3 00 is new, 01 the same as before', () => {
    expect(resultCodeOf({ outcome: 'DRAW', personKey: 'p', generation: 1 })).toBe('00');
    expect(resultCodeOf({ outcome: 'REPEATED', personKey: 'p', assignmentId: 'a' })).toBe('01');
  });
});

describe('reconciliation (NUM-3.2)', () => {
  const counters = { designated: 8, repeated: 1, refused: 2 };
  const counts = { lines: 10, assignments: 7, repeated: 1, refused: 2, pending: 0 };

  it('NUM-3.2 lines = designated + refused, and the rows say the same as the counters', () => {
    expect(isReconciled(counters, counts)).toBe(true);
    expect(isReconciled(counters, { ...counts, pending: 1 })).toBe(false);
    expect(isReconciled(counters, { ...counts, assignments: 6 })).toBe(false);
    expect(isReconciled(counters, { ...counts, lines: 11 })).toBe(false);
    expect(isReconciled({ ...counters, designated: 7 }, counts)).toBe(false);
    expect(isReconciled({ ...counters, refused: 1 }, counts)).toBe(false);
  });
});
