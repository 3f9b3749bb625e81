import { randomInt } from 'node:crypto';
import { readFileSync, readdirSync, readlinkSync } from 'node:fs';
import { createServer } from 'node:net';
import { errorCode } from './process-id.js';
import { StartFailure } from './start-failure.js';

/** Below the ports that Linux gives to connections: one of those may be a connection's by the time somebody listens on it. */
const [LOWEST, HIGHEST] = [20_000, 32_767];
const drawn = new Set<number>();

/** A TCP port of 127.0.0.1 that nobody uses at this moment, and that this process has not drawn before. */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = randomInt(LOWEST, HIGHEST + 1);
    if (drawn.has(port)) continue;
    drawn.add(port);
    try {
      return await listenOnce(port);
    } catch (error) {
      if (errorCode(error) !== 'EADDRINUSE') throw error;
    }
  }
}

/** Throws StartFailure when the port of 127.0.0.1 cannot be opened; the sentence names its holder and the variable that chooses another port. */
export async function requireFreePort(port: number, purpose: string, variable: string): Promise<void> {
  try {
    await listenOnce(port);
  } catch (error) {
    const code = errorCode(error);
    if (code === 'EADDRINUSE') {
      throw new StartFailure(
        `Port ${port} for ${purpose} is in use by ${portHolder(port)}. Stop it, or choose another port with ${variable}.`,
      );
    }
    if (code === 'EACCES')
      throw new StartFailure(`Port ${port} for ${purpose} may not be opened by this user. Choose one above 1023 with ${variable}.`);
    throw error;
  }
}

/** Words for the program that listens on a TCP port of this machine, as far as this user may see it. */
export function portHolder(port: number): string {
  try {
    const inodes = listeningInodes(port);
    for (const pid of readdirSync('/proc').filter((name) => /^\d+$/.test(name))) {
      if (holdsSocket(pid, inodes)) return `${readFileSync(`/proc/${pid}/comm`, 'utf8').trim()} (process ${pid})`;
    }
  } catch {
    return 'another program';
  }
  return 'another program';
}

function listenOnce(port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen({ port, host: '127.0.0.1', exclusive: true }, () => {
      const address = server.address();
      server.close(() => {
        if (address === null || typeof address === 'string') reject(new Error('no TCP address'));
        else resolve(address.port);
      });
    });
  });
}

// Columns of proc(5) net/tcp: local address and port in hexadecimal, state (0A = listen), ..., inode of the socket.
function listeningInodes(port: number): Set<string> {
  const suffix = `:${port.toString(16).toUpperCase().padStart(4, '0')}`;
  const rows = ['/proc/net/tcp', '/proc/net/tcp6'].flatMap((file) => readFileSync(file, 'utf8').split('\n').slice(1));
  const columns = rows.map((row) => row.trim().split(/\s+/));
  return new Set(columns.filter((c) => c[1]?.endsWith(suffix) && c[3] === '0A').map((c) => `socket:[${c[9]}]`));
}

function holdsSocket(pid: string, inodes: ReadonlySet<string>): boolean {
  try {
    return readdirSync(`/proc/${pid}/fd`).some((fd) => inodes.has(linkTarget(`/proc/${pid}/fd/${fd}`)));
  } catch {
    return false;
  }
}

function linkTarget(path: string): string {
  try {
    return readlinkSync(path);
  } catch {
    return '';
  }
}
