import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it, vi } from 'vitest';
import { freePort, identify, isRunning, ownIdentity, startNats, stopProcess } from '#testing/servers';
import type { ProcessId } from '#testing/servers';
import { acquireEstateLock, isCrashLoop, keepServer, superviseProcess, waitForHttp } from './supervise.js';
import type { ProcessEnd } from './supervise.js';

const folder = mkdtempSync(join(tmpdir(), 'kiban-supervise-'));
afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

function idle(): ProcessId {
  const child = spawn(process.execPath, ['-e', 'setInterval(() => 0, 1000)'], { detached: true, stdio: 'ignore' });
  child.unref();
  const id = identify(child.pid ?? 0);
  if (id === undefined) throw new Error('the process did not start');
  return id;
}

describe('superviseProcess', () => {
  it('starts a process again when it ends unasked, with growing pauses, and not after stop', async () => {
    const ends: ProcessEnd[] = [];
    const started: ProcessId[] = [];
    const logFile = join(folder, 'log', 'app.log');
    const args = ['-e', `console.log('line'); process.exit(3)`];
    const app = superviseProcess({ name: 'app', args, logFile, onStart: (id) => started.push(id), onExit: (end) => ends.push(end) });
    await vi.waitFor(
      () => {
        expect(app.restarts()).toBe(2);
      },
      { timeout: 10_000 },
    );
    await app.stop();
    expect(ends.slice(0, 2)).toEqual([
      { name: 'app', code: 3, signal: null, lastWords: 'line', restartInMs: 250, isCrashLoop: false },
      { name: 'app', code: 3, signal: null, lastWords: 'line', restartInMs: 500, isCrashLoop: true },
    ]);
    expect(ends.at(-1)?.restartInMs).toBeUndefined();
    expect(app.pid()).toBeUndefined();
    expect(readFileSync(logFile, 'utf8').split('line').length - 1).toBeGreaterThanOrEqual(2);
  });

  it.each([
    ['its own words, though a record of the log comes after them', `console.log('KIBAN_KEYS: wrong'); console.log('{"level":"error"}')`, 'KIBAN_KEYS: wrong'],
    ['the message of a fault, not its stack', `throw Object.assign(new Error('no room'), { code: 'E' })`, 'Error: no room'],
    ['a record where there is nothing else', `console.log('{"level":"error"}'); process.exit(1)`, '{"level":"error"}'],
  ])('tells why a process ended: %s', async (_what, script, words) => {
    const ends: ProcessEnd[] = [];
    const logFile = join(folder, 'log', `${words.length}.log`);
    writeFileSync(logFile, 'of an earlier one\n');
    const app = superviseProcess({ name: 'app', args: ['-e', `${script}; process.exit(1)`], logFile, onExit: (end) => ends.push(end) });
    await vi.waitFor(() => expect(ends).not.toHaveLength(0), { timeout: 10_000 });
    await app.stop();
    expect(ends[0]?.lastWords).toBe(words);
  });

  it('CARD-4.12 Q9 is a crash loop from the second restart within an hour on', () => {
    const hour = 3_600_000;
    expect([isCrashLoop([], 0), isCrashLoop([0], hour - 1), isCrashLoop([0], hour), isCrashLoop([0, 1, 2], 3)]).toEqual([false, true, false, true]);
  });

  it('ends a process that ignores SIGTERM with SIGKILL after the deadline', async () => {
    const ends: ProcessEnd[] = [];
    const logFile = join(folder, 'log', 'deaf.log');
    const args = ['-e', `process.on('SIGTERM', () => 0); setInterval(() => 0, 1000); console.log('ready')`];
    const deaf = superviseProcess({ name: 'deaf', args, logFile, stopMs: 200, onExit: (end) => ends.push(end) });
    await vi.waitFor(
      () => {
        expect(readFileSync(logFile, 'utf8')).toContain('ready');
      },
      { timeout: 10_000 },
    );
    await deaf.stop();
    expect(ends).toEqual([{ name: 'deaf', code: null, signal: 'SIGKILL', lastWords: undefined, restartInMs: undefined, isCrashLoop: false }]);
  });
});

