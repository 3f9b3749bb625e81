import { jukiNetProblems } from '#contracts/juki-net';
import { addDays, daysBetween, startOfDayInJapan, toLocalDate } from '#kernel';
import { refusals, useCase, type Ctx, type InputOf, type OutputOf, type UseCase } from '#platform';
import { z } from 'zod';
import type { ProvisionReportStore } from './provision-report.store.js';

const INQUIRY = 'juki-net.inquiry.ask';
/** A month at most: the report of a year is the sum of twelve, each a scan of hundreds of millions of rows nationwide at the worst. */
const MOST_DAYS = 31;

const spec = useCase({
  action: 'juki-net.provision.report',
  kind: 'question',
  summary: 'Numbers of provisions by organisation, affair, mode and result, and of refused inquiries, for the yearly public report and the committee',
  input: z.strictObject({ from: z.iso.date(), to: z.iso.date().describe('last day; at most 31 days') }),
  output: z.object({
    from: z.string(), to: z.string(),
    provisions: z.array(z.object({
      organisation: z.string(), affair: z.string(), mode: z.string(), resultCode: z.string(), count: z.number().int(),
      feeYen: z.number().int().describe('of immediate answers, for each person told; the fees of batches and files of changes stand with them'),
    })),
    refusals: z.array(z.object({ organisation: z.string(), affair: z.string(), code: z.string(), count: z.number().int() })),
  }),
  refusals: refusals(jukiNetProblems, 'TERM'),
});

export class ReportProvisions implements UseCase<typeof spec> {
  readonly spec = spec;
  constructor(private readonly report: ProvisionReportStore) {}

  async execute(ctx: Ctx, { from, to }: InputOf<typeof spec>): Promise<OutputOf<typeof spec>> {
    const days = daysBetween(toLocalDate(from), toLocalDate(to));
    if (days < 0 || days >= MOST_DAYS) throw jukiNetProblems.refuse('TERM', { fields: [{ pointer: '/to', code: 'TERM' }] });
    const [start, end] = [startOfDayInJapan(toLocalDate(from)), startOfDayInJapan(addDays(toLocalDate(to), 1))];
    const provisions = await this.report.provisions(ctx.db, start, end);
    const refused = await this.report.refused(ctx.db, INQUIRY, start, end);
    ctx.audit({ object: 'provision-report', facts: { from, to } });
    return { from, to, provisions, refusals: refused };
  }
}
