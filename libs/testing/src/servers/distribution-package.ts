import { execFile, spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { makeFolder } from './data-folder.js';

const execute = promisify(execFile);

/**
 * Fetches packages of the distribution and unpacks them under `tools`, without root and without a change of the system. `take` moves what is
 * wanted out of the tree, which is deleted afterwards, or says what is missing. Undefined when that worked, else why not.
 */
export async function unpackPackages(names: readonly string[], tools: string, take: (tree: string) => string | undefined): Promise<string | undefined> {
  if (spawnSync('apt-get', ['--version']).error !== undefined) return 'this system has no apt-get to fetch it with';
  const work = join(tools, `${names[0] ?? ''}-${process.pid}`);
  makeFolder(tools);
  mkdirSync(work, { recursive: true });
  try {
    await download(names, work);
    const debs = readdirSync(work).filter((name) => name.endsWith('.deb'));
    if (debs.length < names.length) return 'apt-get brought no package';
    for (const deb of debs) await execute('dpkg-deb', ['--extract', join(work, deb), join(work, 'tree')]);
    return take(join(work, 'tree'));
  } catch (error) {
    return `apt-get could not fetch it: ${lastLine(error)}`;
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

// With lists and a cache of its own, apt-get serves ordinary users and never touches the state of the system. The system's lists are tried
// first because they save the download of new ones.
async function download(names: readonly string[], work: string): Promise<void> {
  const own = { lists: join(work, 'lists'), cache: join(work, 'cache') };
  for (const folder of [own.lists, own.cache]) mkdirSync(join(folder, 'partial'), { recursive: true });
  mkdirSync(join(own.cache, 'archives', 'partial'), { recursive: true });
  const cache = ['-qq', '-o', `Dir::Cache=${own.cache}`, '-o', 'Acquire::Retries=2', '-o', 'Acquire::http::Timeout=20', ...asRoot()];
  const lists = ['-o', `Dir::State::lists=${own.lists}`];
  try {
    await execute('apt-get', [...cache, 'download', ...names], { cwd: work, timeout: 120_000 });
  } catch {
    await execute('apt-get', [...cache, ...lists, 'update'], { cwd: work, timeout: 180_000 });
    await execute('apt-get', [...cache, ...lists, 'download', ...names], { cwd: work, timeout: 120_000 });
  }
}

// Root's apt-get would download as the user _apt, who cannot enter a private folder.
function asRoot(): string[] {
  return process.getuid?.() === 0 ? ['-o', 'APT::Sandbox::User=root'] : [];
}

function lastLine(error: unknown): string {
  const text =
    error instanceof Error && 'stderr' in error && typeof error.stderr === 'string' && error.stderr.trim() !== ''
      ? error.stderr
      : String(error);
  return text.trim().split('\n').at(-1) ?? '';
}
