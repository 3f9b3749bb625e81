import { localDateInJapan } from '#kernel';
import type { Clock } from '../clock.js';
import type { Ctx } from '../ctx.js';
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

/** A look without locks, since it is made every second. */
async function isDue(schedule: Schedule, ctx: Ctx, name: string): Promise<boolean> {
  const row = await ctx.db.maybe<{ value: string }>('SELECT value FROM cursor WHERE name = $1', name);
  if (row !== undefined && schedule.due(row.value === '' ? undefined : row.value, ctx.now) === undefined) return false;
  return schedule.hasWork === undefined || schedule.hasWork(ctx);
}

/** Does one due occasion; false when nothing is due or another process has it. */
export async function runSchedule(schedule: Schedule, parts: { runner: Runner; clock: Clock; ownCall: (correlationId: string) => OwnCall }): Promise<boolean> {
  const name = `schedule:${schedule.name}`;
  try {
    if (!(await isDue(schedule, parts.runner.process(name, parts.ownCall(name)), name))) return false;
    return await parts.runner.inTransaction(name, parts.ownCall(name), async (ctx) => {
      await ctx.db.run("INSERT INTO cursor (name, value, moved_at) VALUES ($1, '', $2) ON CONFLICT DO NOTHING", name, ctx.now.toISOString());
      const row = await ctx.db.maybe<{ value: string }>('SELECT value FROM cursor WHERE name = $1 FOR UPDATE SKIP LOCKED', name);
      if (row === undefined) return false;
      const occasion = schedule.due(row.value === '' ? undefined : row.value, parts.clock.now());
      if (occasion === undefined) return false;
      await schedule.run(ctx, occasion);
      await ctx.db.run('UPDATE cursor SET value = $2, moved_at = $3 WHERE name = $1', name, occasion, parts.clock.now().toISOString());
      return true;
    });
  } catch (error) {
    log.warn('scheduled work failed and will be tried again', { action: name, error });
    return false;
  }
}
