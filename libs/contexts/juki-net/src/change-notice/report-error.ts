import { identityErrorSuspected, jukiNetProblems } from '#contracts/juki-net';
import { municipalityCodeFault, ResidentCode } from '#kernel';
import { officerOf, refusals, useCase, uuidv7, type Ctx, type InputOf, type OutputOf, type UseCase } from '#platform';
import { z } from 'zod';
import { codeKey, type ResidentStore } from '../resident/resident.store.js';
import { GROUNDS, REPORT_STATES, SUSPECTED_ITEMS } from './error-report.js';
import type { ErrorReport, ErrorReportStore } from './error-report.store.js';

const spec = useCase({
  action: 'juki-net.error-report.make',
  kind: 'command',
  summary: 'Tells a municipality that its record of a person is suspected wrong (機構の通報); the record stays as it is',
  input: z.strictObject({
    residentCode: z.string().refine((text) => ResidentCode.fault(text) === undefined, { params: { code: 'CHECK_DIGIT' } }),
    municipalityCode: z.string().refine((text) => municipalityCodeFault(text) === undefined, { params: { code: 'CHECK_DIGIT' } }),
    items: z.array(z.enum(SUSPECTED_ITEMS)).min(1).max(SUSPECTED_ITEMS.length),
    ground: z.enum(GROUNDS),
  }),
  output: z.object({ reportId: z.uuid(), state: z.enum(REPORT_STATES) }),
  refusals: refusals(jukiNetProblems, 'ERROR_REPORT_STANDS', 'RESIDENT_UNKNOWN'),
});

/** Only a notice of the municipality corrects anything (JUKI-3.3). */
export class ReportError implements UseCase<typeof spec> {
  readonly spec = spec;
  constructor(
    private readonly reports: ErrorReportStore,
    private readonly residents: ResidentStore,
  ) {}

  async execute(ctx: Ctx, { residentCode, municipalityCode, items, ground }: InputOf<typeof spec>): Promise<OutputOf<typeof spec>> {
    const index = this.residents.codeIndex(residentCode);
    const personKey = (await this.residents.lockCodes(ctx.db, [index])).get(codeKey(index))?.personKey;
    if (personKey === undefined || !(await this.reports.hasRecord(ctx.db, personKey, municipalityCode))) throw jukiNetProblems.refuse('RESIDENT_UNKNOWN');
    const report: ErrorReport = {
      reportId: uuidv7(), municipalityCode, personKey, items: [...new Set(items)], ground, state: 'OPEN', version: 1, askedAt: ctx.now, noticeId: null, explanation: null, answerReference: null,
    };
    if (!(await this.reports.add(ctx.db, report, officerOf(ctx)))) throw jukiNetProblems.refuse('ERROR_REPORT_STANDS');
    tellSuspicion(ctx, report);
    ctx.audit({ object: `error-report:${report.reportId}`, subjects: [personKey], facts: { to: 'OPEN', ground } });
    return { reportId: report.reportId, state: 'OPEN' };
  }
}

/** Tells that an answer is wanted, and of nobody. */
export function tellSuspicion(ctx: Ctx, { reportId, municipalityCode, ground, version }: ErrorReport): void {
  ctx.emit(identityErrorSuspected, { aggregateId: reportId, sequence: version, data: { reportId, municipalityCode, ground } });
}
