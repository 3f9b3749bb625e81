import { spawnSync } from 'node:child_process';
import { accessSync, constants, existsSync, renameSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { unpackPackages } from './distribution-package.js';
import { StartFailure } from './start-failure.js';

/** How a NATS server can be run here: a program with its version, or a container engine with an image. */
export type NatsProgram =
  | { readonly kind: 'program'; readonly path: string; readonly version: readonly [major: number, minor: number] }
  | { readonly kind: 'container'; readonly engine: string; readonly image: string };

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
  progress('fetching the package nats-server');
  return unpackPackages(['nats-server'], tools, (tree) => {
    const binary = ['usr/sbin', 'usr/bin'].map((folder) => join(tree, folder, 'nats-server')).find((path) => existsSync(path));
    if (binary === undefined) return 'the package holds no nats-server';
    renameSync(binary, target);
    return undefined;
  });
}

function containerEngine(): NatsProgram | undefined {
  const engine = ['podman', 'docker'].find((name) => spawnSync(name, ['info'], { stdio: 'ignore', timeout: 20_000 }).status === 0);
  return engine === undefined ? undefined : { kind: 'container', engine, image: IMAGE };
}
