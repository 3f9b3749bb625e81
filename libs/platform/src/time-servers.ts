import { randomBytes } from 'node:crypto';
import { createSocket } from 'node:dgram';
import { lookup } from 'node:dns/promises';
import type { ClockGuard } from '#kernel';
import type { Clock } from './clock.js';

export interface TimeServer {
  readonly host: string;
  readonly port: number;
}

const [PACKET, LONGEST_MS, EVERY_MS] = [48, 1_000, 64_000];
/** Version 4, client; all else of the question tells nothing of us. */
const QUESTION = 0x23;
const [SERVER_MODE, UNSYNCHRONISED, LAST_STRATUM] = [4, 3, 15];
/** From 1900 to 1970. Timestamps with a clear first bit are of the era that begins in 2036 (RFC 4330 3). */
const [TO_UNIX_S, ERA_S, FIRST_BIT_S] = [2_208_988_800, 2 ** 32, 2 ** 31];

function instantAt(packet: Buffer, at: number): number {
  const [seconds, fraction] = [packet.readUInt32BE(at), packet.readUInt32BE(at + 4)];
  return (seconds + (seconds < FIRST_BIT_S ? ERA_S : 0) - TO_UNIX_S + fraction / ERA_S) * 1_000;
}

/**
 * By how many milliseconds our clock is behind the server's (RFC 5905 8). Undefined for what is not to be believed: no answer of a server to this question,
 * a server that is not synchronised itself or sends away (RFC 4330 5, 8), a way of more than a second.
 */
export function offsetBy(answer: Buffer, { cookie, sentAt, tookMs }: { cookie: Buffer; sentAt: number; tookMs: number }): number | undefined {
  if (answer.length < PACKET || !answer.subarray(24, 32).equals(cookie)) return undefined;
  const [first = 0, stratum = 0] = answer;
  if ((first & 7) !== SERVER_MODE || first >> 6 === UNSYNCHRONISED || stratum === 0 || stratum > LAST_STRATUM || answer.readUInt32BE(40) === 0) return undefined;
  const [received, sent] = [instantAt(answer, 32), instantAt(answer, 40)];
  const wayMs = tookMs - (sent - received);
  return wayMs < 0 || wayMs > LONGEST_MS ? undefined : (received - sentAt + (sent - sentAt - tookMs)) / 2;
}

async function ask({ host, port }: TimeServer, clock: Clock): Promise<number | undefined> {
  const { address, family } = await lookup(host);
  const socket = createSocket(family === 6 ? 'udp6' : 'udp4');
  const cookie = randomBytes(8);
  const question = Buffer.alloc(PACKET);
  question[0] = QUESTION;
  // In the place of the instant of sending, which an answer repeats: nobody who does not see the question can answer it.
  cookie.copy(question, 40);
  try {
    return await new Promise<number | undefined>((resolve, reject) => {
      const [sentAt, start] = [clock.now().getTime(), performance.now()];
      const timer = setTimeout(() => resolve(undefined), LONGEST_MS);
      socket.on('error', reject);
      socket.on('message', (answer) => {
        const offsetMs = offsetBy(answer, { cookie, sentAt, tookMs: performance.now() - start });
        if (offsetMs === undefined) return;
        clearTimeout(timer);
        resolve(offsetMs);
      });
      socket.send(question, port, address);
    });
  } finally {
    socket.close();
  }
}

/** The reference of this machine's clock, where the operator names time servers (NTP, RFC 5905; asked as a simple client, RFC 4330). */
export class TimeServers {
  private askedAt = -Infinity;

  constructor(
    private readonly servers: readonly TimeServer[],
    private readonly clock: Clock,
  ) {}

  /** Tells a guard what the middle one of those that answer says, so that a few may be wrong. They are asked once a minute, however often this is called. */
  async consult(guard: Pick<ClockGuard, 'noteReference'>): Promise<void> {
    if (this.servers.length === 0 || performance.now() - this.askedAt < EVERY_MS) return;
    this.askedAt = performance.now();
    const asked = await Promise.allSettled(this.servers.map((server) => ask(server, this.clock)));
    const offsets = asked.flatMap((one) => (one.status === 'fulfilled' && one.value !== undefined ? [one.value] : [])).sort((a, b) => a - b);
    const offsetMs = offsets[Math.floor((offsets.length - 1) / 2)];
    if (offsetMs !== undefined) guard.noteReference(offsetMs);
  }
}
