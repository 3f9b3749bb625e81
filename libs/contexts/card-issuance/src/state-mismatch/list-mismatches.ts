import { nextOf, pageLimit, platformProblems, refusals, requireJurisdiction, useCase, type Ctx, type InputOf, type OutputOf, type UseCase } from '#platform';
import { z } from 'zod';
import { MISMATCH_KINDS } from './state-mismatch.js';
import type { StateMismatchStore } from './state-mismatch.store.js';

const spec = useCase({
  action: 'card-issuance.state-mismatch.list',
  kind: 'question',
  summary: 'Cards about which ledger, certificates and register disagree, the oldest first, with the age in seconds; the agency may ask for all municipalities',
  input: z.strictObject({ municipalityCode: z.string().regex(/^\d{6}$/).optional(), after: z.uuid().optional(), limit: pageLimit }),
  output: z.object({
    items: z.array(z.object({
      mismatchId: z.uuid(), cardSerial: z.string(), municipalityCode: z.string(), kind: z.enum(MISMATCH_KINDS), ageSeconds: z.number().int(),
      settledAt: z.iso.datetime().nullable().describe('the rules have done what they allow'),
    })),
    next: z.uuid().optional(),
  }),
  refusals: refusals(platformProblems, 'OUT_OF_JURISDICTION'),
});

/** The queue of differences (CARD-3.5, Q6). */
export class ListMismatches implements UseCase<typeof spec> {
  readonly spec = spec;

  constructor(private readonly mismatches: StateMismatchStore) {}

  async execute(ctx: Ctx, { municipalityCode, after, limit }: InputOf<typeof spec>): Promise<OutputOf<typeof spec>> {
    const own = municipalityCode ?? (ctx.actor.kind === 'municipality' ? ctx.actor.organisation : undefined);
    if (own !== undefined) requireJurisdiction(ctx, own);
    const rows = await this.mismatches.listOpen(ctx.db, { municipalityCode: own, after, limit });
    ctx.audit({ object: `state-mismatches:${own ?? 'all'}`, facts: { count: rows.length } });
    const items = rows.map(({ mismatchId, cardSerial, municipalityCode: code, kind, foundAt, settledAt }) =>
      ({ mismatchId, cardSerial, municipalityCode: code, kind, ageSeconds: Math.floor((ctx.now.getTime() - foundAt.getTime()) / 1_000), settledAt: settledAt?.toISOString() ?? null }));
    return { items, ...nextOf(rows, limit, (last) => last.mismatchId) };
  }
}
