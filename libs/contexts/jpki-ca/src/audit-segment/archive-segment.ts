import { z } from 'zod';
import { jpkiCaProblems } from '#contracts/jpki-ca';
import { found, platformProblems, refusals, useCase, type Ctx, type InputOf, type OutputOf, type UseCase } from '#platform';
import type { AuditSegmentStore } from '#sealed-trail';
import { namedOfficer } from '../ca/named-officer.js';
import { bySegment, segmentNumber } from './segment-view.js';

/** Number of a paper of the archive. */
const paperRef = z.string().regex(/^[\p{L}\p{N}()（）・._/-]{1,60}$/u);

const spec = useCase({
  action: 'jpki-ca.audit-segment.archive',
  kind: 'command',
  summary: 'A named officer confirms that the archive holds the copy of a segment, by its digest there',
  input: bySegment.extend({ archiveRef: paperRef, sha256: z.string().regex(/^[0-9a-f]{64}$/).describe('of the entries as they arrived in the archive') }),
  output: z.object({ segment: segmentNumber, state: z.literal('ARCHIVED') }),
  refusals: [...refusals(jpkiCaProblems, 'COPY_DIFFERS', 'NOT_IN_STATE', 'OPERATOR_NOT_ASSERTED'), ...refusals(platformProblems, 'NOT_FOUND')],
});

/** COPIED -> ARCHIVED (JPKI 3.14). */
export class ArchiveSegment implements UseCase<typeof spec> {
  readonly spec = spec;

  constructor(private readonly store: AuditSegmentStore) {}

  async execute(ctx: Ctx, { segment, archiveRef, sha256 }: InputOf<typeof spec>): Promise<OutputOf<typeof spec>> {
    const officer = namedOfficer(ctx);
    const row = found(await this.store.lock(ctx.db, segment));
    if (row.state !== 'COPIED') throw jpkiCaProblems.refuse('NOT_IN_STATE', { facts: { state: row.state } });
    if (row.copySha256 !== sha256) throw jpkiCaProblems.refuse('COPY_DIFFERS');
    await this.store.markArchived(ctx.db, { segment, officer, archiveRef, now: ctx.now });
    ctx.audit({ object: `audit-segment:${segment}`, facts: { state: 'ARCHIVED', sha256 } });
    return { segment, state: 'ARCHIVED' };
  }
}
