import { jukiNetProblems } from '#contracts/juki-net';
import { daysBetween, fiscalYearOf, localDateInJapan, localDateOf, toLocalDate } from '#kernel';
import { refusals, useCase, type Ctx, type InputOf, type OutputOf, type UseCase } from '#platform';
import { z } from 'zod';
import { COMMITTEE_TOPICS, type CommitteeReportStore, type CommitteeTopic, type Count } from './committee-report.store.js';

const MOST_DAYS = 366;
const number = z.number().int();
const counts = z.array(z.object({ name: z.string(), state: z.string(), count: number }));

const spec = useCase({
  action: 'juki-net.committee-report.read',
  kind: 'question',
  summary: 'What the committee for the protection of identity information is told at a meeting: numbers only',
  input: z.strictObject({ from: z.iso.date(), to: z.iso.date().describe('last day; at most 366 days') }),
  output: z.object({
    from: z.string(), to: z.string(), logClosedUntil: z.string().optional().describe('provisions and alerts are told up to this day'),
    provisions: counts.describe('persons told, by mode'), refusals: counts.describe('inquiries refused, by mode'), logAlerts: counts.describe('by kind and finding'),
    reconciliations: z.object({ runs: number, records: number }), differences: counts.describe('of reconciliations, by class and state'),
    disclosures: counts.describe('requests received, by kind and outcome, or state of those undecided'), supportMeasures: counts.describe('cases handled, by state'),
    grants: counts.describe('that became valid, by affair and state'), incidents: counts,
  }),
  refusals: refusals(jukiNetProblems, 'TERM'),
});

/** The report of JUKI-5.6, of any period, from what the features keep anyway. */
export class ReportToCommittee implements UseCase<typeof spec> {
  readonly spec = spec;
  constructor(private readonly reports: CommitteeReportStore) {}

  async execute(ctx: Ctx, input: InputOf<typeof spec>): Promise<OutputOf<typeof spec>> {
    const [from, to] = [toLocalDate(input.from), toLocalDate(input.to)];
    const days = daysBetween(from, to);
    if (days < 0 || days >= MOST_DAYS) throw jukiNetProblems.refuse('TERM', { fields: [{ pointer: '/to', code: 'TERM' }] });
    const found: Record<CommitteeTopic, Count[]> = { provisions: [], refusals: [], logAlerts: [], differences: [], disclosures: [], supportMeasures: [], grants: [], incidents: [] };
    for (const topic of COMMITTEE_TOPICS) found[topic] = await this.reports.counts(ctx.db, topic, from, to);
    const reconciliations = await this.reports.reconciliations(ctx.db, from, to);
    const logClosedUntil = await this.reports.closedUntil(ctx.db);
    ctx.audit({ object: 'committee-report', facts: { from, to } });
    return { from, to, ...(logClosedUntil === undefined ? {} : { logClosedUntil }), ...found, reconciliations };
  }
}

const yearSpec = useCase({
  action: 'juki-net.public-report.read',
  kind: 'question',
  summary: 'The yearly public report of provisions to national organs, by organ and affair',
  input: z.strictObject({ fiscalYear: z.coerce.number().int().min(2015).max(2100).describe('the year that begins on 1 April') }),
  output: z.object({
    from: z.string(), to: z.string(), complete: z.boolean().describe('the log of its last day is closed'),
    provisions: z.array(z.object({ organisation: z.string(), affair: z.string(), provided: number, refused: number })),
  }),
  refusals: refusals(jukiNetProblems, 'TERM'),
});

export class ReportToPublic implements UseCase<typeof yearSpec> {
  readonly spec = yearSpec;
  constructor(private readonly reports: CommitteeReportStore) {}

  async execute(ctx: Ctx, { fiscalYear }: InputOf<typeof yearSpec>): Promise<OutputOf<typeof yearSpec>> {
    if (fiscalYear > fiscalYearOf(localDateInJapan(ctx.now))) throw jukiNetProblems.refuse('TERM', { fields: [{ pointer: '/fiscalYear', code: 'TERM' }] });
    const [from, to] = [localDateOf(fiscalYear, 4, 1), localDateOf(fiscalYear + 1, 3, 31)];
    const provisions = await this.reports.ofNationalOrgans(ctx.db, from, to);
    const closedUntil = await this.reports.closedUntil(ctx.db);
    ctx.audit({ object: 'public-report', facts: { fiscalYear } });
    return { from, to, complete: closedUntil !== undefined && closedUntil >= to, provisions };
  }
}
