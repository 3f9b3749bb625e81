import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { addDays, addMonths, daysBetween, toLocalDate } from '#kernel';
import {
  afterMove, decideSupport, isOneAddress, lastDayOfMeasure, reapplyBy, remindOn, renewableFrom, SUPPORT_STATES, type SupportMeasure, type SupportStep, type SupportState, supportStateOn,
} from './support-measure.js';

const d = toLocalDate;
const today = d('2015-07-01');
const base: SupportMeasure = {
  measureId: 'm', municipalityCode: '990019', state: 'APPLIED', grounds: 'STALKING', startEvent: 'DECISION', appliedOn: d('2015-06-20'), consulted: null, necessary: null, startsOn: null,
  endsOn: null, endReason: null,
};
const active: SupportMeasure = { ...base, state: 'ACTIVE', necessary: true, startsOn: today, endsOn: d('2016-06-30') };
const anyDate = fc.integer({ min: 0, max: 36_000 }).map((days) => addDays(d('2000-01-01'), days));

describe('support measures', () => {
  it.each([['2015-07-01', '2016-06-30'], ['2016-02-29', '2017-02-28'], ['2017-03-01', '2018-02-28'], ['2015-03-01', '2016-02-29']])('JUKI-4.13 a term from %s ends on %s', (from, to) => {
    expect(lastDayOfMeasure(d(from))).toBe(to);
  });

  it('JUKI-4.13 a term is a year, the next one follows without a gap', () => {
    fc.assert(fc.property(anyDate, (from) => [364, 365].includes(daysBetween(from, lastDayOfMeasure(from)))));
    const renewed = decideSupport({ ...active, startsOn: d('2016-02-29'), endsOn: d('2017-02-28') }, { kind: 'RENEW', consulted: 'POLICE', necessary: true }, d('2017-02-10'));
    expect(renewed).toMatchObject({ state: 'ACTIVE', startsOn: '2016-02-29', endsOn: '2018-02-28' });
  });

  it('JUKI-4.13 reminded 30 days before the end, renewable from one month before', () => {
    expect([remindOn(d('2016-06-30')), renewableFrom(d('2016-06-30'))]).toEqual(['2016-05-31', '2016-05-30']);
    const renew = (day: string): unknown => decideSupport(active, { kind: 'RENEW', consulted: 'POLICE', necessary: true }, d(day));
    expect(renew('2016-05-29')).toEqual({ refusal: 'RENEWAL_TOO_EARLY' });
    expect(decideSupport(active, { kind: 'RENEW', consulted: 'POLICE', necessary: false }, d('2016-05-30'))).toEqual({ refusal: 'OPINION_MISSING' });
    expect(renew('2016-05-30')).toMatchObject({ endsOn: '2017-06-30' });
    expect(renew('2016-06-30')).toMatchObject({ endsOn: '2017-06-30' });
    expect(renew('2016-07-01')).toEqual({ refusal: 'SUPPORT_STATE' });
    expect(supportStateOn(active, d('2016-06-30'))).toBe('ACTIVE');
    expect(supportStateOn(active, d('2016-07-01'))).toBe('ENDED');
  });

  it('JUKI-3.8 no measure without the opinion that it is necessary', () => {
    const grant: SupportStep = { kind: 'GRANT', notifiedOn: today };
    for (const necessary of [null, false]) expect(decideSupport({ ...base, state: 'OPINION_PENDING', necessary }, grant, today)).toEqual({ refusal: 'OPINION_MISSING' });
    expect(decideSupport(base, grant, today)).toEqual({ refusal: 'OPINION_MISSING' });
  });

  it.each([['APPLICATION', '2015-06-20'], ['DECISION', '2015-07-01'], ['NOTIFICATION', '2015-07-03']] as const)('JUKI-4.13 a municipality may count from the day of the %s', (startEvent, startsOn) => {
    const pending: SupportMeasure = { ...base, state: 'OPINION_PENDING', necessary: true, startEvent };
    expect(decideSupport(pending, { kind: 'GRANT', notifiedOn: d('2015-07-03') }, today)).toMatchObject({ state: 'ACTIVE', startsOn, endsOn: lastDayOfMeasure(d(startsOn)) });
    expect(decideSupport({ ...pending, startEvent: 'NOTIFICATION' }, { kind: 'GRANT', notifiedOn: d('2015-08-31') }, today)).toEqual({ refusal: 'TERM' });
  });

  it('JUKI-3.8 each step only from its states', () => {
    const allowed: Record<SupportStep['kind'], readonly SupportState[]> = {
      CONSULT: ['APPLIED'], OPINION: ['OPINION_PENDING'], GRANT: ['APPLIED', 'OPINION_PENDING'], REFUSE: ['APPLIED', 'OPINION_PENDING'], RENEW: ['ACTIVE'], WITHDRAW: ['APPLIED', 'OPINION_PENDING', 'ACTIVE'],
    };
    const steps: readonly SupportStep[] = [
      { kind: 'CONSULT', consulted: 'POLICE' }, { kind: 'OPINION', necessary: true }, { kind: 'GRANT', notifiedOn: today }, { kind: 'REFUSE' }, { kind: 'RENEW', consulted: 'POLICE', necessary: true }, { kind: 'WITHDRAW' },
    ];
    for (const step of steps) {
      const from = SUPPORT_STATES.filter((state) => {
        const outcome = decideSupport({ ...active, state }, step, d('2016-06-10'));
        return !('refusal' in outcome && outcome.refusal === 'SUPPORT_STATE');
      });
      expect([step.kind, from]).toEqual([step.kind, allowed[step.kind]]);
    }
  });

  it('a withdrawal ends the protection at once', () => {
    expect(decideSupport(active, { kind: 'WITHDRAW' }, d('2015-08-01'))).toMatchObject({ state: 'ENDED', endReason: 'WITHDRAWN', endsOn: '2015-07-31' });
    expect(decideSupport(base, { kind: 'REFUSE' }, today)).toMatchObject({ state: 'ENDED', endReason: 'NOT_NECESSARY' });
    expect(decideSupport(base, { kind: 'WITHDRAW' }, today)).toMatchObject({ state: 'ENDED', endsOn: null });
  });

  it('JUKI-3.8 one address, however it is written', () => {
    expect(isOneAddress(['架空県試験市見本町2-3-4', '架空県試験市見本町２－３－４'])).toBe(true);
    expect(isOneAddress(['架空県試験市見本町2-3-4', '架空県試験市見本町2-3-5'])).toBe(false);
  });

  it('JUKI-3.8 after a move: 14 days to apply again, then it ends unless they live here or an application is open', () => {
    expect([reapplyBy(d('2015-08-01'), d('2015-07-20')), reapplyBy(d('2015-08-01'), d('2015-08-05'))]).toEqual(['2015-08-15', '2015-08-19']);
    expect([afterMove({ livesHere: true, pendingElsewhere: true }), afterMove({ livesHere: false, pendingElsewhere: true }), afterMove({ livesHere: false, pendingElsewhere: false })]).toEqual(['STAYS', 'WAITS', 'ENDS']);
    fc.assert(fc.property(anyDate, (end) => renewableFrom(end) === addMonths(end, -1) && remindOn(end) >= renewableFrom(addDays(end, -3))));
  });
});
