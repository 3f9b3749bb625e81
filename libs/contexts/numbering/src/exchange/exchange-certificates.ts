import { z } from 'zod';
import { numberingProblems } from '#contracts/numbering';
import { partnerCertificate, pemEncode } from '#pki';
import { officerOf, refusals, useCase, type BinaryAnswer, type Ctx, type InputOf, type OutputOf, type UseCase } from '#platform';
import { fingerprintOf, type ExchangeStore } from './exchange.store.js';

const registerSpec = useCase({
  action: 'numbering.exchange-certificate.register',
  kind: 'command',
  summary: 'Registers the certificate with which a municipality signs its files and receives ours; the fingerprint is compared over another channel. From then on its files are sealed',
  input: z.strictObject({ municipalityCode: z.string().regex(/^\d{6}$/), certificate: z.string().max(10_000).describe('PEM'), sha256: z.string().regex(/^[0-9a-f]{64}$/) }),
  output: z.object({ sha256: z.string(), notAfter: z.iso.datetime() }),
  refusals: refusals(numberingProblems, 'EXCHANGE_CERTIFICATE'),
});

/** Files are believed by these certificates alone (NUM-5.3). */
export class RegisterExchangeCertificate implements UseCase<typeof registerSpec> {
  readonly spec = registerSpec;
  constructor(private readonly store: ExchangeStore) {}

  async execute(ctx: Ctx, { municipalityCode, certificate: pem, sha256 }: InputOf<typeof registerSpec>): Promise<OutputOf<typeof registerSpec>> {
    const certificate = partnerCertificate(pem);
    if (certificate === undefined || fingerprintOf(certificate) !== sha256 || certificate.notAfter <= ctx.now) throw numberingProblems.refuse('EXCHANGE_CERTIFICATE');
    await this.store.register(ctx.db, municipalityCode, certificate, { by: officerOf(ctx), at: ctx.now });
    ctx.audit({ object: `exchange-certificate:${municipalityCode}`, facts: { sha256 } });
    return { sha256, notAfter: certificate.notAfter.toISOString() };
  }
}

const readSpec = useCase({
  action: 'numbering.exchange-certificate.read',
  kind: 'question',
  summary: 'The certificates for files to numbering and of files from it, PEM: the one that signs now, and for a year before its end the next one',
  input: z.strictObject({}),
  output: z.custom<BinaryAnswer>(),
  refusals: [],
});

export class ReadExchangeCertificates implements UseCase<typeof readSpec> {
  readonly spec = readSpec;
  constructor(private readonly store: ExchangeStore) {}

  async execute(ctx: Ctx): Promise<BinaryAnswer> {
    const keys = await this.store.keys(ctx.db, ctx.now);
    ctx.audit({ object: 'exchange-certificate:own' });
    return { contentType: 'application/x-pem-file', body: Buffer.from(keys.map(({ certificate }) => pemEncode('CERTIFICATE', certificate.der)).join('')) };
  }
}
