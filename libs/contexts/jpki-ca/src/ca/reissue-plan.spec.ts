import { expect, it } from 'vitest';
import { toLocalDate } from '#kernel';
import { reissuePlan } from './reissue-plan.js';

it('a re-issue after a compromise goes municipality by municipality over business days (JPKI-4.11)', () => {
  const needs = [['990019', 150], ['990027', 50], ['990035', 1], ['990043', 250]].map(([municipalityCode, certificates]) => ({ municipalityCode: String(municipalityCode), certificates: Number(certificates) }));
  const days = reissuePlan(needs, toLocalDate('2016-04-28'), 100).map(({ municipalityCode, from, until }) => `${municipalityCode} ${from} ${until}`);
  // 29 April is a holiday, 30 April and 1 May are a weekend, 3 to 5 May are holidays.
  expect(days).toEqual(['990019 2016-04-28 2016-05-02', '990027 2016-05-02 2016-05-02', '990035 2016-05-06 2016-05-06', '990043 2016-05-06 2016-05-10']);
  expect(reissuePlan(needs.slice(0, 1), toLocalDate('2016-04-30'), 1_000)[0]).toMatchObject({ from: '2016-05-02', until: '2016-05-02' });
});
