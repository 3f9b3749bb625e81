import { randomFillSync } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { combineShares, splitSecret, times } from './shamir.js';

const random = (block: Buffer): Buffer => randomFillSync(block);

describe('shares of a key (NUM-4.9)', () => {
  it('products of FIPS 197, 4.2', () => {
    expect([times(0x57, 0x83), times(0x57, 0x13), times(0x57, 0x02), times(0xae, 0x02), times(0, 0x53), times(0x53, 0xca)]).toEqual([0xc1, 0xfe, 0xae, 0x47, 0, 1]);
  });

  it('shares of fixed coefficients: f(x) = 2a + 57x + 83x^2', () => {
    const blocks = [Buffer.of(0x83), Buffer.of(0x57)];
    const shares = splitSecret(Buffer.of(0x2a), { count: 3, quorum: 3, random: () => blocks.shift() ?? Buffer.alloc(1) });
    // 57 + 83 + 2a; 2·57 = ae, 4·83 = 2·(2·83 = 1d) = 3a; 3·57 = f9, 5·83 = 3a + 83 = b9.
    expect(shares.map((share) => share.toString('hex'))).toEqual(['01fe', '02be', '036a']);
    expect(combineShares(shares)).toEqual(Buffer.of(0x2a));
  });

  it('any three of five give the secret back, two say nothing of it', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 1, maxLength: 80 }), fc.shuffledSubarray([0, 1, 2, 3, 4], { minLength: 3, maxLength: 3 }), (octets, chosen) => {
        const secret = Buffer.from(octets);
        const shares = splitSecret(secret, { count: 5, quorum: 3, random });
        expect(combineShares(chosen.flatMap((index) => shares[index] ?? []))).toEqual(secret);
      }),
    );
    const [one, two] = splitSecret(Buffer.alloc(32, 7), { count: 5, quorum: 3, random });
    const forged = new Set(Array.from({ length: 256 }, (_, octet) => combineShares([one ?? Buffer.alloc(0), two ?? Buffer.alloc(0), Buffer.alloc(33, octet).fill(3, 0, 1)])[0]));
    expect(forged.size).toBe(256);
  });
});
