import { AU_VERBS, type AuVerb } from './au-session.js';
import { isMastered } from './move-on.js';
import type { XapiStatement } from './xapi-statement.js';

const ADL = 'http://adlnet.gov/expapi/verbs';
const W3 = 'https://w3id.org/xapi';

/** Verbs of cmi5 9.3. */
export const VERBS = {
  launched: `${ADL}/launched`, initialized: `${ADL}/initialized`, completed: `${ADL}/completed`, passed: `${ADL}/passed`, failed: `${ADL}/failed`, terminated: `${ADL}/terminated`,
  abandoned: `${W3}/adl/verbs/abandoned`, waived: `${W3}/adl/verbs/waived`, satisfied: `${W3}/adl/verbs/satisfied`,
} as const;
export type Cmi5Verb = keyof typeof VERBS;

export const CATEGORY = { cmi5: `${W3}/cmi5/context/categories/cmi5`, moveOn: `${W3}/cmi5/context/categories/moveon` } as const;
export const ACTIVITY_TYPE = { block: `${W3}/cmi5/activitytype/block`, course: `${W3}/cmi5/activitytype/course` } as const;
export const EXTENSION = {
  sessionId: `${W3}/cmi5/context/extensions/sessionid`, masteryScore: `${W3}/cmi5/context/extensions/masteryscore`, launchMode: `${W3}/cmi5/context/extensions/launchmode`,
  launchUrl: `${W3}/cmi5/context/extensions/launchurl`, moveOn: `${W3}/cmi5/context/extensions/moveon`, launchParameters: `${W3}/cmi5/context/extensions/launchparameters`,
  reason: `${W3}/cmi5/result/extensions/reason`,
} as const;

/** Reasons for which a unit may be waived (cmi5 9.5.5.2). */
export const WAIVE_REASONS = ['Tested Out', 'Equivalent AU', 'Equivalent Outside Activity', 'Administrative'] as const;

/** Whose statements a session takes, and about what. */
export interface LaunchedUnit {
  readonly account: { readonly homePage: string; readonly name: string };
  readonly registrationId: string;
  readonly sessionId: string;
  readonly activityId: string;
  readonly publisherId: string;
  readonly masteryScore: number | undefined;
}

/** Why a statement is not one of this session, or not one that cmi5 allows its sender. */
export type StatementFault =
  | 'ACTOR' | 'REGISTRATION' | 'SESSION' | 'PUBLISHER_ID' | 'OBJECT' | 'VERB' | 'MOVE_ON_CATEGORY' | 'SUCCESS' | 'COMPLETION' | 'SCORE' | 'DURATION' | 'MASTERY';

/** What its result must say, by the verb (cmi5 9.5). */
const RESULTS: Readonly<Record<AuVerb, { readonly success?: boolean; readonly completion?: boolean; readonly isTimed: boolean }>> = {
  initialized: { isTimed: false },
  completed: { completion: true, isTimed: true },
  passed: { success: true, isTimed: true },
  failed: { success: false, isTimed: true },
  terminated: { isTimed: true },
};

/**
 * The verb of a cmi5-defined statement, undefined of another one that cmi5 allows, or why it is refused (cmi5 7.1.3, 9.2 to 9.6). Of any
 * statement actor, registration and session must be those of the launch; the rest is asked of cmi5-defined ones.
 */
export function checkStatement(statement: XapiStatement, unit: LaunchedUnit): { readonly verb: AuVerb | undefined } | { readonly fault: StatementFault } {
  const { actor, context = {}, object } = statement;
  const categories = context.contextActivities?.category?.map(({ id }) => id) ?? [];
  if (actor.account.name !== unit.account.name || actor.account.homePage !== unit.account.homePage) return { fault: 'ACTOR' };
  if (context.registration?.toLowerCase() !== unit.registrationId) return { fault: 'REGISTRATION' };
  if (context.extensions?.[EXTENSION.sessionId] !== unit.sessionId) return { fault: 'SESSION' };
  if (!categories.includes(CATEGORY.cmi5)) return { verb: undefined };
  if (context.contextActivities?.grouping?.some(({ id }) => id === unit.publisherId) !== true) return { fault: 'PUBLISHER_ID' };
  if (object.id !== unit.activityId) return { fault: 'OBJECT' };
  const verb = AU_VERBS.find((known) => VERBS[known] === statement.verb.id);
  if (verb === undefined) return { fault: 'VERB' };
  const fault = resultFault(statement, verb, unit.masteryScore);
  if (fault !== undefined) return { fault };
  return categories.includes(CATEGORY.moveOn) === isResult(statement) ? { verb } : { fault: 'MOVE_ON_CATEGORY' };
}

function isResult({ result }: XapiStatement): boolean {
  return result?.success !== undefined || result?.completion !== undefined;
}

function resultFault({ result = {} }: XapiStatement, verb: AuVerb, masteryScore: number | undefined): StatementFault | undefined {
  const { success, completion, isTimed } = RESULTS[verb];
  if (result.success !== success) return 'SUCCESS';
  if (result.completion !== completion) return 'COMPLETION';
  if (isTimed && result.duration === undefined) return 'DURATION';
  if (result.score === undefined) return undefined;
  const { scaled, raw, min, max } = result.score;
  if (success === undefined || (scaled !== undefined && scaled < 0) || (raw !== undefined && (min === undefined || max === undefined))) return 'SCORE';
  // A unit without a mastery score judges by itself.
  if (scaled === undefined || masteryScore === undefined) return undefined;
  return isMastered(scaled, masteryScore) === success ? undefined : 'MASTERY';
}
