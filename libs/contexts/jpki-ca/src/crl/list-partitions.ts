import { z } from 'zod';
import { encodeName } from '#pki';
import { useCase, type Ctx, type OutputOf, type UseCase } from '#platform';
import type { Authorities } from '../ca/authorities.js';
import { CA_IDS } from '../ca/ca.js';
import { partitionName } from '../profile/profiles.js';
import { placeOf, type CrlStore } from './crl.store.js';

const spec = useCase({
  action: 'jpki-ca.crl-partition.list',
  kind: 'question',
  summary: 'Names of the municipalities\' revocation lists, as in the distribution points of certificates',
  input: z.strictObject({}),
  output: z.object({ partitions: z.array(z.object({ partitionId: z.string(), ca: z.enum(CA_IDS), name: z.base64().describe('Name of the distribution point, DER') })) }),
  refusals: [],
});

/** For everybody, as they stand in each certificate; the lists are not (JPKI 4.3, 4.8). */
export class ListPartitions implements UseCase<typeof spec> {
  readonly spec = spec;

  constructor(
    private readonly crls: CrlStore,
    private readonly authorities: Authorities,
  ) {}

  async execute(ctx: Ctx): Promise<OutputOf<typeof spec>> {
    const { organisation } = this.authorities.profiles;
    const partitions = await this.crls.partitions(ctx.db);
    ctx.audit({ object: 'crl-partitions' });
    return { partitions: partitions.map((one) => ({ partitionId: one.id, ca: one.ca, name: encodeName(partitionName(organisation, one.ca, placeOf(one))).toString('base64') })) };
  }
}
