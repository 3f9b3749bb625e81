import { describe, expect, it } from 'vitest';
import { CASE_STATES, type CaseStep, closureFault, hasOutcome, MATCH_STATES, stepCase, toldOutcome } from './initial-match.js';
import { isMatchHeader, matchRowOf } from './match-row.js';

describe('two officers (JUKI-3.6)', () => {
  const steps: readonly CaseStep[] = ['DECIDE', 'CONFIRM', 'RETURN'];
  const allowed = new Map<string, string>([['OPEN/DECIDE', 'DECIDED'], ['DECIDED/CONFIRM', 'CONFIRMED'], ['DECIDED/RETURN', 'OPEN']]);

  it('every transition that the table does not name is refused', () => {
    for (const state of [undefined, ...CASE_STATES]) {
      for (const step of steps) {
        const to = allowed.get(`${state}/${step}`);
        expect(stepCase({ state, decidedBy: 'a' }, step, 'b')).toEqual(to === undefined ? { refusal: 'CASE_STATE' } : { state: to });
      }
    }
  });

  it('who decided can neither confirm nor return', () => {
    expect(stepCase({ state: 'DECIDED', decidedBy: 'a' }, 'CONFIRM', 'a')).toEqual({ refusal: 'SAME_OFFICER' });
    expect(stepCase({ state: 'DECIDED', decidedBy: 'a' }, 'RETURN', 'a')).toEqual({ refusal: 'SAME_OFFICER' });
  });

  it('the outcome is there from the last comparison to the closure, which waits for the officers and the receipt', () => {
    expect(MATCH_STATES.filter(hasOutcome)).toEqual(['MATCHED', 'IN_REVIEW']);
    expect(closureFault({ cases: 3, open: 0 }, 3)).toBeUndefined();
    expect(closureFault({ cases: 3, open: 1 }, 3)).toBe('CASES_OPEN');
    expect(closureFault({ cases: 3, open: 0 }, 2)).toBe('EXPORT_INCOMPLETE');
  });

  it('JUKI-5.3 the agency is told a person only of AUTO and confirmed cases', () => {
    const personKey = 'p';
    expect(toldOutcome({ outcome: 'AUTO', tier: 1, personKey })).toEqual({ told: 'AUTO', tier: 1, person: 'p' });
    expect(toldOutcome({ outcome: 'REVIEW', tier: 3, state: 'DECIDED', personKey })).toEqual({ told: 'REVIEW', tier: 3 });
    expect(toldOutcome({ outcome: 'REVIEW', tier: 3, state: 'CONFIRMED', personKey })).toEqual({ told: 'CONFIRMED', tier: 3, person: 'p' });
    expect(toldOutcome({ outcome: 'REVIEW', tier: 3, state: 'CONFIRMED' })).toEqual({ told: 'NONE', tier: undefined });
    expect(toldOutcome({ outcome: 'NONE' })).toEqual({ told: 'NONE', tier: undefined });
  });
});

describe('rows of an agency (JUKI-5.3, JUKI-7)', () => {
  const good = ['r-1', 'ミホン　タロウ', '見本　太郎', '19800312', '1', '架空県試験市見本町1', '20140401'];
  const over = (index: number, text: string): string[] => good.map((field, at) => (at === index ? text : field));

  it.each<[string, string[] | undefined, unknown]>([
    ['good', good, { ref: 'r-1', sex: '1' }], ['unknown day of birth', over(3, '19450000'), { DOB: '19450000' }], ['no kana', over(1, ''), { kana: '' }], ['no sex', over(4, ''), { sex: '' }],
    ['broken quotes', undefined, { code: 'MALFORMED_ROW' }], ['a field too many', [...good, ''], { code: 'COLUMN_COUNT' }], ['a field too few', good.slice(1), { code: 'COLUMN_COUNT' }],
    ['no reference', over(0, ''), { code: 'REQUIRED', column: 'ref' }], ['no name', over(1, '').map((text, at) => (at === 2 ? '' : text)), { code: 'REQUIRED', column: 'kanji' }],
    ['no birth date', over(3, ''), { code: 'REQUIRED', column: 'DOB' }], ['29 February', over(3, '19810229'), { code: 'DATE', column: 'DOB' }], ['unknown day of address', over(6, '20140400'), { code: 'DATE', column: 'addressDate' }],
    ['sex', over(4, 'M'), { code: 'FORMAT', column: 'sex' }], ['NUL', over(2, '見\0本'), { code: 'CHARACTER', column: 'kanji' }], ['lone surrogate', over(5, '\ud800'), { code: 'CHARACTER', column: 'address' }],
    ['long reference', over(0, 'r'.repeat(41)), { code: 'FORMAT', column: 'ref' }], ['long name', over(2, '見'.repeat(101)), { code: 'FORMAT', column: 'kanji' }],
  ])('%s', (_name, fields, expected) => {
    expect(matchRowOf(fields)).toMatchObject(expected as object);
  });

  it('the header is exactly the prescribed one', () => {
    const header = 'ref,kana,kanji,DOB,sex,address,addressDate'.split(',');
    expect([isMatchHeader(header), isMatchHeader(header.slice(1)), isMatchHeader([...header, 'number']), isMatchHeader([...header].reverse())]).toEqual([true, false, false, false]);
  });
});
