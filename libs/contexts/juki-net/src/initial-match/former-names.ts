import type { Renaming } from '../merger/municipality-change.js';
import { comparable } from '../resident/place-key.js';

/**
 * Follows addresses through the renamings, in the order of their days (JUKI-4.8): an agency may write a name that had ended before the person
 * came there, so that no former address of the person has it. Answers what the address has been called since, comparable.
 */
export function followerOf(renamings: readonly Renaming[]): (address: string) => string[] {
  const known = renamings.map(({ from, to }) => ({ from: comparable(from), to: comparable(to).whole }));
  return (address) => {
    const names = [comparable(address)];
    for (const { from, to } of known) {
      const bears = names.filter(({ prefecture, whole }) => whole.startsWith(from.whole) && (prefecture === '' || prefecture === from.prefecture));
      names.push(...bears.map(({ prefecture, whole }) => ({ prefecture, whole: to + whole.slice(from.whole.length) })));
    }
    return names.slice(1).map(({ prefecture, whole }) => prefecture + whole);
  };
}
