import { z } from 'zod';
import { nextOf, pageLimit, useCase, type Ctx, type InputOf, type OutputOf, type UseCase } from '#platform';
import type { AuditSegmentStore } from '#sealed-trail';
import { segmentNumber, segmentView, viewOf } from './segment-view.js';

const spec = useCase({
  action: 'jpki-ca.audit-segment.list',
  kind: 'question',
  summary: 'Segments of the audit trail, the newest first, and what waits in the open one',
  input: z.strictObject({ before: segmentNumber.optional(), limit: pageLimit }),
  output: z.object({
    open: z.object({ segment: segmentNumber, state: z.literal('OPEN'), entries: z.number().int() }),
    items: z.array(segmentView),
    next: segmentNumber.optional(),
  }),
  refusals: [],
});

export class ListSegments implements UseCase<typeof spec> {
  readonly spec = spec;

  constructor(private readonly store: AuditSegmentStore) {}

  async execute(ctx: Ctx, { before, limit }: InputOf<typeof spec>): Promise<OutputOf<typeof spec>> {
    const last = await this.store.last(ctx.db);
    const page = await this.store.list(ctx.db, before, limit);
    ctx.audit({ object: 'audit-segments', facts: { segments: page.length } });
    const open = { segment: last.segment + 1, state: 'OPEN', entries: await this.store.waiting(ctx.db, last) } as const;
    return { open, items: page.map(viewOf), ...nextOf(page, limit, ({ segment }) => segment) };
  }
}
