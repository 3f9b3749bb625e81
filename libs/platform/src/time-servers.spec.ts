import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTimeServer, timeAnswer } from '#testing';
import { readConfig } from './config/config.js';
import { offsetBy, TimeServers } from './time-servers.js';

const AT = Date.UTC(2026, 3, 1);
describe('an answer of a time server (RFC 5905 8, RFC 4330 5)', () => {
  const question = Buffer.alloc(48, 7);
  const cookie = question.subarray(40);
  const offset = (answer: Buffer, tookMs = 40): number | undefined => {
    const found = offsetBy(answer, { cookie, sentAt: AT, tookMs });
    return found === undefined ? undefined : Math.round(found);
  };

  it('tells by how much our clock is behind, half of the way there and half of it back', () => {
    expect([offset(timeAnswer(question, AT + 20)), offset(timeAnswer(question, AT + 5_015, { heldMs: 10 })), offset(timeAnswer(question, AT - 2_980))]).toEqual([0, 5_000, -3_000]);
  });

  it('counts on beyond 2036, when its seconds begin anew', () => {
    const later = Date.UTC(2036, 1, 7, 6, 28, 17);
    expect(Math.round(offsetBy(timeAnswer(question, later + 20), { cookie, sentAt: later, tookMs: 40 }) ?? NaN)).toBe(0);
  });

  it.each([
    ['of another question', timeAnswer(Buffer.alloc(48, 8), AT)],
    ['cut short', timeAnswer(question, AT).subarray(0, 47)],
    ['of no server', timeAnswer(question, AT, { first: 0x23 })],
    ['of one that is not synchronised', timeAnswer(question, AT, { first: 0xe4 })],
    ['that sends us away', timeAnswer(question, AT, { stratum: 0 })],
    ['of no stratum there is', timeAnswer(question, AT, { stratum: 16 })],
  ])('%s is not believed', (_what, answer) => expect(offset(answer)).toBeUndefined());

  it('that was on its way for more than a second, or before it was asked, is not believed', () => {
    expect([offset(timeAnswer(question, AT), 1_001), offset(timeAnswer(question, AT, { heldMs: 41 }), 40), offset(timeAnswer(question, AT), 1_000)]).toEqual([undefined, undefined, -500]);
  });
});

describe('time servers', () => {
  const running: { stop(): void }[] = [];
  const server = async (answer: (question: Buffer) => Buffer | undefined): Promise<number> => {
    const started = await startTimeServer(answer);
    running.push(started);
    return started.port;
  };
  const clock = { now: () => new Date(AT) };
  const told = async (...ports: number[]): Promise<number[]> => {
    const offsets: number[] = [];
    const servers = new TimeServers(ports.map((port) => ({ host: '127.0.0.1', port })), clock);
    for (let times = 0; times < 2; times += 1) await servers.consult({ noteReference: (ms) => void offsets.push(ms) });
    return offsets;
  };
  const off = (ms: number) => server((question) => timeAnswer(question, AT + ms));
  let [right, wrong, silent, mute] = [0, 0, 0, 0];
  beforeAll(async () => {
    [right, wrong, silent, mute] = await Promise.all([off(0), off(60_000), server(() => undefined), server((question) => timeAnswer(question, AT, { stratum: 0 }))]);
  });
  afterAll(() => {
    for (const one of running) one.stop();
  });

  it('are asked once a minute; the middle one of those that answer counts', async () => {
    const close = (offsets: readonly number[]): boolean => offsets.length === 1 && Math.abs(offsets[0] ?? NaN) < 1_000;
    expect([close(await told(right)), close(await told(wrong, right, right)), close(await told(right, silent, mute)), (await told(wrong))[0]]).toEqual([true, true, true, expect.closeTo(60_000, -3)]);
  });

  it('that say nothing tell nothing, nor do those that there are not', async () => {
    expect([await told(silent, mute), await told()]).toEqual([[], []]);
  });

  it('are named by hosts, with a port where it is not 123', () => {
    const read = (text: string) => {
      const env = { KIBAN_DATABASE: 'a:1/b', KIBAN_DATABASE_SECRET: 'x'.repeat(16), NATS_URL: 'n', KIBAN_ISSUER: 'http://i', KIBAN_KEYS: 'k', KIBAN_TIME_SERVERS: text };
      return readConfig(env).timeServers;
    };
    expect([read(''), read('ntp1.example.jp, 192.0.2.1:1123,[2001:db8::1]')]).toEqual([[], [
      { host: 'ntp1.example.jp', port: 123 }, { host: '192.0.2.1', port: 1_123 }, { host: '2001:db8::1', port: 123 },
    ]]);
    for (const bad of ['a b', ':123', 'host:port']) expect(() => read(bad), bad).toThrow('KIBAN_TIME_SERVERS');
  });
});
