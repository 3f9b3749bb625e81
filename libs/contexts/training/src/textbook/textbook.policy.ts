import type { PolicyRow } from '#platform';
import { byAgency, byBodies } from '../permitted.js';

const BASIS = 'TRN-4.12';

/** Bodies make editions of their own; the agency says what is cleared and published. */
export const textbookPolicy: readonly PolicyRow[] = [
  ...byAgency('textbook', BASIS, 'draft', 'upload', 'name-figures', 'clear', 'publish', 'withdraw', 'list', 'download'),
  ...byBodies('textbook', BASIS, 'draft', 'upload', 'name-figures', 'list', 'download'),
  { action: 'training.textbook.download-public', institution: 'guest', scope: 'nation', basis: BASIS },
];
