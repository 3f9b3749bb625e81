import type { InstitutionKind, PolicyRow } from '#platform';

export const NOTIFICATION = ['NOTIFICATION'] as const;
export const APPLICATION = ['CARD_APPLICATION', 'CARD_PRODUCTION'] as const;
export const PRODUCTION = ['CARD_PRODUCTION'] as const;
export const HANDOVER = ['CARD_HANDOVER'] as const;
export const CALL_CENTRE = ['CALL_CENTRE'] as const;
export const LEDGER = ['CARD_HANDOVER', 'CARD_PRODUCTION', 'CALL_CENTRE'] as const;

/** Delegated tasks: Ministerial Ordinance 85 of 2014 art. 35; the mayor's own: Number Act art. 17. */
const DELEGATED = '個人番号カード省令35条';
const MAYOR = '番号法17条';

/** What a municipality may do for its own residents. */
export const town = (action: string, purposes?: readonly string[], basis = MAYOR): PolicyRow => ({ action: `card-issuance.${action}`, institution: 'municipality', scope: 'own', basis, ...(purposes === undefined ? {} : { purposes }) });
/** What is done for all municipalities that delegate it. */
export const nation = (institution: InstitutionKind, action: string, purposes?: readonly string[]): PolicyRow => ({ action: `card-issuance.${action}`, institution, scope: 'nation', basis: DELEGATED, ...(purposes === undefined ? {} : { purposes }) });
