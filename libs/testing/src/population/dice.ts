import { uniformInt } from 'pure-rand/distribution/uniformInt';
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';

/** Seeded source of choices. The same seed and the same sequence of calls give the same answers on every machine. */
export interface Dice {
  /** A whole number from `from` to `to`, both included. */
  between(from: number, to: number): number;
  /** True with the given probability in parts per thousand. */
  permille(share: number): boolean;
  /** One entry of the list, all equally likely. RangeError for an empty list. */
  pick<T>(list: readonly T[]): T;
}

/** Weighted table expanded to one slot per unit of weight, so that a draw costs one random number whatever its size. */
export interface WeightedTable<T> {
  readonly entries: readonly T[];
  readonly slots: Uint16Array;
}

/**
 * Makes the dice of a seed: xoroshiro128+ (pure-rand), uniform integers without modulo bias. A text seed is folded to
 * 32 bits with FNV-1a over its UTF-16 units.
 */
export function diceOf(seed: string | number): Dice {
  const generator = xoroshiro128plus(foldSeed(seed));
  const between = (from: number, to: number): number => uniformInt(generator, from, to);
  return {
    between,
    permille: (share) => between(0, 999) < share,
    pick: (list) => {
      const index = between(0, list.length - 1);
      const chosen = list[index];
      if (chosen === undefined) throw new RangeError('pick needs a list with at least one entry');
      return chosen;
    },
  };
}

function foldSeed(seed: string | number): number {
  const text = String(seed);
  let hash = 0x811c9dc5;
  for (let index = 0; index < text.length; index += 1) {
    hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193);
  }
  return hash;
}

/** Builds a weighted table; weights are whole numbers ≥ 1. */
export function weightedTable<T>(rows: readonly (readonly [entry: T, weight: number])[]): WeightedTable<T> {
  const slots = new Uint16Array(rows.reduce((sum, [, weight]) => sum + weight, 0));
  let position = 0;
  rows.forEach(([, weight], index) => {
    slots.fill(index, position, position + weight);
    position += weight;
  });
  return { entries: rows.map(([entry]) => entry), slots };
}

/** Draws one entry of a weighted table. */
export function draw<T>(dice: Dice, table: WeightedTable<T>): T {
  const entry = table.entries[table.slots[dice.between(0, table.slots.length - 1)] ?? -1];
  if (entry === undefined) throw new RangeError('a weighted table needs at least one entry');
  return entry;
}
