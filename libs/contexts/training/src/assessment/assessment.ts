import type { DrawnFrom } from './draw.js';
import type { ItemKey } from './item-score.js';

/** An item of a test. Options are what is chosen from or put in order; numbers and texts have none. */
export interface AssessmentItem extends Omit<DrawnFrom, 'options'> {
  readonly points: number;
  readonly question: string;
  readonly options: readonly { readonly code: string; readonly text: string }[];
  readonly key: ItemKey;
}

export type ItemsFault = 'REPEATED_ITEM' | 'REPEATED_OPTION' | 'OPTIONS' | 'KEY' | 'DRAWN';

/** What of a test does not fit together (TRN-4.7): options and keys of its items, and whether there are as many of each topic as are drawn. */
export function itemsFault(items: readonly AssessmentItem[], drawn: ReadonlyMap<string, number>): { readonly fault: ItemsFault; readonly at: string } | undefined {
  const ids = new Set<string>();
  for (const item of items) {
    const fault = ids.has(item.itemId) ? 'REPEATED_ITEM' : itemFault(item);
    if (fault !== undefined) return { fault, at: item.itemId };
    ids.add(item.itemId);
  }
  for (const [topic, wanted] of drawn) {
    if (items.filter((item) => item.topic === topic).length < wanted) return { fault: 'DRAWN', at: topic };
  }
  return undefined;
}

function itemFault({ options, key }: AssessmentItem): ItemsFault | undefined {
  const codes = new Set(options.map(({ code }) => code));
  if (codes.size < options.length) return 'REPEATED_OPTION';
  const isChosen = key.kind === 'SINGLE' || key.kind === 'MULTIPLE' || key.kind === 'ORDER';
  if (isChosen !== codes.size > 1) return 'OPTIONS';
  if (!isChosen) return undefined;
  const right = key.kind === 'SINGLE' ? [key.right] : key.right;
  const isWhole = key.kind !== 'ORDER' || right.length === codes.size;
  return isWhole && new Set(right).size === right.length && right.every((code) => codes.has(code)) ? undefined : 'KEY';
}
