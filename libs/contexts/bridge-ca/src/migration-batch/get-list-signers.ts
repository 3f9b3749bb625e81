import { z } from 'zod';
import { useCase, type Ctx, type InputOf, type OutputOf, type UseCase } from '#platform';
import { prefecture } from './batch-view.js';
import type { SignerStore } from './list-signer.store.js';

const spec = useCase({
  action: 'bridge-ca.list-signer.read',
  kind: 'question',
  summary: 'What a verifier needs beside the list of a prefecture whose key was destroyed: the certificates of the key that signs it, and the lists that say they are good',
  input: z.strictObject({ prefecture }),
  output: z.object({ signers: z.array(z.object({ certificate: z.base64().describe('DER'), statusList: z.base64().describe('DER') })) }),
  refusals: [],
});

export class GetListSigners implements UseCase<typeof spec> {
  readonly spec = spec;

  constructor(private readonly signers: SignerStore) {}

  async execute(ctx: Ctx, { prefecture: of }: InputOf<typeof spec>): Promise<OutputOf<typeof spec>> {
    const signers = await this.signers.ofPrefecture(ctx.db, of);
    ctx.audit({ object: `list-signer:${of}` });
    return { signers: signers.map(({ certificate, statusList }) => ({ certificate: certificate.toString('base64'), statusList: statusList.toString('base64') })) };
  }
}
