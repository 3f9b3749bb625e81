import { z } from 'zod';
import { log, type Ctx, type Job, type JobKind, type StepOutcome } from '#platform';
import type { AuditSegmentStore, SegmentCheck, SegmentFault } from '#sealed-trail';
import { faultView, faultViews, segmentNumber } from './segment-view.js';

export const VERIFY_SEGMENTS = 'verify-audit-segments';
/** More would tell nothing more. */
const FAULTS_TOLD = 100;

const parameters = z.object({ from: segmentNumber, to: segmentNumber });
const cursorOf = z.object({ faults: z.array(faultView) });

/** A segment a step, from first to last. */
export class VerifySegments implements JobKind {
  readonly kind = VERIFY_SEGMENTS;

  constructor(
    private readonly store: AuditSegmentStore,
    private readonly check: SegmentCheck,
  ) {}

  async step(ctx: Ctx, job: Job): Promise<StepOutcome> {
    const { from, to } = parameters.parse(job.parameters);
    const { faults } = cursorOf.nullish().parse(job.cursor) ?? { faults: [] };
    const segment = from + job.done;
    const total = to - from + 1;
    if (segment > to) {
      ctx.audit({ object: `audit-segments:${from}-${to}`, facts: { whole: faults.length === 0, faults: faults.length } });
      return { cursor: { faults }, done: job.done, total, result: { segments: total, whole: faults.length === 0, faults } };
    }
    const more = await this.faultsOf(ctx, segment);
    return { cursor: { faults: [...faults, ...more].slice(0, FAULTS_TOLD), next: segment + 1 }, done: job.done + 1, total };
  }

  private async faultsOf(ctx: Ctx, segment: number): Promise<z.input<typeof faultView>[]> {
    const row = await this.store.find(ctx.db, segment);
    const faults: SegmentFault[] = row === undefined ? [{ kind: 'SEGMENT_MISSING' }] : await this.check.faultsOf(ctx.db, row);
    for (const { kind } of faults) log.error('the audit trail is not what was sealed', { code: kind, count: segment });
    return faultViews(segment, faults);
  }
}
