import { jukiNetProblems } from '#contracts/juki-net';
import { log, platformProblems, type Ctx } from '#platform';
import { z } from 'zod';

/** A clock of a municipal server may be so much off, the way of the message included (JUKI-7). */
export const MOST_SKEW_MS = 2_000;

const HEADER = 'kiban-sent-at';
/** Header of notices and their files: by the sender's clock. */
export const SENT_AT: Readonly<Record<string, string>> = { [HEADER]: 'When the sender sent it, by its own clock (RFC 3339); more than 2 seconds off it is refused' };

const time = z.iso.datetime({ offset: true });

/** Refuses CLOCK_SKEW, with a line that alerts, when the sender tells its time and its clock is off: its dates are not to be trusted. */
export function requireClock(ctx: Pick<Ctx, 'actor' | 'correlationId' | 'headers' | 'now'>): void {
  const sentAt = ctx.headers[HEADER];
  if (sentAt === undefined) return;
  if (!time.safeParse(sentAt).success) throw platformProblems.refuse('INVALID_INPUT', { fields: [{ pointer: `/${HEADER}`, code: 'FORMAT' }] });
  const skewMs = Date.parse(sentAt) - ctx.now.getTime();
  if (Math.abs(skewMs) <= MOST_SKEW_MS) return;
  log.error('the clock of a municipality is off; its notices are refused', { client: ctx.actor.clientId, ms: skewMs, correlationId: ctx.correlationId });
  throw jukiNetProblems.refuse('CLOCK_SKEW', { facts: { skewMs } });
}
