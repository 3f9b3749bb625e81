import { listBatchLinks } from '#contracts/numbering';
import { stillWaiting, whenAnswered, type Ctx, type Job, type JobKind, type Peers, type StepOutcome } from '#platform';
import { z } from 'zod';
import type { NumberIntake, NumberLink } from './take-in-numbers.js';

export const NUMBER_BATCH_JOB = 'juki-net.number-batch';
export const NUMBER_PURPOSE = 'IDENTITY_INFORMATION';

const PAGE = 2_000;
const parameters = z.object({ batchId: z.uuid(), count: z.number(), deliveredAt: z.iso.datetime() });
const position = z.object({ after: z.number().int(), taken: z.number().int() });

interface Page {
  readonly links: readonly NumberLink[];
  readonly next?: number | undefined;
}

/** Takes the numbers of a batch in, a page a step: fetched from numbering outside of the transaction, written set-wise inside. */
export class TakeInBatch implements JobKind<Page | undefined> {
  readonly kind = NUMBER_BATCH_JOB;
  constructor(
    private readonly peers: Peers,
    private readonly intake: NumberIntake,
  ) {}

  async prepare(ctx: Ctx, job: Job): Promise<Page | undefined> {
    const { batchId } = parameters.parse(job.parameters);
    const { correlationId, traceparent } = ctx;
    const call = { correlationId, traceparent, purpose: NUMBER_PURPOSE, deadlineMs: 20_000 };
    return whenAnswered(() => this.peers.call(listBatchLinks, call, { batchId, after: positionOf(job).after, limit: PAGE }));
  }

  async step(ctx: Ctx, job: Job, page: Page | undefined): Promise<StepOutcome> {
    if (page === undefined) return stillWaiting(job);
    const { batchId, count, deliveredAt } = parameters.parse(job.parameters);
    const { links } = page;
    const taken = positionOf(job).taken + (links.length === 0 ? 0 : await this.intake.takeIn(ctx, links, new Date(deliveredAt)));
    if (links.length > 0) ctx.audit({ object: `number-batch:${batchId}`, subjects: links.map((link) => link.personKey) });
    const done = job.done + links.length;
    if (page.next === undefined) return { cursor: null, done, total: count, result: { batchId, taken } };
    return { cursor: { after: page.next, taken }, done, total: count };
  }
}

function positionOf(job: Job): z.output<typeof position> {
  return job.cursor === null ? { after: 0, taken: 0 } : position.parse(job.cursor);
}
