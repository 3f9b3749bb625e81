import type { SourceFile } from './tree.js';

const BANNED = [
  { what: 'absolute path of a machine', pattern: /(?<![\w.~$}/:-])\/(?:home|root|Users|work|workspace|mnt)\/[\w.-]+/ },
  { what: 'path to the shared design', pattern: /\.\.\/shared\b/ },
];

/** Lines that name a place which only one machine has. */
export function machinePlaces(files: readonly SourceFile[]): string[] {
  return files.flatMap(({ path, text }) =>
    text.split('\n').flatMap((line, index) => BANNED.filter(({ pattern }) => pattern.test(line)).map(({ what }) => `${path}:${index + 1}: ${what}`)),
  );
}

/** Addresses from which a lock file would fetch packages; a lock file that names none works with any registry. */
export function lockedAddresses(lock: string): string[] {
  return [...lock.matchAll(/"resolved":\s*"([^"]*)"/g)].map((match) => match[1] ?? '').filter((address) => !address.startsWith('file:') && !/^[\w@./-]+$/.test(address));
}
