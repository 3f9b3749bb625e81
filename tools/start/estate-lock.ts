import { existsSync, linkSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { z } from 'zod';
import { StartFailure, errorCode, folderFailure, isRunning, makeFolder, ownIdentity, stopProcess, writeDurably } from '#testing/servers';
import type { ProcessId } from '#testing/servers';

/** The exclusive hold of a data folder by one running estate. */
export interface EstateLock {
  /** True when an estate that was killed left the lock behind; its processes have been ended. */
  readonly tookOver: boolean;
  /** Notes the process that now has this name in the estate, so that a successor can end it should this one be killed. */
  recordChild(name: string, child: ProcessId): void;
  release(): void;
}

const processId = z.object({ pid: z.number().int(), startedAt: z.string() });
const lockContent = z.object({ estate: processId, children: z.array(z.object({ name: z.string(), process: processId })) });
type LockContent = z.infer<typeof lockContent>;

const ORPHAN_STOP = [
  { signal: 'SIGTERM', waitMs: 10_000 },
  { signal: 'SIGKILL', waitMs: 5_000 },
] as const;

/** Takes the lock of a data folder (`<folder>/estate.json`). Throws StartFailure that names the process of the estate that runs there. */
export async function acquireEstateLock(dataFolder: string): Promise<EstateLock> {
  const folder = resolve(dataFolder);
  makeFolder(folder);
  const path = join(folder, 'estate.json');
  const content: LockContent = { estate: ownIdentity(), children: [] };
  let tookOver = false;
  while (!create(path, content)) {
    const predecessor = read(path);
    if (predecessor !== undefined && isRunning(predecessor.estate)) {
      throw new StartFailure(
        `Another estate runs in ${folder} (process ${predecessor.estate.pid}). Stop it first, or choose another folder with KIBAN_DATA.`,
      );
    }
    await endOrphans(predecessor);
    removeDead(path);
    tookOver = true;
  }
  return {
    tookOver,
    recordChild: (name, child) => {
      content.children = [...content.children.filter((other) => other.name !== name), { name, process: child }];
      writeDurably(path, JSON.stringify(content));
    },
    release: () => {
      rmSync(path, { force: true });
    },
  };
}

// A link appears with its whole content or not at all, and only once.
function create(path: string, content: LockContent): boolean {
  const prepared = `${path}.${process.pid}`;
  try {
    writeFileSync(prepared, JSON.stringify(content), { mode: 0o600 });
    linkSync(prepared, path);
    return true;
  } catch (error) {
    if (errorCode(error) === 'EEXIST') return false;
    throw folderFailure(dirname(path), error);
  } finally {
    rmSync(prepared, { force: true });
  }
}

function read(path: string): LockContent | undefined {
  if (!existsSync(path)) return undefined;
  try {
    return lockContent.parse(JSON.parse(readFileSync(path, 'utf8')));
  } catch {
    return undefined;
  }
}

async function endOrphans(predecessor: LockContent | undefined): Promise<void> {
  const ended = await Promise.all(
    (predecessor?.children ?? []).map(async (child) => ({ child, done: await stopProcess(child.process, ORPHAN_STOP) })),
  );
  const stubborn = ended.find(({ done }) => !done);
  if (stubborn !== undefined)
    throw new StartFailure(
      `A ${stubborn.child.name} of an estate that was killed still runs (process ${stubborn.child.process.pid}). End it, then start again.`,
    );
}

// Between reading and removing another start may have taken over: what was moved aside is put back when its estate lives.
function removeDead(path: string): void {
  const aside = `${path}.dead.${process.pid}`;
  try {
    renameSync(path, aside);
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return;
    throw folderFailure(dirname(path), error);
  }
  const moved = read(aside);
  if (moved !== undefined && isRunning(moved.estate)) linkSync(aside, path);
  rmSync(aside, { force: true });
}
