import { z } from 'zod';
import { jpkiCaProblems } from '#contracts/jpki-ca';
import { platformProblems, refusals, useCase, type BinaryAnswer, type Ctx, type InputOf, type UseCase } from '#platform';
import { CA_IDS } from '../ca/ca.js';
import type { AccessGrants } from '../ocsp/access-grants.js';
import { noteUse } from '../ocsp/status-use.js';
import { arlId, PARTITION_ID, type CrlStore } from './crl.store.js';

const REFUSALS = [...refusals(jpkiCaProblems, 'CRL_STALE', 'NO_ACCESS_GRANT'), ...refusals(platformProblems, 'NOT_FOUND')];

const crlSpec = useCase({
  action: 'jpki-ca.crl.read',
  kind: 'question',
  summary: 'The current revocation list of a municipality, DER',
  input: z.strictObject({ partitionId: z.string().regex(PARTITION_ID) }),
  output: z.custom<BinaryAnswer>(),
  refusals: REFUSALS,
});

const arlSpec = useCase({
  action: 'jpki-ca.arl.read',
  kind: 'question',
  summary: 'The current revocation list of an authority\'s own certificates, DER',
  input: z.strictObject({ caId: z.enum(CA_IDS) }),
  output: z.custom<BinaryAnswer>(),
  refusals: REFUSALS,
});

/** JPKI 4.8: not public; a list past its nextUpdate is refused rather than served. */
async function currentList(ctx: Ctx, crls: CrlStore, id: string): Promise<BinaryAnswer> {
  const crl = await crls.current(ctx.db, id);
  if (crl === undefined) throw platformProblems.refuse('NOT_FOUND');
  if (crl.next_update.getTime() <= ctx.now.getTime()) throw jpkiCaProblems.refuse('CRL_STALE', { facts: { number: crl.number } });
  ctx.audit({ object: `crl:${id}:${crl.number}` });
  return {
    contentType: 'application/pkix-crl',
    body: crl.der,
    headers: { 'etag': `"${crl.sha256}"`, 'last-modified': crl.this_update.toUTCString(), 'expires': crl.next_update.toUTCString(), 'cache-control': 'private, no-cache' },
  };
}

export class GetCrl implements UseCase<typeof crlSpec> {
  readonly spec = crlSpec;

  constructor(
    private readonly crls: CrlStore,
    private readonly grants: AccessGrants,
  ) {}

  async execute(ctx: Ctx, { partitionId }: InputOf<typeof crlSpec>): Promise<BinaryAnswer> {
    const partition = await this.crls.findPartition(ctx.db, partitionId);
    if (partition?.kind !== 'CRL') throw platformProblems.refuse('NOT_FOUND');
    if (!(await this.grants.permits(ctx, partition.ca, 'CRL'))) throw jpkiCaProblems.refuse('NO_ACCESS_GRANT');
    const list = await currentList(ctx, this.crls, partitionId);
    noteUse(ctx, ctx.actor.organisation, { ca: partition.ca, mode: 'CRL', status: 'list' });
    return list;
  }
}

export class GetArl implements UseCase<typeof arlSpec> {
  readonly spec = arlSpec;

  constructor(
    private readonly crls: CrlStore,
    private readonly grants: AccessGrants,
  ) {}

  async execute(ctx: Ctx, { caId }: InputOf<typeof arlSpec>): Promise<BinaryAnswer> {
    // Whoever verifies needs it, in whichever way the status of holders comes.
    if (!(await this.grants.permits(ctx, caId))) throw jpkiCaProblems.refuse('NO_ACCESS_GRANT');
    return currentList(ctx, this.crls, arlId(caId));
  }
}
