import { z } from 'zod';
import { bridgeCaProblems } from '#contracts/bridge-ca';
import { committeeFigures } from '#contracts/jpki-ca';
import { platformProblems, refusals, useCase, uuidv7, type Ctx, type InputOf, type OutputOf, type Peers, type UseCase } from '#platform';
import { namedOfficer } from '../authority/generations.js';
import { topicFigures } from './committee-report.js';
import type { ReportStore } from './committee-report.store.js';
import { month, reportView, viewOf } from './report-view.js';

/** Figures of a month are counted over all certificates of it. */
const DEADLINE_MS = 60_000;

const spec = useCase({
  action: 'bridge-ca.committee-report.collect',
  kind: 'process',
  summary: 'Collects the counts of a month that is over into the draft of its report; repeated, it collects them anew',
  input: z.strictObject({ month }),
  output: reportView,
  refusals: [...refusals(bridgeCaProblems, 'MONTH_NOT_CLOSED', 'NOT_IN_STATE', 'OPERATOR_NOT_ASSERTED'), ...refusals(platformProblems, 'UNAVAILABLE')],
});

/** JPKI-3.16: -> DRAFT. */
export class CollectReport implements UseCase<typeof spec> {
  readonly spec = spec;

  constructor(
    private readonly reports: ReportStore,
    private readonly peers: Peers,
  ) {}

  async execute(ctx: Ctx, { month: of }: InputOf<typeof spec>): Promise<OutputOf<typeof spec>> {
    const by = namedOfficer(ctx);
    const { correlationId, traceparent } = ctx;
    const { complete, counts } = await this.peers.call(committeeFigures, { correlationId, traceparent, deadlineMs: DEADLINE_MS }, { month: of });
    if (!complete) throw bridgeCaProblems.refuse('MONTH_NOT_CLOSED');
    return ctx.transaction(async (tx) => {
      const report = await this.reports.collect(tx.db, { id: uuidv7(), month: of, figures: topicFigures(counts), at: tx.now, by });
      if (report === undefined) throw bridgeCaProblems.refuse('NOT_IN_STATE');
      tx.audit({ object: `committee-report:${of}`, facts: { to: 'DRAFT' } });
      return viewOf(report);
    });
  }
}
