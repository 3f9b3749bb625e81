import { describe, expect, it } from 'vitest';
import { toLocalDate } from '#kernel';
import type { ReadinessItem } from './readiness.js';
import { redLists, weekOf } from './red-list.js';

const done: ReadinessItem = { milestone: 'SYSTEM_REPAIR', state: 'DONE', dueOn: '2015-07-31' };
const late: ReadinessItem = { milestone: 'TEST_DATA', state: 'IN_PROGRESS', dueOn: '2015-07-31' };
const blocked: ReadinessItem = { milestone: 'CS_CONNECTION', state: 'BLOCKED', dueOn: '2015-09-25' };

describe('the weekly red list (NUM-5.5)', () => {
  it('a week begins on Monday', () => {
    expect(['2015-08-02', '2015-08-03', '2015-08-09', '2015-08-10'].map((day) => weekOf(toLocalDate(day)))).toEqual(['2015-07-27', '2015-08-03', '2015-08-03', '2015-08-10']);
  });

  it('names late, blocked and held municipalities with what keeps them back, by prefecture, the lowest score first', () => {
    const nation = [
      { municipalityCode: '011002', items: [done, late], tickets: [] },
      { municipalityCode: '012025', items: [late, blocked], tickets: [] },
      { municipalityCode: '012033', items: [done], tickets: [] },
      { municipalityCode: '131016', items: [done], tickets: ['t-1'] },
      { municipalityCode: '271004', items: [done, { ...late, dueOn: '2015-08-01' }], tickets: [] },
    ];
    const lists = redLists(nation, '2015-08-01');
    expect([...lists]).toEqual([
      ['01', [
        { municipalityCode: '012025', score: 0, blocked: ['CS_CONNECTION'], overdue: ['TEST_DATA'], tickets: [] },
        { municipalityCode: '011002', score: 20, blocked: [], overdue: ['TEST_DATA'], tickets: [] },
      ]],
      ['13', [{ municipalityCode: '131016', score: 20, blocked: [], overdue: [], tickets: ['t-1'] }]],
    ]);
  });
});
