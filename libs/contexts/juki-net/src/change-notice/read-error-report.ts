import { platformProblems, refusals, requireJurisdiction, useCase, type Ctx, type InputOf, type OutputOf, type UseCase } from '#platform';
import { z } from 'zod';
import { within } from '../inquiry/ask-register.js';
import type { PersonViewStore } from '../resident/person-view.store.js';
import { GROUNDS, RECORD_EXPLANATIONS, REPORT_STATES, SUSPECTED_ITEMS } from './error-report.js';
import type { ErrorReport, ErrorReportStore } from './error-report.store.js';

const reportView = z.object({
  reportId: z.uuid(), municipalityCode: z.string(), state: z.enum(REPORT_STATES), ground: z.enum(GROUNDS), items: z.array(z.enum(SUSPECTED_ITEMS)), askedAt: z.string(),
  noticeId: z.uuid().nullable(), explanation: z.enum(RECORD_EXPLANATIONS).nullable(), answerReference: z.string().nullable(),
});

function viewOf({ askedAt, personKey: _person, version: _version, ...report }: ErrorReport): z.input<typeof reportView> {
  return { ...report, askedAt: askedAt.toISOString() };
}

const listSpec = useCase({
  action: 'juki-net.error-report.list',
  kind: 'question',
  summary: 'Suspicions told to municipalities, the oldest first, without the persons',
  input: z.strictObject({
    state: z.enum(REPORT_STATES).optional(), municipalityCode: z.string().regex(/^\d{6}$/).optional(),
    after: z.uuid().default('00000000-0000-0000-0000-000000000000'), limit: z.coerce.number().int().min(1).max(1_000).default(100),
  }),
  output: z.object({ items: z.array(reportView), next: z.uuid().optional().describe('`after` of the next page') }),
  refusals: refusals(platformProblems, 'OUT_OF_JURISDICTION'),
});

export class ListErrorReports implements UseCase<typeof listSpec> {
  readonly spec = listSpec;
  constructor(private readonly reports: ErrorReportStore) {}

  async execute(ctx: Ctx, { state, municipalityCode, after, limit }: InputOf<typeof listSpec>): Promise<OutputOf<typeof listSpec>> {
    if (municipalityCode !== undefined) requireJurisdiction(ctx, municipalityCode);
    const found = await this.reports.list(ctx.db, { within: municipalityCode ?? within(ctx), state, after, limit });
    const last = found.at(-1);
    return { items: found.map(viewOf), ...(found.length < limit || last === undefined ? {} : { next: last.reportId }) };
  }
}

const getSpec = useCase({
  action: 'juki-net.error-report.get',
  kind: 'question',
  summary: 'A suspicion with the resident code of the record, to the municipality that keeps it',
  input: z.strictObject({ reportId: z.uuid() }),
  output: reportView.extend({ residentCode: z.string() }),
  refusals: refusals(platformProblems, 'NOT_FOUND', 'OUT_OF_JURISDICTION'),
});

export class GetErrorReport implements UseCase<typeof getSpec> {
  readonly spec = getSpec;
  constructor(
    private readonly reports: ErrorReportStore,
    private readonly views: PersonViewStore,
  ) {}

  async execute(ctx: Ctx, { reportId }: InputOf<typeof getSpec>): Promise<OutputOf<typeof getSpec>> {
    const report = await this.reports.find(ctx.db, reportId);
    if (report === undefined) throw platformProblems.refuse('NOT_FOUND');
    requireJurisdiction(ctx, report.municipalityCode);
    const [person] = await this.views.codes(ctx.db, [report.personKey]);
    if (person === undefined) throw platformProblems.refuse('NOT_FOUND');
    ctx.audit({ object: `error-report:${reportId}`, subjects: [report.personKey] });
    return { ...viewOf(report), residentCode: person.residentCode };
  }
}
