import { setTimeout } from 'node:timers/promises';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Grouped } from './grouped.js';

describe('what concurrent callers want is done together', () => {
  it('in groups of limited size and number, and each caller gets the own result or fault, whatever the order in which groups end', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.record({ item: fc.nat(50), after: fc.nat(3) }), { maxLength: 60 }), fc.integer({ min: 1, max: 7 }), async (callers, largest) => {
        let [inFlight, most, longest] = [0, 0, 0];
        const grouped = new Grouped<number, number>(async (items) => {
          inFlight += 1;
          [most, longest] = [Math.max(most, inFlight), Math.max(longest, items.length)];
          await setTimeout(items.length % 3);
          inFlight -= 1;
          if (items.includes(13)) throw new Error('an unlucky group');
          return items.map((item) => item * 2);
        }, largest);
        const answers = await Promise.allSettled(callers.map(async ({ item, after }) => {
          await setTimeout(after);
          return grouped.add(item);
        }));
        for (const [index, answer] of answers.entries()) {
          const item = callers[index]?.item ?? 0;
          if (answer.status === 'fulfilled') expect(answer.value).toBe(item * 2);
          else expect(answer.reason).toEqual(new Error('an unlucky group'));
          if (item === 13) expect(answer.status).toBe('rejected');
        }
        expect(longest).toBeLessThanOrEqual(largest);
        expect(most).toBeLessThanOrEqual(1);
      }),
      { numRuns: 30 },
    );
  });

  it('goes on after a group that failed', async () => {
    const grouped = new Grouped<boolean, string>((items) => (items.includes(false) ? Promise.reject(new Error('no')) : Promise.resolve(items.map(() => 'yes'))));
    await expect(grouped.add(false)).rejects.toThrow('no');
    expect(await grouped.add(true)).toBe('yes');
  });
});
