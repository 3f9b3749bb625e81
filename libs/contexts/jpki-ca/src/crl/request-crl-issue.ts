import { z } from 'zod';
import { platformProblems, queueJob, refusals, useCase, type Ctx, type InputOf, type OutputOf, type UseCase } from '#platform';
import { PARTITION_ID, type CrlStore } from './crl.store.js';
import { ISSUE_CRLS } from './issue-crls.params.js';

const spec = useCase({
  action: 'jpki-ca.crl.issue',
  kind: 'command',
  summary: 'Issues the revocation list of a partition now',
  input: z.strictObject({ partitionId: z.string().regex(PARTITION_ID) }),
  output: z.object({ jobId: z.uuid(), number: z.number().int().describe('the number that the new list will exceed') }),
  refusals: refusals(platformProblems, 'NOT_FOUND'),
});

export class RequestCrlIssue implements UseCase<typeof spec> {
  readonly spec = spec;

  constructor(private readonly crls: CrlStore) {}

  async execute(ctx: Ctx, { partitionId }: InputOf<typeof spec>): Promise<OutputOf<typeof spec>> {
    const partition = await this.crls.findPartition(ctx.db, partitionId);
    if (partition === undefined || partition.state === 'CLOSED') throw platformProblems.refuse('NOT_FOUND');
    ctx.audit({ object: `crl-partition:${partitionId}` });
    return { jobId: await queueJob(ctx, ISSUE_CRLS, { partitionIds: [partitionId], scheduled: false }), number: partition.last_number };
  }
}
