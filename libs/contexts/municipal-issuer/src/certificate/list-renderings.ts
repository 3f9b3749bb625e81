import { z } from 'zod';
import { certificateRequestId, certificateType, municipalIssuerProblems } from '#contracts/municipal-issuer';
import { addDays, startOfDayInJapan, toLocalDate } from '#kernel';
import { nextOf, pageLimit, platformProblems, refusals, useCase, type Ctx, type InputOf, type OutputOf, type UseCase } from '#platform';
import { requireMunicipality } from '../municipality/require-municipality.js';
import type { MunicipalityStore } from '../municipality/municipality.store.js';
import type { RenderingStore } from './rendering.store.js';

const spec = useCase({
  action: 'municipal-issuer.certificate.list',
  kind: 'question',
  summary: 'What was made for the centre on a day, without whom it was about: the municipality’s side of the settlement (CARD-4.15)',
  input: z.strictObject({ municipalityCode: z.string().regex(/^\d{6}$/), day: z.iso.date().transform(toLocalDate), after: certificateRequestId.optional(), limit: pageLimit }),
  output: z.object({
    items: z.array(z.object({ requestId: z.string(), type: certificateType, copies: z.number(), pageCount: z.number(), pdfSha256: z.string(), issuedAt: z.iso.datetime() })), next: z.string().optional(),
  }),
  refusals: [...refusals(municipalIssuerProblems, 'MUNICIPALITY_UNKNOWN'), ...refusals(platformProblems, 'OUT_OF_JURISDICTION')],
});

export class ListRenderings implements UseCase<typeof spec> {
  readonly spec = spec;

  constructor(
    private readonly municipalities: MunicipalityStore,
    private readonly renderings: RenderingStore,
  ) {}

  async execute(ctx: Ctx, { municipalityCode, day, after = '', limit }: InputOf<typeof spec>): Promise<OutputOf<typeof spec>> {
    await requireMunicipality(ctx, this.municipalities, municipalityCode);
    const page = await this.renderings.between(ctx.db, municipalityCode, { from: startOfDayInJapan(day), to: startOfDayInJapan(addDays(day, 1)) }, { after, limit });
    ctx.audit({ object: `municipality:${municipalityCode}`, facts: { day, found: page.length } });
    const items = page.map(({ requestId, type, copies, pageCount, pdfSha256, issuedAt }) => ({ requestId, type, copies, pageCount, pdfSha256: pdfSha256.toString('hex'), issuedAt: issuedAt.toISOString() }));
    return { items, ...nextOf(page, limit, ({ requestId }) => requestId) };
  }
}
