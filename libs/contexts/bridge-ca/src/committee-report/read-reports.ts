import { z } from 'zod';
import { found, nextOf, pageLimit, platformProblems, refusals, useCase, type Ctx, type InputOf, type OutputOf, type UseCase } from '#platform';
import type { ReportStore } from './committee-report.store.js';
import { byReport, month, reportView, viewOf } from './report-view.js';

const listSpec = useCase({
  action: 'bridge-ca.committee-report.list', kind: 'question', summary: 'Reports to the committee, the latest month first',
  input: z.strictObject({ before: month.optional(), limit: pageLimit }), output: z.object({ items: z.array(reportView), next: month.optional() }), refusals: [],
});

export class ListReports implements UseCase<typeof listSpec> {
  readonly spec = listSpec;

  constructor(private readonly reports: ReportStore) {}

  async execute(ctx: Ctx, { before, limit }: InputOf<typeof listSpec>): Promise<OutputOf<typeof listSpec>> {
    const page = await this.reports.list(ctx.db, { before, limit });
    ctx.audit({ object: 'committee-reports', facts: { reports: page.length } });
    return { items: page.map(viewOf), ...nextOf(page, limit, ({ month: of }) => of) };
  }
}

const getSpec = useCase({ action: 'bridge-ca.committee-report.read', kind: 'question', summary: 'A report to the committee', input: byReport, output: reportView, refusals: refusals(platformProblems, 'NOT_FOUND') });

export class GetReport implements UseCase<typeof getSpec> {
  readonly spec = getSpec;

  constructor(private readonly reports: ReportStore) {}

  async execute(ctx: Ctx, { reportId: id }: InputOf<typeof getSpec>): Promise<OutputOf<typeof getSpec>> {
    const report = found(await this.reports.find(ctx.db, id));
    ctx.audit({ object: `committee-report:${report.month}` });
    return viewOf(report);
  }
}
