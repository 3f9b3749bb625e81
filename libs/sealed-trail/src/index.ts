export { CHAIN_START, SEGMENT_STATES, type SegmentFault } from './audit-segment.js';
export { AuditSegmentStore, type SegmentRow } from './audit-segment.store.js';
export { SegmentCheck } from './segment-check.js';
export { SegmentSealer } from './seal-segments.js';
export { SegmentSeals } from './segment-seal.js';
export { WriteOnceFolder, type StreamedFile } from './write-once-folder.js';
