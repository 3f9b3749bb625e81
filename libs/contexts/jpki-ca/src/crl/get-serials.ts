import { z } from 'zod';
import { keyIdentifierOf } from '#pki';
import { useCase, type BinaryAnswer, type Ctx, type InputOf, type UseCase } from '#platform';
import { noteUse } from '../ocsp/status-use.js';
import { currentOf, keyId, LIST_REFUSALS, listHeaders, partitionInput, permittedPartition, type ListParts } from './list-access.js';
import { serialsSource } from './list-octets.js';

const spec = useCase({
  action: 'jpki-ca.crl.read-serials',
  kind: 'question',
  summary: 'The serials and reasons of the current revocation list in ascending order, for a search by halves',
  input: z.strictObject({ partitionId: partitionInput, keyId }),
  output: z.custom<BinaryAnswer>(),
  refusals: LIST_REFUSALS,
});

/** JPKI 5: `serialsFile` of the list that `current.crl` has. */
export class GetSerials implements UseCase<typeof spec> {
  readonly spec = spec;

  constructor(private readonly parts: ListParts) {}

  async execute(ctx: Ctx, { partitionId: id, keyId: wanted }: InputOf<typeof spec>): Promise<BinaryAnswer> {
    const { ca } = await permittedPartition(ctx, this.parts, id, 'CRL');
    const issue = await currentOf(ctx, this.parts, { id, ca, keyId: wanted });
    const { spki } = await this.parts.authorities.certificate(ctx.db, ca, issue.generation);
    ctx.audit({ object: `crl:${id}:${issue.number}`, facts: { form: 'SERIALS' } });
    noteUse(ctx, ctx.actor.organisation, { ca, mode: 'CRL', status: 'list' });
    return { contentType: 'application/octet-stream', body: serialsSource(ctx.db, issue, keyIdentifierOf(spki)), headers: { ...listHeaders(issue), expires: issue.next_update.toUTCString() } };
  }
}
