import { localDateInJapan } from '#kernel';
import type { Clock } from '../clock.js';
import { uuidv7 } from '../crypto/uuid.js';
import type { Ctx } from '../ctx.js';
import type { Db } from '../pg/db.js';
import { isOutage } from '../problem/outage.js';
import type { OwnCall } from '../use-case/call.js';
import type { Runner } from '../use-case/runner.js';
import { log } from '../telemetry/log.js';

/**
 * Recurring work with a named cursor: `due` tells from the cursor (the last occasion that was done, if any) and the clock
 * which occasion comes next, or nothing; `run` does it in the transaction that moves the cursor, so a missed night catches
 * up by itself and an operator may set the cursor back.
 */
export interface Schedule {
  readonly name: string;
  due(last: string | undefined, now: Date): string | undefined;
  run(ctx: Ctx, occasion: string): Promise<void>;
  /** Of frequent occasions, whether this one finds anything: one that does not is passed over without a trace. A look without locks. */
  hasWork?(ctx: Ctx): Promise<boolean>;
}

/** Work of each day in Japan. */
export function daily(name: string, run: Schedule['run']): Schedule {
  const due = (last: string | undefined, now: Date): string | undefined => {
    const today = localDateInJapan(now);
    return last === today ? undefined : today;
  };
  return { name, due, run };
}

const RECENT_MS = 1_000;

/** Cursors of a context's schedules as they were within the last second, so that a look at all of them is one statement. */
export function recentCursors(db: Db): () => Promise<Map<string, string>> {
  let [readAt, cursors] = [-Infinity, Promise.resolve(new Map<string, string>())];
  return () => {
    if (performance.now() - readAt < RECENT_MS) return cursors;
    readAt = performance.now();
    return (cursors = db.many<{ name: string; value: string }>("SELECT name, value FROM cursor WHERE name LIKE 'schedule:%'").then((rows) => new Map(rows.map(({ name, value }) => [name, value]))));
  };
}

interface ScheduleParts {
  readonly runner: Runner;
  readonly cursors: ReturnType<typeof recentCursors>;
  readonly clock: Clock;
  readonly ownCall: (correlationId: string) => OwnCall;
}

const MAX_PAUSE_MS = 60_000;
/** Who is away comes back, and the work is not to blame. */
const MAX_OUTAGE_PAUSE_MS = 5_000;

/** How long work rests after so many faults in a row: twice as long each time, up to a bound. */
export function pauseAfter(faults: number, outage: boolean): number {
  return Math.min(1_000 * 2 ** Math.min(faults, 10), outage ? MAX_OUTAGE_PAUSE_MS : MAX_PAUSE_MS);
}

/** The work of a schedule, to be called again and again: does one due occasion; false when nothing is due, another process has it, or it rests after a fault. */
export function scheduled(schedule: Schedule, parts: ScheduleParts): () => Promise<boolean> {
  let [faults, restUntil] = [0, 0];
  return async () => {
    if (performance.now() < restUntil) return false;
    try {
      const done = await runSchedule(schedule, parts);
      faults = 0;
      return done;
    } catch (error) {
      const ms = pauseAfter((faults += 1), isOutage(error));
      restUntil = performance.now() + ms;
      log.warn('scheduled work failed and will be tried again', { action: `schedule:${schedule.name}`, attempt: faults, ms, error });
      return false;
    }
  };
}

async function runSchedule(schedule: Schedule, { runner, clock, cursors, ownCall }: ScheduleParts): Promise<boolean> {
  const name = `schedule:${schedule.name}`;
  const recent = await cursors();
  const value = recent.get(name);
  if (value !== undefined && schedule.due(value === '' ? undefined : value, clock.now()) === undefined) return false;
  const call = ownCall(`${name}:${uuidv7()}`);
  if (schedule.hasWork !== undefined && !(await schedule.hasWork(runner.process(name, call)))) return false;
  const done = await runner.inTransaction(name, call, async (ctx) => {
    await ctx.db.run("INSERT INTO cursor (name, value, moved_at) VALUES ($1, '', $2) ON CONFLICT DO NOTHING", name, ctx.now.toISOString());
    const row = await ctx.db.maybe<{ value: string }>('SELECT value FROM cursor WHERE name = $1 FOR UPDATE SKIP LOCKED', name);
    if (row === undefined) return undefined;
    // By the instant that the work goes by: an occasion that begins meanwhile would be done for the time before it.
    const occasion = schedule.due(row.value === '' ? undefined : row.value, ctx.now);
    if (occasion === undefined) return undefined;
    await schedule.run(ctx, occasion);
    await ctx.db.run('UPDATE cursor SET value = $2, moved_at = $3 WHERE name = $1', name, occasion, clock.now().toISOString());
    return occasion;
  });
  if (done !== undefined) recent.set(name, done);
  return done !== undefined;
}
