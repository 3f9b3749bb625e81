export const ITEM_KINDS = ['SINGLE', 'MULTIPLE', 'ORDER', 'NUMBER', 'TEXT'] as const;

/** What is right, by the kind of the item. Options are named by their codes. */
export type ItemKey =
  | { readonly kind: 'SINGLE'; readonly right: string }
  | { readonly kind: 'MULTIPLE'; readonly right: readonly string[] }
  | { readonly kind: 'ORDER'; readonly right: readonly string[] }
  | { readonly kind: 'NUMBER'; readonly value: number; readonly tolerance: number }
  | { readonly kind: 'TEXT'; readonly accepted: readonly string[] };

/**
 * The score of an answer, 0 to 1 (TRN-4.7). MULTIPLE gives max(0, (right - wrong) / size of the key); the others all or nothing. An answer
 * is a list of options, or of one number or text; none is worth nothing.
 */
export function itemScore(key: ItemKey, answer: readonly string[]): number {
  const [first] = answer;
  if (first === undefined) return 0;
  switch (key.kind) {
    case 'SINGLE':
      return Number(answer.length === 1 && first === key.right);
    case 'MULTIPLE':
      return partialCredit(new Set(key.right), new Set(answer));
    case 'ORDER':
      return Number(answer.length === key.right.length && answer.every((option, place) => option === key.right[place]));
    case 'NUMBER':
      return Number(first.trim() !== '' && Math.abs(Number(first) - key.value) <= key.tolerance);
    case 'TEXT':
      return Number(key.accepted.some((text) => textKey(text) === textKey(first)));
  }
}

function partialCredit(key: ReadonlySet<string>, chosen: ReadonlySet<string>): number {
  const right = [...chosen].filter((option) => key.has(option)).length;
  return Math.max(0, (right - (chosen.size - right)) / key.size);
}

/** Width, case and spaces are not what is asked for. */
function textKey(text: string): string {
  return text.normalize('NFKC').toLowerCase().replace(/\s+/gu, ' ').trim();
}

/** The part of all points that was reached, 0 to 1. */
export function totalScore(scores: readonly { readonly score: number; readonly points: number }[]): number {
  const all = scores.reduce((sum, { points }) => sum + points, 0);
  return all === 0 ? 0 : scores.reduce((sum, { score, points }) => sum + score * points, 0) / all;
}
