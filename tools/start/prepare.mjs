// What must be true before any compiled code can run: a recent Node, the installed packages, a current build.
// Plain JavaScript without dependencies, because nothing is installed yet.
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { closeSync, existsSync, openSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync, writeSync } from 'node:fs';
import { userInfo, tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

export const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))));

const OLDEST_NODE = [20, 19];
const SOURCE_FOLDERS = ['apps', 'libs', 'tools', 'test', 'bench'];
const SOURCE_FILES = ['package.json', 'tsconfig.json', 'tsconfig.build.json'];
const STAMP = join(root, 'dist', '.kiban-build.json');

/** A reason to give up, in one sentence for the person at the terminal. */
export class Sentence extends Error {}

/** Prints `kiban: <what> ... ok <s> s` while `work` runs: on a terminal the seconds count up, elsewhere they are added now and then. */
export async function phase(what, work) {
  const started = performance.now();
  const seconds = () => (performance.now() - started) / 1000;
  const live = process.stdout.isTTY === true;
  process.stdout.write(`kiban: ${what} ...`);
  const ticking = setInterval(
    () => process.stdout.write(live ? `\rkiban: ${what} ... ${seconds().toFixed(0)} s` : ` ${seconds().toFixed(0)} s ...`),
    live ? 1_000 : 10_000,
  );
  try {
    const result = await work();
    process.stdout.write(`${live ? `\rkiban: ${what} ...` : ''} ok ${seconds().toFixed(1)} s\n`);
    return result;
  } catch (error) {
    process.stdout.write(`${live ? `\rkiban: ${what} ...` : ''} failed ${seconds().toFixed(1)} s\n`);
    throw error;
  } finally {
    clearInterval(ticking);
  }
}

/** Throws a Sentence when this Node is too old. */
export function requireNode() {
  const [major, minor] = process.versions.node.split('.').map(Number);
  if (major < OLDEST_NODE[0] || (major === OLDEST_NODE[0] && minor < OLDEST_NODE[1])) {
    throw new Sentence(`Kiban needs Node ${OLDEST_NODE.join('.')} or later; this is ${process.versions.node}.`);
  }
}

/** Installs the packages when they are missing or are not those of package-lock.json, then builds when `dist` is not of these sources. */
export async function prepare() {
  requireNode();
  if (isInstalled() && isBuilt()) return;
  await exclusively(async () => {
    if (!isInstalled()) await phase('installing packages', install);
    if (!isBuilt()) await phase('building', build);
  });
}

/** As prepare, without the build. */
export async function prepareInstall() {
  requireNode();
  if (!isInstalled()) await exclusively(async () => !isInstalled() && (await phase('installing packages', install)));
}

/** Builds when `dist` is not of these sources. Throws a Sentence with the compiler's messages. */
export async function prepareBuild() {
  if (!isBuilt()) await exclusively(async () => !isBuilt() && (await phase('building', build)));
}

/** Runs a program to its end and returns its exit code and output. */
export function run(command, args, options = {}) {
  const child = spawn(command, args, { cwd: root, stdio: ['ignore', 'pipe', 'pipe'], ...options });
  let output = '';
  child.stdout.on('data', (chunk) => (output += chunk));
  child.stderr.on('data', (chunk) => (output += chunk));
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => resolve({ code: code ?? 1, output }));
  });
}

// npm notes in node_modules/.package-lock.json what it has installed, as the last step of an installation: a broken one is never taken
// for a whole one. Optional packages are those of other platforms.
function isInstalled() {
  const installed = readJson(join(root, 'node_modules', '.package-lock.json'))?.packages;
  const wanted = readJson(join(root, 'package-lock.json'))?.packages;
  if (wanted === undefined) throw new Sentence(`The file package-lock.json is missing in ${root}. Clone the repository again.`);
  if (installed === undefined) return false;
  const required = Object.entries(wanted).filter(([path, entry]) => path !== '' && !entry.optional && !entry.devOptional);
  return required.every(([path, entry]) => installed[path]?.version === entry.version && installed[path]?.integrity === entry.integrity);
}

function readJson(path) {
  try {
    return JSON.parse(readFileSync(path, 'utf8'));
  } catch {
    return undefined;
  }
}

async function install() {
  // Under `npm start` npm says where it is; otherwise it stands on the PATH.
  const own = process.env.npm_execpath;
  const [command, ...first] = own !== undefined && basename(own) === 'npm-cli.js' ? [process.execPath, own] : ['npm'];
  const options = [
    'ci',
    '--include=dev',
    '--no-audit',
    '--no-fund',
    '--no-progress',
    '--loglevel=error',
    '--fetch-retries=2',
    '--fetch-retry-maxtimeout=10000',
  ];
  let result;
  try {
    result = await run(command, [...first, ...options]);
  } catch {
    throw new Sentence('npm was not found. Install it (on Debian: apt-get install npm), then start again.');
  }
  if (result.code !== 0) throw new Sentence(whyNot(result.output, 'The packages could not be installed'));
}

