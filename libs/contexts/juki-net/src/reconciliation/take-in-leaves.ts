import type { Readable } from 'node:stream';
import { jukiNetProblems } from '#contracts/juki-net';
import { localDateInJapan } from '#kernel';
import { platformProblems, refusals, requireJurisdiction, useCase, type Ctx, type InputOf, type OutputOf, type UseCase } from '#platform';
import { z } from 'zod';
import type { CompleteRun } from './complete-run.js';
import type { DifferenceStore } from './difference.store.js';
import { readLeaves } from './leaf-lines.js';
import type { LeafStore } from './leaf.store.js';
import { bucketDigest, differencesOf, type Leaf, RUN_STATES } from './reconciliation.js';
import type { Bucket, ReconciliationStore, Run } from './reconciliation.store.js';

const spec = useCase({
  action: 'juki-net.reconciliation.submit-leaves',
  kind: 'process',
  summary: 'Takes in the municipality’s leaves of a bucket that differs (text/csv) and classes what differs; the same bucket again has no effect',
  input: z.object({ runId: z.uuid(), bucket: z.string().regex(/^\d{2}$/).transform(Number) }),
  output: z.object({ state: z.enum(RUN_STATES), differences: z.number().int().describe('found in this bucket by this request'), repeated: z.boolean() }),
  refusals: [
    ...refusals(jukiNetProblems, 'RUN_STATE', 'BUCKET_STATE', 'BUCKET_DIGEST', 'LEAF_ROW', 'LINE_TOO_LONG', 'MALFORMED_HEADER'),
    ...refusals(platformProblems, 'NOT_FOUND', 'OUT_OF_JURISDICTION', 'UNSUPPORTED_MEDIA_TYPE'),
  ],
});

type Answer = OutputOf<typeof spec>;

interface LeafIntakeParts {
  readonly runs: ReconciliationStore;
  readonly leaves: LeafStore;
  readonly differences: DifferenceStore;
  readonly completion: CompleteRun;
}

/**
 * The leaves must make up the digest that opened the run. They are compared while they are in memory and never stored; what
 * stays are the differences.
 */
export class TakeInLeaves implements UseCase<typeof spec> {
  readonly spec = spec;

  constructor(private readonly parts: LeafIntakeParts) {}

  async execute(ctx: Ctx, { runId, bucket: number }: InputOf<typeof spec>, body?: Readable): Promise<Answer> {
    if (body === undefined) throw platformProblems.refuse('UNSUPPORTED_MEDIA_TYPE');
    try {
      const run = await this.parts.runs.find(ctx.db, runId);
      if (run === undefined) throw platformProblems.refuse('NOT_FOUND');
      requireJurisdiction(ctx, run.municipalityCode);
      const bucket = await this.parts.runs.bucket(ctx.db, runId, number);
      requireAwaited(run, bucket);
      const municipal = await readLeaves(body, { bucket: number, count: bucket.municipalCount });
      if (!bucketDigest(municipal).equals(bucket.digest)) throw jukiNetProblems.refuse('BUCKET_DIGEST');
      return await ctx.transaction((tx) => this.settle(tx, { runId, bucket: number }, municipal));
    } finally {
      // A client that is still sending hears the refusal only when it has been read to the end.
      body.resume();
    }
  }

  private async settle(tx: Ctx, at: { runId: string; bucket: number }, municipal: readonly Leaf[]): Promise<Answer> {
    const run = await this.parts.runs.lock(tx.db, at.runId);
    if (run === undefined) throw platformProblems.refuse('NOT_FOUND');
    const { state } = requireAwaited(run, await this.parts.runs.bucket(tx.db, at.runId, at.bucket));
    if (state === 'DESCENDED') return this.answer(tx, at, { state: run.state, differences: 0, repeated: true });
    const register = await this.parts.leaves.ofBucket(tx.db, at.runId, at.bucket);
    const found = differencesOf(municipal, register);
    const today = localDateInJapan(tx.now);
    const subjects = await this.parts.differences.record(tx.db, { runId: at.runId, municipalityCode: run.municipalityCode, today }, found);
    await this.parts.runs.moveBucket(tx.db, at.runId, { bucket: at.bucket, state: 'DESCENDED', registerCount: register.length });
    await this.parts.leaves.drop(tx.db, at.runId, at.bucket);
    const isLast = (await this.parts.runs.differing(tx.db, at.runId)).every((bucket) => bucket.state === 'DESCENDED');
    if (isLast) await this.parts.completion.complete(tx, run, run.compared ?? 0);
    return this.answer(tx, at, { state: isLast ? 'COMPLETED' : run.state, differences: found.length, repeated: false }, subjects);
  }

  private answer(tx: Ctx, at: { runId: string; bucket: number }, answer: Answer, subjects?: readonly string[]): Answer {
    const { differences, repeated } = answer;
    tx.audit({ object: `reconciliation:${at.runId}`, ...(subjects === undefined ? {} : { subjects }), facts: { bucket: at.bucket, differences, repeated } });
    return answer;
  }
}

/** A bucket whose leaves are wanted, or came before; the run may have ended with it. */
function requireAwaited(run: Run, bucket: Bucket): Bucket {
  if (bucket.state === 'DESCENDED' && run.state !== 'ABANDONED') return bucket;
  if (run.state !== 'AWAITING_LEAVES') throw jukiNetProblems.refuse('RUN_STATE', { facts: { state: run.state } });
  if (bucket.state !== 'DIFFERENT') throw jukiNetProblems.refuse('BUCKET_STATE', { facts: { state: bucket.state } });
  return bucket;
}
