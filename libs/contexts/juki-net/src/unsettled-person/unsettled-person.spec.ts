import { describe, expect, it } from 'vitest';
import { toLocalDate } from '#kernel';
import { AGE_BANDS, lastDayOfLeaving, latestBirths } from './unsettled-person.js';

describe('persons recorded nowhere', () => {
  it('JUKI-8 age bands begin with the birthday', () => {
    expect(AGE_BANDS).toEqual(['0-5', '6-14', '15-17', '18-64', '65-74', '75-']);
    expect(latestBirths(toLocalDate('2016-06-15'))).toEqual(['20100615', '20010615', '19980615', '19510615', '19410615']);
  });

  it('JUKI-4.5 V2 counts from the 31st day', () => expect(lastDayOfLeaving(toLocalDate('2016-06-15'))).toBe('2016-05-15'));
});
