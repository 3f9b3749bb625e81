/** A count below it may tell of single persons. */
export const SMALL = 5;

export interface Cell {
  readonly name: string;
  readonly count: number;
}

/** What a committee is shown; null where the number is hidden. */
export interface ShownCells {
  readonly cells: readonly { readonly name: string; readonly count: number | null }[];
  readonly total: number | null;
}

/**
 * Hides counts of 1 to 4, and so many of the next larger ones that the total does not give them away: whoever knows this rule and all that is
 * shown still has to think each of the values 1 to 4 possible for each small cell. Where no larger cells are left, the total is hidden.
 */
export function hideSmallCells(cells: readonly Cell[]): ShownCells {
  const small = cells.filter(({ count }) => count > 0 && count < SMALL);
  const larger = cells.filter(({ count }) => count >= SMALL).toSorted((left, right) => left.count - right.count);
  const total = cells.reduce((sum, { count }) => sum + count, 0);
  if (small.length === 0) return { cells, total };
  const hidden = new Set(small);
  // Small ones may be 4 each, larger ones are SMALL at least: only a sum that leaves room for both keeps everything possible.
  let room = small.reduce((sum, { count }) => sum + count - (SMALL - 1), 0);
  let isCovered = false;
  for (const cell of larger) {
    hidden.add(cell);
    room += cell.count - SMALL;
    isCovered = room >= 0;
    if (isCovered) break;
  }
  if (!isCovered) for (const cell of larger) hidden.delete(cell);
  return { cells: cells.map((cell) => ({ name: cell.name, count: hidden.has(cell) ? null : cell.count })), total: isCovered ? total : null };
}
