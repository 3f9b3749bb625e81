import { jukiNetProblems } from '#contracts/juki-net';
import { municipalityCodeFault } from '#kernel';
import { officerOf, platformProblems, refusals, requireJurisdiction, useCase, uuidv7, type Ctx, type InputOf, type OutputOf, type UseCase } from '#platform';
import { z } from 'zod';
import { RECORD_EXPLANATIONS, REPORT_STATES, SUSPECTED_ITEMS } from '../change-notice/error-report.js';
import type { ErrorReport, ErrorReportStore } from '../change-notice/error-report.store.js';
import { tellSuspicion } from '../change-notice/report-error.js';
import type { CorrectionStore } from './correction.store.js';
import { isCorrectable } from './disclosure.js';
import type { DisclosureStore } from './disclosure.store.js';

const notYours = refusals(platformProblems, 'NOT_FOUND', 'OUT_OF_JURISDICTION');
const view = z.object({
  reportId: z.uuid(), municipalityCode: z.string(), items: z.array(z.enum(SUSPECTED_ITEMS)), state: z.enum(REPORT_STATES), noticeId: z.uuid().optional().describe('the notice that corrected'),
  explanation: z.enum(RECORD_EXPLANATIONS).optional(), answerReference: z.string().optional().describe('of the written answer'),
});

function viewOf({ reportId, municipalityCode, items, state, noticeId, explanation, answerReference }: ErrorReport): z.input<typeof view> {
  return { reportId, municipalityCode, items, state, noticeId: noticeId ?? undefined, explanation: explanation ?? undefined, answerReference: answerReference ?? undefined };
}

const askSpec = useCase({
  action: 'juki-net.disclosure.ask-correction',
  kind: 'command',
  summary: 'Passes on to the municipality, as an error report, what the person found wrong in what was disclosed to them (訂正の申出)',
  input: z.strictObject({
    requestId: z.uuid(), municipalityCode: z.string().refine((text) => municipalityCodeFault(text) === undefined, { params: { code: 'CHECK_DIGIT' } }),
    items: z.array(z.enum(SUSPECTED_ITEMS)).min(1).max(SUSPECTED_ITEMS.length),
  }),
  output: view,
  refusals: [...refusals(jukiNetProblems, 'DISCLOSURE_STATE', 'ERROR_REPORT_STANDS', 'RESIDENT_UNKNOWN'), ...notYours],
});

/** Nothing is corrected here: the municipality surveys and answers in writing or by a notice (JUKI-4.12). */
export class AskCorrection implements UseCase<typeof askSpec> {
  readonly spec = askSpec;
  constructor(
    private readonly requests: DisclosureStore,
    private readonly reports: ErrorReportStore,
    private readonly corrections: CorrectionStore,
  ) {}

  async execute(ctx: Ctx, { requestId, municipalityCode, items }: InputOf<typeof askSpec>): Promise<OutputOf<typeof askSpec>> {
    const request = await this.requests.lock(ctx.db, requestId);
    if (request === undefined) throw platformProblems.refuse('NOT_FOUND');
    requireJurisdiction(ctx, request.organisation);
    const { personKey, state } = request;
    if (personKey === null || !isCorrectable(request)) throw jukiNetProblems.refuse('DISCLOSURE_STATE', { facts: { state } });
    if (!(await this.reports.hasRecord(ctx.db, personKey, municipalityCode))) throw jukiNetProblems.refuse('RESIDENT_UNKNOWN');
    const report: ErrorReport = {
      reportId: uuidv7(), municipalityCode, personKey, items: [...new Set(items)], ground: 'PERSON', state: 'OPEN', version: 1, askedAt: ctx.now, noticeId: null, explanation: null, answerReference: null,
    };
    if (!(await this.reports.add(ctx.db, report, officerOf(ctx)))) throw jukiNetProblems.refuse('ERROR_REPORT_STANDS');
    await this.corrections.add(ctx.db, requestId, report.reportId);
    tellSuspicion(ctx, report);
    ctx.audit({ object: `disclosure:${requestId}`, subjects: [personKey], facts: { report: report.reportId } });
    return viewOf(report);
  }
}

const listSpec = useCase({
  action: 'juki-net.disclosure.list-corrections', kind: 'question', summary: 'What became of the corrections that were asked for at a request, with the answers of the municipalities',
  input: z.strictObject({ requestId: z.uuid() }), output: z.object({ items: z.array(view) }), refusals: notYours,
});

export class ListCorrections implements UseCase<typeof listSpec> {
  readonly spec = listSpec;
  constructor(
    private readonly requests: DisclosureStore,
    private readonly reports: ErrorReportStore,
    private readonly corrections: CorrectionStore,
  ) {}

  async execute(ctx: Ctx, { requestId }: InputOf<typeof listSpec>): Promise<OutputOf<typeof listSpec>> {
    const request = await this.requests.find(ctx.db, requestId);
    if (request === undefined) throw platformProblems.refuse('NOT_FOUND');
    requireJurisdiction(ctx, request.organisation);
    const items: z.input<typeof view>[] = [];
    for (const reportId of await this.corrections.reportsOf(ctx.db, requestId)) {
      const report = await this.reports.find(ctx.db, reportId);
      if (report !== undefined) items.push(viewOf(report));
    }
    ctx.audit({ object: `disclosure:${requestId}`, subjects: request.personKey === null ? [] : [request.personKey] });
    return { items };
  }
}
