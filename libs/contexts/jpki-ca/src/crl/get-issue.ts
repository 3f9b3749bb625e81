import { z } from 'zod';
import { jpkiCaProblems } from '#contracts/jpki-ca';
import { platformProblems, refusals, useCase, type BinaryAnswer, type Ctx, type InputOf, type UseCase } from '#platform';
import { noteUse } from '../ocsp/status-use.js';
import type { CrlStore, PartitionRow, PublishedIssue } from './crl.store.js';
import { listHeaders, partitionInput, permittedPartition, type ListParts } from './list-access.js';
import { listSource } from './list-octets.js';

export const issueNumber = z.coerce.number().int().positive();

const spec = useCase({
  action: 'jpki-ca.crl.read-issue',
  kind: 'question',
  summary: 'A revocation list of a municipality by its number, DER; at least the 14 before the current one are kept',
  input: z.strictObject({ partitionId: partitionInput, number: issueNumber }),
  output: z.custom<BinaryAnswer>(),
  refusals: [...refusals(jpkiCaProblems, 'CRL_ISSUE_GONE', 'NO_ACCESS_GRANT'), ...refusals(platformProblems, 'NOT_FOUND')],
});

/** Refuses NOT_FOUND of a number that is still to come, CRL_ISSUE_GONE of one that failed or is not kept any more. */
export async function keptIssue(ctx: Ctx, crls: CrlStore, { id, last_number: last }: PartitionRow, number: number): Promise<PublishedIssue> {
  const issue = await crls.issue(ctx.db, id, number);
  if (issue !== undefined) return issue;
  throw number > last ? platformProblems.refuse('NOT_FOUND') : jpkiCaProblems.refuse('CRL_ISSUE_GONE');
}

/** What a list said in its time, for questions of later (JPKI 4.8). */
export class GetIssue implements UseCase<typeof spec> {
  readonly spec = spec;

  constructor(private readonly parts: ListParts) {}

  async execute(ctx: Ctx, { partitionId, number }: InputOf<typeof spec>): Promise<BinaryAnswer> {
    const partition = await permittedPartition(ctx, this.parts, partitionId, 'CRL');
    const issue = await keptIssue(ctx, this.parts.crls, partition, number);
    ctx.audit({ object: `crl:${partitionId}:${number}` });
    noteUse(ctx, ctx.actor.organisation, { ca: partition.ca, mode: 'CRL', status: 'list' });
    return { contentType: 'application/pkix-crl', body: listSource(ctx.db, issue), headers: listHeaders(issue) };
  }
}
