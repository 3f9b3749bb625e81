import { describe, expect, it } from 'vitest';
import { addViolations, clearanceBy, countOf, doubledCodes, linkViolations, settleViolations, wholeCodes, type OpenedLink } from './uniqueness.js';

const FINE: OpenedLink = { open: true, codeAgrees: true, numberAgrees: true, formFault: false, assignmentState: 'DESIGNATED', present: true };

describe('a row of the link (NUM-3.4, NUM-7)', () => {
  it('is in order: open for its assignment, closed for a former code or an ended number', () => {
    expect(linkViolations(FINE)).toEqual([]);
    expect(linkViolations({ ...FINE, assignmentState: 'DISPUTED' })).toEqual([]);
    expect(linkViolations({ ...FINE, open: false, present: false })).toEqual([]);
    expect(linkViolations({ ...FINE, open: false, assignmentState: 'VOID' })).toEqual([]);
    expect(linkViolations({ ...FINE, open: false, assignmentState: 'SUPERSEDED' })).toEqual([]);
  });

  it.each<[string, Partial<OpenedLink>]>([
    ['CODE_INDEX', { codeAgrees: false }], ['NUMBER_INDEX', { numberAgrees: false }], ['NUMBER_FORM', { formFault: true }],
    ['LINK_WITHOUT_ASSIGNMENT', { assignmentState: null }], ['ASSIGNMENT_STATE', { open: false }], ['ASSIGNMENT_STATE', { present: false }],
    ['ASSIGNMENT_STATE', { assignmentState: 'VOID' }], ['ASSIGNMENT_STATE', { assignmentState: 'SUPERSEDED' }],
  ])('NUM-7 finds %s in %j', (violation, change) => {
    expect(linkViolations({ ...FINE, ...change })).toEqual([violation]);
  });
});

describe('a pass over pages (NUM-7)', () => {
  const row = (codeIndex: string, open = true) => ({ codeIndex, open });

  it('never parts the rows of a code, and finds two open ones', () => {
    const rows = [row('a'), row('b', false), row('b'), row('c')];
    expect(wholeCodes(rows, 4)).toEqual(rows.slice(0, 3));
    expect(wholeCodes(rows, 5)).toEqual(rows);
    expect(wholeCodes([row('a'), row('a')], 2)).toHaveLength(2);
    expect(doubledCodes(rows)).toBe(0);
    expect(doubledCodes([...rows, row('c'), row('c')])).toBe(1);
  });

  it('sums up; numbers that came back without a link are no violation, lost ones are', () => {
    const found = addViolations({ CODE_INDEX: 1 }, ['CODE_INDEX', 'LEDGER_NOT_IN_LINK', 'LEDGER_NOT_IN_LINK']);
    expect(found).toEqual({ CODE_INDEX: 2, LEDGER_NOT_IN_LINK: 2 });
    expect(settleViolations(found, { lost: 0, unlinked: 2 })).toEqual({ CODE_INDEX: 2 });
    expect(settleViolations(found, { lost: 3, unlinked: 1 })).toEqual({ CODE_INDEX: 2, LEDGER_NOT_IN_LINK: 1, LEDGER_LOST: 3 });
    expect(countOf({ CODE_INDEX: 2, LEDGER_LOST: 3 })).toBe(5);
  });

  it('NUM-7 is cleared by two different officers, and only when it halts', () => {
    expect(clearanceBy({ state: 'VIOLATED', clearanceBy: null }, 'a')).toBe('FIRST_WORD');
    expect(clearanceBy({ state: 'VIOLATED', clearanceBy: 'a' }, 'a')).toBe('SAME_OFFICER');
    expect(clearanceBy({ state: 'VIOLATED', clearanceBy: 'a' }, 'b')).toBe('CLEARED');
    for (const state of ['RUNNING', 'CLEAN', 'CLEARED'] as const) expect(clearanceBy({ state, clearanceBy: null }, 'a')).toBe('UNIQUENESS_STATE');
  });
});
