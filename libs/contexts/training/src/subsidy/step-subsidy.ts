import type { Readable } from 'node:stream';
import { z } from 'zod';
import { subsidyPaid, trainingProblems } from '#contracts/training';
import { addDays, localDateInJapan } from '#kernel';
import { daily, platformProblems, refusals, useCase, wholeBody, type Ctx, type InputOf, type OutputOf, type Schedule, type UseCase } from '#platform';
import { localDate, oneLine } from '../course/course-view.js';
import { ENCODINGS, LIST_COLUMNS, readAttendanceList } from './attendance-list.js';
import { applicationFault, eligibleYen, REPORT_DAYS, reportDueOn, subsidyYen } from './subsidy.js';
import type { SubsidyCase, SubsidyStore } from './subsidy.store.js';
import { byCase, caseView, caseViewOf, costFields, steppedCase } from './subsidy-view.js';

/** Octets of an attendance list. */
const MOST = 2 * 1024 * 1024;
const found = [...refusals(trainingProblems, 'NOT_IN_STATE'), ...refusals(platformProblems, 'NOT_FOUND', 'OUT_OF_JURISDICTION')];

const approveSpec = useCase({
  action: 'training.subsidy.approve', kind: 'command', summary: 'Approves a case by what is planned, if the fund of the year has so much', input: byCase, output: caseView,
  refusals: [...found, ...refusals(trainingProblems, 'FUND_EXHAUSTED')],
});

/** TRN-4.11: the fund is a counter that decides by a conditional update, as the places of TRN-4.4. */
export class ApproveSubsidy implements UseCase<typeof approveSpec> {
  readonly spec = approveSpec;

  constructor(private readonly store: SubsidyStore) {}

  async execute(ctx: Ctx, { caseId }: InputOf<typeof approveSpec>): Promise<OutputOf<typeof approveSpec>> {
    const held = await steppedCase(ctx, this.store, caseId, 'APPROVE');
    const approvedYen = subsidyYen(eligibleYen(held.plannedCosts), held.plannedParticipants);
    if (!(await this.store.takeFromFund(ctx.db, held.fiscalYear, approvedYen))) throw trainingProblems.refuse('FUND_EXHAUSTED');
    return taken(ctx, this.store, { ...held, approvedYen });
  }
}

const declineSpec = useCase({ action: 'training.subsidy.decline', kind: 'command', summary: 'Declines an application', input: byCase.extend({ reason: oneLine(200) }), output: caseView, refusals: found });

export class DeclineSubsidy implements UseCase<typeof declineSpec> {
  readonly spec = declineSpec;

  constructor(private readonly store: SubsidyStore) {}

  async execute(ctx: Ctx, { caseId, reason }: InputOf<typeof declineSpec>): Promise<OutputOf<typeof declineSpec>> {
    return taken(ctx, this.store, { ...(await steppedCase(ctx, this.store, caseId, 'DECLINE')), note: reason });
  }
}

const holdSpec = useCase({
  action: 'training.subsidy.hold', kind: 'command', summary: 'The meeting was held on that day; its report is due within 30 days', input: byCase.extend({ heldOn: localDate }), output: caseView,
  refusals: [...found, ...refusals(trainingProblems, 'TOO_SOON')],
});

export class HoldSubsidised implements UseCase<typeof holdSpec> {
  readonly spec = holdSpec;

  constructor(private readonly store: SubsidyStore) {}

  async execute(ctx: Ctx, { caseId, heldOn }: InputOf<typeof holdSpec>): Promise<OutputOf<typeof holdSpec>> {
    const held = await steppedCase(ctx, this.store, caseId, 'HOLD');
    if (heldOn > localDateInJapan(ctx.now)) throw trainingProblems.refuse('TOO_SOON');
    return taken(ctx, this.store, { ...held, heldOn });
  }
}

const reportSpec = useCase({
  action: 'training.subsidy.report', kind: 'process', summary: `Reports what the meeting cost and who attended (CSV ${LIST_COLUMNS.join()}); a later list takes the place of an earlier one until the amount is fixed`,
  input: byCase.extend({ ...costFields, encoding: z.enum(ENCODINGS).default('UTF-8') }),
  output: caseView.extend({ faults: z.array(z.object({ line: z.int(), column: z.string(), reason: z.string() })) }),
  refusals: [...found, ...refusals(trainingProblems, 'FILE_MALFORMED', 'TOO_LATE'), ...refusals(platformProblems, 'BODY_TOO_LARGE')],
});

