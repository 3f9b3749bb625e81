import { useCase, type Ctx, type OutputOf, type UseCase } from '#platform';
import type { ParsedCertificate } from '#pki';
import { z } from 'zod';
import { type ExchangeCertificateStore, isValidAt, sha256Of } from './exchange-certificate.store.js';
import type { ExchangeKeys } from './exchange-key.js';

const certificate = z.object({ sha256: z.string(), notBefore: z.iso.datetime(), notAfter: z.iso.datetime(), isUsed: z.boolean().describe('signs, or files are sealed to it') });
const spec = useCase({
  action: 'juki-net.exchange-certificate.list',
  kind: 'question',
  summary: 'Certificates of the exchange with their validity: those of this side, and of the organisation (of all organisations to operators)',
  input: z.strictObject({}),
  output: z.object({
    own: z.array(certificate.extend({ opensUntil: z.iso.datetime().optional().describe('of a former one: until when files sealed to it are opened') })),
    partners: z.array(certificate.extend({ institution: z.string(), organisation: z.string(), registeredAt: z.iso.datetime() })),
  }),
  refusals: [],
});

export class ListExchangeCertificates implements UseCase<typeof spec> {
  readonly spec = spec;
  constructor(
    private readonly keys: ExchangeKeys,
    private readonly certificates: ExchangeCertificateStore,
  ) {}

  async execute(ctx: Ctx): Promise<OutputOf<typeof spec>> {
    const { kind: institution, organisation } = ctx.actor;
    const own = await this.keys.certificates(ctx.db);
    const partners = await this.certificates.list(ctx.db, institution === 'operator' ? undefined : { institution, organisation });
    ctx.audit({ object: 'exchange-certificate:list', facts: { own: own.length, partners: partners.length } });
    // The last one set of each organisation is the one registered last.
    const used = new Map(partners.filter(({ certificate: parsed }) => isValidAt(parsed, ctx.now)).reverse().map((one) => [`${one.institution}/${one.organisation}`, one.certificate]));
    return {
      own: own.map(({ certificate: parsed, opensUntil }, at) => ({ ...viewOf(parsed, at === 0), ...(opensUntil === undefined ? {} : { opensUntil: opensUntil.toISOString() }) })),
      partners: partners.map(({ certificate: parsed, registeredAt, ...owner }) => ({ ...viewOf(parsed, used.get(`${owner.institution}/${owner.organisation}`) === parsed), ...owner, registeredAt: registeredAt.toISOString() })),
    };
  }
}

function viewOf(parsed: ParsedCertificate, isUsed: boolean): z.input<typeof certificate> {
  return { sha256: sha256Of(parsed), notBefore: parsed.notBefore.toISOString(), notAfter: parsed.notAfter.toISOString(), isUsed };
}
