import { z } from 'zod';
import { pemEncode } from '#pki';
import { platformProblems, refusals, useCase, type BinaryAnswer, type Ctx, type InputOf, type UseCase } from '#platform';
import type { Authorities } from './authorities.js';
import { CA_IDS } from './ca.js';

const spec = useCase({
  action: 'jpki-ca.ca-certificate.read',
  kind: 'question',
  summary: 'Self-signed certificate of an authority, DER or PEM',
  input: z.strictObject({ caId: z.enum(CA_IDS), format: z.enum(['der', 'pem']).default('der') }),
  output: z.custom<BinaryAnswer>(),
  refusals: refusals(platformProblems, 'UNAVAILABLE'),
});

/** The trust anchor, for everybody (JPKI 5). */
export class GetCaCertificate implements UseCase<typeof spec> {
  readonly spec = spec;

  constructor(private readonly authorities: Authorities) {}

  async execute(ctx: Ctx, { caId, format }: InputOf<typeof spec>): Promise<BinaryAnswer> {
    const certificate = await this.authorities.anchor(ctx.db, caId);
    if (certificate === undefined) throw platformProblems.refuse('UNAVAILABLE');
    ctx.audit({ object: `ca:${caId}` });
    if (format === 'pem') return { contentType: 'application/x-pem-file', body: Buffer.from(pemEncode('CERTIFICATE', certificate.der)) };
    return { contentType: 'application/pkix-cert', body: certificate.der };
  }
}
