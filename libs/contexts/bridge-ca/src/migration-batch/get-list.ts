import { z } from 'zod';
import { bridgeCaProblems } from '#contracts/bridge-ca';
import { found, platformProblems, refusals, useCase, type BinaryAnswer, type Ctx, type InputOf, type OutputOf, type UseCase } from '#platform';
import { prefecture } from './batch-view.js';
import type { ListStore } from './prefectural-list.store.js';

const spec = useCase({
  action: 'bridge-ca.prefectural-list.read',
  kind: 'question',
  summary: 'The current revocation list of the certificates that a prefecture issued, DER',
  input: z.strictObject({
    prefecture, keyId: z.string().regex(/^[0-9A-Fa-f]{40}$/).transform((text) => text.toLowerCase()).optional().describe('authority key identifier of the certificate to be checked; without it the newest list'),
  }),
  output: z.custom<BinaryAnswer>(),
  refusals: [...refusals(bridgeCaProblems, 'CRL_STALE'), ...refusals(platformProblems, 'NOT_FOUND')],
});

/** JPKI-4.8: past its nextUpdate refused rather than served. */
export class GetPrefecturalList implements UseCase<typeof spec> {
  readonly spec = spec;

  constructor(private readonly lists: ListStore) {}

  async execute(ctx: Ctx, { prefecture: of, keyId }: InputOf<typeof spec>): Promise<BinaryAnswer> {
    const { der, number, sha256, thisUpdate, nextUpdate } = found(await this.lists.current(ctx.db, of, keyId));
    if (nextUpdate <= ctx.now) throw bridgeCaProblems.refuse('CRL_STALE', { facts: { number } });
    ctx.audit({ object: `prefectural-list:${of}:${number}` });
    return { contentType: 'application/pkix-crl', body: der, headers: { 'etag': `"${sha256}"`, 'last-modified': thisUpdate.toUTCString(), 'expires': nextUpdate.toUTCString(), 'cache-control': 'private, no-cache' } };
  }
}

const signersSpec = useCase({
  action: 'bridge-ca.prefectural-list.read-signers',
  kind: 'question',
  summary: 'What a verifier needs beside the list of a prefecture whose key was destroyed: the certificates of the key that signs it, and the lists that say they are good',
  input: z.strictObject({ prefecture }),
  output: z.object({ signers: z.array(z.object({ certificate: z.base64().describe('DER'), statusList: z.base64().describe('DER') })) }),
  refusals: [],
});

export class GetListSigners implements UseCase<typeof signersSpec> {
  readonly spec = signersSpec;

  constructor(private readonly lists: ListStore) {}

  async execute(ctx: Ctx, { prefecture: of }: InputOf<typeof signersSpec>): Promise<OutputOf<typeof signersSpec>> {
    const signers = await this.lists.signers(ctx.db, of);
    ctx.audit({ object: `list-signer:${of}` });
    return { signers: signers.map(({ certificate, statusList }) => ({ certificate: certificate.toString('base64'), statusList: statusList.toString('base64') })) };
  }
}
