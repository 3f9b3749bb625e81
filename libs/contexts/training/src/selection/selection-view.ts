import { z } from 'zod';

const applicationIds = z.array(z.uuid());

/** What everybody needs to make a draw again (TRN-4.3 5): bodies have labels here, application ids are known to their own body only. */
export const publishedSelection = z.object({
  sessionId: z.uuid(),
  kind: z.enum(['LOTTERY', 'REVIEW']),
  commit: z.string().optional().describe('SHA-256 of the seed, published before the window opened'),
  seed: z.string().optional(),
  places: z.int().describe('places that were free'),
  bodyQuota: z.int(),
  bodies: z.array(z.object({ body: z.string(), isPriority: z.boolean(), held: z.int() })),
  applications: z.array(z.object({ applicationId: z.uuid(), body: z.string(), rank: z.int(), size: z.int() })).describe('in the order of the draw'),
  admitted: applicationIds.describe('in the order of admission'),
  waiting: applicationIds.describe('in the order of the waiting list'),
  rejected: applicationIds.optional(),
  selectedAt: z.iso.datetime(),
});
/** What two officers correct. */
export const correction = z.strictObject({ admitted: applicationIds.max(1_000), givenBack: applicationIds.max(1_000), reason: z.string() });

/** A report beside the result, for everybody to check. */
export const correctionReport = z.object({
  report: z.string().describe('canonical JSON: sessionId, number from 1, resultSha256 of the published result, admitted, givenBack, reason, correctedAt'),
  kid: z.string().describe('key of the signature, one of those of certificates'),
  signature: z.string().describe('Ed25519 over the octets of `report`, base64url'),
});

export type PublishedSelection = z.output<typeof publishedSelection>;
