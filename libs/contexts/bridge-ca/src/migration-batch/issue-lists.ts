import { z } from 'zod';
import { queueJob, type Ctx, type Job, type JobKind, type Schedule, type StepOutcome } from '#platform';
import { regularRun } from '../revocation-list/revocation-list.js';
import type { SignerStore } from './list-signer.store.js';
import type { BatchStore } from './migration-batch.store.js';
import type { PrefecturalLists } from './prefectural-lists.js';

const ISSUE_LISTS = 'bridge-ca.issue-prefectural-lists';
const parameters = z.object({ prefecture: z.string().optional(), scheduled: z.boolean() });

/** Every day at 02:00 in Japan, of every prefecture that was cut over (JPKI-4.8). */
export const prefecturalListsDaily: Schedule = {
  name: 'prefectural-lists',
  due: (last, now) => (last === regularRun('CRL', now) ? undefined : regularRun('CRL', now)),
  run: async (ctx) => void (await queueJob(ctx, ISSUE_LISTS, { scheduled: true })),
};

/** The list of one prefecture at once: at its cut-over, and when a key leaked (JPKI-4.8). */
export async function issueAtOnce(ctx: Ctx, prefecture: string): Promise<void> {
  await queueJob(ctx, ISSUE_LISTS, { prefecture, scheduled: false });
}

/** A prefecture a step. */
export class IssuePrefecturalLists implements JobKind {
  readonly kind = ISSUE_LISTS;

  constructor(
    private readonly batches: BatchStore,
    private readonly signers: SignerStore,
    private readonly issuer: PrefecturalLists,
  ) {}

  async step(ctx: Ctx, job: Job): Promise<StepOutcome> {
    const { prefecture, scheduled } = parameters.parse(job.parameters);
    const after = z.string().nullable().parse(job.cursor);
    const next = prefecture === undefined ? await this.signers.nextCutOver(ctx.db, after ?? '') : after === null ? prefecture : undefined;
    if (next === undefined) return { cursor: after, done: job.done, result: { prefectures: job.done } };
    const found = await this.batches.ofPrefecture(ctx.db, next);
    const batch = found === undefined ? undefined : await this.batches.lock(ctx.db, found.id);
    if (batch?.state === 'CUT_OVER') await this.issuer.issue(ctx, batch, scheduled);
    return { cursor: next, done: job.done + 1 };
  }
}
