import type { InstitutionKind, PolicyRow } from '#platform';

/** The one affair of this context: juki cards (Basic Resident Register Act art. 30-44, in force until the end of 2015). */
export const JUKI_CARD = ['JUKI_CARD'] as const;
const BASIS = '旧住基法30条の44';

/** What institutions of a kind may do; municipalities for their own residents. */
export function permitted(institution: InstitutionKind, actions: readonly string[], purposes?: readonly string[]): PolicyRow[] {
  return actions.map((action) => ({ action: `juki-card.${action}`, institution, scope: institution === 'municipality' ? 'own' : 'nation', basis: BASIS, ...(purposes === undefined ? {} : { purposes }) }));
}
