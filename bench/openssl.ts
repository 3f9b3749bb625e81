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

/** RSA-2048 signatures a second of one process of the program, which uses one core. */
export async function bareSignatures(folder: OpensslFolder): Promise<number> {
  const rate = Number(/^rsa\s+2048 bits(?:\s+[\d.]+s)+\s+([\d.]+)/m.exec(await openssl(folder, 'speed', '-seconds', '3', 'rsa2048'))?.[1]);
  if (!(rate > 0)) throw new Error('openssl speed tells no rate');
  return rate;
}
