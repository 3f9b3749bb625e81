import { lineCount, type SourceFile } from './tree.js';

const SHORTEST = 10;

/** How much of the contexts is the same text. */
export interface Likeness {
  /** Files that were compared: those of at least ten lines. */
  readonly compared: number;
  /** Groups of paths whose text is equal except for the name of the context. */
  readonly groups: readonly (readonly string[])[];
  /** Files that have a twin in another context, per cent of those compared. */
  readonly share: number;
}

/** Compares the files of contexts with each other, modulo the context's name in any spelling (style, 5.5). */
export function likenessOf(contexts: ReadonlyMap<string, readonly SourceFile[]>): Likeness {
  const places = new Map<string, { readonly context: string; readonly path: string }[]>();
  let compared = 0;
  for (const [context, files] of contexts) {
    for (const { path, text } of files) {
      if (lineCount(text) < SHORTEST) continue;
      compared += 1;
      const key = withoutName(context, text);
      places.set(key, [...(places.get(key) ?? []), { context, path }]);
    }
  }
  const groups = [...places.values()].filter((group) => new Set(group.map(({ context }) => context)).size > 1).map((group) => group.map(({ path }) => path));
  return { compared, groups, share: compared === 0 ? 0 : (100 * groups.flat().length) / compared };
}

function withoutName(context: string, text: string): string {
  const words = context.split('-').join('[-_ ]?');
  return text.replaceAll(new RegExp(words, 'gi'), '§').replaceAll(/\s+/g, ' ');
}
