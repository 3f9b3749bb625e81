import { z } from 'zod';
import { certificateRequestId } from '#contracts/municipal-issuer';
import { found, platformProblems, refusals, requireJurisdiction, useCase, type Ctx, type InputOf, type OutputOf, type UseCase } from '#platform';
import type { ProtectedFrontStore } from './protected-front.store.js';

const spec = useCase({
  action: 'issuing-centre.front.revoke',
  kind: 'command',
  summary: 'A certificate that must not count any more: whoever verifies it is told (CARD-4.16)',
  input: z.strictObject({ requestId: certificateRequestId }),
  output: z.object({ requestId: z.string(), revoked: z.literal(true) }),
  refusals: refusals(platformProblems, 'NOT_FOUND', 'OUT_OF_JURISDICTION'),
});

/** By the municipality that certified. Harmless to repeat. */
export class RevokeFront implements UseCase<typeof spec> {
  readonly spec = spec;

  constructor(private readonly fronts: ProtectedFrontStore) {}

  async execute(ctx: Ctx, { requestId }: InputOf<typeof spec>): Promise<OutputOf<typeof spec>> {
    const { municipalityCode } = found(await this.fronts.find(ctx.db, requestId));
    requireJurisdiction(ctx, municipalityCode);
    await this.fronts.revoke(ctx.db, requestId, ctx.now);
    ctx.audit({ object: `certificate-request:${requestId}`, facts: { revoked: true } });
    return { requestId, revoked: true };
  }
}
