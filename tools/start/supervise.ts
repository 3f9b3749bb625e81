import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { closeSync, fstatSync, openSync, readSync, statSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { StartFailure, freePort, identify, makeFolder, stopProcess } from '#testing/servers';
import type { PrivateServer, ProcessId } from '#testing/servers';

export { freePort };
export { acquireEstateLock } from './estate-lock.js';
export type { EstateLock } from './estate-lock.js';

/** Threads of a process that sign. With more than there are cores, the thread that makes what is to be signed gets too little of them to keep the others busy. */
const SIGNERS = String(Math.max(2, availableParallelism()));

/** How a supervised process ended. */
export interface ProcessEnd {
  readonly name: string;
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  /** What it wrote last where it ended by a failure of its own. */
  readonly lastWords: string | undefined;
  /** After how many milliseconds it is started again; undefined when it was stopped on purpose. */
  readonly restartInMs: number | undefined;
  /** It was started again twice within an hour: somebody has to look (CARD-4.12 Q9). */
  readonly isCrashLoop: boolean;
}

/** What to run and whom to tell. */
export interface SupervisedOptions {
  readonly name: string;
  /** The program; default this Node. */
  readonly command?: string;
  readonly args: readonly string[];
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** Standard output and error are appended here. */
  readonly logFile: string;
  readonly onStart?: (process: ProcessId) => void;
  readonly onExit?: (end: ProcessEnd) => void;
  /** How long SIGTERM may take before SIGKILL; default 15 000 ms. */
  readonly stopMs?: number;
}

/** A process that is started again whenever it ends unasked. */
export interface SupervisedProcess {
  readonly name: string;
  readonly logFile: string;
  pid(): number | undefined;
  restarts(): number;
  /** What it wrote last before it ended by a failure of its own, where a process that cannot start says why; at most 500 characters. */
  lastWords(): string | undefined;
  stop(): Promise<void>;
}

/** A private server that is started again, on the same port and data, whenever it ends unasked. */
export interface KeptServer<Server extends PrivateServer> {
  current(): Server;
  restarts(): number;
  stop(): Promise<void>;
}

const FIRST_PAUSE_MS = 250;
const LONGEST_PAUSE_MS = 10_000;
const HEALTHY_AFTER_MS = 10_000;
const [CRASH_LOOP, HOUR_MS] = [2, 3_600_000];

/** Whether a process is started again at `now` for the second time within an hour; all in milliseconds. */
export function isCrashLoop(restartedAt: readonly number[], now: number): boolean {
  return restartedAt.filter((at) => at > now - HOUR_MS).length + 1 >= CRASH_LOOP;
}

/** Runs a Node process in a session of its own (Ctrl-C does not reach it) and restarts it with growing pauses until it is stopped. */
export function superviseProcess(options: SupervisedOptions): SupervisedProcess {
  makeFolder(dirname(options.logFile));
  const stopping = new AbortController();
  let current: ChildProcess | undefined;
  const restartedAt: number[] = [];
  let last: string | undefined;
  const run = async (): Promise<void> => {
    for (let pause = FIRST_PAUSE_MS; ; pause = Math.min(pause * 2, LONGEST_PAUSE_MS)) {
      const startedAt = performance.now();
      const from = statSync(options.logFile, { throwIfNoEntry: false })?.size ?? 0;
      current = launch(options);
      const { code, signal } = await ended(current);
      current = undefined;
      if (performance.now() - startedAt > HEALTHY_AFTER_MS) pause = FIRST_PAUSE_MS;
      const isWanted = stopping.signal.aborted;
      last = (code ?? 0) === 0 ? undefined : lastWords(options.logFile, from);
      options.onExit?.({
        name: options.name,
        code,
        signal,
        lastWords: last,
        restartInMs: isWanted ? undefined : pause,
        isCrashLoop: !isWanted && isCrashLoop(restartedAt, performance.now()),
      });
      await sleep(pause, undefined, { signal: stopping.signal }).catch(() => undefined);
      if (stopping.signal.aborted) return;
      restartedAt.push(performance.now());
    }
  };
  const finished = run();
  return {
    name: options.name,
    logFile: options.logFile,
    pid: () => current?.pid,
    restarts: () => restartedAt.length,
    lastWords: () => last,
    stop: async () => {
      stopping.abort();
      const id = current?.pid === undefined ? undefined : identify(current.pid);
      if (id !== undefined) {
        await stopProcess(id, [
          { signal: 'SIGTERM', waitMs: options.stopMs ?? 15_000 },
          { signal: 'SIGKILL', waitMs: 5_000 },
        ]);
      }
      await finished;
    },
  };
}

/** Starts a private server and starts it again, with growing pauses, when it ends unasked. `onRestart` hears of each attempt that failed, and of success. */
export async function keepServer<Server extends PrivateServer>(
  start: () => Promise<Server>,
  onRestart: (failure?: unknown) => void = () => undefined,
): Promise<KeptServer<Server>> {
  let current = await start();
  let restarts = 0;
  const stopping = new AbortController();
  const restarted = async (): Promise<void> => {
    for (let pause = FIRST_PAUSE_MS; !stopping.signal.aborted; pause = Math.min(pause * 2, LONGEST_PAUSE_MS)) {
      try {
        current = await start();
        restarts += 1;
        onRestart();
        return;
      } catch (error) {
        onRestart(error);
        await sleep(pause, undefined, { signal: stopping.signal }).catch(() => undefined);
      }
    }
  };
  const keep = async (): Promise<void> => {
    while (!stopping.signal.aborted) {
      await current.exited;
      await restarted();
    }
  };
  const finished = keep();
  return {
    current: () => current,
    restarts: () => restarts,
    stop: async () => {
      stopping.abort();
      await current.stop();
      await finished;
      await current.stop();
    },
  };
}

/** Waits until a GET is answered with 2xx. Throws StartFailure with the last answer after `deadlineMs`. */
export async function waitForHttp(url: string, deadlineMs: number): Promise<void> {
  const deadline = performance.now() + deadlineMs;
  let last = 'no answer';
  while (performance.now() < deadline) {
    try {
      const response = await fetch(url, { signal: AbortSignal.timeout(5_000) });
      const text = await response.text();
      if (response.ok) return;
      last = `status ${response.status}: ${text.slice(0, 300)}`;
    } catch (error) {
      last = error instanceof Error && error.cause instanceof Error ? error.cause.message : String(error);
    }
    await sleep(100);
  }
  throw new StartFailure(`${url} was not ready within ${Math.round(deadlineMs / 1000)} s (${last}).`);
}

/**
 * Calls `stop` on the first SIGINT, SIGTERM or SIGHUP and `force` on one that comes more than a second later. One Ctrl-C arrives twice under
 * `npm start`, from the terminal and from npm: signals within a second are one.
 */
export function onStopSignal(stop: (signal: NodeJS.Signals) => void, force: () => void): void {
  let first: number | undefined;
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(signal, () => {
      if (first === undefined) {
        first = performance.now();
        stop(signal);
      } else if (performance.now() - first > 1_000) {
        force();
      }
    });
  }
}

