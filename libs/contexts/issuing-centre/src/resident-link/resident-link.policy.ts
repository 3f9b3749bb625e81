import type { PolicyRow } from '#platform';
import { CONVENIENCE_ISSUANCE, permit } from '../permitted.js';

export const residentLinkPolicy: readonly PolicyRow[] = permit('municipality', ['resident-link.save', 'resident-link.remove', 'domicile-registration.list', 'domicile-registration.decide'], CONVENIENCE_ISSUANCE);
