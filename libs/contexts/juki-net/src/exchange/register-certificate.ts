import { jukiNetProblems, writtenText } from '#contracts/juki-net';
import { partnerCertificate } from '#pki';
import { INSTITUTION_KINDS, officerOf, refusals, useCase, type Ctx, type InputOf, type OutputOf, type UseCase } from '#platform';
import { z } from 'zod';
import { sha256Of, type ExchangeCertificateStore } from './exchange-certificate.store.js';

const spec = useCase({
  action: 'juki-net.exchange-certificate.register',
  kind: 'command',
  summary: 'Registers the certificate with which an organisation signs its files and receives ours; the fingerprint is compared over another channel',
  input: z.strictObject({ institution: z.enum(INSTITUTION_KINDS), organisation: writtenText(60), certificate: z.string().max(10_000).describe('PEM'), sha256: z.string().regex(/^[0-9a-f]{64}$/) }),
  output: z.object({ sha256: z.string(), notAfter: z.iso.datetime() }),
  refusals: refusals(jukiNetProblems, 'EXCHANGE_CERTIFICATE'),
});

/** Files are believed by this certificate alone (JUKI-5.3). */
export class RegisterExchangeCertificate implements UseCase<typeof spec> {
  readonly spec = spec;
  constructor(private readonly certificates: ExchangeCertificateStore) {}

  async execute(ctx: Ctx, input: InputOf<typeof spec>): Promise<OutputOf<typeof spec>> {
    const certificate = partnerCertificate(input.certificate);
    const sha256 = certificate === undefined ? '' : sha256Of(certificate);
    if (certificate === undefined || sha256 !== input.sha256 || certificate.notAfter <= ctx.now) throw jukiNetProblems.refuse('EXCHANGE_CERTIFICATE');
    await this.certificates.add(ctx.db, input, certificate, { by: officerOf(ctx), at: ctx.now });
    ctx.audit({ object: `exchange-certificate:${input.institution}/${input.organisation}`, facts: { sha256 } });
    return { sha256, notAfter: certificate.notAfter.toISOString() };
  }
}
