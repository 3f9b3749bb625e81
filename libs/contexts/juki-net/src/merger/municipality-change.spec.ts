import { describe, expect, it } from 'vitest';
import { toLocalDate, type LocalDate } from '#kernel';
import { onDayOfNotification, tableOf } from '../statistics/statistics.js';
import { joinTransfer } from './join-transfer.js';
import { codeOn, endedCodes, type MunicipalityChange, planFault, stepChange } from './municipality-change.js';

const day = (text: string): LocalDate => toLocalDate(text);
const today = day('2015-10-01');
const merger: MunicipalityChange = {
  changeId: 'm', kind: 'MERGER', former: [{ code: '990019', name: '架空県試験市' }, { code: '990027', name: '架空県見本町' }], newCode: '990035', newName: '架空県新市', effectiveOn: day('2015-11-01'),
  townCodes: [], state: 'PLANNED', plannedBy: 'o-1',
};
const ward: MunicipalityChange = { ...merger, changeId: 'w', kind: 'WARD', former: [{ code: '990019', name: '架空県試験市' }], townCodes: ['001'] };

describe('JUKI-5.4 what may be planned', () => {
  it.each([
    ['a merger into a new code', merger, undefined],
    ['a merger into one of two', { ...merger, former: merger.former.slice(0, 1), newCode: '990027' }, undefined],
    ['a merger that keeps a former code', { ...merger, newCode: '990019' }, 'MUNICIPALITY_CHANGE_CODES'],
    ['a merger of towns', { ...merger, townCodes: ['001'] }, 'MUNICIPALITY_CHANGE_CODES'],
    ['one code twice', { ...merger, former: [...merger.former, ...merger.former] }, 'MUNICIPALITY_CHANGE_CODES'],
    ['across prefectures', { ...merger, newCode: '131016' }, 'MUNICIPALITY_CHANGE_CODES'],
    ['another name, the same code', { ...ward, kind: 'RENAME', newCode: '990019', townCodes: [] }, undefined],
    ['another name of two', { ...merger, kind: 'RENAME' }, 'MUNICIPALITY_CHANGE_CODES'],
    ['a division without towns', { ...ward, kind: 'SPLIT', townCodes: [] }, 'MUNICIPALITY_CHANGE_CODES'],
    ['wards of all', { ...ward, townCodes: [] }, undefined],
    ['today', { ...merger, effectiveOn: today }, 'TERM'],
  ] as const)('%s', (_what, plan, fault) => expect(planFault(plan, [], today)).toBe(fault));

  it('a code takes part in one change at a time; other towns may pass elsewhere; what has ended does not come back', () => {
    expect(planFault(ward, [merger], today)).toBe('MUNICIPALITY_CHANGE_MEETS');
    expect(planFault(ward, [{ ...merger, state: 'WITHDRAWN' }], today)).toBeUndefined();
    expect(planFault({ ...ward, newCode: '990043', townCodes: ['002'] }, [ward], today)).toBeUndefined();
    expect(planFault({ ...ward, newCode: '990043' }, [ward], today)).toBe('MUNICIPALITY_CHANGE_MEETS');
    const done = { ...merger, state: 'COMPLETED' } as const;
    expect(planFault(ward, [done], today)).toBe('MUNICIPALITY_CHANGE_MEETS');
    expect(planFault({ ...ward, former: [{ code: '990035', name: '架空県新市' }], newCode: '990043' }, [done], today)).toBeUndefined();
    expect([endedCodes(merger), endedCodes(ward)]).toEqual([['990019', '990027'], []]);
  });
});

describe('JUKI-5.4 steps', () => {
  it.each([
    ['PLANNED', 'APPROVE', { officer: 'o-2' }, { state: 'APPROVED' }],
    ['PLANNED', 'APPROVE', { officer: 'o-1' }, { refusal: 'SAME_OFFICER' }],
    ['PLANNED', 'APPROVE', { officer: 'o-2', today: day('2015-11-01') }, { refusal: 'TERM' }],
    ['APPROVED', 'APPROVE', { officer: 'o-2' }, { refusal: 'MUNICIPALITY_CHANGE_STATE' }],
    ['APPROVED', 'WITHDRAW', { officer: 'o-1' }, { state: 'WITHDRAWN' }],
    ['RUNNING', 'WITHDRAW', { officer: 'o-1' }, { refusal: 'MUNICIPALITY_CHANGE_STATE' }],
    ['PLANNED', 'START', { today: day('2015-11-01') }, { refusal: 'MUNICIPALITY_CHANGE_STATE' }],
    ['APPROVED', 'START', {}, { refusal: 'TERM' }],
    ['APPROVED', 'START', { today: day('2015-11-01') }, { state: 'RUNNING' }],
    ['APPROVED', 'COMPLETE', { today: day('2015-11-01') }, { refusal: 'MUNICIPALITY_CHANGE_STATE' }],
    ['WITHDRAWN', 'START', { today: day('2015-11-01') }, { refusal: 'MUNICIPALITY_CHANGE_STATE' }],
  ] as const)('%s %s %j', (state, step, at, outcome) => expect(stepChange({ ...merger, state }, step, { today, ...at })).toEqual(outcome));
});

describe('JUKI-4.10 moves between municipalities that have merged by then', () => {
  const successions = [{ code: '990019', newCode: '990035', on: day('2015-11-01') }, { code: '990027', newCode: '990035', on: day('2015-11-01') }, { code: '990035', newCode: '990043', on: day('2016-04-01') }];
  it('codes pass from day to day', () => {
    expect(['2015-10-31', '2015-11-01', '2016-03-31', '2016-04-01'].map((on) => codeOn(successions, '990019', day(on)))).toEqual(['990019', '990035', '990035', '990043']);
  });

  it.each([
    ['notified before the day', '2015-10-31', '990019', '990027', 'DOMESTIC'],
    ['notified on the day under the new code', '2015-11-01', '990035', '990027', undefined],
    ['notified later, both by old names', '2015-12-01', '990019', '990027', undefined],
    ['from outside to the new one', '2015-12-01', '990035', '131016', 'DOMESTIC'],
  ] as const)('%s', (_what, on, municipalityCode, previousMunicipalityCode, table) => {
    const move = { reason: '11', municipalityCode, previousMunicipalityCode, changeDate: day('2015-10-20'), leftOn: null };
    expect(tableOf(onDayOfNotification(move, successions, day(on)))).toBe(table);
  });
});

describe('JUKI-3.4 open moves of municipalities that join', () => {
  const now = new Date('2015-11-01T01:00:00Z');
  const change = { ended: ['990019', '990027'], newCode: '990035' };
  const move = { transferId: 't', personKey: 'p', eventSeq: 0, from: '990019', to: '990027', plannedOn: day('2015-10-30') };
  it('between them a move ends: closed where the person has arrived, withdrawn where not; others go on', () => {
    expect(joinTransfer(move, change, now)).toMatchObject({ from: '990035', to: '990035', exit: { state: 'WITHDRAWN' } });
    expect(joinTransfer({ ...move, moveIn: { on: day('2015-10-30'), version: 2, at: now } }, change, now)).toMatchObject({ noticeOn: '2015-11-01', out: { on: '2015-11-01', version: 2 } });
    expect(joinTransfer({ ...move, to: '131016' }, change, now)).toEqual({ ...move, from: '990035', to: '131016' });
  });
});
