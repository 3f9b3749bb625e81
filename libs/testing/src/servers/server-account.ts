import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { StartFailure } from './start-failure.js';

/** The system user that a server runs as when root starts it. */
export interface ServerAccount {
  readonly name: string;
  readonly uid: number;
  readonly gid: number;
}

// Each of these capabilities lets a process pass through folders that are closed to its user; containers often lack the first.
const PASSING_CAPABILITIES = ['dac_read_search', 'dac_override'] as const;

/**
 * The account for a server that refuses to run as root: the owner of `data` when it exists, else `postgres`, `kiban` (created), `nobody`.
 * Undefined when this process is not root: the server then runs as the user who starts it.
 */
export function serverAccount(data: string): ServerAccount | undefined {
  if (process.getuid?.() !== 0) return undefined;
  if (existsSync(data) && statSync(data).uid !== 0) {
    const { uid, gid } = statSync(data);
    return { name: `user ${uid}`, uid, gid };
  }
  const found = accountNamed('postgres') ?? accountNamed('kiban') ?? createdAccount('kiban') ?? accountNamed('nobody');
  if (found === undefined) {
    throw new StartFailure(
      'PostgreSQL refuses to run as root, and no other user could be found or created. Create one with "useradd --system kiban".',
    );
  }
  return found;
}

/**
 * The command line prefix that lets the account pass through the closed parent folders of its program and data, such as those of a clone
 * under /root (mode 0700): a capability of this one process instead of a changed mode of the user's folders. Empty when all are open.
 */
export function passThrough(account: ServerAccount, program: string, data: string): readonly string[] {
  const closed = [program, data].flatMap((path) => closedParents(account, path))[0];
  if (closed === undefined) return [];
  const prefix = PASSING_CAPABILITIES.map((capability) => capabilityPrefix(account, capability)).find((words) =>
    canExecute(words, program),
  );
  if (prefix !== undefined) return prefix;
  throw new StartFailure(
    `PostgreSQL refuses to run as root, and its user ${account.name} cannot enter ${closed}. Clone into a folder that every user may enter, for example under /opt or /srv.`,
  );
}

// access(2), by which PostgreSQL checks its own program, minds capabilities only under the secure bit no_setuid_fixup.
function capabilityPrefix({ uid, gid }: ServerAccount, capability: string): readonly string[] {
  const ids = [`--reuid=${uid}`, `--regid=${gid}`, '--clear-groups', '--securebits=+no_setuid_fixup'];
  return ['setpriv', ...ids, `--inh-caps=+${capability}`, `--ambient-caps=+${capability}`, '--'];
}

function canExecute([setpriv, ...words]: readonly string[], program: string): boolean {
  return setpriv !== undefined && spawnSync(setpriv, [...words, 'test', '-x', program]).status === 0;
}

function accountNamed(name: string): ServerAccount | undefined {
  try {
    const id = (flag: string): number =>
      Number(execFileSync('id', [flag, name], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }).trim());
    return { name, uid: id('-u'), gid: id('-g') };
  } catch {
    return undefined;
  }
}

function createdAccount(name: string): ServerAccount | undefined {
  const created = spawnSync('useradd', [
    '--system',
    '--user-group',
    '--no-create-home',
    '--home-dir',
    '/nonexistent',
    '--shell',
    '/usr/sbin/nologin',
    name,
  ]);
  return created.status === 0 ? accountNamed(name) : undefined;
}

function closedParents(account: ServerAccount, path: string): string[] {
  const parents: string[] = [];
  for (let folder = dirname(path); folder !== dirname(folder); folder = dirname(folder)) parents.push(folder);
  return parents.filter((folder) => !mayEnter(account, folder));
}

function mayEnter({ uid, gid }: ServerAccount, folder: string): boolean {
  const { mode, uid: owner, gid: group } = statSync(folder);
  if (owner === uid) return (mode & 0o100) !== 0;
  return (mode & (group === gid ? 0o010 : 0o001)) !== 0;
}
