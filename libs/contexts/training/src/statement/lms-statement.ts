import { uuidv7 } from '#platform';
import { CATEGORY, EXTENSION, VERBS, type Cmi5Verb, type LaunchedUnit } from './cmi5.js';
import type { XapiStatement } from './xapi-statement.js';

/** A statement that we write ourselves: about the unit, unless another object is named. */
export interface OwnStatement {
  readonly unit: Pick<LaunchedUnit, 'account' | 'registrationId' | 'sessionId' | 'activityId' | 'publisherId'>;
  readonly verb: Cmi5Verb;
  readonly at: Date;
  readonly object?: XapiStatement['object'];
  readonly result?: NonNullable<XapiStatement['result']>;
  readonly extensions?: Readonly<Record<string, unknown>>;
}

/** Writes a cmi5-defined statement (cmi5 9): those of the agency, and those into which the reports of SCORM content are translated. */
export function ownStatement({ unit, verb, at, object, result, extensions }: OwnStatement): XapiStatement & { readonly id: string } {
  const isResult = result?.success !== undefined || result?.completion !== undefined;
  return {
    id: uuidv7(),
    actor: { objectType: 'Agent', account: unit.account },
    verb: { id: VERBS[verb], display: { en: verb } },
    object: object ?? { objectType: 'Activity', id: unit.activityId },
    ...(result === undefined ? {} : { result }),
    context: {
      registration: unit.registrationId,
      contextActivities: { ...contextTemplateOf(unit).contextActivities, category: [{ id: CATEGORY.cmi5 }, ...(isResult ? [{ id: CATEGORY.moveOn }] : [])] },
      extensions: { ...contextTemplateOf(unit).extensions, ...extensions },
    },
    timestamp: at.toISOString(),
  };
}

/** What content must put into the context of all its statements (cmi5 10). */
export function contextTemplateOf({ publisherId, sessionId }: OwnStatement['unit']) {
  return { contextActivities: { grouping: [{ objectType: 'Activity' as const, id: publisherIri(publisherId) }] }, extensions: { [EXTENSION.sessionId]: sessionId } };
}

/** Ids of SCORM items are no IRIs. */
export function publisherIri(publisherId: string): string {
  return /^[a-z][a-z0-9+.-]*:\S+$/i.test(publisherId) ? publisherId : `urn:kiban:training:scorm-item:${encodeURIComponent(publisherId)}`;
}

/** ISO 8601 duration of seconds with hundredths, as xAPI wants it. */
export function durationBetween(from: Date, to: Date): string {
  return `PT${(Math.max(0, to.getTime() - from.getTime()) / 1000).toFixed(2)}S`;
}

/** Ids by which statements name the parts of a package; never those of the publisher (cmi5 8.1, 9.3.9). */
export function unitIri(packageId: string, au: number): string {
  return `urn:kiban:training:package:${packageId}:unit:${au + 1}`;
}

export function blockIri(packageId: string, block: number): string {
  return `urn:kiban:training:package:${packageId}:block:${block + 1}`;
}

export function courseIri(courseId: string): string {
  return `urn:kiban:training:course:${courseId}`;
}
