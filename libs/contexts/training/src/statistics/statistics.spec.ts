import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { BODIES_OF_THE_NATION } from '../body/body.js';
import { ELEARNING_PEOPLE, elearningRatios, monthAfter, monthBefore, percent, seminarRatios, shownCells, shownRows, shownSeminars, type SeminarFigures } from './statistics.js';

const figures = (more: Partial<SeminarFigures> = {}): SeminarFigures => (
  { planned: 1, held: 1, calledOff: 0, capacity: 51, applications: 102, admitted: 49, absent: 4, attended: 45, completed: 43, ...more }
);

describe('definitions (TRN-4.10)', () => {
  it('fill 49/51, no-show 4/49, completion 43/45, demand by applications', () => {
    expect(seminarRatios(figures())).toEqual({ fill: 96.1, noShow: 8.2, completion: 95.6, demand: 200 });
    expect(seminarRatios(figures({ capacity: 0, admitted: 0, attended: 0 }))).toEqual({ fill: null, noShow: null, completion: null, demand: null });
  });

  it('coverage 1,312 of 1,788 bodies', () => {
    expect(percent(1_312, BODIES_OF_THE_NATION)).toBe(73.4);
  });

  it('a month has a neighbour on each side', () => {
    expect([monthBefore('2016-01'), monthBefore('2015-10'), monthAfter('2015-12'), monthAfter('2015-08')]).toEqual(['2015-12', '2015-09', '2016-01', '2015-09']);
  });
});

describe('what others are shown (TRN-4.10)', () => {
  it.each([
    { counts: [12, 7, 0], shown: [12, 7, 0] },
    { counts: [5], shown: [5] },
    { counts: [4], shown: [null] },
    { counts: [12, 4, 7], shown: [12, null, null] },
    { counts: [12, 4, 1], shown: [12, null, null] },
    { counts: [0, 4, 0], shown: [0, null, 0] },
  ])('$counts as $shown', ({ counts, shown }) => {
    expect(shownCells(counts)).toEqual(shown);
  });

  it('no count of 1 to 4 can be told, not even by a sum that is shown', () => {
    fc.assert(fc.property(fc.array(fc.nat(12), { minLength: 2, maxLength: 12 }), (counts) => {
      const shown = shownCells(counts);
      expect(shown.filter((count) => count !== null && count > 0 && count < 5)).toEqual([]);
      const others = counts.filter((count) => count >= 5).length;
      if (shown.includes(null) && others > 0) expect(shown.filter((count) => count === null).length).toBeGreaterThan(1);
    }));
  });

  it('each column is withheld for itself', () => {
    const [one, other] = shownSeminars([{ of: 'a', ...figures({ absent: 0 }) }, { of: 'b', ...figures({ absent: 0, completed: 4 }) }]);
    expect([one?.completed, other?.completed, one?.admitted, other?.absent, one?.of]).toEqual([null, null, 49, 0, 'a']);
  });

  it('few absent ones are not told by those who came', () => {
    expect(shownSeminars([figures()])).toEqual([{ ...figures(), absent: null, attended: null }]);
    expect(shownSeminars([figures({ absent: 46, attended: 3, completed: 0 })])).toEqual([{ ...figures(), absent: null, attended: null, completed: 0 }]);
  });

  it('a share of a withheld count is withheld', () => {
    expect(seminarRatios({ ...figures(), completed: null })).toEqual({ fill: 96.1, noShow: 8.2, completion: null, demand: 200 });
    const [row] = shownRows([{ registered: 50, started: 40, finished: 3 }], ELEARNING_PEOPLE);
    expect(row).toEqual({ registered: 50, started: 40, finished: null });
    expect(elearningRatios({ registered: 50, started: 40, finished: null })).toEqual({ startRate: 80, finishRate: null });
  });
});
