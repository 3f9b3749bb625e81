import { randomUUID } from 'node:crypto';
import { Readable } from 'node:stream';
import { setTimeout } from 'node:timers/promises';
import { Agent, request } from 'undici';
import { z } from 'zod';
import type { Estate } from '../../tools/start/estate.js';
import { Api } from '../../tools/walk/api.js';
import type { Latencies } from './latencies.js';

const TRIES = 8;
/** Terminals and lines of the time: so many of a hundred requests are sent slowly, and so many are given up and sent again with the same key. */
const SLOW_PERCENT = 2;
const SLOW_MS = 3_000;
const REPEATED_PERCENT = 3;
const problem = z.object({ code: z.string() });

export interface Command {
  readonly method?: 'GET' | 'POST';
  readonly path: string;
  readonly as: string;
  readonly purpose?: string;
  readonly body?: unknown;
  /** Of performance.now(). */
  readonly intended: number;
}

/** Speaks as many terminals; what is told to come again does so, after a while of its own, with the same idempotency key. */
export class LoadClient {
  private readonly api: Api;
  private readonly agent = new Agent({ connections: 1_024, pipelining: 1, keepAliveTimeout: 30_000 });
  private sent = 0;

  constructor(private readonly estate: Estate) {
    this.api = new Api(estate.address);
  }

  close(): Promise<void> {
    return this.agent.close();
  }

  /** The answer, noted in `into`; undefined where it was refused for good. */
  async send(command: Command, into: Latencies): Promise<unknown> {
    const key = randomUUID();
    const place = (this.sent += 1) % 100;
    const slow = place < SLOW_PERCENT && command.body !== undefined;
    if (place >= 100 - REPEATED_PERCENT && command.method !== 'GET') {
      into.repeated += 1;
      await this.once(command, key, { givenUpAfter: 30 }).catch(() => undefined);
    }
    for (let attempt = 1; ; attempt += 1) {
      const answer = await this.once(command, key, { slow }).catch(() => undefined);
      if (answer !== undefined && answer.status < 300) {
        // Somebody who takes seconds to send is not what the target is about.
        into.done(performance.now() - command.intended - (slow ? SLOW_MS : 0));
        return answer.json;
      }
      if (answer !== undefined && answer.status !== 503) {
        into.refused(problem.safeParse(answer.json).data?.code ?? String(answer.status));
        return undefined;
      }
      into.shed += 1;
      if (attempt === TRIES) {
        into.refused(answer === undefined ? 'NO_ANSWER' : 'UNAVAILABLE');
        return undefined;
      }
      await setTimeout((answer?.retryMs ?? 500) * (0.5 + ((place * 37) % 100) / 100));
    }
  }

  private async once({ method = 'POST', path, as, purpose, body }: Command, key: string, { slow = false, givenUpAfter }: { slow?: boolean; givenUpAfter?: number }): Promise<{ status: number; json: unknown; retryMs: number }> {
    const text = body === undefined ? undefined : JSON.stringify(body);
    const { statusCode, headers, body: answered } = await request(`${this.estate.address.gateway}${path}`, {
      method,
      dispatcher: this.agent,
      headers: {
        authorization: `Bearer ${await this.api.token(as)}`, 'idempotency-key': key,
        ...(purpose === undefined ? {} : { 'kiban-purpose': purpose }), ...(text === undefined ? {} : { 'content-type': 'application/json', 'content-length': String(Buffer.byteLength(text)) }),
      },
      ...(text === undefined ? {} : { body: slow ? Readable.from(dribble(Buffer.from(text)), { objectMode: false }) : text }),
      ...(givenUpAfter === undefined ? {} : { signal: AbortSignal.timeout(givenUpAfter) }),
    });
    const read = await answered.text();
    return { status: statusCode, json: read === '' ? undefined : JSON.parse(read), retryMs: Number(headers['retry-after'] ?? 0.5) * 1_000 };
  }
}

async function* dribble(bytes: Buffer): AsyncGenerator<Buffer> {
  const half = Math.floor(bytes.length / 2);
  yield bytes.subarray(0, half);
  await setTimeout(SLOW_MS);
  yield bytes.subarray(half);
}
