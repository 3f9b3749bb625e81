import { z } from 'zod';
import { COURSE_SERIES, trainingProblems } from '#contracts/training';
import { fiscalYearOf, localDateInJapan } from '#kernel';
import { nextOf, pageLimit, platformProblems, refusals, useCase, uuidv7, type Ctx, type InputOf, type OutputOf, type UseCase } from '#platform';
import { bodyCode } from '../body/register-bodies.js';
import { fiscalYear, localDate, oneLine } from '../course/course-view.js';
import { applicationFault } from './subsidy.js';
import type { SubsidyCase, SubsidyStore } from './subsidy.store.js';
import { caseView, caseViewOf, costs } from './subsidy-view.js';

const fundSpec = useCase({
  action: 'training.subsidy.set-fund', kind: 'command', summary: 'Sets what may be approved in a fiscal year', input: z.strictObject({ fiscalYear, fundYen: z.int().min(0).max(10_000_000_000) }),
  output: z.object({ fiscalYear: z.int(), fundYen: z.int() }), refusals: refusals(trainingProblems, 'BELOW_TAKEN'),
});

export class SetSubsidyFund implements UseCase<typeof fundSpec> {
  readonly spec = fundSpec;

  constructor(private readonly store: SubsidyStore) {}

  async execute(ctx: Ctx, { fiscalYear: year, fundYen }: InputOf<typeof fundSpec>): Promise<OutputOf<typeof fundSpec>> {
    if (!(await this.store.putFund(ctx.db, year, fundYen))) throw trainingProblems.refuse('BELOW_TAKEN');
    ctx.audit({ object: `subsidy-fund:${year}`, facts: { fundYen } });
    return { fiscalYear: year, fundYen };
  }
}

const applySpec = useCase({
  action: 'training.subsidy.apply', kind: 'command', summary: 'A prefecture applies for training of its municipalities; the agency files for an association, which it names',
  input: z.strictObject({
    association: oneLine(60).optional(), prefecture: z.string().regex(/^\d{2}$/).optional(), title: oneLine(100), series: z.enum(COURSE_SERIES), municipalities: z.array(bodyCode).min(1).max(200),
    plannedOn: localDate, plannedParticipants: z.int().min(1).max(10_000), plannedCosts: costs,
  }),
  output: caseView,
  refusals: [...refusals(trainingProblems, 'OTHER_PREFECTURE', 'OTHER_SUBJECT', 'TOO_FEW_MUNICIPALITIES', 'TOO_LATE'), ...refusals(platformProblems, 'INVALID_INPUT')],
});

/** TRN-4.11. */
export class ApplySubsidy implements UseCase<typeof applySpec> {
  readonly spec = applySpec;

  constructor(private readonly store: SubsidyStore) {}

  async execute(ctx: Ctx, { association, prefecture: named, series, ...input }: InputOf<typeof applySpec>): Promise<OutputOf<typeof applySpec>> {
    const isPrefecture = ctx.permission.scope !== 'nation';
    const [host, prefecture] = isPrefecture ? [ctx.actor.organisation, ctx.actor.organisation] : [association, named];
    if (host === undefined || prefecture === undefined) throw platformProblems.refuse('INVALID_INPUT', { fields: [{ pointer: '/association', code: 'REQUIRED' }] });
    const fault = applicationFault({ prefecture, municipalities: input.municipalities, series });
    if (fault !== undefined) throw trainingProblems.refuse(fault);
    if (input.plannedOn < localDateInJapan(ctx.now)) throw trainingProblems.refuse('TOO_LATE');
    const applied: SubsidyCase = {
      ...input, id: uuidv7(), host, prefecture, fiscalYear: fiscalYearOf(input.plannedOn), municipalities: [...new Set(input.municipalities)], state: 'APPLIED',
      approvedYen: null, heldOn: null, actualCosts: null, participants: null, fixedYen: null, note: null,
    };
    await this.store.add(ctx.db, applied, ctx.now);
    ctx.audit({ object: `subsidy:${applied.id}`, facts: { municipalities: applied.municipalities.length } });
    return caseViewOf(applied);
  }
}

const listSpec = useCase({
  action: 'training.subsidy.list', kind: 'question', summary: 'Subsidy cases, the newest first; a prefecture sees its own', input: z.strictObject({ before: z.uuid().optional(), limit: pageLimit }),
  output: z.object({ items: z.array(caseView), next: z.string().optional() }), refusals: [],
});

export class ListSubsidies implements UseCase<typeof listSpec> {
  readonly spec = listSpec;

  constructor(private readonly store: SubsidyStore) {}

  async execute(ctx: Ctx, { before, limit }: InputOf<typeof listSpec>): Promise<OutputOf<typeof listSpec>> {
    const items = await this.store.list(ctx.db, { host: ctx.permission.scope === 'nation' ? undefined : ctx.actor.organisation, before, limit });
    return { items: items.map(caseViewOf), ...nextOf(items, limit, ({ id }) => id) };
  }
}
