import { z } from 'zod';
import { SEGMENT_STATES, type SegmentFault, type SegmentRow } from '#sealed-trail';

export const segmentNumber = z.coerce.number().int().min(1).max(2_147_483_647);
export const bySegment = z.strictObject({ segment: segmentNumber });

export const segmentView = z.object({
  segment: segmentNumber,
  state: z.enum(SEGMENT_STATES),
  firstSeq: z.number().int().describe('number of its first entry, through all segments'),
  entries: z.number().int(),
  hash: z.string().describe('h_last, which is time-stamped'),
  sealedAt: z.iso.datetime(),
  copiedAt: z.iso.datetime().nullable(),
  copySha256: z.string().nullable().describe('of the copy\'s entries'),
  archivedAt: z.iso.datetime().nullable(),
  archiveRef: z.string().nullable(),
});

export const faultView = z.object({ segment: segmentNumber, kind: z.string(), seq: z.number().int().optional(), lineId: z.string().optional() });

export function viewOf({ segment, state, firstSeq, entries, hash, sealedAt, copiedAt, copySha256, archivedAt, archiveRef }: SegmentRow): z.input<typeof segmentView> {
  return {
    segment, state, firstSeq, entries, hash: hash.toString('hex'), sealedAt: sealedAt.toISOString(), copiedAt: copiedAt?.toISOString() ?? null, copySha256,
    archivedAt: archivedAt?.toISOString() ?? null, archiveRef,
  };
}

export function faultViews(segment: number, faults: readonly SegmentFault[]): z.input<typeof faultView>[] {
  return faults.map((fault) => ({ segment, ...fault }));
}
