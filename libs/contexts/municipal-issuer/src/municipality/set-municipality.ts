import { z } from 'zod';
import { BINDING_KEY_OCTETS, certificateOption, certificateType, municipalIssuerProblems } from '#contracts/municipal-issuer';
import { platformProblems, refusals, requireJurisdiction, useCase, type Ctx, type InputOf, type OutputOf, type UseCase } from '#platform';
import { cleanPng } from '../clean-png.js';
import { pngImage } from '../png-image.js';
import type { MunicipalityStore } from './municipality.store.js';

const title = z.string().normalize('NFC').trim().min(1).max(40);

const spec = useCase({
  action: 'municipal-issuer.municipality.set',
  kind: 'command',
  summary: 'What stands on the municipality’s certificates, which of them kiosks may ask for, and the key that binds them to requests',
  input: z.strictObject({
    municipalityCode: z.string().regex(/^\d{6}$/),
    name: title, mayor: title,
    seal: pngImage.describe('the official seal, PNG in Base64'),
    served: z.array(certificateType).max(6),
    options: z.array(certificateOption).max(4).describe('of resident records'),
    bindingKey: z.base64().refine((text) => Buffer.from(text, 'base64').length === BINDING_KEY_OCTETS, { params: { code: 'KEY_LENGTH' } }).describe('32 octets that the issuing centre holds as well'),
  }),
  output: z.object({ municipalityCode: z.string(), served: z.array(certificateType), options: z.array(certificateOption) }),
  refusals: [...refusals(municipalIssuerProblems, 'SEAL_UNREADABLE'), ...refusals(platformProblems, 'OUT_OF_JURISDICTION')],
});

/** CARD-4.15. */
export class SetMunicipality implements UseCase<typeof spec> {
  readonly spec = spec;

  constructor(private readonly municipalities: MunicipalityStore) {}

  async execute(ctx: Ctx, input: InputOf<typeof spec>): Promise<OutputOf<typeof spec>> {
    const { municipalityCode, served, options } = input;
    requireJurisdiction(ctx, municipalityCode);
    const seal = await cleanPng(input.seal);
    if (seal === undefined) throw municipalIssuerProblems.refuse('SEAL_UNREADABLE');
    await this.municipalities.put(ctx.db, { ...input, seal }, ctx.now);
    ctx.audit({ object: `municipality:${municipalityCode}`, facts: { served: served.join(), options: options.join() } });
    return { municipalityCode, served, options };
  }
}
