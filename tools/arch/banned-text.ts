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

/** What no rule of the linter sees. */
const BANNED_CODE = [
  { what: 'a comment that switches rules off', pattern: /\/[/*]\s*(?:ox|es)lint-(?:dis|en)able/, where: /./ },
  { what: 'enum: use a union of literals or an `as const` table', pattern: /^\s*(?:export )?(?:declare )?(?:const )?enum \w+ \{(?![^}]*;)/, where: /./ },
  { what: 'a date without a clock: take the time from `ctx.now`', pattern: /\bDate\(\s*\)/, where: /^libs\/(?:chip|kernel|pki|contexts)\// },
];

/** Lines of TypeScript that break a rule of ours; those of time concern the libraries whose rules can be asked of any day. */
export function bannedCode(files: readonly SourceFile[]): string[] {
  return files.flatMap(({ path, text }) =>
    text.split('\n').flatMap((line, index) =>
      BANNED_CODE.filter(({ pattern, where }) => where.test(path) && pattern.test(line)).map(({ what }) => `${path}:${index + 1}: ${what}`),
    ),
  );
}

/** Addresses from which a lock file would fetch packages; a lock file that names none works with any registry. */
export function lockedAddresses(lock: string): string[] {
  return [...lock.matchAll(/"resolved":\s*"([^"]*)"/g)].map((match) => match[1] ?? '').filter((address) => !address.startsWith('file:') && !/^[\w@./-]+$/.test(address));
}
