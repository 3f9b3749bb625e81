import { z } from 'zod';
import { found, platformProblems, queueJob, refusals, useCase, type Ctx, type InputOf, type OutputOf, type UseCase } from '#platform';
import type { AuditSegmentStore, SegmentCheck } from '#sealed-trail';
import { bySegment, faultView, faultViews, segmentNumber } from './segment-view.js';
import { VERIFY_SEGMENTS } from './verify-segments.js';

const spec = useCase({
  action: 'jpki-ca.audit-segment.verify',
  kind: 'question',
  summary: 'Recomputes a segment: seal, time-stamp, copy, and each line of the journal against the copy',
  input: bySegment,
  output: z.object({ whole: z.boolean(), faults: z.array(faultView) }),
  refusals: refusals(platformProblems, 'NOT_FOUND'),
});

export class VerifySegment implements UseCase<typeof spec> {
  readonly spec = spec;

  constructor(
    private readonly store: AuditSegmentStore,
    private readonly check: SegmentCheck,
  ) {}

  async execute(ctx: Ctx, { segment }: InputOf<typeof spec>): Promise<OutputOf<typeof spec>> {
    const faults = await this.check.faultsOf(ctx.db, found(await this.store.find(ctx.db, segment)));
    ctx.audit({ object: `audit-segment:${segment}`, facts: { whole: faults.length === 0, faults: faults.map(({ kind }) => kind).join() } });
    return { whole: faults.length === 0, faults: faultViews(segment, faults) };
  }
}

const rangeSpec = useCase({
  action: 'jpki-ca.audit-segment.verify-range',
  kind: 'command',
  summary: 'Recomputes a range of segments, by a job',
  input: z.strictObject({ from: segmentNumber, to: segmentNumber }).refine(({ from, to }) => from <= to, { path: ['to'], params: { code: 'RANGE' } }),
  output: z.object({ jobId: z.uuid() }),
  refusals: refusals(platformProblems, 'NOT_FOUND'),
});

export class VerifySegmentRange implements UseCase<typeof rangeSpec> {
  readonly spec = rangeSpec;

  constructor(private readonly store: AuditSegmentStore) {}

  async execute(ctx: Ctx, { from, to }: InputOf<typeof rangeSpec>): Promise<OutputOf<typeof rangeSpec>> {
    if ((await this.store.last(ctx.db)).segment < to) throw platformProblems.refuse('NOT_FOUND');
    ctx.audit({ object: `audit-segments:${from}-${to}` });
    return { jobId: await queueJob(ctx, VERIFY_SEGMENTS, { from, to }) };
  }
}
