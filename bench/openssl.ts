import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** A folder in which the program runs. */
export interface OpensslFolder {
  readonly path: string;
  remove(): void;
}

export function opensslFolder(): OpensslFolder {
  const path = mkdtempSync(join(tmpdir(), 'kiban-openssl-'));
  return { path, remove: () => rmSync(path, { recursive: true, force: true }) };
}

/** What the program prints. Throws when it ends with a fault. */
export async function openssl(folder: OpensslFolder, ...args: readonly string[]): Promise<string> {
  const { stdout } = await run('openssl', args, { cwd: folder.path, maxBuffer: 64 * 1024 * 1024 });
  return stdout;
}

/** RSA-2048 signatures a second of so many processes of the program, each of which uses one core. */
export async function bareSignatures(folder: OpensslFolder, processes = 1): Promise<number> {
  const told = await openssl(folder, 'speed', '-seconds', '3', ...(processes > 1 ? ['-multi', String(processes)] : []), 'rsa2048');
  const rate = Number(/^rsa\s+2048 bits(?:\s+[\d.]+s)+\s+([\d.]+)/m.exec(told)?.[1]);
  if (!(rate > 0)) throw new Error('openssl speed tells no rate');
  return rate;
}