/** TRN-4.11: those who attended are external completions. */
export class ReportSubsidised implements UseCase<typeof reportSpec> {
  readonly spec = reportSpec;

  constructor(private readonly store: SubsidyStore) {}

  async execute(ctx: Ctx, { caseId, encoding, ...actualCosts }: InputOf<typeof reportSpec>, body?: Readable): Promise<OutputOf<typeof reportSpec>> {
    const octets = await wholeBody(body, MOST);
    return ctx.transaction(async (tx) => {
      const held = await steppedCase(tx, this.store, caseId, 'REPORT');
      const heldOn = held.heldOn ?? held.plannedOn;
      if (localDateInJapan(tx.now) > reportDueOn(heldOn)) throw trainingProblems.refuse('TOO_LATE');
      const { attendees, faults } = readAttendanceList(octets, encoding, held.municipalities);
      await this.store.putAttendees(tx.db, caseId, attendees, heldOn);
      return { ...(await taken(tx, this.store, { ...held, actualCosts, participants: attendees.length })), faults };
    });
  }
}

const fixSpec = useCase({
  action: 'training.subsidy.fix', kind: 'command', summary: 'Fixes the amount by what was reported, at most what was approved; the rest returns to the fund', input: byCase, output: caseView,
  refusals: [...found, ...refusals(trainingProblems, 'TOO_FEW_MUNICIPALITIES')],
});

export class FixSubsidy implements UseCase<typeof fixSpec> {
  readonly spec = fixSpec;

  constructor(private readonly store: SubsidyStore) {}

  async execute(ctx: Ctx, { caseId }: InputOf<typeof fixSpec>): Promise<OutputOf<typeof fixSpec>> {
    const held = await steppedCase(ctx, this.store, caseId, 'FIX');
    const { approvedYen, actualCosts } = held;
    if (approvedYen === null || actualCosts === null) throw new Error('a reported case has its costs');
    const fault = applicationFault({ prefecture: held.prefecture, municipalities: await this.store.attendedMunicipalities(ctx.db, caseId), series: 'NUMBER_SYSTEM' });
    if (fault !== undefined) throw trainingProblems.refuse('TOO_FEW_MUNICIPALITIES');
    const fixedYen = Math.min(approvedYen, subsidyYen(eligibleYen(actualCosts), held.participants ?? 0));
    await this.store.takeFromFund(ctx.db, held.fiscalYear, fixedYen - approvedYen);
    return taken(ctx, this.store, { ...held, fixedYen });
  }
}

const paySpec = useCase({ action: 'training.subsidy.pay', kind: 'command', summary: 'The amount was paid', input: byCase.extend({ paymentRef: oneLine(60) }), output: caseView, refusals: found });

export class PaySubsidy implements UseCase<typeof paySpec> {
  readonly spec = paySpec;

  constructor(private readonly store: SubsidyStore) {}

  async execute(ctx: Ctx, { caseId, paymentRef }: InputOf<typeof paySpec>): Promise<OutputOf<typeof paySpec>> {
    const held = await steppedCase(ctx, this.store, caseId, 'PAY');
    const { host, fiscalYear, fixedYen } = held;
    ctx.emit(subsidyPaid, { aggregateId: caseId, sequence: 1, data: { caseId, host, fiscalYear, amountYen: fixedYen ?? 0, at: ctx.now.toISOString() } });
    return taken(ctx, this.store, { ...held, note: paymentRef });
  }
}

/** What was not reported in time gives its money back (TRN-4.11). A few a year, so all in one transaction. */
export function lapseSubsidies(store: SubsidyStore): Schedule {
  return daily('subsidies-lapsed', async (ctx) => {
    const today = localDateInJapan(ctx.now);
    for (const held of await store.lockUnreported(ctx.db, addDays(today, -REPORT_DAYS))) {
      await store.takeFromFund(ctx.db, held.fiscalYear, -(held.approvedYen ?? 0));
      await taken(ctx, store, { ...held, state: 'LAPSED' });
    }
  });
}

async function taken(ctx: Ctx, store: SubsidyStore, taken: SubsidyCase): Promise<z.input<typeof caseView>> {
  await store.save(ctx.db, taken, ctx.now);
  ctx.audit({ object: `subsidy:${taken.id}`, facts: { state: taken.state, ...(taken.approvedYen === null ? {} : { approvedYen: taken.approvedYen }), ...(taken.fixedYen === null ? {} : { fixedYen: taken.fixedYen }) } });
  return caseViewOf(taken);
}
