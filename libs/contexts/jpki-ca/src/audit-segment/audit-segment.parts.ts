import { route, type ContextParts } from '#platform';
import type { Sealing } from '../timestamp/timestamp.parts.js';
import { ArchiveSegment } from './archive-segment.js';
import { AuditSegmentStore } from './audit-segment.store.js';
import { ListSegments } from './list-segments.js';
import { SegmentSealer } from './seal-segments.js';
import { SegmentCheck } from './segment-check.js';
import { SegmentSeals } from './segment-seal.js';
import { VerifySegment, VerifySegmentRange } from './verify-segment.js';
import { VerifySegments } from './verify-segments.js';
import type { WriteOnceFolder } from './write-once-folder.js';

/** The sealed audit trail (JPKI 3.14, 4.14). */
export function auditSegmentParts(sealing: Sealing, folder: WriteOnceFolder): Partial<ContextParts> {
  const store = new AuditSegmentStore();
  const seals = new SegmentSeals(sealing);
  const check = new SegmentCheck({ store, seals, folder });
  return {
    http: [
      route('GET', '/audit-segments', new ListSegments(store)),
      route('POST', '/audit-segments/verifications', new VerifySegmentRange(store), { status: 202 }),
      route('POST', '/audit-segments/:segment/verification', new VerifySegment(store, check)),
      route('POST', '/audit-segments/:segment/archival', new ArchiveSegment(store)),
    ],
    jobs: [new VerifySegments(store, check)],
    schedules: new SegmentSealer({ store, seals, folder }).schedules(),
  };
}