/** What a process wrote last for people, from a place in its log on: no record of the log, no part of a stack; a record where it wrote nothing else. */
function lastWords(file: string, from: number): string {
  const log = openSync(file, 'r');
  try {
    const end = Buffer.alloc(8_192);
    const read = readSync(log, end, 0, end.length, Math.max(from, fstatSync(log).size - end.length));
    const lines = end.toString('utf8', 0, read).trim().split('\n');
    return (lines.findLast((line) => /^[^\s{}^]/.test(line) && !line.startsWith('Node.js v')) ?? lines.at(-1) ?? '').slice(0, 500);
  } finally {
    closeSync(log);
  }
}

function launch(options: SupervisedOptions): ChildProcess {
  const log = openSync(options.logFile, 'a', 0o640);
  const child = spawn(options.command ?? process.execPath, options.args, {
    detached: true,
    stdio: ['ignore', log, log],
    env: { UV_THREADPOOL_SIZE: SIGNERS, ...process.env, ...options.env },
  });
  closeSync(log);
  const id = child.pid === undefined ? undefined : identify(child.pid);
  if (id !== undefined) options.onStart?.(id);
  return child;
}

function ended(child: ChildProcess): Promise<{ code: number | null; signal: NodeJS.Signals | null }> {
  return new Promise((resolve) => {
    child.once('error', () => {
      resolve({ code: null, signal: null });
    });
    child.once('exit', (code, signal) => {
      resolve({ code, signal });
    });
  });
}
