import { z, type ZodType } from 'zod';
import { bridgeCaProblems, committeeReportSubmitted } from '#contracts/bridge-ca';
import { localDateInJapan, toLocalDate } from '#kernel';
import { platformProblems, refusals, useCase, type Ctx, type InputOf, type OutputOf, type UseCase, type UseCaseSpec } from '#platform';
import { namedOfficer } from '../authority/generations.js';
import { stepReport, type ReportStep } from './committee-report.js';
import type { ReportRow, ReportStore } from './committee-report.store.js';
import { byReport, paperRef, reportView, viewOf } from './report-view.js';

type StepInput = ZodType<{ reportId: string } & Partial<ReportRow>>;
type StepSpec = UseCaseSpec<'command', StepInput, typeof reportView>;

function stepSpec<I extends StepInput>(verb: string, summary: string, input: I): UseCaseSpec<'command', I, typeof reportView> {
  return useCase({
    action: `bridge-ca.committee-report.${verb}`, kind: 'command', summary, input, output: reportView,
    refusals: [...refusals(bridgeCaProblems, 'NOT_IN_STATE', 'OPERATOR_NOT_ASSERTED', 'MEETING_DAY'), ...refusals(platformProblems, 'NOT_FOUND')],
  });
}

const SPECS = {
  SUBMIT: stepSpec('submit', 'Submits the report to the committee; its figures stay as they are', byReport),
  DELIBERATE: stepSpec(
    'deliberate', 'Takes down that the committee met about it, and the paper with its opinion', byReport.extend({ deliberatedOn: z.iso.date().transform(toLocalDate), opinionRef: paperRef }),
  ),
  ANSWER: stepSpec('answer', 'Takes down the paper with the agency\'s answer', byReport.extend({ answerRef: paperRef })),
} as const satisfies Readonly<Record<ReportStep, StepSpec>>;

/** JPKI-3.16: DRAFT -> SUBMITTED -> DELIBERATED -> ANSWERED. */
export class StepReport implements UseCase<StepSpec> {
  readonly spec: StepSpec;

  constructor(
    private readonly reports: ReportStore,
    private readonly step: ReportStep,
  ) {
    this.spec = SPECS[step];
  }

  async execute(ctx: Ctx, { reportId: id, ...taken }: InputOf<StepSpec>): Promise<OutputOf<StepSpec>> {
    const by = namedOfficer(ctx);
    const held = await this.reports.lock(ctx.db, id);
    if (held === undefined) throw platformProblems.refuse('NOT_FOUND');
    const state = stepReport(held.state, this.step);
    if (state === undefined) throw bridgeCaProblems.refuse('NOT_IN_STATE', { facts: { state: held.state } });
    requireMeetingDay(held, taken.deliberatedOn ?? undefined, ctx.now);
    const report: ReportRow = { ...held, ...taken, state, ...this.doneBy(by, ctx.now) };
    await this.reports.save(ctx.db, report);
    ctx.audit({ object: `committee-report:${held.month}`, facts: { from: held.state, to: state } });
    if (this.step === 'SUBMIT') ctx.emit(committeeReportSubmitted, { aggregateId: id, sequence: 1, data: { reportId: id, month: held.month, at: ctx.now.toISOString() } });
    return viewOf(report);
  }

  private doneBy(by: string, at: Date): Partial<ReportRow> {
    if (this.step === 'SUBMIT') return { submittedBy: by, submittedAt: at };
    return this.step === 'ANSWER' ? { answeredBy: by, answeredAt: at } : {};
  }
}

/** A meeting is held after the report came, and is taken down after it was held. */
function requireMeetingDay({ submittedAt }: ReportRow, day: string | undefined, now: Date): void {
  if (day === undefined || submittedAt === null) return;
  if (day < localDateInJapan(submittedAt) || day > localDateInJapan(now)) throw bridgeCaProblems.refuse('MEETING_DAY', { fields: [{ pointer: '/deliberatedOn', code: 'MEETING_DAY' }] });
}
