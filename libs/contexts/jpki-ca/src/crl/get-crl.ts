import { z } from 'zod';
import { jpkiCaProblems } from '#contracts/jpki-ca';
import { useCase, type BinaryAnswer, type Ctx, type InputOf, type UseCase } from '#platform';
import { CA_IDS } from '../ca/ca.js';
import { noteUse } from '../ocsp/status-use.js';
import { arlId } from './crl.store.js';
import { currentOf, keyId, LIST_REFUSALS, listHeaders, partitionInput, permittedPartition, type CurrentOrder, type ListParts } from './list-access.js';
import { listSource } from './list-octets.js';

const crlSpec = useCase({
  action: 'jpki-ca.crl.read',
  kind: 'question',
  summary: 'The current revocation list of a municipality, DER',
  input: z.strictObject({ partitionId: partitionInput, keyId }),
  output: z.custom<BinaryAnswer>(),
  refusals: LIST_REFUSALS,
});

const arlSpec = useCase({
  action: 'jpki-ca.arl.read',
  kind: 'question',
  summary: 'The current revocation list of an authority\'s own certificates, DER',
  input: z.strictObject({ caId: z.enum(CA_IDS), keyId }),
  output: z.custom<BinaryAnswer>(),
  refusals: LIST_REFUSALS,
});

async function currentList(ctx: Ctx, parts: ListParts, order: CurrentOrder): Promise<BinaryAnswer> {
  const crl = await currentOf(ctx, parts, order);
  ctx.audit({ object: `crl:${order.id}:${crl.number}` });
  return { contentType: 'application/pkix-crl', body: listSource(ctx.db, crl), headers: { ...listHeaders(crl), expires: crl.next_update.toUTCString() } };
}

export class GetCrl implements UseCase<typeof crlSpec> {
  readonly spec = crlSpec;

  constructor(private readonly parts: ListParts) {}

  async execute(ctx: Ctx, { partitionId: id, keyId: wanted }: InputOf<typeof crlSpec>): Promise<BinaryAnswer> {
    const { ca } = await permittedPartition(ctx, this.parts, id, 'CRL');
    const list = await currentList(ctx, this.parts, { id, ca, keyId: wanted });
    noteUse(ctx, ctx.actor.organisation, { ca, mode: 'CRL', status: 'list' });
    return list;
  }
}

export class GetArl implements UseCase<typeof arlSpec> {
  readonly spec = arlSpec;

  constructor(private readonly parts: ListParts) {}

  async execute(ctx: Ctx, { caId, keyId: wanted }: InputOf<typeof arlSpec>): Promise<BinaryAnswer> {
    // Whoever verifies needs it, in whichever way the status of holders comes.
    if (!(await this.parts.grants.permits(ctx, caId))) throw jpkiCaProblems.refuse('NO_ACCESS_GRANT');
    return currentList(ctx, this.parts, { id: arlId(caId), ca: caId, keyId: wanted });
  }
}
