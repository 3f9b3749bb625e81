import { execFile, spawnSync } from 'node:child_process';
import { accessSync, constants, existsSync, mkdirSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';
import { makeFolder } from './data-folder.js';
import { StartFailure } from './start-failure.js';

/** How a NATS server can be run here: a program with its version, or a container engine with an image. */
export type NatsProgram =
  | { readonly kind: 'program'; readonly path: string; readonly version: readonly [major: number, minor: number] }
  | { readonly kind: 'container'; readonly engine: string; readonly image: string };

const execute = promisify(execFile);
const IMAGE = 'docker.io/library/nats:2.10';
const OLDEST = [2, 9] as const;

/**
 * Finds a NATS server of 2.9 or later: KIBAN_NATS_SERVER, the PATH, an earlier download in `tools`, the distribution's package unpacked
 * into `tools` (no root needed, nothing of the system is changed), a container engine. Throws StartFailure with what to install.
 */
export async function findNats(tools: string, progress: (text: string) => void = () => undefined): Promise<NatsProgram> {
  const chosen = process.env['KIBAN_NATS_SERVER'];
  if (chosen !== undefined && chosen !== '') {
    return (
      asProgram(chosen) ?? fail(`KIBAN_NATS_SERVER names ${chosen}, which is not a nats-server of version ${OLDEST.join('.')} or later.`)
    );
  }
  const cached = join(tools, 'nats-server');
  const folders = [...(process.env['PATH'] ?? '').split(delimiter), '/usr/sbin', '/usr/local/sbin'].filter((folder) => folder !== '');
  const present = [...folders.map((folder) => join(folder, 'nats-server')), cached].map(asProgram).find((program) => program !== undefined);
  if (present !== undefined) return present;
  const why = await unpackPackage(tools, cached, progress);
  const container = asProgram(cached) ?? containerEngine();
  return (
    container ??
    fail(
      `No NATS server was found (${why}). Install one, for example with "apt-get install nats-server", set KIBAN_NATS_SERVER to its path, or set NATS_URL to a server with JetStream.`,
    )
  );
}

function fail(sentence: string): never {
  throw new StartFailure(sentence);
}

function asProgram(path: string): NatsProgram | undefined {
  if (!isExecutable(path)) return undefined;
  const { stdout } = spawnSync(path, ['--version'], { encoding: 'utf8' });
  const [, major, minor] = /v(\d+)\.(\d+)/.exec(stdout) ?? [];
  if (major === undefined || minor === undefined) return undefined;
  const version = [Number(major), Number(minor)] as const;
  return version[0] > OLDEST[0] || (version[0] === OLDEST[0] && version[1] >= OLDEST[1]) ? { kind: 'program', path, version } : undefined;
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** Unpacks the distribution's package into the cache; undefined when that worked, else why not. */
async function unpackPackage(tools: string, target: string, progress: (text: string) => void): Promise<string | undefined> {
  if (spawnSync('apt-get', ['--version']).error !== undefined) return 'this system has no apt-get to fetch it with';
  const work = join(tools, `nats-${process.pid}`);
  makeFolder(tools);
  mkdirSync(work, { recursive: true });
  try {
    progress('fetching the package nats-server');
    await download(work);
    const deb = readdirSync(work).find((name) => name.endsWith('.deb'));
    if (deb === undefined) return 'apt-get brought no package';
    await execute('dpkg-deb', ['--extract', join(work, deb), join(work, 'tree')]);
    const binary = ['usr/sbin', 'usr/bin'].map((folder) => join(work, 'tree', folder, 'nats-server')).find((path) => existsSync(path));
    if (binary === undefined) return 'the package holds no nats-server';
    renameSync(binary, target);
    return undefined;
  } catch (error) {
    return `apt-get could not fetch it: ${lastLine(error)}`;
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
}

// With lists and a cache of its own, apt-get serves ordinary users and never touches the state of the system. The system's lists are tried
// first because they save the download of new ones.
async function download(work: string): Promise<void> {
  const own = { lists: join(work, 'lists'), cache: join(work, 'cache') };
  for (const folder of [own.lists, own.cache]) mkdirSync(join(folder, 'partial'), { recursive: true });
  mkdirSync(join(own.cache, 'archives', 'partial'), { recursive: true });
  const cache = ['-qq', '-o', `Dir::Cache=${own.cache}`, '-o', 'Acquire::Retries=2', '-o', 'Acquire::http::Timeout=20', ...asRoot()];
  const lists = ['-o', `Dir::State::lists=${own.lists}`];
  try {
    await execute('apt-get', [...cache, 'download', 'nats-server'], { cwd: work, timeout: 120_000 });
  } catch {
    await execute('apt-get', [...cache, ...lists, 'update'], { cwd: work, timeout: 180_000 });
    await execute('apt-get', [...cache, ...lists, 'download', 'nats-server'], { cwd: work, timeout: 120_000 });
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

function containerEngine(): NatsProgram | undefined {
  const engine = ['podman', 'docker'].find((name) => spawnSync(name, ['info'], { stdio: 'ignore', timeout: 20_000 }).status === 0);
  return engine === undefined ? undefined : { kind: 'container', engine, image: IMAGE };
}
