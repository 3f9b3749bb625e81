import { codeConflictFound, jukiNetProblems } from '#contracts/juki-net';
import { localDateInJapan, ResidentCode } from '#kernel';
import { found, platformProblems, refusals, useCase, uuidv7, type Ctx, type InputOf, type OutputOf, type UseCase } from '#platform';
import { z } from 'zod';
import { namedOfficer } from '../officer.js';
import type { AllocatedCodeStore } from './allocated-code.store.js';
import { statesBefore } from './code-block.js';
import { CONFLICT_STATES, type CodeConflict, type ConflictStep, stepConflict } from './code-conflict.js';
import type { CodeConflictStore } from './code-conflict.store.js';

const conflictView = z.object({
  caseId: z.uuid(), state: z.enum(CONFLICT_STATES), municipalityCodes: z.array(z.string()).describe('of the block of the code and of the records of its person'),
});

const reportSpec = useCase({
  action: 'juki-net.code-conflict.report',
  kind: 'command',
  summary: 'Opens a case about a resident code that was written to two persons; another officer decides it',
  input: z.strictObject({ residentCode: z.string().refine((text) => ResidentCode.fault(text) === undefined, { params: { code: 'CHECK_DIGIT' } }) }),
  output: conflictView,
  refusals: [...refusals(jukiNetProblems, 'CODE_STATE', 'OPERATOR_NOT_ASSERTED'), ...refusals(platformProblems, 'NOT_FOUND')],
});

/** Two persons with one code (JUKI-8): people find it, since the register keeps one person for a code. */
export class ReportCodeConflict implements UseCase<typeof reportSpec> {
  readonly spec = reportSpec;
  constructor(
    private readonly conflicts: CodeConflictStore,
    private readonly codes: AllocatedCodeStore,
  ) {}

  async execute(ctx: Ctx, { residentCode }: InputOf<typeof reportSpec>): Promise<OutputOf<typeof reportSpec>> {
    const conflict: CodeConflict = { caseId: uuidv7(), codeIndex: this.codes.codeIndex(residentCode), state: 'REPORTED', reportedBy: namedOfficer(ctx) };
    const isOnly = await this.conflicts.add(ctx.db, conflict, ctx.now);
    const state = found(await this.conflicts.lockCode(ctx.db, conflict.codeIndex));
    if (!isOnly || !statesBefore('VOID').includes(state)) throw jukiNetProblems.refuse('CODE_STATE', { facts: { state, reported: !isOnly } });
    return viewOf(ctx, this.conflicts, conflict);
  }
}

const byId = z.strictObject({ caseId: z.uuid() });

function stepSpec(action: string, summary: string) {
  return useCase({
    action, kind: 'command', summary, input: byId, output: conflictView,
    refusals: [...refusals(jukiNetProblems, 'CONFLICT_DECIDED', 'OPERATOR_NOT_ASSERTED', 'SAME_OFFICER'), ...refusals(platformProblems, 'NOT_FOUND')],
  });
}

const STEPS = {
  CONFIRM: stepSpec('juki-net.code-conflict.confirm', 'Confirms that a code was written to two persons, by another officer than the one who reported it: the code is void'),
  DISMISS: stepSpec('juki-net.code-conflict.dismiss', 'Dismisses a case about a code; the code stays as it is'),
} as const satisfies Record<ConflictStep, unknown>;

export class DecideCodeConflict implements UseCase<ReturnType<typeof stepSpec>> {
  readonly spec: ReturnType<typeof stepSpec>;
  constructor(
    private readonly conflicts: CodeConflictStore,
    private readonly codes: AllocatedCodeStore,
    private readonly step: ConflictStep,
  ) {
    this.spec = STEPS[step];
  }

  async execute(ctx: Ctx, { caseId }: z.output<typeof byId>): Promise<z.input<typeof conflictView>> {
    const conflict = found(await this.conflicts.lock(ctx.db, caseId));
    const officer = namedOfficer(ctx);
    const outcome = stepConflict(conflict, this.step, officer);
    if ('refusal' in outcome) throw jukiNetProblems.refuse(outcome.refusal, { facts: { state: conflict.state } });
    await this.conflicts.decide(ctx.db, { caseId, state: outcome.state }, { officer, at: ctx.now });
    const view = await viewOf(ctx, this.conflicts, { ...conflict, state: outcome.state });
    if (outcome.state === 'CONFIRMED') {
      await this.codes.move(ctx.db, [conflict.codeIndex], 'VOID', localDateInJapan(ctx.now));
      const { municipalityCodes, personKeys } = await this.conflicts.places(ctx.db, conflict.codeIndex);
      ctx.emit(codeConflictFound, { aggregateId: caseId, sequence: 1, data: { caseId, municipalityCodes, personKeys } });
    }
    return view;
  }
}

async function viewOf(ctx: Ctx, conflicts: CodeConflictStore, { caseId, codeIndex, state }: CodeConflict): Promise<z.input<typeof conflictView>> {
  const { municipalityCodes, personKeys } = await conflicts.places(ctx.db, codeIndex);
  ctx.audit({ object: `code-conflict:${caseId}`, subjects: personKeys, facts: { state } });
  return { caseId, state, municipalityCodes };
}
