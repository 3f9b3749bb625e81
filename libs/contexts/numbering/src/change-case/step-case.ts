import { z } from 'zod';
import { numberingProblems } from '#contracts/numbering';
import { officerOf, platformProblems, refusals, useCase, type Ctx, type InputOf, type OutputOf, type UseCase } from '#platform';
import { caseView, permittedCase, viewOf, writtenText } from './case-view.js';
import { NO_CARD, provesCard, stepCase, type CaseStep } from './change-case.js';
import type { CaseAdditions, CaseRecord, ChangeCaseStore } from './change-case.store.js';

const byId = z.strictObject({ caseId: z.uuid() });
const refused = [...refusals(platformProblems, 'NOT_FOUND', 'OUT_OF_JURISDICTION'), ...refusals(numberingProblems, 'CASE_STATE')];

/** Takes one step of a locked case, with its audit line. Refuses CASE_STATE, SAME_OFFICER or NO_GROUND. */
export async function takeStep(ctx: Ctx, cases: ChangeCaseStore, held: CaseRecord, { step, added = {} }: { readonly step: CaseStep; readonly added?: CaseAdditions }): Promise<CaseRecord> {
  const outcome = stepCase(held, step, officerOf(ctx));
  if ('refusal' in outcome) throw numberingProblems.refuse(outcome.refusal, { facts: { caseId: held.caseId, state: held.state } });
  await cases.setState(ctx.db, held.caseId, { state: outcome.state, at: ctx.now }, added);
  ctx.audit({ object: `change-case:${held.caseId}`, subjects: [held.personKey], facts: { from: held.state, to: outcome.state } });
  return { ...held, state: outcome.state, newAssignmentId: added.newAssignmentId ?? held.newAssignmentId };
}

const examineSpec = useCase({
  action: 'numbering.change-case.examine',
  kind: 'command',
  summary: 'Records what the evidence shows: whether the number leaked, and whether its misuse is to be feared',
  input: byId.extend({ leaked: z.boolean(), misuseRisk: z.boolean(), evidence: writtenText }),
  output: caseView,
  refusals: refused,
});

/** NUM-3.3: EVIDENCE, as often as there is more of it before the decision. */
export class ExamineCase implements UseCase<typeof examineSpec> {
  readonly spec = examineSpec;

  constructor(private readonly cases: ChangeCaseStore) {}

  async execute(ctx: Ctx, { caseId, ...found }: InputOf<typeof examineSpec>): Promise<OutputOf<typeof examineSpec>> {
    return viewOf(await takeStep(ctx, this.cases, permittedCase(ctx, await this.cases.lock(ctx.db, caseId)), { step: 'EXAMINE', added: found }));
  }
}

const decideSpec = useCase({
  action: 'numbering.change-case.decide',
  kind: 'command',
  summary: 'Grants or denies another number; the officer must be another than the one who filed, a denial needs written reasons',
  input: byId.extend({ decision: z.enum(['GRANTED', 'DENIED']), reasons: writtenText.optional() })
    .refine(({ decision, reasons }) => decision === 'GRANTED' || reasons !== undefined, { params: { code: 'REQUIRED' }, path: ['reasons'] }),
  output: caseView,
  refusals: [...refused, ...refusals(numberingProblems, 'NO_GROUND', 'SAME_OFFICER')],
});

/** NUM-3.3: GRANTED or DENIED. */
export class DecideCase implements UseCase<typeof decideSpec> {
  readonly spec = decideSpec;

  constructor(private readonly cases: ChangeCaseStore) {}

  async execute(ctx: Ctx, { caseId, decision, reasons }: InputOf<typeof decideSpec>): Promise<OutputOf<typeof decideSpec>> {
    const held = permittedCase(ctx, await this.cases.lock(ctx.db, caseId));
    return viewOf(await takeStep(ctx, this.cases, held, { step: decision === 'GRANTED' ? 'GRANT' : 'DENY', added: { reasons, decidedBy: officerOf(ctx) } }));
  }
}

const settleSpec = useCase({
  action: 'numbering.change-case.settle',
  kind: 'command',
  summary: 'A named officer states that the card with the former number is back, or why there is none; those who use the number are told',
  input: byId.extend({ cardSerial: z.string().regex(/^[0-9A-Z]{16}$/).optional().describe('the card that came back'), noCard: z.enum(NO_CARD).optional().describe('why none can come back') })
    .refine(({ cardSerial, noCard }) => (cardSerial === undefined) !== (noCard === undefined), { params: { code: 'ONE_PROOF' } }),
  output: caseView,
  refusals: [...refused, ...refusals(numberingProblems, 'CARD_NOT_RETURNED', 'OPERATOR_NOT_ASSERTED')],
});

/** NUM-3.3: CONSEQUENCES_DONE; most cases get there by card-issuance's news of the collected card. */
export class SettleCase implements UseCase<typeof settleSpec> {
  readonly spec = settleSpec;

  constructor(private readonly cases: ChangeCaseStore) {}

  async execute(ctx: Ctx, { caseId, ...proof }: InputOf<typeof settleSpec>): Promise<OutputOf<typeof settleSpec>> {
    if (ctx.actor.operator === undefined) throw numberingProblems.refuse('OPERATOR_NOT_ASSERTED');
    const held = permittedCase(ctx, await this.cases.lock(ctx.db, caseId));
    const settled = await takeStep(ctx, this.cases, held, { step: 'SETTLE', added: { ...proof, settledBy: officerOf(ctx) } });
    if (!provesCard(held.formerCard, proof)) throw numberingProblems.refuse('CARD_NOT_RETURNED', { facts: { caseId } });
    return viewOf(settled);
  }
}

const closeSpec = useCase({ action: 'numbering.change-case.close', kind: 'command', summary: 'Closes a case whose consequences are done', input: byId, output: caseView, refusals: refused });

/** NUM-3.3: CLOSED. */
export class CloseCase implements UseCase<typeof closeSpec> {
  readonly spec = closeSpec;

  constructor(private readonly cases: ChangeCaseStore) {}

  async execute(ctx: Ctx, { caseId }: InputOf<typeof closeSpec>): Promise<OutputOf<typeof closeSpec>> {
    return viewOf(await takeStep(ctx, this.cases, permittedCase(ctx, await this.cases.lock(ctx.db, caseId)), { step: 'CLOSE' }));
  }
}

const readSpec = useCase({
  action: 'numbering.change-case.read',
  kind: 'question',
  summary: 'State of a case of change, without its texts',
  input: byId,
  output: caseView,
  refusals: refusals(platformProblems, 'NOT_FOUND', 'OUT_OF_JURISDICTION'),
});

export class ReadChangeCase implements UseCase<typeof readSpec> {
  readonly spec = readSpec;

  constructor(private readonly cases: ChangeCaseStore) {}

  async execute(ctx: Ctx, { caseId }: InputOf<typeof readSpec>): Promise<OutputOf<typeof readSpec>> {
    const found = permittedCase(ctx, await this.cases.find(ctx.db, caseId));
    ctx.audit({ object: `change-case:${caseId}`, subjects: [found.personKey] });
    return viewOf(found);
  }
}
