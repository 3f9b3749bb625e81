import { localDateInJapan } from '#kernel';
import { cardIssuanceProblems } from '#contracts/card-issuance';
import { found, platformProblems, refusals, requireJurisdiction, useCase, type Ctx, type InputOf, type OutputOf, type UseCase } from '#platform';
import { z } from 'zod';
import { OPEN_STATES } from '../application/application.js';
import type { ApplicationStore } from '../application/application.store.js';
import { assessFee, REISSUE_CAUSES } from '../fee/ordinance.js';
import type { OrdinanceStore } from '../fee/ordinance.store.js';
import { advance, caseDueYen, LOSS_PLACES, OUTCOMES, REISSUE_STATES, type ReissueCase } from './reissue-case.js';
import type { ReissueCaseStore } from './reissue-case.store.js';
import { endUnfinished, type ReissueStores } from './withdraw-reissue.js';

const caseInput = z.strictObject({ caseId: z.uuid() });
const answer = z.object({ caseId: z.uuid(), state: z.enum(REISSUE_STATES), dueYen: z.number().int(), paidYen: z.number().int().nullable() });
const caseRefusals = [...refusals(cardIssuanceProblems, 'BAD_STATE'), ...refusals(platformProblems, 'NOT_FOUND', 'OUT_OF_JURISDICTION')];

async function lockCase(ctx: Ctx, cases: ReissueCaseStore, caseId: string): Promise<ReissueCase> {
  const locked = found(await cases.lock(ctx.db, caseId));
  requireJurisdiction(ctx, locked.municipalityCode);
  return locked;
}

async function saveCase(ctx: Ctx, cases: ReissueCaseStore, next: ReissueCase): Promise<z.output<typeof answer>> {
  await cases.save(ctx, next);
  ctx.audit({ object: `reissue-case:${next.caseId}`, subjects: [next.personKey], facts: { state: next.state } });
  return { caseId: next.caseId, state: next.state, dueYen: caseDueYen(next), paidYen: next.paidYen };
}

const assessSpec = useCase({
  action: 'card-issuance.reissue-case.assess',
  kind: 'command',
  summary: 'Assesses the fee by the ordinance of the day; free by cause, or by a waiver that the ordinance knows',
  input: caseInput.extend({ waiver: z.string().regex(/^[A-Z][A-Z_]{1,59}$/).optional() }),
  output: answer,
  refusals: [...refusals(cardIssuanceProblems, 'WAIVER_UNKNOWN'), ...caseRefusals],
});

/** The fee (CARD-4.9). */
export class AssessReissue implements UseCase<typeof assessSpec> {
  readonly spec = assessSpec;

  constructor(private readonly stores: { readonly reissueCases: ReissueCaseStore; readonly ordinances: OrdinanceStore }) {}

  async execute(ctx: Ctx, { caseId, waiver }: InputOf<typeof assessSpec>): Promise<OutputOf<typeof assessSpec>> {
    const opened = await lockCase(ctx, this.stores.reissueCases, caseId);
    const fee = assessFee(opened.cause, await this.stores.ordinances.on(ctx.db, opened.municipalityCode, localDateInJapan(ctx.now)), waiver);
    return saveCase(ctx, this.stores.reissueCases, advance(opened, 'FEE_ASSESSED', { ...fee, waiver: waiver ?? null }));
  }
}

const linkSpec = useCase({
  action: 'card-issuance.reissue-case.link',
  kind: 'command',
  summary: 'Names the application for the other card; without a wish for certificates their part of the fee is struck',
  input: caseInput.extend({ applicationId: z.string().regex(/^\d{23}$/) }),
  output: answer,
  refusals: caseRefusals,
});

/** The application of a re-issue (CARD-3.7). */
export class LinkApplication implements UseCase<typeof linkSpec> {
  readonly spec = linkSpec;

  constructor(private readonly stores: { readonly reissueCases: ReissueCaseStore; readonly applications: ApplicationStore }) {}

  async execute(ctx: Ctx, { caseId, applicationId }: InputOf<typeof linkSpec>): Promise<OutputOf<typeof linkSpec>> {
    const { reissueCases, applications } = this.stores;
    const assessed = await lockCase(ctx, reissueCases, caseId);
    const application = await applications.find(ctx.db, applicationId);
    if (application?.personKey !== assessed.personKey) throw platformProblems.refuse('NOT_FOUND');
    if (!OPEN_STATES.includes(application.state)) throw cardIssuanceProblems.refuse('BAD_STATE', { facts: { application: application.state } });
    const wishes = application.wishSign || application.wishAuth;
    return saveCase(ctx, reissueCases, advance(assessed, 'APPLICATION_LINKED', { applicationId, certificatesYen: wishes ? assessed.certificatesYen : 0 }));
  }
}

