import { createHash } from 'node:crypto';
import { z } from 'zod';
import { canonicalJson } from '#platform';

/** An IRI of whatever scheme, not longer than any honest one. */
export const iri = z.string().regex(/^[a-z][a-z0-9+.-]*:\S{1,2000}$/i);
const shortText = z.string().max(1_000);
const languageMap = z.record(z.string().regex(/^[A-Za-z0-9-]{1,35}$/), z.string().max(20_000));
const extensions = z.record(iri, z.unknown());
/** ISO 8601, as xAPI takes it. */
const duration = z.string().regex(/^P(?!$)(?:\d+(?:\.\d+)?Y)?(?:\d+(?:\.\d+)?M)?(?:\d+(?:\.\d+)?W)?(?:\d+(?:\.\d+)?D)?(?:T(?=\d)(?:\d+(?:\.\d+)?H)?(?:\d+(?:\.\d+)?M)?(?:\d+(?:\.\d+)?S)?)?$/);

const activity = z.strictObject({ objectType: z.literal('Activity').optional(), id: iri, definition: z.record(z.string().max(100), z.unknown()).optional() });
const activities = z.union([activity.transform((one) => [one]), z.array(activity).max(100)]);
const contextActivities = z.strictObject({ parent: activities.optional(), grouping: activities.optional(), category: activities.optional(), other: activities.optional() });

/** An agent by its account: the only kind that cmi5 knows (9.2). */
export const agent = z.strictObject({
  objectType: z.literal('Agent').optional(), name: shortText.optional(), account: z.strictObject({ homePage: iri, name: z.string().min(1).max(200) }),
});

const score = z.strictObject({ scaled: z.number().min(-1).max(1).optional(), raw: z.number().optional(), min: z.number().optional(), max: z.number().optional() }).refine(
  ({ raw, min, max }) => (min === undefined || max === undefined || min < max) && (raw === undefined || (raw >= (min ?? raw) && raw <= (max ?? raw))),
);

const result = z.strictObject({
  score: score.optional(), success: z.boolean().optional(), completion: z.boolean().optional(), response: z.string().max(100_000).optional(), duration: duration.optional(), extensions: extensions.optional(),
});

const context = z.strictObject({
  registration: z.uuid().optional(), contextActivities: contextActivities.optional(), revision: shortText.optional(), platform: shortText.optional(), language: z.string().max(35).optional(),
  extensions: extensions.optional(),
});

/**
 * A statement of xAPI 1.0.3, as far as content of a course needs it: by an agent with an account, about an activity. Groups, statements
 * about statements and attachments are not taken. `stored`, `authority` and `version` are ours, whatever comes.
 */
export const xapiStatement = z.strictObject({
  id: z.uuid().transform((id) => id.toLowerCase()).optional(), actor: agent, verb: z.strictObject({ id: iri, display: languageMap.optional() }), object: activity, result: result.optional(),
  context: context.optional(), timestamp: z.iso.datetime({ offset: true }).optional(), stored: z.unknown().optional(), authority: z.unknown().optional(),
  version: z.string().regex(/^1\.0(?:\.\d+)?$/).optional(),
});
export type XapiStatement = z.output<typeof xapiStatement>;

/** What two statements of one id are compared by: all that is the sender's (xAPI 1.0.3 part 2, 2.2.1). SHA-256. */
export function contentHash({ stored: _stored, authority: _authority, version: _version, ...sent }: XapiStatement): Buffer {
  return createHash('sha256').update(canonicalJson(sent)).digest();
}
