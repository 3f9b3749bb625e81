import { spawnSync } from 'node:child_process';
import { existsSync, lstatSync, readdirSync, readlinkSync, renameSync, rmSync, symlinkSync, unlinkSync } from 'node:fs';
import { delimiter, dirname, join, relative, resolve } from 'node:path';
import { unpackPackages } from '#testing/servers';

/** Programs of one package. */
export interface Programs {
  /** What the program says of itself. */
  readonly version: string;
  /** In which they are found. */
  readonly env: NodeJS.ProcessEnv;
  /** Runs one in a folder; what it printed on both of its channels, and how it ended. */
  run(folder: string, program: string, ...args: readonly string[]): { readonly code: number; readonly text: string };
}

interface Wanted {
  /** Name of the folder that they are kept in. */
  readonly name: string;
  readonly programs: readonly string[];
  readonly versionArgument: string;
  /** Sets of packages of the distribution that hold them, one for each of its releases, the oldest first. */
  readonly packages: readonly (readonly string[])[];
}

export const OPENSSL: Wanted = { name: 'openssl', programs: ['openssl'], versionArgument: 'version', packages: [['openssl', 'libssl3'], ['openssl', 'libssl3t64']] };
export const GNUTLS: Wanted = {
  name: 'gnutls', programs: ['certtool', 'ocsptool'], versionArgument: '--version',
  packages: [['gnutls-bin', 'libgnutls30', 'libgnutls-dane0', 'libunbound8'], ['gnutls-bin', 'libgnutls30t64', 'libgnutls-dane0t64', 'libunbound8']],
};
export const NSS: Wanted = { name: 'nss', programs: ['vfychain', 'certutil', 'crlutil', 'cmsutil'], versionArgument: '-H', packages: [['libnss3-tools', 'libnss3', 'libnspr4']] };
export const JAVA: Wanted = {
  name: 'java', programs: ['java'], versionArgument: '--version',
  packages: [17, 21, 25].map((release) => [`openjdk-${release}-jdk-headless`, `openjdk-${release}-jre-headless`, 'ca-certificates-java']),
};

/** The programs: of the system, of Kiban's cache, else fetched from the distribution; or why they are not to be had. */
export async function programsOf(wanted: Wanted): Promise<Programs | string> {
  const ofSystem = usable(wanted, undefined);
  if (ofSystem !== undefined) return ofSystem;
  const tools = resolve(process.env['KIBAN_DATA'] ?? '.kiban', 'tools');
  const kept = join(tools, wanted.name);
  const cached = usable(wanted, kept);
  if (cached !== undefined) return cached;
  let why = '';
  for (const packages of wanted.packages) {
    why = (await unpackPackages(packages, tools, (tree) => {
      rmSync(kept, { recursive: true, force: true });
      withinTree(tree, tree);
      renameSync(tree, kept);
      return undefined;
    })) ?? 'what was fetched does not run here';
    const fetched = usable(wanted, kept);
    if (fetched !== undefined) return fetched;
  }
  return `${wanted.programs.join(', ')}: ${why}`;
}

function usable({ programs, versionArgument }: Wanted, tree: string | undefined): Programs | undefined {
  const env = tree === undefined ? process.env : environmentIn(tree);
  const [first = ''] = programs;
  for (const program of programs) if (spawnSync(program, [versionArgument], { env }).error !== undefined) return undefined;
  const told = spawnSync(first, [versionArgument], { env, encoding: 'utf8' });
  // Without its libraries a program is found and does not run.
  if (told.status === 127) return undefined;
  return {
    version: versionArgument === '-H' ? first : (told.stdout.split('\n')[0] ?? first),
    env,
    run: (cwd, program, ...args) => {
      const { status, stdout, stderr } = spawnSync(program, args, { cwd, env, encoding: 'utf8', timeout: 120_000, input: '' });
      return { code: status ?? 1, text: `${stdout}\n${stderr}` };
    },
  };
}

function environmentIn(tree: string): NodeJS.ProcessEnv {
  const path = [join(tree, 'usr', 'bin'), ...inside(join(tree, 'usr', 'lib', 'jvm')).map((folder) => join(folder, 'bin')), process.env['PATH'] ?? ''].join(delimiter);
  const libraries = inside(join(tree, 'usr', 'lib')).filter((folder) => folder.includes('linux-gnu'));
  return { ...process.env, PATH: path, LD_LIBRARY_PATH: libraries.join(delimiter) };
}

function inside(folder: string): string[] {
  return existsSync(folder) ? readdirSync(folder).map((name) => join(folder, name)) : [];
}

/** Links to absolute places, which a package makes for a system that it is installed on, lead to the same places of the tree. */
function withinTree(folder: string, tree: string): void {
  for (const path of inside(folder)) {
    const entry = lstatSync(path);
    if (entry.isDirectory()) withinTree(path, tree);
    if (!entry.isSymbolicLink() || !readlinkSync(path).startsWith('/')) continue;
    const target = relative(dirname(path), join(tree, readlinkSync(path)));
    unlinkSync(path);
    symlinkSync(target, path);
  }
}
