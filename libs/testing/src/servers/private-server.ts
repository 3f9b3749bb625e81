import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { closeSync, existsSync, openSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import { readFrom, writeDurably } from './data-folder.js';
import { identify, isRunning, ownIdentity, stopProcess } from './process-id.js';
import type { ProcessId, StopStep } from './process-id.js';
import { StartFailure } from './start-failure.js';

/** A server that runs as a child of this process, in a session of its own: Ctrl-C of the terminal does not reach it. */
export interface PrivateServer {
  readonly pid: number;
  readonly port: number;
  /** Settles when the server has ended, for whatever reason. */
  readonly exited: Promise<void>;
  /** Ends it cleanly; harmless when it has ended already. */
  stop(): Promise<void>;
  /** Ends it as a power cut would (SIGKILL), for fault tests. */
  kill(): Promise<void>;
}

/** How to run one server. */
export interface ServerCommand {
  readonly name: string;
  /** The data folder of the estate; the server's record is `<folder>/<name>.json`. */
  readonly folder: string;
  readonly port: number;
  readonly command: string;
  readonly args: readonly string[];
  readonly account?: { readonly uid: number; readonly gid: number } | undefined;
  readonly log: { readonly path: string; readonly offset: number };
  readonly stopSteps: readonly StopStep[];
  /** A container that must be removed when the process that represents it was killed. */
  readonly container?: Container | undefined;
  /** True when the server answers; called until then, with short pauses. */
  readonly ready: () => Promise<boolean>;
  /** The sentence for a server that ended before it was ready, from what it wrote to its log. */
  readonly explain: (log: string) => StartFailure;
}

/** A container by its engine and name. */
export interface Container {
  readonly engine: string;
  readonly name: string;
}

const START_DEADLINE_MS = 300_000;
const processId = z.object({ pid: z.number().int(), startedAt: z.string() });
const serverRecord = z.object({
  server: processId,
  owner: processId,
  container: z.object({ engine: z.string(), name: z.string() }).optional(),
});

/** Starts the server, records who owns it, and waits until it answers. Throws StartFailure with the reason. */
export async function startServer(command: ServerCommand): Promise<PrivateServer> {
  const { child, id, exited } = await spawnDetached(command);
  const record = { server: id, owner: ownIdentity(), ...(command.container === undefined ? {} : { container: command.container }) };
  writeDurably(recordPath(command.folder, command.name), JSON.stringify(record));
  const end = async (steps: readonly StopStep[]): Promise<void> => {
    // Whoever waits for `exited` now waits for a process that ends: until then Node must not find that there is nothing left to do.
    child.ref();
    await stopProcess(id, steps);
    removeContainer(command.container);
    forget(command, id);
  };
  const server: PrivateServer = {
    pid: id.pid,
    port: command.port,
    exited,
    stop: () => end([...command.stopSteps, { signal: 'SIGKILL', waitMs: 5_000 }]),
    kill: () => end([{ signal: 'SIGKILL', waitMs: 5_000 }]),
  };
  await waitUntilReady(command, server, id);
  return server;
}

/**
 * Deals with the server that an earlier start left in this folder: a living owner is a StartFailure that names it; an orphan is ended cleanly.
 */
export async function settlePredecessor(folder: string, name: string, stopSteps: readonly StopStep[]): Promise<void> {
  const path = recordPath(folder, name);
  const record = readRecord(path);
  if (record === undefined) return;
  if (isRunning(record.server) && isRunning(record.owner)) {
    throw new StartFailure(
      `The data in ${folder} is in use: process ${record.owner.pid} runs its ${name} there. Stop that one first, or choose another folder with KIBAN_DATA.`,
    );
  }
  if (!(await stopProcess(record.server, [...stopSteps, { signal: 'SIGKILL', waitMs: 5_000 }]))) {
    throw new StartFailure(
      `A ${name} of an earlier start (process ${record.server.pid}) in ${folder} cannot be ended by this user. End it, then start again.`,
    );
  }
  removeContainer(record.container);
  rmSync(path, { force: true });
}

/** Whether a server recorded in the folder belongs to a living owner. */
export function ownerLives(folder: string, name: string): boolean {
  const record = readRecord(recordPath(folder, name));
  return record !== undefined && isRunning(record.owner);
}

function recordPath(folder: string, name: string): string {
  return join(folder, `${name}.json`);
}

function readRecord(path: string): z.infer<typeof serverRecord> | undefined {
  if (!existsSync(path)) return undefined;
  try {
    return serverRecord.parse(JSON.parse(readFileSync(path, 'utf8')));
  } catch {
    return undefined;
  }
}

// A successor may have taken the folder over meanwhile: only the own record is removed.
function forget({ folder, name }: ServerCommand, id: ProcessId): void {
  const path = recordPath(folder, name);
  if (readRecord(path)?.server.pid === id.pid) rmSync(path, { force: true });
}

function removeContainer(container: Container | undefined): void {
  if (container !== undefined) spawnSync(container.engine, ['rm', '--force', container.name], { stdio: 'ignore' });
}

async function spawnDetached(command: ServerCommand): Promise<{ child: ChildProcess; id: ProcessId; exited: Promise<void> }> {
  const log = openSync(command.log.path, 'a');
  const child = spawn(command.command, command.args, {
    detached: true,
    stdio: ['ignore', log, log],
    cwd: '/',
    env: { ...process.env, LC_ALL: 'C', TZ: 'UTC' },
    ...(command.account === undefined ? {} : { uid: command.account.uid, gid: command.account.gid }),
  });
  closeSync(log);
  child.unref();
  const exited = new Promise<void>((resolve) =>
    child.once('exit', () => {
      resolve();
    }),
  );
  await new Promise<void>((resolve, reject) => {
    child.once('spawn', resolve);
    child.once('error', (error) => {
      reject(new StartFailure(`${command.command} cannot be run: ${error.message}.`));
    });
  });
  const id = identify(child.pid ?? 0);
  if (id === undefined) throw command.explain(readFrom(command.log.path, command.log.offset));
  return { child, id, exited };
}

async function waitUntilReady(command: ServerCommand, server: PrivateServer, id: ProcessId): Promise<void> {
  const deadline = performance.now() + START_DEADLINE_MS;
  while (isRunning(id) && performance.now() < deadline) {
    if (await command.ready()) return;
    await sleep(25);
  }
  const ended = !isRunning(id);
  await server.stop();
  if (ended) throw command.explain(readFrom(command.log.path, command.log.offset));
  throw new StartFailure(
    `The ${command.name} in ${command.folder} did not answer within ${START_DEADLINE_MS / 1000} s; its log is ${command.log.path}.`,
  );
}
