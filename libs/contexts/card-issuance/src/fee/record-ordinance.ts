import { localDateInJapan, toLocalDate } from '#kernel';
import { cardIssuanceProblems } from '#contracts/card-issuance';
import { platformProblems, refusals, requireJurisdiction, useCase, type Ctx, type InputOf, type OutputOf, type UseCase } from '#platform';
import { z } from 'zod';
import type { OrdinanceStore } from './ordinance.store.js';

const municipalityCode = z.string().regex(/^\d{6}$/);
const yen = z.number().int().min(0).max(100_000);
const provisions = z.strictObject({
  cardYen: yen, certificatesYen: yen, waivers: z.array(z.string().regex(/^[A-Z][A-Z_]{1,59}$/)).max(50),
  uncollectedMonths: z.number().int().min(1).max(24).describe('after an invitation or reminder'),
});

const recordSpec = useCase({
  action: 'card-issuance.ordinance.record',
  kind: 'command',
  summary: 'Records what a municipality\'s ordinance says of fees, waivers and uncollected cards from a day on; what stands is not changed, a later day is added',
  input: provisions.extend({ municipalityCode, validFrom: z.iso.date() }),
  output: z.object({ municipalityCode: z.string(), validFrom: z.iso.date() }),
  refusals: [...refusals(cardIssuanceProblems, 'OVERLAP'), ...refusals(platformProblems, 'OUT_OF_JURISDICTION')],
});

/** Municipal ordinance data (CARD-4.9). */
export class RecordOrdinance implements UseCase<typeof recordSpec> {
  readonly spec = recordSpec;

  constructor(private readonly ordinances: OrdinanceStore) {}

  async execute(ctx: Ctx, { municipalityCode: code, validFrom, ...ordinance }: InputOf<typeof recordSpec>): Promise<OutputOf<typeof recordSpec>> {
    requireJurisdiction(ctx, code);
    if (!(await this.ordinances.add(ctx.db, { municipalityCode: code, validFrom, now: ctx.now }, ordinance))) throw cardIssuanceProblems.refuse('OVERLAP');
    ctx.audit({ object: `ordinance:${code}`, facts: { validFrom, cardYen: ordinance.cardYen, certificatesYen: ordinance.certificatesYen } });
    return { municipalityCode: code, validFrom };
  }
}

const showSpec = useCase({
  action: 'card-issuance.ordinance.show',
  kind: 'question',
  summary: 'What holds in a municipality on a day, today where none is named: its ordinance, else the national default',
  input: z.strictObject({ municipalityCode, on: z.iso.date().optional() }),
  output: provisions,
  refusals: refusals(platformProblems, 'OUT_OF_JURISDICTION'),
});

/** The provisions in force. */
export class ShowOrdinance implements UseCase<typeof showSpec> {
  readonly spec = showSpec;

  constructor(private readonly ordinances: OrdinanceStore) {}

  async execute(ctx: Ctx, { municipalityCode: code, on }: InputOf<typeof showSpec>): Promise<OutputOf<typeof showSpec>> {
    requireJurisdiction(ctx, code);
    const { waivers, ...amounts } = await this.ordinances.on(ctx.db, code, on === undefined ? localDateInJapan(ctx.now) : toLocalDate(on));
    return { ...amounts, waivers: [...waivers] };
  }
}
