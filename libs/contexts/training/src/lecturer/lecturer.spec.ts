import { expect, it } from 'vitest';
import { toLocalDate } from '#kernel';
import { bookedPeriod, hasConflict, isFarEnough, stepRequest, travelPaidBy, type RequestState } from './lecturer.js';

const period = (startsAt: string, endsAt: string) => ({ startsAt: new Date(startsAt), endsAt: new Date(endsAt) });

it('TRN-4.12: dates are 30 days ahead or more, by the days of Japan', () => {
  const today = toLocalDate('2015-10-01');
  const on = (instant: string): boolean => isFarEnough([period('2015-12-01T01:00:00Z', '2015-12-01T03:00:00Z'), period(instant, '2015-11-01T09:00:00Z')], today);
  expect([on('2015-10-30T15:00:00Z'), on('2015-10-30T14:59:59Z')]).toEqual([true, false]);
});

it('TRN-4.12: no lecturer whose employer deals with the body in twelve months around the day', () => {
  const interests = [{ bodyCode: '282049', from: toLocalDate('2015-04-01'), until: toLocalDate('2016-03-31') }];
  const on = (day: string, body = '282049'): boolean => hasConflict(interests, body, toLocalDate(day));
  expect([on('2014-03-31'), on('2014-04-01'), on('2017-03-31'), on('2017-04-01'), on('2015-10-01', '131016')]).toEqual([false, true, true, false, false]);
});

it('TRN-4.12: the host pays the travel unless a disaster has hit it', () => {
  expect([travelPaidBy('DISPATCH', false), travelPaidBy('DISPATCH', true), travelPaidBy('INTRODUCE', true)]).toEqual(['HOST', 'AGENCY', 'HOST']);
});

it('TRN-4.12: the way is part of the time', () => {
  expect(bookedPeriod(period('2015-12-01T01:00:00Z', '2015-12-01T03:00:00Z'), 90)).toEqual(period('2015-11-30T23:30:00Z', '2015-12-01T04:30:00Z'));
});

it('TRN-3.5: from the request to the report', () => {
  let state: RequestState = 'REQUESTED';
  for (const step of ['MATCH', 'MATCH', 'AGREE', 'FINISH', 'REPORT'] as const) state = stepRequest(state, step) ?? 'WITHDRAWN';
  expect(state).toBe('REPORTED');
  expect([stepRequest('AGREED', 'MATCH'), stepRequest('DONE', 'WITHDRAW'), stepRequest('AGREED', 'WITHDRAW')]).toEqual([undefined, undefined, 'WITHDRAWN']);
});
