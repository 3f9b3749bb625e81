import { z } from 'zod';
import { queueJob, type Ctx } from '#platform';
import { LISTS } from './revocation-list.js';

export const ISSUE_LISTS = 'issue-revocation-lists';

/** Which lists a run issues: those of the authorities named, else of all that have a key. */
export const issueListsParameters = z.object({ list: z.enum(LISTS), authorityIds: z.array(z.string()).optional(), scheduled: z.boolean() });

export async function queueLists(ctx: Ctx, order: z.output<typeof issueListsParameters>): Promise<void> {
  if (order.authorityIds?.length === 0) return;
  await queueJob(ctx, ISSUE_LISTS, order);
}
