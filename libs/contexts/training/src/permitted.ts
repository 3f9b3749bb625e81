import type { Ctx, PolicyRow } from '#platform';
import { bodyCodeOf } from './body/body.js';

/** Who holds the courses, as it signs. */
export const AGENCY = '地方公共団体情報システム機構';

/** Affairs for which people who attend courses are named. */
export const TRAINING = ['TRAINING'] as const;

/** Bodies that send people to courses. */
export const BODIES = ['municipality', 'prefecture'] as const;

/** Rows for the agency's planners, of `training.<aggregate>.<verb>`. */
export function byAgency(aggregate: string, basis: string, ...verbs: readonly string[]): PolicyRow[] {
  return verbs.map((verb) => ({ action: `training.${aggregate}.${verb}`, institution: 'operator', scope: 'nation', basis }));
}

/** Rows for bodies about their own people and papers. */
export function byBodies(aggregate: string, basis: string, ...verbs: readonly string[]): PolicyRow[] {
  return BODIES.flatMap((institution) => verbs.map((verb): PolicyRow => ({ action: `training.${aggregate}.${verb}`, institution, scope: 'own', basis })));
}

/** The same rows for calls that touch data of people: they name the purpose TRAINING. */
export function forTraining(rows: readonly PolicyRow[]): PolicyRow[] {
  return rows.map((row) => ({ ...row, purposes: TRAINING }));
}

/** Whether the caller may act for this body: its own, or any for the agency. */
export function isOwnBody({ actor, permission }: Pick<Ctx, 'actor' | 'permission'>, bodyCode: string): boolean {
  return permission.scope === 'nation' || bodyCodeOf(actor) === bodyCode;
}
