import { z } from 'zod';
import { jpkiCaProblems, type ProvisionMode } from '#contracts/jpki-ca';
import { found, platformProblems, refusals, type Ctx } from '#platform';
import type { Authorities } from '../ca/authorities.js';
import type { CaId } from '../ca/ca.js';
import type { AccessGrants } from '../ocsp/access-grants.js';
import { PARTITION_ID, type CrlStore, type PartitionRow, type PublishedIssue } from './crl.store.js';

export const partitionInput = z.string().regex(PARTITION_ID);
export const keyId = z.string().regex(/^[0-9A-Fa-f]{40}$/).optional()
  .describe('authority key identifier of the certificate to be checked; without it the list of the key that issues now');
export const LIST_REFUSALS = [...refusals(jpkiCaProblems, 'CRL_STALE', 'NO_ACCESS_GRANT'), ...refusals(platformProblems, 'NOT_FOUND')];

export interface ListParts {
  readonly crls: CrlStore;
  readonly authorities: Authorities;
  readonly grants: AccessGrants;
}

/** Revocation information is not public (JPKI 4.8). Refuses NOT_FOUND, NO_ACCESS_GRANT. */
export async function permittedPartition(ctx: Ctx, { crls, grants }: ListParts, id: string, mode: ProvisionMode): Promise<PartitionRow> {
  const partition = await crls.findPartition(ctx.db, id);
  if (partition?.kind !== 'CRL') throw platformProblems.refuse('NOT_FOUND');
  if (!(await grants.permits(ctx, partition.ca, mode))) throw jpkiCaProblems.refuse('NO_ACCESS_GRANT');
  return partition;
}

export interface CurrentOrder {
  readonly id: string;
  readonly ca: CaId;
  readonly keyId?: string | undefined;
}

/**
 * The current list of the key that is meant (JPKI 4.8): past its nextUpdate refused rather than served, but for the last one of a key that is
 * closed. Refuses NOT_FOUND, CRL_STALE.
 */
export async function currentOf(ctx: Ctx, { authorities, crls }: ListParts, { id, ca, keyId: wanted }: CurrentOrder): Promise<PublishedIssue> {
  const { generation, state } = found(await authorities.lister(ctx.db, ca, wanted));
  const issue = found(await crls.current(ctx.db, id, generation));
  if (state !== 'CLOSED' && issue.next_update.getTime() <= ctx.now.getTime()) throw jpkiCaProblems.refuse('CRL_STALE', { facts: { number: issue.number } });
  return issue;
}

/** Who has the octets asks whether they changed; they come in parts, too. */
export function listHeaders({ this_update: thisUpdate, sha256: ofList }: PublishedIssue, sha256 = ofList): Record<string, string> {
  return { 'etag': `"${sha256}"`, 'last-modified': thisUpdate.toUTCString(), 'cache-control': 'private, no-cache' };
}
