import { describe, expect, it } from 'vitest';
import { CATCH_UP_COLUMNS, readCatchUpLine } from './catch-up.js';
import { catchUpFinding, compareHeads } from './ledger-head.js';

const LINE = ['1', '123456789018', '99000000015', '990019', 'req-1', '', '2016-01-20T01:00:00.000Z'];
const ID = '0190a3b0-0000-7000-8000-000000000001';

describe('the head of the ledger (NUM-7)', () => {
  it('NUM-7 is behind when more was drawn than it knows, or as much with another past', () => {
    expect(compareHeads({ drawn: 5, mark: 'a' }, undefined)).toBe('AHEAD');
    expect(compareHeads({ drawn: 5, mark: 'a' }, { drawn: 4, mark: 'b' })).toBe('AHEAD');
    expect(compareHeads({ drawn: 5, mark: 'a' }, { drawn: 5, mark: 'a' })).toBe('AGREES');
    expect(compareHeads({ drawn: 5, mark: 'a' }, { drawn: 5, mark: 'b' })).toBe('BEHIND');
    expect(compareHeads({ drawn: 5, mark: 'a' }, { drawn: 6, mark: 'a' })).toBe('BEHIND');
  });

  it('NUM-7 has caught up when only those are missing that nobody ever had', () => {
    expect(catchUpFinding(0, 0)).toBe('CAUGHT_UP');
    expect(catchUpFinding(3, 3)).toBe('CAUGHT_UP');
    expect(catchUpFinding(3, 2)).toBe('INCOMPLETE');
    expect(catchUpFinding(1, 2)).toBe('EXCESS');
  });
});

describe('a line of a list', () => {
  it('is read as it stands, with or without the person', () => {
    expect(readCatchUpLine(LINE, 1, undefined)).toEqual({
      line: 1, number: '123456789018', residentCode: '99000000015', municipalityCode: '990019', requestId: 'req-1', assignmentId: '', generatedAt: '2016-01-20T01:00:00.000Z',
    });
    expect(readCatchUpLine(LINE.with(2, '').with(5, ID), 1, undefined)).toMatchObject({ residentCode: '', assignmentId: ID });
  });

  it.each([
    ['lineNo', '2', 'SEQUENCE'], ['number', '123456789017', 'CHECK_DIGIT'], ['number', '990000000019', 'RESERVED'], ['number', '99000000001', 'CHECK_DIGIT'], ['residentCode', '99000000016', 'CHECK_DIGIT'],
    ['municipalityCode', '99001', 'FORMAT'], ['requestId', 'a b', 'FORMAT'], ['assignmentId', 'x', 'FORMAT'], ['generatedAt', '2016-01-20', 'FORMAT'],
    ['generatedAt', '2016-02-30T25:00:00Z', 'FORMAT'],
  ])('refuses %s = %s', (column, value, code) => {
    const place = CATCH_UP_COLUMNS.findIndex((name) => name === column);
    expect(readCatchUpLine(LINE.with(place, value), 1, undefined)).toContainEqual({ pointer: `/lines/1/${column}`, code });
  });

  it('refuses another count of fields', () => {
    expect(readCatchUpLine(LINE, 1, 'training')).toContainEqual({ pointer: '/lines/1/number', code: 'RESERVED' });
    expect(readCatchUpLine(LINE.slice(1), 1, undefined)).toEqual([{ pointer: '/lines/1/', code: 'COLUMN_COUNT' }]);
  });
});
