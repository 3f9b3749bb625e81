import type { PolicyRow } from '#platform';
import { nation, town } from '../permitted.js';

const BASIS = '個人番号カード省令35条';

export const delegationPolicy: readonly PolicyRow[] = [
  town('delegation.draft', undefined, BASIS), town('delegation.amend', undefined, BASIS), town('delegation.terminate', undefined, BASIS), town('delegation.list', undefined, BASIS),
  ...['draft', 'amend', 'enter-into-force', 'terminate', 'list', 'import'].map((verb) => nation('operator', `delegation.${verb}`)),
];
