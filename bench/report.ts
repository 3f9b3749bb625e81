/** Two rates of the same work in one run, and the share of the bare one that we reach. */
export interface Comparison {
  readonly name: string;
  readonly unit: string;
  readonly ours: readonly number[];
  readonly bare: readonly number[];
  readonly goal: number;
  readonly notes?: string;
}

/** The middle of the values; the runs are few, so no finer statistics would be honest. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}

/** Rates per second of `count` things done in `ms` milliseconds. */
export function perSecond(count: number, ms: number): number {
  return (count / ms) * 1000;
}

/** Measures one round of work in milliseconds. */
export async function timed(work: () => Promise<void>): Promise<number> {
  const start = performance.now();
  await work();
  return performance.now() - start;
}

const number = (value: number): string => Math.round(value).toLocaleString('en');
const range = (values: readonly number[]): string => `${number(Math.min(...values))}–${number(Math.max(...values))}`;

/** Prints the comparison; each pair of runs was made one after the other, so the ratio is taken pair by pair. */
export function report(comparison: Comparison): void {
  const { name, unit, ours, bare, goal, notes } = comparison;
  const ratios = ours.map((value, index) => value / (bare[index] ?? Number.NaN));
  console.log(`${name}`);
  console.log(`  ours  ${number(median(ours))} ${unit} (${range(ours)})`);
  console.log(`  bare  ${number(median(bare))} ${unit} (${range(bare)})`);
  console.log(`  ratio ${median(ratios).toFixed(2)} (goal ${goal}) ${median(ratios) >= goal ? 'reached' : 'NOT reached'}`);
  if (notes !== undefined) console.log(`  ${notes}`);
}
