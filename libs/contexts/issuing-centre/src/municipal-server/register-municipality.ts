import { z } from 'zod';
import { issuingCentreProblems } from '#contracts/issuing-centre';
import { certificateType } from '#contracts/municipal-issuer';
import { localDateInJapan, municipalityCodeFault, toLocalDate } from '#kernel';
import { platformProblems, refusals, requireJurisdiction, useCase, type Ctx, type InputOf, type OutputOf, type UseCase } from '#platform';
import { yen } from '../operator/register-operator.js';
import type { MunicipalServerStore } from './municipal-server.store.js';

export const municipalityCode = z.string().refine((code) => municipalityCodeFault(code) === undefined, { params: { code: 'CHECK_DIGIT' } });
const time = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/);

const registerSpec = useCase({
  action: 'issuing-centre.municipal-server.register',
  kind: 'command',
  summary: 'Registers what a municipality offers at kiosks, and the key that binds its answers to requests',
  input: z.strictObject({
    municipalityCode, types: z.array(certificateType).max(6), bindingKey: z.string().regex(/^[0-9a-f]{64}$/).describe('32 octets, hex; shared with the server of the municipality'),
    registerFrom: time.default('09:00').describe('certificates of the family register, on business days'), registerUntil: time.default('17:00'),
  }),
  output: z.object({ municipalityCode }),
  refusals: refusals(platformProblems, 'OUT_OF_JURISDICTION'),
});

/** CARD-3.10. */
export class RegisterMunicipality implements UseCase<typeof registerSpec> {
  readonly spec = registerSpec;

  constructor(private readonly servers: MunicipalServerStore) {}

  async execute(ctx: Ctx, input: InputOf<typeof registerSpec>): Promise<OutputOf<typeof registerSpec>> {
    requireJurisdiction(ctx, input.municipalityCode);
    await this.servers.save(ctx.db, input, ctx.now);
    ctx.audit({ object: `municipal-server:${input.municipalityCode}`, facts: { types: input.types.length } });
    return { municipalityCode: input.municipalityCode };
  }
}

const feeSpec = useCase({
  action: 'issuing-centre.fee.set',
  kind: 'command',
  summary: 'Sets the fee of a type per copy from a day on',
  input: z.strictObject({ municipalityCode, type: certificateType, validFrom: z.iso.date(), yen }),
  output: z.object({ municipalityCode, type: certificateType, validFrom: z.iso.date() }),
  refusals: [...refusals(platformProblems, 'OUT_OF_JURISDICTION'), ...refusals(issuingCentreProblems, 'FEE_IN_FORCE', 'MUNICIPALITY_UNKNOWN')],
});

/** By ordinance of the municipality (CARD-4.15). A fee that residents pay already does not change backwards; the first one may be of today. */
export class SetFee implements UseCase<typeof feeSpec> {
  readonly spec = feeSpec;

  constructor(private readonly servers: MunicipalServerStore) {}

  async execute(ctx: Ctx, input: InputOf<typeof feeSpec>): Promise<OutputOf<typeof feeSpec>> {
    requireJurisdiction(ctx, input.municipalityCode);
    if ((await this.servers.find(ctx.db, input.municipalityCode)) === undefined) throw issuingCentreProblems.refuse('MUNICIPALITY_UNKNOWN');
    const [today, validFrom] = [localDateInJapan(ctx.now), toLocalDate(input.validFrom)];
    if (validFrom <= today && (await this.servers.fee(ctx.db, input.municipalityCode, input.type, today)) !== undefined) throw issuingCentreProblems.refuse('FEE_IN_FORCE');
    await this.servers.setFee(ctx.db, { ...input, validFrom });
    ctx.audit({ object: `fee:${input.municipalityCode}:${input.type}`, facts: { validFrom, yen: input.yen } });
    return { municipalityCode: input.municipalityCode, type: input.type, validFrom };
  }
}
