/** One answered item of one graded attempt: its score and that of the whole attempt, 0 to 1. */
export interface ItemResult {
  readonly score: number;
  readonly total: number;
}

export const ITEM_FLAGS = ['TOO_HARD', 'TOO_EASY', 'DOES_NOT_DISCRIMINATE'] as const;
export type ItemFlag = (typeof ITEM_FLAGS)[number];

export interface ItemStatistics {
  readonly answers: number;
  /** Mean score. */
  readonly difficulty: number;
  /** Point-biserial correlation with the total; undefined where nothing varies. */
  readonly discrimination: number | undefined;
  readonly flags: readonly ItemFlag[];
}

/** TRN-4.7: difficulty p, discrimination r; flags p < 0.2, p > 0.95, r < 0.1. Undefined without answers. */
export function itemStatistics(results: readonly ItemResult[]): ItemStatistics | undefined {
  if (results.length === 0) return undefined;
  const difficulty = mean(results.map(({ score }) => score));
  const discrimination = correlation(results.map(({ score, total }) => [score, total]));
  const flags: ItemFlag[] = [];
  if (difficulty < 0.2) flags.push('TOO_HARD');
  if (difficulty > 0.95) flags.push('TOO_EASY');
  if (discrimination !== undefined && discrimination < 0.1) flags.push('DOES_NOT_DISCRIMINATE');
  return { answers: results.length, difficulty, discrimination, flags };
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** Pearson's, which for scores of 0 and 1 is the point-biserial one. */
function correlation(pairs: readonly (readonly [number, number])[]): number | undefined {
  const [meanX, meanY] = [mean(pairs.map(([x]) => x)), mean(pairs.map(([, y]) => y))];
  const sum = (of: (x: number, y: number) => number): number => pairs.reduce((all, [x, y]) => all + of(x - meanX, y - meanY), 0);
  const spread = Math.sqrt(sum((x) => x * x) * sum((_x, y) => y * y));
  return spread < 1e-12 ? undefined : sum((x, y) => x * y) / spread;
}
