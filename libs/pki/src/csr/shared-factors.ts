/**
 * Which of the moduli have a prime in common with another one, or are equal: both private keys of such a pair can be computed by anybody (JPKI 4.6
 * no. 5; batch GCD by a product tree and a remainder tree, Bernstein 2004). Places in the order given. A quarter of a million moduli of 2,048 bits fit.
 */
export function sharedFactors(moduli: readonly bigint[]): number[] {
  const tree: (readonly bigint[])[] = [moduli];
  for (let level = moduli; level.length > 1; tree.push(level)) level = inPairs(level);
  let rests: readonly bigint[] = tree.at(-1) ?? [];
  for (const level of tree.slice(0, -1).reverse()) {
    const above = rests;
    rests = level.map((product, place) => (above[place >> 1] ?? 0n) % (product * product));
  }
  return moduli.flatMap((modulus, place) => (moduli.length > 1 && gcd((rests[place] ?? 0n) / modulus, modulus) !== 1n ? [place] : []));
}

function inPairs(level: readonly bigint[]): bigint[] {
  return Array.from({ length: Math.ceil(level.length / 2) }, (_, pair) => (level[2 * pair] ?? 1n) * (level[2 * pair + 1] ?? 1n));
}

function gcd(a: bigint, b: bigint): bigint {
  let [one, other] = [a, b];
  while (other !== 0n) [one, other] = [other, one % other];
  return one;
}