const paySpec = useCase({
  action: 'card-issuance.reissue-case.pay',
  kind: 'command',
  summary: 'Records the payment at the hand-over; the same receipt again changes nothing',
  input: caseInput.extend({ amountYen: z.number().int().min(1).max(1_000_000), receiptNo: z.string().regex(/^[0-9A-Za-z-]{1,40}$/) }),
  output: answer,
  refusals: [...refusals(cardIssuanceProblems, 'AMOUNT_MISMATCH'), ...caseRefusals],
});

/** Payment (CARD-4.9). */
export class RecordPayment implements UseCase<typeof paySpec> {
  readonly spec = paySpec;

  constructor(private readonly reissueCases: ReissueCaseStore) {}

  async execute(ctx: Ctx, { caseId, amountYen, receiptNo }: InputOf<typeof paySpec>): Promise<OutputOf<typeof paySpec>> {
    const linked = await lockCase(ctx, this.reissueCases, caseId);
    const dueYen = caseDueYen(linked);
    const repeated = linked.receiptNo === receiptNo && linked.paidYen === amountYen;
    if (!repeated && (linked.state !== 'APPLICATION_LINKED' || linked.paidYen !== null)) throw cardIssuanceProblems.refuse('BAD_STATE', { facts: { state: linked.state } });
    if (amountYen !== dueYen) throw cardIssuanceProblems.refuse('AMOUNT_MISMATCH', { facts: { dueYen } });
    if (!repeated) await this.reissueCases.pay(ctx.db, caseId, { yen: amountYen, receiptNo, now: ctx.now });
    ctx.audit({ object: `reissue-case:${caseId}`, subjects: [linked.personKey], facts: { paidYen: amountYen } });
    return { caseId, state: linked.state, dueYen, paidYen: amountYen };
  }
}

const closeSpec = useCase({
  action: 'card-issuance.reissue-case.close',
  kind: 'command',
  summary: 'The holder wants no other card any more: the application is withdrawn; a case whose card is handed over or found closes by itself',
  input: caseInput,
  output: answer,
  refusals: caseRefusals,
});

/** An abandoned re-issue (CARD-3.7). */
export class AbandonReissue implements UseCase<typeof closeSpec> {
  readonly spec = closeSpec;

  constructor(private readonly stores: ReissueStores) {}

  async execute(ctx: Ctx, { caseId }: InputOf<typeof closeSpec>): Promise<OutputOf<typeof closeSpec>> {
    const open = await lockCase(ctx, this.stores.reissueCases, caseId);
    await endUnfinished(ctx, this.stores, open, 'ABANDONED');
    ctx.audit({ object: `reissue-case:${caseId}`, subjects: [open.personKey], facts: { state: 'CLOSED' } });
    return { caseId, state: 'CLOSED', dueYen: caseDueYen(open), paidYen: open.paidYen };
  }
}

const showSpec = useCase({
  action: 'card-issuance.reissue-case.show',
  kind: 'question',
  summary: 'A re-issue: cause, fee, payment and how far it is',
  input: caseInput,
  output: answer.extend({
    cardSerial: z.string(), personKey: z.uuid(), cause: z.enum(REISSUE_CAUSES), lossPlace: z.enum(LOSS_PLACES).nullable(), policeReportNo: z.string().nullable(),
    waiver: z.string().nullable(), applicationId: z.string().nullable(), receiptNo: z.string().nullable(), outcome: z.enum(OUTCOMES).nullable(),
  }),
  refusals: refusals(platformProblems, 'NOT_FOUND', 'OUT_OF_JURISDICTION'),
});

/** One case (CARD-3.7). */
export class ShowReissueCase implements UseCase<typeof showSpec> {
  readonly spec = showSpec;

  constructor(private readonly reissueCases: ReissueCaseStore) {}

  async execute(ctx: Ctx, { caseId }: InputOf<typeof showSpec>): Promise<OutputOf<typeof showSpec>> {
    const shown = found(await this.reissueCases.find(ctx.db, caseId));
    requireJurisdiction(ctx, shown.municipalityCode);
    ctx.audit({ object: `reissue-case:${caseId}`, subjects: [shown.personKey] });
    const { cardSerial, personKey, state, cause, lossPlace, waiver, applicationId, paidYen, receiptNo, outcome } = shown;
    const policeReportNo = await this.reissueCases.policeReport(ctx.db, caseId);
    return { caseId, state, dueYen: caseDueYen(shown), paidYen, cardSerial, personKey, cause, lossPlace, policeReportNo, waiver, applicationId, receiptNo, outcome };
  }
}
