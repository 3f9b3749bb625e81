import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { unpackPackages } from './servers/distribution-package.js';

const execute = promisify(execFile);
const PACKAGE = 'chromium-headless-shell';
const PLACES = ['/usr/bin/chromium-headless-shell', '/usr/bin/chromium', '/usr/bin/google-chrome', '/usr/bin/chromium-browser'];

/** A browser for tests, and what its process needs besides. */
export interface Chromium {
  readonly executablePath: string;
  readonly env: Readonly<Record<string, string>>;
}

/** The browser of the system, else the one in Kiban's cache, which `npm run browser` fetches. */
export function findChromium(): Chromium | undefined {
  const installed = PLACES.find((place) => existsSync(place));
  if (installed !== undefined) return { executablePath: installed, env: {} };
  const executablePath = join(cached(), 'usr/lib/chromium/chromium-headless-shell');
  return existsSync(executablePath) ? { executablePath, env: { LD_LIBRARY_PATH: librariesOf(cached()).join(':') } } : undefined;
}

/** Fetches a headless Chromium of the distribution with what it needs into Kiban's cache: no root, no change of the system. Undefined when that worked, else why not. */
export async function fetchChromium(): Promise<string | undefined> {
  if (findChromium() !== undefined) return undefined;
  const names = await missingPackages();
  if (typeof names === 'string') return names;
  return unpackPackages(names, resolve(process.env['KIBAN_DATA'] ?? '.kiban', 'tools'), (tree) => {
    rmSync(cached(), { recursive: true, force: true });
    mkdirSync(resolve(cached(), '..'), { recursive: true });
    renameSync(tree, cached());
    return findChromium() === undefined ? `the package ${PACKAGE} holds no browser` : undefined;
  });
}

function cached(): string {
  return resolve(process.env['KIBAN_DATA'] ?? '.kiban', 'tools', 'chromium');
}

/** The browser and those of its libraries that this system has not. */
async function missingPackages(): Promise<string[] | string> {
  try {
    const { stdout } = await execute('apt-get', ['--simulate', '--no-install-recommends', 'install', PACKAGE], { timeout: 60_000 });
    return [...stdout.matchAll(/^Inst (\S+)/gm)].map((match) => match[1] ?? '');
  } catch {
    return `apt-get knows no package ${PACKAGE}; "apt-get update" may be needed once`;
  }
}

function librariesOf(tree: string): string[] {
  const base = join(tree, 'usr/lib');
  const triplets = readdirSync(base).filter((name) => name.endsWith('-linux-gnu'));
  return triplets.flatMap((triplet) => [join(base, triplet), join(base, triplet, 'nss'), join(base, triplet, 'pulseaudio'), join(tree, 'lib', triplet)]).filter((folder) => existsSync(folder));
}
