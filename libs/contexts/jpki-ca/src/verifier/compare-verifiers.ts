import { z } from 'zod';
import { listAccess } from '#contracts/jpki-verifier';
import { log, queueJob, whenAnswered, type Ctx, type Job, type JobKind, type Peers, type Schedule, type StepOutcome } from '#platform';
import type { KnownVerifiers } from './known-verifiers.js';

const COMPARE_VERIFIERS = 'compare-verifiers';
/** While jpki-verifier is away. */
const AWAY_SECONDS = 30;

interface Page extends z.output<typeof listAccess.output> {
  /** Versions that were known before it was asked for. */
  readonly before: ReadonlyMap<string, number>;
}
const cursorOf = z.object({ after: z.uuid(), behind: z.number().int() });

/** At the start of a process and each hour, so that a lost event leaves no suspended verifier with its access (JPKI 3.11). */
export function comparisonHourly(): Schedule {
  let compared = false;
  return {
    name: COMPARE_VERIFIERS,
    due: (last, now) => {
      const hour = now.toISOString().slice(0, 13);
      return compared && last === hour ? undefined : hour;
    },
    run: async (ctx, hour) => {
      await queueJob(ctx, COMPARE_VERIFIERS, { hour });
      compared = true;
    },
  };
}

/** A page of verifiers a step; what no event told is an alarm. */
export class CompareVerifiers implements JobKind<Page | undefined> {
  readonly kind = COMPARE_VERIFIERS;

  constructor(
    private readonly known: KnownVerifiers,
    private readonly peers: Peers,
  ) {}

  async prepare({ db, correlationId, traceparent }: Ctx, job: Job): Promise<Page | undefined> {
    const after = cursorOf.nullish().parse(job.cursor)?.after;
    const before = await this.known.versions(db);
    const page = await whenAnswered(() => this.peers.call(listAccess, { correlationId, traceparent }, { after }));
    return page && { ...page, before };
  }

  async step(ctx: Ctx, job: Job, page: Page | undefined): Promise<StepOutcome> {
    if (page === undefined) return { cursor: job.cursor, done: job.done, pauseSeconds: AWAY_SECONDS };
    let behind = cursorOf.nullish().parse(job.cursor)?.behind ?? 0;
    for (const { version, ...access } of page.verifiers) if (await this.known.follow(ctx, access, version, page.before.get(access.verifierId))) behind += 1;
    const done = job.done + page.verifiers.length;
    if (page.next !== undefined) return { cursor: { after: page.next, behind }, done };
    if (behind > 0) log.warn('verifiers were known otherwise than they are', { action: COMPARE_VERIFIERS, job: job.id, count: behind });
    return { cursor: job.cursor, done, result: { verifiers: done, behind } };
  }
}
