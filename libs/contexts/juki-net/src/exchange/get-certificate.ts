import { pemEncode } from '#pki';
import { useCase, type BinaryAnswer, type Ctx, type UseCase } from '#platform';
import { z } from 'zod';
import type { ExchangeKeys } from './exchange-key.js';

const spec = useCase({
  action: 'juki-net.exchange-certificate.read',
  kind: 'question',
  summary: 'The certificate for files to the register and of files from it, PEM',
  input: z.strictObject({}),
  output: z.custom<BinaryAnswer>(),
  refusals: [],
});

export class GetExchangeCertificate implements UseCase<typeof spec> {
  readonly spec = spec;
  constructor(private readonly keys: ExchangeKeys) {}

  async execute(ctx: Ctx): Promise<BinaryAnswer> {
    const { certificate } = await this.keys.current(ctx.db);
    ctx.audit({ object: 'exchange-certificate:own' });
    return { contentType: 'application/x-pem-file', body: Buffer.from(pemEncode('CERTIFICATE', certificate.der)) };
  }
}
