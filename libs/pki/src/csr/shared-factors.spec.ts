import { generatePrimeSync } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { sharedFactors } from './shared-factors.js';

describe('primes that keys share (JPKI-4.6 no. 5)', () => {
  it('are found among sound keys, as are keys that come twice', () => {
    const [p, q, r, s, t, u] = Array.from({ length: 6 }, () => generatePrimeSync(512, { bigint: true })) as [bigint, bigint, bigint, bigint, bigint, bigint];
    expect(sharedFactors([p * q, r * s, t * u])).toEqual([]);
    expect(sharedFactors([p * q, r * s, t * p])).toEqual([0, 2]);
    expect(sharedFactors([p * q, r * s, t * u, p * q])).toEqual([0, 3]);
    expect([sharedFactors([]), sharedFactors([p * q])]).toEqual([[], []]);
  });

  it('are those of each pair, however many there are', () => {
    const primes = [101n, 103n, 107n, 109n, 113n, 127n, 131n, 137n, 139n, 149n, 151n, 157n];
    const key = fc.uniqueArray(fc.constantFrom(...primes), { minLength: 2, maxLength: 2 });
    fc.assert(fc.property(fc.array(key, { maxLength: 9 }), (keys) => {
      const weak = keys.flatMap((one, place) => (keys.some((other, at) => at !== place && other.some((prime) => one.includes(prime))) ? [place] : []));
      expect(sharedFactors(keys.map(([p = 1n, q = 1n]) => p * q))).toEqual(weak);
    }));
  });
});
