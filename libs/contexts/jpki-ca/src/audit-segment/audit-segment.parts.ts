import { auditSegmentSealed } from '#contracts/jpki-ca';
import { route, type ContextParts } from '#platform';
import { AuditSegmentStore, SegmentCheck, SegmentSealer, SegmentSeals, type WriteOnceFolder } from '#sealed-trail';
import type { Sealing } from '../timestamp/timestamp.parts.js';
import { ArchiveSegment } from './archive-segment.js';
import { ListSegments } from './list-segments.js';
import { VerifySegment, VerifySegmentRange } from './verify-segment.js';
import { VerifySegments } from './verify-segments.js';

/** The sealed audit trail (JPKI 3.14, 4.14). */
export function auditSegmentParts(sealing: Sealing, folder: WriteOnceFolder): Partial<ContextParts> {
  const store = new AuditSegmentStore();
  const seals = new SegmentSeals({ ...sealing, context: 'jpki-ca' });
  const check = new SegmentCheck({ store, seals, folder });
  const sealer = new SegmentSealer({
    store, seals, folder,
    announce: (ctx, facts) => ctx.emit(auditSegmentSealed, { aggregateId: 'jpki-ca', sequence: facts.segment, data: { ...facts, sealedAt: ctx.now.toISOString() } }),
  });
  return {
    http: [
      route('GET', '/audit-segments', new ListSegments(store)),
      route('POST', '/audit-segments/verifications', new VerifySegmentRange(store), { status: 202 }),
      route('POST', '/audit-segments/:segment/verification', new VerifySegment(store, check)),
      route('POST', '/audit-segments/:segment/archival', new ArchiveSegment(store)),
    ],
    jobs: [new VerifySegments(store, check)],
    schedules: sealer.schedules(),
  };
}
