import { z } from 'zod';
import { numberingProblems } from '#contracts/numbering';
import { partnerCertificate, pemEncode } from '#pki';
import { officerOf, platformProblems, refusals, useCase, type BinaryAnswer, type Ctx, type InputOf, type OutputOf, type UseCase } from '#platform';
import { fingerprintOf, type ExchangeStore } from './exchange.store.js';

const fingerprint = z.string().regex(/^[0-9a-f]{64}$/);

const registerSpec = useCase({
  action: 'numbering.exchange-certificate.register', kind: 'command',
  summary: 'Registers the certificate with which a municipality signs its files and receives ours; the fingerprint is compared over another channel. From then on its files are sealed',
  input: z.strictObject({ municipalityCode: z.string().regex(/^\d{6}$/), certificate: z.string().max(10_000).describe('PEM'), sha256: fingerprint }),
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
    if (!(await this.store.register(ctx.db, municipalityCode, certificate, { by: officerOf(ctx), at: ctx.now }))) throw numberingProblems.refuse('EXCHANGE_CERTIFICATE');
    ctx.audit({ object: `exchange-certificate:${municipalityCode}`, facts: { sha256 } });
    return { sha256, notAfter: certificate.notAfter.toISOString() };
  }
}

const withdrawSpec = useCase({
  action: 'numbering.exchange-certificate.withdraw', kind: 'command',
  summary: 'Withdraws a certificate of a municipality, as of a key that leaked: it is believed no more, and files stay sealed. Without a fingerprint all of them: its files are in clear again',
  input: z.strictObject({ municipalityCode: z.string().regex(/^\d{6}$/), sha256: fingerprint.optional(), evidenceRef: z.string().regex(/^[^\p{Cc}]+$/u).max(100).describe('what the municipality wrote') }),
  output: z.object({ withdrawn: z.number().int() }), refusals: refusals(platformProblems, 'NOT_FOUND'),
});

/** One that was withdrawn is not registered again (NUM-5.3). */
export class WithdrawExchangeCertificate implements UseCase<typeof withdrawSpec> {
  readonly spec = withdrawSpec;
  constructor(private readonly store: ExchangeStore) {}

  async execute(ctx: Ctx, { evidenceRef, ...which }: InputOf<typeof withdrawSpec>): Promise<OutputOf<typeof withdrawSpec>> {
    const withdrawn = await this.store.withdraw(ctx.db, which, { by: officerOf(ctx), at: ctx.now, ref: evidenceRef });
    if (withdrawn === 0) throw platformProblems.refuse('NOT_FOUND');
    ctx.audit({ object: `exchange-certificate:${which.municipalityCode}`, facts: { withdrawn, sha256: which.sha256 ?? 'all', evidenceRef } });
    return { withdrawn };
  }
}

const readSpec = useCase({
  action: 'numbering.exchange-certificate.read', kind: 'question',
  summary: 'The certificates for files to numbering and of files from it, PEM: the one that signs now, and for a year before its end the next one',
  input: z.strictObject({}), output: z.custom<BinaryAnswer>(), refusals: [],
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