describe('keepServer', () => {
  it('starts a killed server again on the same port', async () => {
    const port = await freePort();
    const kept = await keepServer(() => startNats({ folder, port, tools: join('.kiban', 'tools') }));
    const first = kept.current();
    await first.kill();
    await vi.waitFor(
      () => {
        expect(kept.restarts()).toBe(1);
      },
      { timeout: 10_000 },
    );
    expect(kept.current().pid).not.toBe(first.pid);
    expect(kept.current().url).toBe(first.url);
    const last = kept.current().pid;
    await kept.stop();
    expect(identify(last)).toBeUndefined();
    expect(kept.restarts()).toBe(1);
  });

  // Else Node ended between the end of NATS and the stop of PostgreSQL, which then went on without an owner.
  it('keeps this process busy while it stops a server whose end Node has not seen yet', async () => {
    const port = await freePort();
    const kept = await keepServer(() => startNats({ folder, port, tools: join('.kiban', 'tools') }));
    const { pid } = kept.current();
    const children = (): number => process.getActiveResourcesInfo().filter((kind) => kind === 'ProcessWrap').length;
    const before = children();
    process.kill(pid, 'SIGKILL');
    while (identify(pid) !== undefined);
    const stopped = kept.stop();
    expect(children()).toBe(before + 1);
    await stopped;
  });
});

describe('acquireEstateLock', () => {
  it('names the process of the estate that holds the folder, and is free after release', async () => {
    const data = join(folder, 'held');
    const lock = await acquireEstateLock(data);
    expect(lock.tookOver).toBe(false);
    await expect(acquireEstateLock(data)).rejects.toThrow(`Another estate runs in ${data} (process ${process.pid})`);
    lock.release();
    const next = await acquireEstateLock(data);
    expect(next.tookOver).toBe(false);
    next.release();
    expect(existsSync(join(data, 'estate.json'))).toBe(false);
  });

  it('takes over from a dead estate and ends the processes it left, but not a later process with the same number', async () => {
    const data = join(folder, 'dead');
    const gone = idle();
    const [orphan, stranger] = [idle(), idle()];
    const lock = await acquireEstateLock(data);
    lock.recordChild('orphan', gone);
    lock.recordChild('orphan', orphan);
    lock.recordChild('stranger', { ...stranger, startedAt: 'before the last boot' });
    const path = join(data, 'estate.json');
    writeFileSync(
      path,
      JSON.stringify({ ...JSON.parse(readFileSync(path, 'utf8')), estate: { ...ownIdentity(), startedAt: 'before the last boot' } }),
    );
    const next = await acquireEstateLock(data);
    expect(next.tookOver).toBe(true);
    expect([gone, orphan, stranger].map(isRunning)).toEqual([true, false, true]);
    next.release();
    for (const id of [gone, stranger]) await stopProcess(id, [{ signal: 'SIGKILL', waitMs: 2_000 }]);
  });
});

describe('waitForHttp', () => {
  it('waits for a 2xx and tells the last answer at the deadline', async () => {
    let status = 503;
    const server = createServer((_, response) => response.writeHead(status).end('juki-net: starting')).listen(0, '127.0.0.1');
    await new Promise((resolve) => server.once('listening', resolve));
    const address = server.address();
    const url = `http://127.0.0.1:${address === null || typeof address === 'string' ? 0 : address.port}/health/ready`;
    await expect(waitForHttp(url, 300)).rejects.toThrow('(status 503: juki-net: starting)');
    setTimeout(() => (status = 200), 150);
    await waitForHttp(url, 5_000);
    server.closeAllConnections();
    server.close();
    await expect(waitForHttp(url, 300)).rejects.toThrow('ECONNREFUSED');
  });
});
