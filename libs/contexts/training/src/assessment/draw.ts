import { createHmac } from 'node:crypto';

export interface DrawnFrom {
  readonly itemId: string;
  readonly topic: string;
  readonly options: readonly string[];
}

/** An item as an attempt shows it: its options in the order of this attempt. */
export interface DrawnItem {
  readonly itemId: string;
  readonly options: readonly string[];
}

/**
 * Draws as many items of each topic as `perTopic` says, and shuffles them and their options, all by the seed of the attempt (TRN-4.7): the
 * order of HMAC-SHA-256(seed, id). The same seed and items give the same paper, so that an attempt can be shown again.
 */
export function draw(seed: string, items: readonly DrawnFrom[], perTopic: ReadonlyMap<string, number>): DrawnItem[] {
  const shuffled = shuffle(seed, items, ({ itemId }) => `item:${itemId}`);
  const left = new Map(perTopic);
  return shuffled.flatMap(({ itemId, topic, options }) => {
    const wanted = left.get(topic) ?? 0;
    if (wanted === 0) return [];
    left.set(topic, wanted - 1);
    return [{ itemId, options: shuffle(seed, options, (option) => `option:${itemId}:${option}`) }];
  });
}

function shuffle<T>(seed: string, things: readonly T[], nameOf: (thing: T) => string): T[] {
  return things
    .map((thing) => ({ thing, place: createHmac('sha256', seed).update(nameOf(thing)).digest('hex') }))
    .sort((a, b) => (a.place < b.place ? -1 : 1))
    .map(({ thing }) => thing);
}
