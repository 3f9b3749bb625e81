import { z } from 'zod';
import { issuingCentreProblems, typeUnblocked } from '#contracts/issuing-centre';
import { certificateType } from '#contracts/municipal-issuer';
import { isSameOfficer } from '#kernel';
import { found, officerOf, platformProblems, refusals, useCase, type Ctx, type InputOf, type OutputOf, type UseCase } from '#platform';
import { municipalityCode } from '../municipal-server/register-municipality.js';
import type { TypeBlockStore } from './type-block.store.js';

const spec = useCase({
  action: 'issuing-centre.type-block.lift',
  kind: 'command',
  summary: 'Two officers let a blocked type be served again: the first asks, another one confirms',
  input: z.strictObject({ municipalityCode, type: certificateType, reportRef: z.string().regex(/^[^\p{Cc}]{1,100}$/u).describe('what was found out') }),
  output: z.object({ lifted: z.boolean() }),
  refusals: [...refusals(issuingCentreProblems, 'SAME_OFFICER'), ...refusals(platformProblems, 'NOT_FOUND')],
});

/** CARD-7. Another mismatch takes back what the first officer asked. */
export class LiftBlock implements UseCase<typeof spec> {
  readonly spec = spec;

  constructor(private readonly blocks: TypeBlockStore) {}

  async execute(ctx: Ctx, input: InputOf<typeof spec>): Promise<OutputOf<typeof spec>> {
    const held = found(await this.blocks.lock(ctx.db, input.municipalityCode, input.type));
    const officer = officerOf(ctx);
    const lifted = held.releaseAskedBy !== null;
    if (held.releaseAskedBy === null) await this.blocks.askRelease(ctx.db, held, officer);
    else if (isSameOfficer(held.releaseAskedBy, officer)) throw issuingCentreProblems.refuse('SAME_OFFICER');
    else await this.blocks.release(ctx.db, held);
    const { municipalityCode: code, requestId } = held;
    if (lifted) ctx.emit(typeUnblocked, { aggregateId: `${code}:${input.type}:${requestId}`, sequence: 2, data: { municipalityCode: code, type: input.type, requestId } });
    ctx.audit({ object: `type-block:${code}:${input.type}`, facts: { lifted, reportRef: input.reportRef } });
    return { lifted };
  }
}
