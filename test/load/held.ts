import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { WebSocket } from 'undici';
import { z } from 'zod';
import type { SupervisedProcess } from '../../tools/start/supervise.js';

const MIB = 1_048_576;
const OPENS_WITHIN_MS = 10_000;
const answered = z.object({ id: z.int(), result: z.object({ result: z.object({ value: z.number().optional() }).optional() }) });

/** The processes of an estate that is opened afterwards can be looked into: each on a port of its own. */
export function allowLooks(): void {
  process.env['NODE_OPTIONS'] = `${process.env['NODE_OPTIONS'] ?? ''} --inspect-port=0`.trim();
}

/** What a process still holds after a full collection, in MiB: its objects and the octets outside the heap they keep. What lies about until the next collection is not in it. */
export class HeldMemory {
  private opened: { readonly pid: number; readonly socket: WebSocket } | undefined;
  private calls = 0;

  constructor(private readonly process: SupervisedProcess) {}

  /** Undefined while the process is down. */
  async look(): Promise<number | undefined> {
    const socket = await this.connection();
    if (socket === undefined) return undefined;
    await this.ask(socket, 'HeapProfiler.collectGarbage');
    const held = await this.ask(socket, 'Runtime.evaluate', { expression: '(({ heapUsed, external }) => heapUsed + external)(process.memoryUsage())', returnByValue: true });
    return held === undefined ? undefined : held / MIB;
  }

  close(): void {
    this.opened?.socket.close();
  }

  private async connection(): Promise<WebSocket | undefined> {
    const pid = this.process.pid();
    if (pid === undefined) return undefined;
    if (this.opened?.pid === pid) return this.opened.socket;
    const socket = new WebSocket(await inspectorOf(pid, this.process.logFile));
    await new Promise((resolve, reject) => {
      socket.addEventListener('open', resolve, { once: true });
      socket.addEventListener('error', () => reject(new Error(`${this.process.name} lets nobody look into it`)), { once: true });
    });
    this.opened = { pid, socket };
    return socket;
  }

  private ask(socket: WebSocket, method: string, params: object = {}): Promise<number | undefined> {
    const id = (this.calls += 1);
    return new Promise((resolve) => {
      const done = (value?: number): void => {
        socket.removeEventListener('message', onMessage);
        socket.removeEventListener('close', onClose);
        resolve(value);
      };
      const onClose = (): void => done();
      const onMessage = ({ data }: { readonly data: unknown }): void => {
        const answer = answered.safeParse(JSON.parse(String(data)));
        if (answer.success && answer.data.id === id) done(answer.data.result.result?.value);
      };
      socket.addEventListener('message', onMessage);
      socket.addEventListener('close', onClose);
      socket.send(JSON.stringify({ id, method, params }));
    });
  }
}

/** Opens the inspector of a running process, which writes its address to its log. */
async function inspectorOf(pid: number, logFile: string): Promise<string> {
  const before = readFileSync(logFile).length;
  process.kill(pid, 'SIGUSR1');
  for (let waited = 0; waited < OPENS_WITHIN_MS; waited += 100) {
    await sleep(100);
    const address = /Debugger listening on (ws:\S+)/.exec(readFileSync(logFile).subarray(before).toString('utf8'))?.[1];
    if (address !== undefined) return address;
  }
  throw new Error(`no inspector in ${logFile}`);
}
