import { setTimeout } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { arrive } from './arrivals.js';
import { Latencies } from './latencies.js';
import { slope } from './memory.js';

describe('the load of the peak hour (CARD-4.12 Q8, Q9)', () => {
  it('CARD-4.12 Q8 arrivals do not wait for answers, and a standstill is in the latencies of all who came meanwhile', async () => {
    const measured = new Latencies();
    let begun = 0;
    await arrive(100, performance.now() + 300, async (intended) => {
      begun += 1;
      if (begun === 5) for (const until = performance.now() + 150; performance.now() < until; );
      await setTimeout(20);
      measured.done(performance.now() - intended);
    });
    expect(begun).toBe(30);
    // Fifteen arrivals fell into the standstill: a loop that waits for its answers would have seen one slow answer.
    expect(measured.percentile(0.7)).toBeGreaterThan(50);
    expect(measured.report()).toMatchObject({ answered: 30, shed: 0 });
  });

  it('CARD-4.12 Q9 one percent an hour is one percent an hour', () => {
    expect(slope([0, 1, 2, 3, 4].map((hours) => ({ hours, mib: 98 + hours })))).toBeCloseTo(1, 10);
    expect(slope([{ hours: 0, mib: 100 }])).toBe(0);
  });
});
