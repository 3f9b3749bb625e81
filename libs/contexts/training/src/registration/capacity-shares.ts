/** A body with its staff, by which it gets its part of the places. */
export interface BodyStaff {
  readonly bodyCode: string;
  readonly staff: number;
}

/**
 * TRN-4.2: every body gets the floor, the rest goes by staff numbers, by largest remainder, ties by body code. Places by body code, which
 * together are all of them; undefined when the floors alone are more than there are. Where nobody has staff, all weigh the same.
 */
export function capacityShares(places: number, floor: number, bodies: readonly BodyStaff[]): ReadonlyMap<string, number> | undefined {
  const rest = places - floor * bodies.length;
  if (rest < 0 || bodies.length === 0) return undefined;
  const isEmpty = bodies.every(({ staff }) => staff === 0);
  const weighed = bodies.map(({ bodyCode, staff }) => ({ bodyCode, weight: isEmpty ? 1 : staff })).sort((a, b) => byCode(a, b));
  const total = weighed.reduce((sum, { weight }) => sum + weight, 0);
  const parts = weighed.map(({ bodyCode, weight }) => ({ bodyCode, whole: Math.floor((rest * weight) / total), remainder: (rest * weight) % total }));
  const left = rest - parts.reduce((sum, { whole }) => sum + whole, 0);
  const luckier = new Set([...parts].sort((a, b) => b.remainder - a.remainder || byCode(a, b)).slice(0, left).map(({ bodyCode }) => bodyCode));
  return new Map(parts.map(({ bodyCode, whole }) => [bodyCode, floor + whole + (luckier.has(bodyCode) ? 1 : 0)]));
}

function byCode(a: { readonly bodyCode: string }, b: { readonly bodyCode: string }): number {
  return a.bodyCode < b.bodyCode ? -1 : 1;
}
