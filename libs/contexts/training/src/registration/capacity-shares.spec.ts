import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { capacityShares } from './capacity-shares.js';

describe('capacity shares (TRN-4.2)', () => {
  it('the vector of the domain page: 66, 21, 13', () => {
    const bodies = [{ bodyCode: '282049', staff: 50 }, { bodyCode: '011002', staff: 800 }, { bodyCode: '131016', staff: 150 }];
    expect([...(capacityShares(100, 10, bodies) ?? [])]).toEqual([['011002', 66], ['131016', 21], ['282049', 13]]);
  });

  it('has none where the floors are more than the places, and equal ones where nobody has staff', () => {
    expect(capacityShares(19, 10, [{ bodyCode: 'a', staff: 1 }, { bodyCode: 'b', staff: 1 }])).toBeUndefined();
    expect([...(capacityShares(5, 1, [{ bodyCode: 'b', staff: 0 }, { bodyCode: 'a', staff: 0 }]) ?? [])]).toEqual([['a', 3], ['b', 2]]);
  });

  it('gives all places away, the floor to everybody, less than one place beside the exact quota, whatever the order of the bodies', () => {
    const bodies = fc.uniqueArray(fc.record({ bodyCode: fc.stringMatching(/^\d{6}$/), staff: fc.nat(20_000) }), { selector: ({ bodyCode }) => bodyCode, minLength: 1, maxLength: 40 });
    fc.assert(fc.property(bodies, fc.nat(20), fc.nat(60_000), (all, floor, more) => {
      const places = floor * all.length + more;
      const shares = capacityShares(places, floor, all);
      expect([...(shares?.values() ?? [])].reduce((sum, share) => sum + share, 0)).toBe(places);
      expect(shares).toEqual(capacityShares(places, floor, [...all].reverse()));
      const staff = all.reduce((sum, body) => sum + body.staff, 0);
      for (const body of all) {
        const share = shares?.get(body.bodyCode) ?? -1;
        expect(share).toBeGreaterThanOrEqual(floor);
        if (staff > 0) expect(Math.abs(share - floor - (more * body.staff) / staff)).toBeLessThan(1);
      }
    }));
  });
});
