import type { Actor } from '#platform';

/** Who approves grants of provision (JUKI-3.5). */
export const legalOfficer: Actor = { clientId: 'legal-office', kind: 'operator', organisation: 'agency', operator: 'legal-2' };
