import { describe, expect, it } from 'vitest';
import { completionOf, doorProof, halfDayAtDoor, halfDaysOf, isPresentEnough, minutesFrom, plannedMinutes } from './attendance.js';

const day = { startsAt: new Date('2015-10-06T00:00:00Z'), endsAt: new Date('2015-10-06T07:00:00Z') };
const at = (time: string): Date => new Date(`2015-10-06T${time}:00Z`);

describe('completion of a classroom course (TRN-4.5)', () => {
  it.each([[300, true], [288, true], [287, false], [0, false]])('%i of 360 minutes: %s', (attended, enough) => expect(isPresentEnough(attended, 360)).toBe(enough));

  it.each([
    [300, true, 'NONE', 'COMPLETE'], [300, false, 'NONE', 'OPEN'], [300, true, 'OPEN', 'OPEN'], [300, true, 'PASSED', 'COMPLETE'], [287, true, 'PASSED', 'FAIL'], [287, false, 'NONE', 'FAIL'],
  ] as const)('%i minutes, questionnaire %s, test %s: %s', (attended, hasAnsweredQuestionnaire, test, expected) => {
    expect(completionOf({ attended, planned: 360, hasAnsweredQuestionnaire, test })).toBe(expected);
  });
});

describe('half-days and the door (TRN-4.5)', () => {
  it('a day is two half-days around the noon hour; several days have the same times', () => {
    expect(halfDaysOf(day)).toEqual([{ startsAt: at('00:00'), endsAt: at('03:00') }, { startsAt: at('04:00'), endsAt: at('07:00') }]);
    expect(halfDaysOf(day).map(plannedMinutes)).toEqual([180, 180]);
    expect(halfDaysOf({ startsAt: at('00:30'), endsAt: at('02:30') })).toEqual([{ startsAt: at('00:30'), endsAt: at('02:30') }]);
    expect(halfDaysOf({ startsAt: at('04:30'), endsAt: new Date('2015-10-07T07:30:00Z') })).toEqual([
      { startsAt: at('04:30'), endsAt: at('07:30') }, { startsAt: new Date('2015-10-07T04:30:00Z'), endsAt: new Date('2015-10-07T07:30:00Z') },
    ]);
  });

  it.each([['2015-10-05T23:29:59Z', undefined], ['2015-10-05T23:30:00Z', 0], ['2015-10-06T00:30:00Z', 0], ['2015-10-06T00:30:01Z', undefined], ['2015-10-06T03:45:00Z', 1]])(
    'the token counts at %s for half-day %s', (now, index) => expect(halfDayAtDoor(halfDaysOf(day), new Date(now))).toBe(index));

  it.each([['23:50', 180, '2015-10-05'], ['00:00', 180, '2015-10-06'], ['00:20', 160, '2015-10-06']])('who arrives at %s has %i minutes', (time, minutes, date) => {
    expect(minutesFrom({ startsAt: at('00:00'), endsAt: at('03:00') }, new Date(`${date}T${time}:00Z`))).toBe(minutes);
  });

  it('a proof is of one session and one learner', () => {
    const key = Buffer.alloc(32, 1);
    const proofs = [['a', 'b'], ['b', 'a'], ['a', 'c']].map(([session = '', learner = '']) => doorProof(key, session, learner).toString('hex'));
    expect(new Set([...proofs, doorProof(Buffer.alloc(32, 2), 'a', 'b').toString('hex')]).size).toBe(4);
    expect(doorProof(key, 'a', 'b').toString('hex')).toBe(proofs[0]);
  });
});
