import { Readable } from 'node:stream';
import { expect, it } from 'vitest';
import { BodyThrottle } from './throttle.js';

it('TRN-4.8: the viewers of one body share its rate, those of another have their own', async () => {
  let now = 0;
  const waited: number[] = [];
  const throttle = new BodyThrottle(300, { nowMs: () => now, wait: async (ms) => { waited.push(ms); now += ms; } });
  const second = Buffer.alloc(37_500);
  const send = (body: string): Promise<Buffer[]> => Readable.from(throttle.through(body, Readable.from([second, second]))).toArray();
  await send('282049');
  await send('282049');
  expect(now).toBe(3_000);
  await send('131016');
  expect(waited).toEqual([1_000, 1_000, 1_000, 1_000]);
});
