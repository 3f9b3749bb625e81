import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { addDays, toLocalDate } from '#kernel';
import type { Ctx, Job } from '#platform';
import { CloseLogDay } from './close-day.js';
import { ALERT_STATES, closedDays, dayToClose, stepAlert, type AlertStep } from './log-alert.js';

const alert = { state: 'OPEN', organisation: '990019', officer: 'clerk-1' } as const;
const by = { officer: 'officer-1', organisation: 'agency' };

describe('the finding on an alert', () => {
  it('JUKI-5.5 goes from OPEN to EXPLAINED, or to ABUSE_CONFIRMED by a second officer', () => {
    expect(stepAlert(alert, 'EXPLAIN', by)).toEqual({ state: 'EXPLAINED' });
    expect(stepAlert(alert, 'SUSPECT', by)).toEqual({ state: 'ABUSE_SUSPECTED' });
    const suspected = { ...alert, state: 'ABUSE_SUSPECTED', foundBy: 'officer-1' } as const;
    expect(stepAlert(suspected, 'CONFIRM', by)).toEqual({ refusal: 'SAME_OFFICER' });
    expect(stepAlert(suspected, 'CONFIRM', { ...by, officer: 'officer-2' })).toEqual({ state: 'ABUSE_CONFIRMED' });
    expect(stepAlert(suspected, 'EXPLAIN', by)).toEqual({ state: 'EXPLAINED' });
  });

  it('JUKI-5.5 no other step is allowed, and nobody finds on their own inquiries', () => {
    const allowed = new Set(['OPEN EXPLAIN', 'OPEN SUSPECT', 'ABUSE_SUSPECTED EXPLAIN', 'ABUSE_SUSPECTED CONFIRM']);
    for (const state of ALERT_STATES) {
      for (const step of ['EXPLAIN', 'SUSPECT', 'CONFIRM'] satisfies AlertStep[]) {
        expect([state, step, 'state' in stepAlert({ ...alert, state }, step, by)]).toEqual([state, step, allowed.has(`${state} ${step}`)]);
        if (allowed.has(`${state} ${step}`)) expect(stepAlert({ ...alert, state }, step, { officer: 'clerk-1', organisation: '990019' })).toEqual({ refusal: 'OWN_ALERT' });
      }
    }
  });
});

describe('the day that is closed next', () => {
  const today = toLocalDate('2016-06-20');

  it('is yesterday, each day once, and after a standstill one day after the other', () => {
    expect(dayToClose(undefined, today)).toBe('2016-06-19');
    expect(dayToClose(toLocalDate('2016-06-19'), today)).toBeUndefined();
    expect(dayToClose(toLocalDate('2016-06-10'), today)).toBe('2016-06-11');
    expect(dayToClose(toLocalDate('2015-01-01'), today)).toBe('2016-05-20');
  });

  it('comes to yesterday in at most a month of steps, whatever was closed last', () => {
    fc.assert(fc.property(fc.integer({ min: -2_000, max: 5 }), (days) => {
      let last = addDays(today, days);
      let steps = 0;
      for (let next = dayToClose(last, today); next !== undefined; next = dayToClose(last, today), steps += 1) {
        expect(next > last && next < today).toBe(true);
        last = next;
      }
      expect(steps).toBeLessThanOrEqual(31);
    }));
  });

  it('JUKI-5.5 weekends, holidays and the end of the year are closed', () => {
    expect(closedDays(toLocalDate('2016-01-04'), 9)).toEqual(['2016-01-03', '2016-01-02', '2016-01-01', '2015-12-31', '2015-12-30', '2015-12-29', '2015-12-27']);
  });
});

it('JUKI-5.5 a day is not closed when what held its lines back goes just after they were counted', async () => {
  let isHeldBack = true;
  let counted = 0;
  const days = {
    isHeldBack: () => Promise.resolve(isHeldBack),
    countLines: () => {
      counted = isHeldBack ? 0 : 3;
      isHeldBack = false;
      return Promise.resolve(counted);
    },
    unclosed: () => Promise.resolve([]),
    close: () => Promise.resolve([]),
  };
  const [work, ctx] = [new CloseLogDay(days), { now: new Date('2016-07-27T02:00:00Z'), audit: () => undefined } as unknown as Ctx];
  const step = () => work.step(ctx, { parameters: { day: '2016-07-26' }, done: 0 } as unknown as Job);
  expect((await step()).result).toBeUndefined();
  expect([(await step()).result, counted]).toEqual([{ day: '2016-07-26', rows: 0 }, 3]);
});
