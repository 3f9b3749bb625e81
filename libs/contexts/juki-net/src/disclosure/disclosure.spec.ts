import { describe, expect, it } from 'vitest';
import { toLocalDate } from '#kernel';
import { byPrefecture, decideDisclosure, DISCLOSURE_STATES, type DisclosureRequest, type DisclosureStep, dueDays, historyPeriod, recipientOf } from './disclosure.js';

const d = toLocalDate;
const request: DisclosureRequest = {
  requestId: 'r', kind: 'SELF', organisation: '99', personKey: 'p', state: 'RECEIVED', receivedOn: d('2016-01-20'), ...dueDays(d('2016-01-20')), periodFrom: null, periodUntil: null, means: null,
  outcome: null, withheld: [], reason: null, decidedBy: null,
};
const decide = (over: Partial<Extract<DisclosureStep, { kind: 'DECIDE' }>>, of: Partial<DisclosureRequest> = {}): unknown =>
  decideDisclosure({ ...request, state: 'IDENTIFIED', ...of }, { kind: 'DECIDE', outcome: 'FULL', withheld: [], reason: null, officer: 'o', ...over });

describe('disclosure', () => {
  it('JUKI-4.12 30 days by law with the day of the request as the first, 14 as our own aim', () => {
    expect(dueDays(d('2016-01-20'))).toEqual({ targetOn: '2016-02-03', dueOn: '2016-02-18' });
  });

  it('JUKI-3.9 each step only from its state', () => {
    const steps: readonly DisclosureStep[] = [{ kind: 'IDENTIFY', means: 'PASSPORT' }, { kind: 'DECIDE', outcome: 'FULL', withheld: [], reason: null, officer: 'o' }, { kind: 'GIVE' }];
    const from = steps.map((step) => DISCLOSURE_STATES.filter((state) => !('refusal' in decideDisclosure({ ...request, state }, step))));
    expect(from).toEqual([['RECEIVED'], ['IDENTIFIED'], ['DECIDED']]);
  });

  it('JUKI-3.9 what is not full needs its reason, what is partial what it leaves out, nobody on the register only "nothing held"', () => {
    expect(decide({ outcome: 'NONE' })).toEqual({ refusal: 'REASON_MISSING' });
    expect(decide({ outcome: 'PARTIAL', reason: 'x' })).toEqual({ refusal: 'REQUIRED' });
    expect(decide({ withheld: ['address'] })).toEqual({ refusal: 'REQUIRED' });
    expect(decide({ outcome: 'PARTIAL', reason: 'x', withheld: ['addres'] })).toEqual({ refusal: 'ITEM_NOT_ALLOWED' });
    expect(decide({ outcome: 'PARTIAL', reason: 'x', withheld: ['address'] })).toMatchObject({ state: 'DECIDED', decidedBy: 'o' });
    expect(decide({}, { personKey: null })).toEqual({ refusal: 'RESIDENT_UNKNOWN' });
    expect(decide({ outcome: 'NONEXISTENT', reason: 'x' }, { personKey: null })).toMatchObject({ state: 'DECIDED' });
  });

  it('JUKI-4.12 uses since 2003-10-01 up to the end of the month before', () => {
    expect(historyPeriod({}, d('2016-03-01'))).toEqual({ from: '2003-10-01', until: '2016-02-29' });
    expect(historyPeriod({ from: d('2015-12-01'), until: d('2016-03-20') }, d('2016-03-31'))).toEqual({ from: '2015-12-01', until: '2016-02-29' });
    expect(historyPeriod({ from: d('2016-03-01') }, d('2016-03-31'))).toBeUndefined();
  });

  it('JUKI-4.12 by the prefecture of the day, whatever the order of the stays', () => {
    const use = (day: string) => ({ day: d(day), institution: 'national-agency', organisation: 'pension', affair: 'A' });
    const stays = [{ municipalityCode: '131016', entryDate: d('2016-02-01') }, { municipalityCode: '990019', entryDate: d('2015-10-05') }];
    const parts = byPrefecture(stays, ['2015-09-01', '2016-01-31', '2016-02-01', '2016-02-02'].map(use));
    expect(parts.map((part) => [part.prefecture, part.uses.map((one) => one.day)])).toEqual([['99', ['2015-09-01', '2016-01-31']], ['13', ['2016-02-01', '2016-02-02']]]);
  });

  it('JUKI-4.13 the municipality that asked is not named while a measure stands', () => {
    const use = { day: d('2016-01-01'), institution: 'municipality', organisation: '990027', affair: 'A' };
    expect([recipientOf(use, true), recipientOf(use, false), recipientOf({ ...use, institution: 'national-agency', organisation: 'pension' }, true)]).toEqual(['MUNICIPALITY', '990027', 'pension']);
  });
});
