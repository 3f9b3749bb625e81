import { describe, expect, it } from 'vitest';
import { CATCH_UP_COLUMNS, placeOfLine, readCatchUpLine, type CatchUpLine } from './catch-up.js';
import { catchUpFinding, compareHeads } from './ledger-head.js';

const LINE = ['1', '123456789018', '99000000015', '990019', 'req-1', '', '2016-01-20T01:00:00.000Z', '', ''];
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

describe('where a line stands among its person\'s numbers (NUM-7)', () => {
  const line = (seq: number, state: CatchUpLine['state'] = ''): CatchUpLine => ({
    line: 1, number: '123456789018', residentCode: '99000000015', municipalityCode: '990019', requestId: 'r', assignmentId: '', generatedAt: '2016-01-20T01:00:00Z', seq, state,
  });
  const earlier = { assignmentId: ID, municipalityCode: '990019', requestId: 'r', generation: 1, replaceable: false };

  it.each([
    [0, '', undefined, { generation: 1, replaces: false }], [2, '', undefined, { generation: 2, replaces: false }], [1, 'VOID', undefined, { generation: 1, replaces: false }],
    [0, '', earlier, undefined], [1, 'DESIGNATED', earlier, undefined], [2, 'VOID', earlier, undefined],
    [2, 'DESIGNATED', earlier, { generation: 2, replaces: true }], [3, 'SUPERSEDED', earlier, { generation: 3, replaces: true }],
    [0, '', { ...earlier, replaceable: true }, { generation: 2, replaces: false }], [2, 'VOID', { ...earlier, replaceable: true }, { generation: 2, replaces: false }],
  ] as const)('NUM-7 seq %s, state %j, earlier %j: %j', (seq, state, before, place) => {
    expect(placeOfLine(line(seq, state), before)).toEqual(place);
  });
});

describe('a line of a list', () => {
  it('is read as it stands, with or without the person', () => {
    expect(readCatchUpLine(LINE, 1, undefined)).toEqual({
      line: 1, number: '123456789018', residentCode: '99000000015', municipalityCode: '990019', requestId: 'req-1', assignmentId: '', generatedAt: '2016-01-20T01:00:00.000Z', seq: 0, state: '',
    });
    expect(readCatchUpLine(LINE.with(2, '').with(5, ID), 1, undefined)).toMatchObject({ residentCode: '', assignmentId: ID });
    expect(readCatchUpLine(LINE.with(7, '2').with(8, 'VOID'), 1, undefined)).toMatchObject({ seq: 2, state: 'VOID' });
  });

  it.each([
    ['lineNo', '2', 'SEQUENCE'], ['number', '123456789017', 'CHECK_DIGIT'], ['number', '990000000019', 'RESERVED'], ['number', '99000000001', 'CHECK_DIGIT'], ['residentCode', '99000000016', 'CHECK_DIGIT'],
    ['municipalityCode', '99001', 'FORMAT'], ['requestId', 'a b', 'FORMAT'], ['assignmentId', 'x', 'FORMAT'], ['generatedAt', '2016-01-20', 'FORMAT'],
    ['generatedAt', '2016-02-30T25:00:00Z', 'FORMAT'], ['seq', '0', 'FORMAT'], ['seq', '-1', 'FORMAT'], ['state', 'GENERATED', 'STATE'], ['state', 'DISPUTED', 'STATE'],
  ])('refuses %s = %s', (column, value, code) => {
    const place = CATCH_UP_COLUMNS.findIndex((name) => name === column);
    expect(readCatchUpLine(LINE.with(place, value), 1, undefined)).toContainEqual({ pointer: `/lines/1/${column}`, code });
  });

  it('refuses another count of fields', () => {
    expect(readCatchUpLine(LINE, 1, 'training')).toContainEqual({ pointer: '/lines/1/number', code: 'RESERVED' });
    expect(readCatchUpLine(LINE.slice(1), 1, undefined)).toEqual([{ pointer: '/lines/1/', code: 'COLUMN_COUNT' }]);
  });
});
