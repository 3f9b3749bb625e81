import { z } from 'zod';
import { getPersons, type PersonView } from '#contracts/juki-net';
import { daily, log, queueJob, stillWaiting, whenAnswered, type Ctx, type Job, type JobKind, type Peers, type Schedule, type StepOutcome } from '#platform';
import type { FollowedHolder, RegisterComparisonStore } from './compare-register.store.js';
import { MISSING_AFTER_SECONDS, untoldVersion } from './register-comparison.js';
import type { ResidentChanges } from './resident-changes.js';

export const COMPARE_REGISTER = 'compare-register';
/** As many as the register answers of at once. */
const PAGE = 1_000;
const SETTLED_AT_ONCE = 100;

const cursorOf = z.object({ after: z.uuid().optional(), compared: z.boolean(), settled: z.number().int(), unknown: z.number().int() });
type Cursor = z.output<typeof cursorOf>;
const START: Cursor = { compared: false, settled: 0, unknown: 0 };

interface Page {
  readonly holders: readonly FollowedHolder[];
  /** In the second pass: those still behind. */
  readonly missing: readonly string[];
  readonly registered: ReadonlyMap<string, PersonView>;
}

/**
 * The closing of a day (JUKI-4.9): every holder's facts are compared with the register, so that an event that was lost ends a
 * certificate all the same. Who is behind is looked at again after an hour, and settled by what the register says by then.
 */
export class CompareRegister implements JobKind<Page | undefined> {
  readonly kind = COMPARE_REGISTER;

  constructor(private readonly parts: { readonly store: RegisterComparisonStore; readonly residents: ResidentChanges; readonly peers: Peers }) {}

  async prepare(ctx: Ctx, job: Job): Promise<Page | undefined> {
    return whenAnswered(() => this.read(ctx, cursorIn(job)));
  }

  async step(ctx: Ctx, job: Job, page: Page | undefined): Promise<StepOutcome> {
    if (page === undefined) return stillWaiting(job);
    return cursorIn(job).compared ? this.settle(ctx, job, page) : this.compare(ctx, job, page);
  }

  private async read(ctx: Ctx, { compared, after }: Cursor): Promise<Page> {
    const { store, peers } = this.parts;
    const holders = compared ? [] : await store.holders(ctx.db, after, PAGE, ctx.now);
    const missing = compared ? await store.stillMissing(ctx.db, new Date(ctx.now.getTime() - MISSING_AFTER_SECONDS * 1_000), SETTLED_AT_ONCE) : [];
    const personKeys = [...holders.map(({ personKey }) => personKey), ...missing];
    const call = { correlationId: ctx.correlationId, traceparent: ctx.traceparent, purpose: 'CERTIFICATE_STATUS' };
    const { persons } = personKeys.length === 0 ? { persons: [] } : await peers.call(getPersons, call, { personKeys });
    return { holders, missing, registered: new Map(persons.map((person) => [person.personKey, person])) };
  }

  private async compare(ctx: Ctx, job: Job, { holders, registered }: Page): Promise<StepOutcome> {
    const { store } = this.parts;
    const missing = holders.flatMap(({ personKey, applied }) => {
      const factVersion = untoldVersion(applied, registered.get(personKey));
      return factVersion === undefined ? [] : [{ personKey, factVersion }];
    });
    await store.note(ctx.db, missing, ctx.now);
    const done = job.done + holders.length;
    const total = job.total ?? (await store.countHolders(ctx.db, ctx.now));
    if (holders.length === PAGE) return { cursor: { ...cursorIn(job), after: holders.at(-1)?.personKey }, done, total };
    const cursor: Cursor = { ...START, compared: true };
    if (!(await store.anyNoted(ctx.db))) return { cursor, done, total: done, result: { holders: done, settled: 0, unknown: 0 } };
    return { cursor, done, total: done, pauseSeconds: MISSING_AFTER_SECONDS };
  }

  private async settle(ctx: Ctx, job: Job, { missing, registered }: Page): Promise<StepOutcome> {
    const { store, residents } = this.parts;
    const { settled, unknown } = cursorIn(job);
    let caughtUp = 0;
    for (const personKey of missing) {
      const person = registered.get(personKey);
      if (person !== undefined && (await residents.catchUp(ctx, person))) caughtUp += 1;
    }
    // That the register names nobody under a key may as well be its own fault: an officer looks, no certificate ends.
    const strangers = missing.filter((personKey) => !registered.has(personKey));
    if (strangers.length > 0) ctx.audit({ object: 'register-comparison', subjects: strangers, facts: { found: 'NOT_ON_RECORD' } });
    if (missing.length > 0) log.error('alarm: facts of holders were missing for more than an hour', { action: COMPARE_REGISTER, code: 'FACTS_MISSING', job: job.id, count: missing.length });
    await store.forget(ctx.db, missing);
    const cursor: Cursor = { compared: true, settled: settled + caughtUp, unknown: unknown + strangers.length };
    if (missing.length === SETTLED_AT_ONCE) return { cursor, done: job.done };
    await store.forgetTold(ctx.db);
    return { cursor, done: job.done, result: { holders: job.done, settled: cursor.settled, unknown: cursor.unknown } };
  }
}

function cursorIn(job: Job): Cursor {
  return cursorOf.nullish().parse(job.cursor) ?? START;
}

/** Once a day in Japan. */
export function comparisonSchedule(store: RegisterComparisonStore): Schedule {
  return {
    ...daily('register-comparison', async (ctx, day) => void (await queueJob(ctx, COMPARE_REGISTER, { day }))),
    hasWork: (ctx) => store.anyHolder(ctx.db, ctx.now),
  };
}
