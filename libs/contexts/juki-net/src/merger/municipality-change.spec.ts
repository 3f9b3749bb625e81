import { describe, expect, it } from 'vitest';
import { toLocalDate, type LocalDate } from '#kernel';
import { onDayOfNotification, tableOf } from '../statistics/statistics.js';
import { wakeAt } from '../transfer/timer.js';
import { stateOn, TRANSFER_STATES, type Transfer, type TransferState } from '../transfer/transfer.js';
import type { RegisterNews } from '../transfer/register-news.js';
import { followPassed, joinTransfer } from './join-transfer.js';
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
  const present = (code: string): string => (code.startsWith('9900') ? '990035' : code);
  const [A, B, C, N] = ['990019', '990027', '131016', '990035'] as const;
  const on = day('2015-10-30');
  const begun: Transfer = { transferId: 't', personKey: 'p', eventSeq: 0 };
  const moveIn = { on, version: 3, at: now };
  const exit = (state: 'EXPIRED' | 'WITHDRAWN'): Transfer['exit'] => ({ state, at: now });
  const facts: Readonly<Record<TransferState, Partial<Transfer>>> = {
    OUT_NOTIFIED: { out: { on: day('2015-11-10'), version: 2 } }, CERTIFICATE_ISSUED: { route: 'PAPER', plannedOn: on }, CERT_INFO_HELD: { route: 'CARD', plannedOn: on },
    CERT_INFO_REQUESTED: { route: 'CARD', plannedOn: on, certificate: 'REQUESTED' }, CERT_INFO_SENT: { route: 'CARD', plannedOn: on, certificate: 'SENT' }, MOVED_IN: { route: 'PAPER', plannedOn: on, moveIn },
    IN_NOTICE_SENT: { plannedOn: on, moveIn, noticeOn: on }, OUT_CLOSED: { moveIn, noticeOn: on, out: { on, version: 2 } }, WITHDRAWN: { plannedOn: on, exit: exit('WITHDRAWN') }, EXPIRED: { plannedOn: on, exit: exit('EXPIRED') },
    UNMATCHED_IN: { moveIn },
  };
  const stateOf = (transfer: Transfer): TransferState => stateOn(transfer, day('2015-11-01'));

  it.each(TRANSFER_STATES)('%s: between them the move ends, closed where the person has arrived; from and to a third it goes on as it was', (state) => {
    const between = joinTransfer({ ...begun, from: A, to: B, ...facts[state] }, present, now);
    expect([between.from, between.to, stateOf(between)]).toEqual([N, N, ['MOVED_IN', 'IN_NOTICE_SENT', 'OUT_CLOSED', 'UNMATCHED_IN'].includes(state) ? 'OUT_CLOSED' : 'WITHDRAWN']);
    expect(wakeAt(between, day('2015-11-01'))).toBeUndefined();
    for (const [from, to] of [[A, C], [C, A]] as const) {
      const third = { ...begun, from, to, pointedTo: to, ...facts[state] };
      expect(joinTransfer(third, present, now)).toEqual({ ...third, from: present(from), to: present(to), pointedTo: present(to) });
      expect(stateOf(joinTransfer(third, present, now))).toBe(state);
    }
  });

  const news = (kind: RegisterNews['kind'], municipalityCode: string, previous?: string): RegisterNews => ({ kind, personKey: 'p', municipalityCode, version: 4, on, at: now, previous });
  const heard = (cases: readonly Transfer[], told: RegisterNews): unknown => {
    const after = followPassed(cases, told, 'new', { present, now });
    return after && [after.transferId, after.from, after.to, stateOf(after)];
  };
  it.each([
    ['a move-out under the former code, of a case that has passed', N, C, { plannedOn: on }, news('MOVED_OUT', A), ['t', N, C, 'OUT_NOTIFIED']],
    ['and of one that has yet to', A, C, { plannedOn: on }, news('MOVED_OUT', A), ['t', N, C, 'OUT_NOTIFIED']],
    ['a move-out under the new code, of one that has yet to', A, C, { plannedOn: on, moveIn }, news('MOVED_OUT', N), ['t', N, C, 'MOVED_IN']],
    ['an arrival under the former code, of a case that has passed', C, N, { plannedOn: on }, news('MOVED_IN', B, C), ['t', C, N, 'MOVED_IN']],
    ['an arrival at a third that names the former code', N, '472018', { plannedOn: on }, news('MOVED_IN', C, A), ['t', N, C, 'MOVED_IN']],
    ['an arrival between them, of a case that has yet to pass', A, B, { plannedOn: on }, news('MOVED_IN', B, A), ['t', N, N, 'OUT_CLOSED']],
    ['an arrival between them, of a case that was withdrawn', N, N, { plannedOn: on, exit: exit('WITHDRAWN') }, news('MOVED_IN', B, A), undefined],
    ['an arrival at a third from a third', A, C, { plannedOn: on }, news('MOVED_IN', '472018', '472026'), ['new', '472026', '472018', 'UNMATCHED_IN']],
  ] as const)('JUKI-4.5 late news: %s', (_what, from, to, over, told, end) => expect(heard([{ ...begun, from, to, ...over }], told)).toEqual(end));
});
