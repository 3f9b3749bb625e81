import type { PolicyRow } from '#platform';
import { byAgency, byBodies, forTraining } from '../permitted.js';

const BASIS = 'TRN-4.8';

/** Players fetch under signed addresses, without a token. */
export const videoPolicy: readonly PolicyRow[] = [
  ...byAgency('video', BASIS, 'upload', 'caption', 'publish', 'list'),
  ...byBodies('video', BASIS, 'list'),
  ...forTraining([...byBodies('video', BASIS, 'view'), ...byAgency('video', BASIS, 'view')]),
  ...['read', 'read-captions', 'report-played'].map((verb): PolicyRow => ({ action: `training.video.${verb}`, institution: 'guest', scope: 'nation', basis: `${BASIS}: signed address` })),
];
