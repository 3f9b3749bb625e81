import { z } from 'zod';
import { numberingProblems } from '#contracts/numbering';
import { officerOf, platformProblems, refusals, useCase, type Ctx, type InputOf, type OutputOf, type UseCase } from '#platform';
import { caseView, permittedCase, viewOf, writtenText } from './case-view.js';
import { stepCase, type CaseStep } from './change-case.js';
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

const plainSpec = (action: string, summary: string) => useCase({ action, kind: 'command', summary, input: byId, output: caseView, refusals: refused });

const PLAIN_STEPS = {
  SETTLE: plainSpec('numbering.change-case.settle', 'The card with the former number is returned or there was none, and those who use the number are told'),
  CLOSE: plainSpec('numbering.change-case.close', 'Closes a case whose consequences are done'),
};

/** NUM-3.3: CONSEQUENCES_DONE, CLOSED. */
export class FinishCase implements UseCase<ReturnType<typeof plainSpec>> {
  readonly spec: ReturnType<typeof plainSpec>;

  constructor(
    private readonly cases: ChangeCaseStore,
    private readonly step: 'SETTLE' | 'CLOSE',
  ) {
    this.spec = PLAIN_STEPS[step];
  }

  async execute(ctx: Ctx, { caseId }: z.output<typeof byId>): Promise<z.input<typeof caseView>> {
    return viewOf(await takeStep(ctx, this.cases, permittedCase(ctx, await this.cases.lock(ctx.db, caseId)), { step: this.step }));
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
