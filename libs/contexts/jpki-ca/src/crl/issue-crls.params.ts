import { z } from 'zod';

/** Kind of the job that issues revocation lists. */
export const ISSUE_CRLS = 'issue-crls';

/** All lists of a kind, or the named ones; a scheduled run is the one that lets entries of ended certificates go. */
export const issueCrlsParameters = z.object({
  kind: z.enum(['CRL', 'ARL']).optional(),
  partitionIds: z.array(z.string()).optional(),
  scheduled: z.boolean(),
});
