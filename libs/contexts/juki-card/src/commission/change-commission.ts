import { z } from 'zod';
import { localDateInJapan, toLocalDate, type LocalDate } from '#kernel';
import { commissionChanged, jukiCardProblems } from '#contracts/juki-card';
import { officerOf, pageLimit, platformProblems, refusals, requireJurisdiction, useCase, uuidv7, type Ctx, type InputOf, type OutputOf, type UseCase } from '#platform';
import { isLastNewYear, requireBeforeCutOff, requireEligible } from './commission.js';
import type { Commission, CommissionStore } from './commission.store.js';

const municipalityCode = z.string().regex(/^\d{6}$/);
const view = z.object({ commissionId: z.uuid(), municipalityCode: z.string(), state: z.enum(['IN_FORCE', 'ENDED']), population: z.int(), endedOn: z.string().nullable() });

const enterSpec = useCase({
  action: 'juki-card.commission.enter',
  kind: 'command',
  summary: 'A municipality of 30,000 people or fewer has the agency make its juki cards',
  input: z.strictObject({ municipalityCode, population: z.int().min(0).max(10_000_000).describe('of the resident record'), populationOn: z.iso.date().describe('the last 1 January') }),
  output: z.object({ commissionId: z.uuid(), state: z.literal('IN_FORCE') }),
  refusals: [...refusals(jukiCardProblems, 'NOT_ELIGIBLE', 'OVERLAP', 'PAST_CUT_OFF'), ...refusals(platformProblems, 'OUT_OF_JURISDICTION')],
});

/** CARD-4.14. */
export class EnterCommission implements UseCase<typeof enterSpec> {
  readonly spec = enterSpec;

  constructor(private readonly commissions: CommissionStore) {}

  async execute(ctx: Ctx, input: InputOf<typeof enterSpec>): Promise<OutputOf<typeof enterSpec>> {
    requireJurisdiction(ctx, input.municipalityCode);
    const [today, populationOn] = [localDateInJapan(ctx.now), toLocalDate(input.populationOn)];
    if (!isLastNewYear(populationOn, today)) throw platformProblems.refuse('INVALID_INPUT', { fields: [{ pointer: '/populationOn', code: 'NOT_LAST_NEW_YEAR' }] });
    requireEligible(input.population);
    requireBeforeCutOff(await this.commissions.issuingEnd(ctx.db), today);
    const commissionId = uuidv7();
    if (!(await this.commissions.add(ctx.db, { ...input, populationOn, commissionId, person: officerOf(ctx), now: ctx.now }))) throw jukiCardProblems.refuse('OVERLAP');
    tell(ctx, { commissionId, municipalityCode: input.municipalityCode, state: 'IN_FORCE' });
    return { commissionId, state: 'IN_FORCE' };
  }
}

const endSpec = useCase({
  action: 'juki-card.commission.end',
  kind: 'command',
  summary: 'Ends a commission before the number card does; what is ordered is still made',
  input: z.strictObject({ municipalityCode }),
  output: view,
  refusals: [...refusals(jukiCardProblems, 'NOT_COMMISSIONED'), ...refusals(platformProblems, 'OUT_OF_JURISDICTION')],
});

export class EndCommission implements UseCase<typeof endSpec> {
  readonly spec = endSpec;

  constructor(private readonly commissions: CommissionStore) {}

  async execute(ctx: Ctx, { municipalityCode: town }: InputOf<typeof endSpec>): Promise<OutputOf<typeof endSpec>> {
    requireJurisdiction(ctx, town);
    const [ended] = await endCommissions(ctx, this.commissions, town);
    if (ended === undefined) throw jukiCardProblems.refuse('NOT_COMMISSIONED');
    return viewOf(ended);
  }
}

const listSpec = useCase({
  action: 'juki-card.commission.list',
  kind: 'question',
  summary: 'Commissions, of one municipality or of all',
  input: z.strictObject({ municipalityCode: municipalityCode.optional(), limit: pageLimit }),
  output: z.object({ items: z.array(view) }),
  refusals: refusals(platformProblems, 'OUT_OF_JURISDICTION'),
});

export class ListCommissions implements UseCase<typeof listSpec> {
  readonly spec = listSpec;

  constructor(private readonly commissions: CommissionStore) {}

  async execute(ctx: Ctx, { municipalityCode: town, limit }: InputOf<typeof listSpec>): Promise<OutputOf<typeof listSpec>> {
    requireJurisdiction(ctx, town ?? '');
    return { items: (await this.commissions.list(ctx.db, town, limit)).map(viewOf) };
  }
}

const issuingEndSpec = useCase({
  action: 'juki-card.issuing-end.set',
  kind: 'command',
  summary: 'Sets the last issuing day of juki cards and the first day of the number card, on which all commissions end',
  input: z.strictObject({ lastIssuingDay: z.iso.date(), numberCardStart: z.iso.date() }),
  output: z.object({ lastIssuingDay: z.iso.date(), numberCardStart: z.iso.date() }),
  refusals: [],
});

/** CARD-4.14: 28 December 2015 and 1 January 2016 unless said. */
export class SetIssuingEnd implements UseCase<typeof issuingEndSpec> {
  readonly spec = issuingEndSpec;

  constructor(private readonly commissions: CommissionStore) {}

  async execute(ctx: Ctx, { lastIssuingDay, numberCardStart }: InputOf<typeof issuingEndSpec>): Promise<OutputOf<typeof issuingEndSpec>> {
    const end: { lastIssuingDay: LocalDate; numberCardStart: LocalDate } = { lastIssuingDay: toLocalDate(lastIssuingDay), numberCardStart: toLocalDate(numberCardStart) };
    if (end.numberCardStart <= end.lastIssuingDay) throw platformProblems.refuse('INVALID_INPUT', { fields: [{ pointer: '/numberCardStart', code: 'ORDER' }] });
    await this.commissions.setIssuingEnd(ctx.db, end);
    ctx.audit({ object: 'issuing-end', facts: end });
    return end;
  }
}

/** Ends the commission of one municipality or of all, each with its event. */
export async function endCommissions(ctx: Ctx, commissions: CommissionStore, municipality: string | undefined): Promise<Commission[]> {
  const ended = await commissions.end(ctx.db, municipality, { today: localDateInJapan(ctx.now), person: officerOf(ctx), now: ctx.now });
  for (const commission of ended) tell(ctx, commission);
  return ended;
}

function tell(ctx: Ctx, { commissionId, municipalityCode: town, state }: Pick<Commission, 'commissionId' | 'municipalityCode' | 'state'>): void {
  ctx.emit(commissionChanged, { aggregateId: commissionId, sequence: state === 'IN_FORCE' ? 1 : 2, data: { commissionId, municipalityCode: town, state } });
  ctx.audit({ object: `commission:${commissionId}`, facts: { municipalityCode: town, to: state } });
}

function viewOf({ commissionId, municipalityCode: town, state, population, endedOn }: Commission): z.input<typeof view> {
  return { commissionId, municipalityCode: town, state, population, endedOn };
}
