import { z } from 'zod';

/** How many entries of a list a question asks for. */
export const pageLimit = z.coerce.number().int().min(1).max(1_000).default(100);

/** Where the next page goes on, by the key of the last entry; after a page that is not full there is none. */
export function nextOf<T, Key>(page: readonly T[], limit: number, keyOf: (last: T) => Key): { readonly next?: Key } {
  const last = page.at(-1);
  return page.length < limit || last === undefined ? {} : { next: keyOf(last) };
}
