import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';

/** A process that cannot be mistaken for a later one with the same number: its pid and when it started. */
export interface ProcessId {
  readonly pid: number;
  readonly startedAt: string;
}

/** A signal and how many milliseconds to wait for the process to end before the next step. */
export interface StopStep {
  readonly signal: NodeJS.Signals;
  readonly waitMs: number;
}

/** The identity of a living process; undefined when no such process lives (a zombie does not live). */
export function identify(pid: number): ProcessId | undefined {
  const startedAt = process.platform === 'linux' ? startOnLinux(pid) : startByPs(pid);
  return startedAt === undefined ? undefined : { pid, startedAt };
}

/** The identity of this process. */
export function ownIdentity(): ProcessId {
  const own = identify(process.pid);
  if (own === undefined) throw new Error('this process cannot see itself: /proc is not readable');
  return own;
}

/** Whether exactly this process, not a later one with its pid, still lives. */
export function isRunning(id: ProcessId): boolean {
  return identify(id.pid)?.startedAt === id.startedAt;
}

/** Sends a signal; a process that is gone already is no error. */
export function signalProcess(id: ProcessId, signal: NodeJS.Signals): void {
  if (!isRunning(id)) return;
  try {
    process.kill(id.pid, signal);
  } catch (error) {
    if (errorCode(error) !== 'ESRCH') throw error;
  }
}

/** Sends the signals one after the other until the process has ended; false when it outlives them all. */
export async function stopProcess(id: ProcessId, steps: readonly StopStep[]): Promise<boolean> {
  for (const { signal, waitMs } of steps) {
    signalProcess(id, signal);
    const deadline = performance.now() + waitMs;
    while (performance.now() < deadline) {
      if (!isRunning(id)) return true;
      await sleep(20);
    }
  }
  return !isRunning(id);
}

/** The `code` of a system error such as `ENOENT`; undefined for anything else. */
export function errorCode(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined;
}

// Fields of proc(5) stat, counted from the last bracket because the command name (2) may contain blanks and brackets: state (3), threads
// (20), start in ticks since boot (22, so the boot id belongs to it). A zombie with several threads is still ending and holds its ports.
function startOnLinux(pid: number): string | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    const [state, threads] = [fields[0], Number(fields[17])];
    if (state === 'X' || (state === 'Z' && threads <= 1)) return undefined;
    return `${readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()}/${fields[19]}`;
  } catch {
    return undefined;
  }
}

function startByPs(pid: number): string | undefined {
  try {
    const [state, ...started] = execFileSync('ps', ['-o', 'state=,lstart=', '-p', String(pid)], { encoding: 'utf8' })
      .trim()
      .split(/\s+/);
    return state === undefined || state.startsWith('Z') ? undefined : started.join(' ');
  } catch {
    return undefined;
  }
}
