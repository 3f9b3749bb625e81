import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { toLocalDate } from '#kernel';
import { placeOn } from './person-status.js';
import type { Segment } from './segment.js';

const [A, B] = ['990019', '990027'];
const content = { nameKanji: '', nameKana: '', aliasName: '', birthDate: '19800101', sex: '1', address: '', townCode: '', postalCode: '', formerSurname: '' };
const stay = (municipalityCode: string, entry: string, over: Partial<Omit<Segment, 'closedDate'>> & { closed?: string } = {}): Segment => {
  const { closed, ...rest } = over;
  return {
    municipalityCode, stay: 1, state: closed === undefined ? 'LIVE' : 'CLOSED_MOVED', entryReason: '11', entryDate: toLocalDate(entry), content, foreignResident: false,
    ...(closed === undefined ? {} : { closedDate: toLocalDate(closed) }), ...rest,
  };
};
const on = (segments: readonly Segment[], day: string) => placeOn(segments, toLocalDate(day));

describe('JUKI-4.5 where a person was on a day', () => {
  const moved = [stay(A, '2015-10-05', { entryReason: '14', closed: '2016-01-10' }), stay(B, '2016-01-10', { previousMunicipalityCode: A })];

  it.each([
    ['2015-10-04', undefined], ['2015-10-05', { municipalityCode: A, since: '2015-10-05', status: 'RESIDENT' }], ['2016-01-09', { municipalityCode: A, since: '2015-10-05', status: 'RESIDENT' }],
    ['2016-01-10', { municipalityCode: B, since: '2016-01-10', status: 'RESIDENT' }], ['2020-01-01', { municipalityCode: B, since: '2016-01-10', status: 'RESIDENT' }],
  ])('%s', (day, place) => {
    expect(on(moved, day)).toEqual(place);
  });

  it('a planned move-out is to come until its day; nobody has entered the person elsewhere from then on', () => {
    const leaving = [stay(A, '2015-10-05', { state: 'OUT_PLANNED', closed: '2016-02-01', closedReason: '21' })];
    expect(on(leaving, '2016-01-31')).toMatchObject({ municipalityCode: A, status: 'RESIDENT' });
    expect(on(leaving, '2016-02-01')).toMatchObject({ municipalityCode: A, status: 'IN_TRANSIT' });
  });

  it('before their death a person lived; an entry by mistake was never one; a later deletion at the former place hides nothing', () => {
    expect(on([stay(A, '2015-10-05', { state: 'CLOSED_DEAD', closed: '2016-01-03' })], '2016-01-02')).toMatchObject({ status: 'RESIDENT' });
    expect(on([stay(A, '2015-10-05', { state: 'CLOSED_DEAD', closed: '2016-01-03' })], '2016-01-03')).toMatchObject({ status: 'DECEASED' });
    expect(on([stay(A, '2015-10-05', { state: 'CLOSED_ERROR', closed: '2016-01-03' })], '2015-12-01')).toBeUndefined();
    expect(on([stay(A, '2015-10-05', { closed: '2016-03-01' }), stay(B, '2016-01-10', { previousMunicipalityCode: A })], '2016-01-20')).toMatchObject({ municipalityCode: B });
  });

  it('two records that nothing explains are a conflict from the day of the second on', () => {
    const both = [stay(A, '2015-10-05', { entryReason: '14' }), stay(B, '2016-01-10', { entryReason: '14' })];
    expect([on(both, '2016-01-09')?.status, on(both, '2016-01-10')?.status]).toEqual(['RESIDENT', 'CONFLICT']);
  });

  it('never depends on the order in which the stays came', () => {
    const day = fc.integer({ min: 1, max: 28 }).map((n) => `2016-01-${String(n).padStart(2, '0')}`);
    fc.assert(fc.property(day, day, day, (first, second, asked) => {
      const stays = [stay(A, first, { entryReason: '14' }), stay(B, second, { previousMunicipalityCode: A }), stay('131016', '2016-01-15', { closed: '2016-01-20' })];
      expect(on([...stays].reverse(), asked)).toEqual(on(stays, asked));
    }));
  });
});
