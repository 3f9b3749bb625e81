import { expect, it } from 'vitest';
import { pauseAfter } from './schedule.js';

it('a schedule that fails rests twice as long each time, at most a minute; during an outage five seconds', () => {
  expect([1, 2, 3, 5, 6, 40].map((faults) => pauseAfter(faults, false) / 1_000)).toEqual([2, 4, 8, 32, 60, 60]);
  expect([1, 2, 3, 40].map((faults) => pauseAfter(faults, true) / 1_000)).toEqual([2, 4, 5, 5]);
});
