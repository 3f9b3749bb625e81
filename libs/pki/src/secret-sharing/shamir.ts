/** Product in GF(2^8) with the polynomial of AES (FIPS 197, 4.2). */
export function times(a: number, b: number): number {
  let product = 0;
  for (let [left, right] = [a, b]; right > 0; right >>= 1) {
    if (right & 1) product ^= left;
    left = (left << 1) ^ (left & 0x80 ? 0x11b : 0);
  }
  return product;
}

/** a^254, which is 1/a. */
function inverse(a: number): number {
  let power = 1;
  for (let count = 0; count < 254; count += 1) power = times(power, a);
  return power;
}

/**
 * Shamir's shares of a secret, octet by octet (A. Shamir, How to Share a Secret, 1979): `quorum` of them give it back, fewer say nothing
 * of it. The first octet of a share is its place. `random` fills a block with the coefficients.
 */
export function splitSecret(secret: Buffer, { count, quorum, random }: { readonly count: number; readonly quorum: number; readonly random: (block: Buffer) => Buffer }): Buffer[] {
  const coefficients = Array.from({ length: quorum - 1 }, () => random(Buffer.alloc(secret.length)));
  return Array.from({ length: count }, (_, index) => {
    const octets = secret.map((octet, at) => times(coefficients.reduce((sum, block) => times(sum, index + 1) ^ (block[at] ?? 0), 0), index + 1) ^ octet);
    return Buffer.concat([Buffer.of(index + 1), octets]);
  });
}

/** The secret of `quorum` shares with different places, by interpolation at zero. */
export function combineShares(shares: readonly Buffer[]): Buffer {
  const places = shares.map((share) => share[0] ?? 0);
  const weights = places.map((own) => places.reduce((weight, other) => (other === own ? weight : times(weight, times(other, inverse(other ^ own)))), 1));
  return Buffer.from((shares[0] ?? Buffer.alloc(0)).subarray(1).map((_, at) => shares.reduce((sum, share, index) => sum ^ times(share[at + 1] ?? 0, weights[index] ?? 0), 0)));
}
