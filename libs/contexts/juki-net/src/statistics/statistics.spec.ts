import { describe, expect, it } from 'vitest';
import { toLocalDate } from '#kernel';
import { boundsOf, extractFault, monthBefore, type Move, tableOf } from './statistics.js';

const move = (over: Partial<Move>): Move => ({ reason: '11', municipalityCode: '990027', previousMunicipalityCode: '990019', changeDate: toLocalDate('2015-09-28'), leftOn: null, ...over });

describe('JUKI-4.10 what counts', () => {
  it.each<[string, Partial<Move>, ReturnType<typeof tableOf>]>([
    ['990019 to 990027, moved 2015-09-28', {}, 'DOMESTIC'],
    ['reason 14 in the place of an omitted move-in', { reason: '14' }, 'DOMESTIC'],
    ['reason 14 without an origin', { reason: '14', previousMunicipalityCode: null }, undefined],
    ['reason 13, origin unknown', { reason: '13', previousMunicipalityCode: null }, undefined],
    ['reason 11, origin unknown', { previousMunicipalityCode: null }, undefined],
    ['out 2014-09-30, in 2015-10-05', { leftOn: toLocalDate('2014-09-30'), changeDate: toLocalDate('2015-10-05') }, undefined],
    ['a year to the day', { leftOn: toLocalDate('2014-10-05'), changeDate: toLocalDate('2015-10-05') }, undefined],
    ['a year less a day', { leftOn: toLocalDate('2014-10-06'), changeDate: toLocalDate('2015-10-05') }, 'DOMESTIC'],
    ['left on 29 February', { leftOn: toLocalDate('2016-02-29'), changeDate: toLocalDate('2017-02-27') }, 'DOMESTIC'],
    ['from abroad', { reason: '12', previousMunicipalityCode: null }, 'ABROAD'],
    ['a foreign resident enters', { reason: '18', previousMunicipalityCode: null }, 'ABROAD'],
    ['out of the country', { reason: '22', previousMunicipalityCode: null }, 'ABROAD'],
    ['within the municipality', { previousMunicipalityCode: '990027' }, undefined],
    ['between wards of a designated city', { municipalityCode: '011011', previousMunicipalityCode: '011029' }, 'DOMESTIC'],
    ['an entry of the dead, cancelled (JUKI-4.5 V3)', { isAfterDeath: true }, undefined],
    ['birth', { reason: '10', previousMunicipalityCode: null }, undefined],
    ['restoration', { reason: '15' }, undefined],
    ['naturalisation', { reason: '16' }, undefined],
    ['loss of nationality', { reason: '17' }, undefined],
  ])('%s', (_case, over, table) => expect(tableOf(move(over))).toBe(table));
});

describe('JUKI-4.10 months', () => {
  it('are those of Japan', () => {
    expect(boundsOf('2015-12')).toEqual({ from: new Date('2015-11-30T15:00:00Z'), to: new Date('2015-12-31T15:00:00Z') });
    expect(monthBefore('2016-01')).toBe('2015-12');
  });

  it.each([
    ['2015-10', undefined, '2015-10-31T14:59:59Z', 'MONTH_NOT_OVER'],
    ['2015-10', undefined, '2015-10-31T15:00:00Z', undefined],
    ['2015-10', '2015-10', '2015-11-02T00:00:00Z', undefined],
    ['2015-10', '2015-11', '2015-12-02T00:00:00Z', 'EXTRACT_ORDER'],
  ])('extract of %s when the latest is %s at %s: %s', (month, latest, now, fault) => expect(extractFault(month, latest, new Date(now))).toBe(fault));
});
