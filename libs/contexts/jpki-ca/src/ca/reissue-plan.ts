import { z } from 'zod';
import { addBusinessDays, toLocalDate, type LocalDate } from '#kernel';
import { useCase, type Ctx, type InputOf, type OutputOf, type UseCase } from '#platform';
import { CA_IDS } from './ca.js';
import type { CaStore } from './ca.store.js';

/** Half of what was made a day at the height of the first year, since the windows make them while holders wait (JPKI 6). */
const PER_DAY = 110_000;

export interface MunicipalNeed {
  readonly municipalityCode: string;
  readonly certificates: number;
}

/**
 * From and to which business day each municipality makes new certificates, one after the other in the order given, at so many a day in all
 * (JPKI 4.11).
 */
export function reissuePlan<N extends MunicipalNeed>(needs: readonly N[], from: LocalDate, perDay: number): (N & { readonly from: LocalDate; readonly until: LocalDate })[] {
  let before = 0;
  return needs.map((need) => {
    const [first, last] = [Math.floor(before / perDay), Math.floor((before + need.certificates - 1) / perDay)];
    before += need.certificates;
    return { ...need, from: addBusinessDays(addBusinessDays(from, 0), first), until: addBusinessDays(addBusinessDays(from, 0), last) };
  });
}

const spec = useCase({
  action: 'jpki-ca.generation.plan-reissue',
  kind: 'question',
  summary: 'After a compromise, or as a rehearsal before one: how many holders of each municipality need a new certificate, and by which day; counts only',
  input: z.strictObject({ caId: z.enum(CA_IDS), generation: z.coerce.number().int().min(1).max(1_000), from: z.iso.date(), perDay: z.coerce.number().int().min(1).max(10_000_000).default(PER_DAY) }),
  output: z.object({
    certificates: z.number().int(), until: z.iso.date().optional(),
    municipalities: z.array(z.object({ municipalityCode: z.string(), certificates: z.number().int(), from: z.iso.date(), until: z.iso.date() })),
  }),
  refusals: [],
});

/** JPKI 4.11: the municipality is the one where the holder lives now. */
export class PlanReissue implements UseCase<typeof spec> {
  readonly spec = spec;

  constructor(private readonly cas: CaStore) {}

  async execute(ctx: Ctx, { caId, generation, from, perDay }: InputOf<typeof spec>): Promise<OutputOf<typeof spec>> {
    const municipalities = reissuePlan(await this.cas.needsAfter(ctx.db, { ca: caId, generation }, ctx.now), toLocalDate(from), perDay);
    ctx.audit({ object: `ca:${caId}:${generation}` });
    const until = municipalities.at(-1)?.until;
    return { certificates: municipalities.reduce((sum, { certificates }) => sum + certificates, 0), municipalities, ...(until === undefined ? {} : { until }) };
  }
}
