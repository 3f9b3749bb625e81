import { randomBytes } from 'node:crypto';
import {
  chmodSync,
  closeSync,
  existsSync,
  fstatSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readFileSync,
  readSync,
  renameSync,
  statSync,
  statfsSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { z } from 'zod';
import { errorCode } from './process-id.js';
import { StartFailure } from './start-failure.js';

const LOG_LIMIT = 16 * 1024 * 1024;
const LOG_KEPT = 1024 * 1024;

/** Creates a folder that only its owner lists but every user may pass through (a server runs as another user when root starts it). */
export function makeFolder(folder: string): void {
  try {
    if (existsSync(folder)) return;
    mkdirSync(folder, { recursive: true });
    chmodSync(folder, 0o711);
  } catch (error) {
    throw folderFailure(folder, error);
  }
}

/** The sentence for a folder that cannot be written. */
export function folderFailure(folder: string, error: unknown): Error {
  switch (errorCode(error)) {
    case 'ENOSPC':
    case 'EDQUOT':
      return diskFull(folder);
    case 'EACCES':
    case 'EPERM':
      return new StartFailure(
        `The folder ${folder} belongs to another user. Start as that user, or choose another folder with KIBAN_DATA.`,
      );
    case 'EROFS':
      return new StartFailure(`The folder ${folder} is on a read-only disk. Choose another folder with KIBAN_DATA.`);
    default:
      return error instanceof Error ? error : new Error(String(error));
  }
}

/** The sentence for a full disk. */
export function diskFull(folder: string): StartFailure {
  return new StartFailure(
    `The disk that holds ${folder} is full (${freeMegabytes(folder)} MB left). Free some space and start again; what was committed is kept.`,
  );
}

/** Throws StartFailure when fewer than `megabytes` are left for the folder, before a server is harmed by it. */
export function requireSpace(folder: string, megabytes: number): void {
  if (freeMegabytes(folder) < megabytes) throw diskFull(folder);
}

/** Opens a log for appending; a log that has grown beyond 16 MiB keeps its last MiB. Returns its path and the offset where this start begins. */
export function openLog(folder: string, name: string): { path: string; offset: number } {
  const path = join(folder, 'log', `${name}.log`);
  makeFolder(dirname(path));
  try {
    if (existsSync(path) && statSync(path).size > LOG_LIMIT) writeFileSync(path, readFrom(path, statSync(path).size - LOG_KEPT));
    const file = openSync(path, 'a', 0o640);
    const offset = fstatSync(file).size;
    closeSync(file);
    return { path, offset };
  } catch (error) {
    throw folderFailure(dirname(path), error);
  }
}

/** What a file holds from an offset on; empty when it does not exist. */
export function readFrom(path: string, offset: number): string {
  if (!existsSync(path)) return '';
  const file = openSync(path, 'r');
  const buffer = Buffer.alloc(Math.max(0, fstatSync(file).size - offset));
  const length = readSync(file, buffer, 0, buffer.length, offset);
  closeSync(file);
  return buffer.toString('utf8', 0, length);
}

/** The named random passwords of a server, created on first use in `<folder>/secrets/<name>.json` (mode 0600) and kept from then on. */
export function passwords<Name extends string>(folder: string, server: string, names: readonly Name[]): Record<Name, string> {
  const path = join(folder, 'secrets', `${server}.json`);
  const found = existsSync(path) ? z.record(z.string(), z.string()).parse(JSON.parse(readFileSync(path, 'utf8'))) : {};
  const all = Object.fromEntries(names.map((name) => [name, found[name] ?? randomBytes(24).toString('base64url')]));
  if (names.some((name) => found[name] === undefined)) {
    makeFolder(dirname(path));
    writeDurably(path, `${JSON.stringify(all, null, 2)}\n`);
  }
  return z.record(z.enum(names), z.string()).parse(all);
}

/** Replaces a file in one step, readable by its owner only: after a kill or a full disk either the old or the new content is there. */
export function writeDurably(path: string, content: string): void {
  const next = `${path}.${process.pid}`;
  try {
    const file = openSync(next, 'w', 0o600);
    writeSync(file, content);
    fsyncSync(file);
    closeSync(file);
    renameSync(next, path);
  } catch (error) {
    throw folderFailure(dirname(path), error);
  }
}

function freeMegabytes(folder: string): number {
  if (!existsSync(folder)) return freeMegabytes(dirname(folder));
  const { bavail, bsize } = statfsSync(folder);
  return Math.floor((bavail * bsize) / 1_048_576);
}
