import { setTimeout } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { arrive } from './arrivals.js';
import { Latencies } from './latencies.js';
import { growth, type Sample } from './memory.js';

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

  it('CARD-4.12 Q9 a leak under what comes and goes is told, of the loaded hours alone', () => {
    const [minute, hours] = [60_000, 3];
    const loaded = { fromMs: 10 * minute, toMs: hours * 60 * minute };
    // Caches fill for half an hour, each collection gives back 40 MiB, and an idle half hour at the end gives back the most.
    const run = (leakPerHour: number): Sample[] => Array.from({ length: 210 * 6 }, (_, index) => {
      const at = index / 6;
      const live = 200 + Math.min(at, 30) + (leakPerHour * at) / 60;
      return { ms: at * minute, mib: at > hours * 60 ? 150 : live + (index % 12) * (40 / 12) };
    });
    expect(growth(run(0), loaded).percentPerHour).toBeCloseTo(0, 1);
    expect(growth(run(5), loaded).percentPerHour).toBeCloseTo(2.1, 1);
    expect(growth(run(5), loaded).floors).toHaveLength(20);
    const early = run(0).map((sample) => (sample.ms > 75 * minute && sample.ms < 80 * minute ? { ...sample, mib: 100 } : sample));
    expect(growth(early, loaded).percentPerHour).toBeCloseTo(0, 1);
    expect(growth(run(5), { fromMs: 0, toMs: 14 * minute })).toEqual({ floors: [], percentPerHour: null });
  });
});
