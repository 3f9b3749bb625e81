import { z } from 'zod';
import { officerOf, platformProblems, refusals, requireJurisdiction, useCase, type Ctx, type InputOf, type OutputOf, type UseCase } from '#platform';
import { LEAST_MONTHS_KEPT } from './mailing.js';
import type { ReturnRetentionStore } from './return-retention.store.js';

const months = z.int().min(LEAST_MONTHS_KEPT).max(60);

const spec = useCase({
  action: 'card-issuance.return-retention.set',
  kind: 'command',
  summary: 'Says for how many months a municipality keeps envelopes that came back: three at least',
  input: z.strictObject({ municipalityCode: z.string().regex(/^\d{6}$/), months }),
  output: z.object({ months }),
  refusals: refusals(platformProblems, 'OUT_OF_JURISDICTION'),
});

/** CARD-4.2: in practice three months to a year. */
export class SetReturnRetention implements UseCase<typeof spec> {
  readonly spec = spec;

  constructor(private readonly retentions: ReturnRetentionStore) {}

  async execute(ctx: Ctx, { municipalityCode, months: kept }: InputOf<typeof spec>): Promise<OutputOf<typeof spec>> {
    requireJurisdiction(ctx, municipalityCode);
    await this.retentions.set(ctx.db, municipalityCode, kept, { person: officerOf(ctx), now: ctx.now });
    ctx.audit({ object: `return-retention:${municipalityCode}`, facts: { months: kept } });
    return { months: kept };
  }
}