async function build() {
  const sources = sourceFiles();
  const previous = readJson(STAMP)?.files ?? [];
  for (const gone of previous.filter((file) => !sources.has(file))) removeOutput(gone);
  const result = await run(process.execPath, [join(root, 'tools', 'build.mjs')]);
  if (result.code !== 0) throw new Sentence(whyNot(result.output, 'The sources could not be compiled', 40));
  writeFileSync(STAMP, JSON.stringify({ hash: fingerprint(sources), files: [...sources.keys()] }));
}

function isBuilt() {
  return readJson(STAMP)?.hash === fingerprint(sourceFiles());
}

function sourceFiles() {
  const files = new Map(SOURCE_FILES.map((file) => [file, statSync(join(root, file))]));
  for (const folder of SOURCE_FOLDERS.filter((name) => existsSync(join(root, name)))) {
    for (const entry of readdirSync(join(root, folder), { recursive: true, withFileTypes: true })) {
      if (!entry.isFile() || /\.spec\.ts$|\.md$/.test(entry.name)) continue;
      const path = join(entry.parentPath, entry.name);
      files.set(path.slice(root.length + 1), statSync(path));
    }
  }
  return files;
}

function fingerprint(files) {
  const hash = createHash('sha256').update(readFileSync(join(root, 'package-lock.json')));
  for (const [path, { size, mtimeMs }] of [...files].sort(([a], [b]) => (a < b ? -1 : 1))) hash.update(`${path}\0${size}\0${mtimeMs}\n`);
  return hash.digest('hex');
}

function removeOutput(source) {
  const output = join(root, 'dist', source);
  for (const path of source.endsWith('.ts') ? [output.replace(/\.ts$/, '.js'), output.replace(/\.ts$/, '.js.map')] : [output])
    rmSync(path, { force: true });
}

// Two starts in one clone must not install at the same time: the second waits.
async function exclusively(work) {
  const id = createHash('sha256').update(`${root}\0${userInfo().username}`).digest('hex').slice(0, 16);
  const lock = join(tmpdir(), `kiban-prepare-${id}.lock`);
  let told = false;
  while (!take(lock)) {
    if (!told) process.stdout.write(`kiban: another start is preparing this folder (process ${readFileSync(lock, 'utf8')}), waiting\n`);
    told = true;
    await sleep(500);
  }
  const release = () => rmSync(lock, { force: true });
  process.once('exit', release);
  try {
    return await work();
  } finally {
    process.off('exit', release);
    release();
  }
}

function take(lock) {
  try {
    const file = openSync(lock, 'wx', 0o600);
    writeSync(file, String(process.pid));
    closeSync(file);
    return true;
  } catch (error) {
    if (error.code !== 'EEXIST') throw new Sentence(whyNot(String(error), 'The temporary folder cannot be written'));
  }
  const holder = Number(readFileOrEmpty(lock));
  if (holder > 0 && isAlive(holder)) return false;
  rmSync(lock, { force: true });
  return take(lock);
}

function readFileOrEmpty(path) {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}

function isAlive(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === 'EPERM';
  }
}

/** The sentence for a failed step, from what its program wrote. */
export function whyNot(output, what, lines = 12) {
  if (/ENOSPC|no space left/i.test(output))
    return `${what}: the disk that holds ${root} is full. Free some space (about 1 GB is needed) and start again.`;
  if (/EROFS|read-only file system/i.test(output)) return `${what}: ${root} is on a read-only disk. Clone to another folder.`;
  if (/EACCES|EPERM|permission denied/i.test(output))
    return `${what}: this user may not write in ${root}. Start as the user who owns the folder, or clone to another one.`;
  if (/EAI_AGAIN|ENOTFOUND|ECONNREFUSED|ECONNRESET|ETIMEDOUT|ENETUNREACH|EHOSTUNREACH|ERR_SOCKET_TIMEOUT|network/i.test(output)) {
    return `${what}: the package registry cannot be reached. Check the network (and npm's proxy settings), then start again.`;
  }
  return `${what}:\n${output.trim().split('\n').slice(-lines).join('\n')}`;
}

/** Ends the process with a message instead of a stack trace when the reason is known. */
export function giveUp(error) {
  const known = error instanceof Sentence || error?.name === 'StartFailure';
  process.stderr.write(`kiban: ${known ? error.message : (error?.stack ?? error)}\n`);
  process.exit(1);
}
