import { setImmediate } from 'node:timers/promises';
import { z } from 'zod';
import { ResidentCode } from '#kernel';
import { numberDesignated, numberingProblems } from '#contracts/numbering';
import { refusals, requireJurisdiction, sqlState, useCase, uuidv7, type Ctx, type InputOf, type OutputOf, type UseCase } from '#platform';
import { numberOf } from '../construction/construction.js';
import type { Draw } from '../construction/draw.js';
import { reserveNumbers } from '../construction/reserve-numbers.js';
import type { NumberChange } from '../change-case/change-number.js';
import type { DrawingGate } from '../ledger/drawing-gate.js';
import type { ResidentRegister } from '../register/resident-register.js';
import { decideRequest, stateOnDelivery, type RegisterEntry } from './assignment.js';
import type { AssignmentStore } from './assignment.store.js';

const TRIES = 5;
const UNIQUE_VIOLATION = '23505';

const spec = useCase({
  action: 'numbering.request.submit',
  kind: 'process',
  summary: 'Asks for the number of one resident and receives it, which designates it (番号法施行令2条)',
  input: z.strictObject({
    requestId: z.string().regex(/^[A-Za-z0-9._-]{1,64}$/).describe('the municipality\'s own id of the request; the same id has the same answer'),
    municipalityCode: z.string().regex(/^\d{6}$/),
    residentCode: z.string().regex(/^\d{11}$/),
    kind: z.enum(['NEW', 'CHANGE']),
    caseId: z.uuid().optional().describe('the granted case of a change'),
  }).refine(({ kind, caseId }) => (kind === 'CHANGE') === (caseId !== undefined), { params: { code: 'CASE_ID' }, path: ['caseId'] }),
  output: z.object({ assignmentId: z.uuid(), number: z.string(), state: z.string() }),
  refusals: refusals(
    numberingProblems,
    'ALREADY_NUMBERED', 'ASSIGNMENT_STATE', 'CASE_NOT_GRANTED', 'CODE_CHECK_DIGIT', 'CODE_NOT_YOURS', 'CODE_UNKNOWN', 'DRAWING_HALTED', 'GENERATOR_FAULT', 'KEY_NOT_ACTIVE',
    'LEDGER_BEHIND', 'NUMBER_DISPUTED', 'PERSON_CONFLICT', 'REQUEST_ID_REUSED', 'SALT_SOURCE_FAULT',
  ),
});

type Input = InputOf<typeof spec>;
type Output = OutputOf<typeof spec>;

/** NUM-4.8, NUM-5.1: a newborn's or an arrival's number within seconds; after a leak, another one under a granted case. */
export class RequestNumber implements UseCase<typeof spec> {
  readonly spec = spec;

  constructor(
    private readonly assignments: AssignmentStore,
    private readonly register: ResidentRegister,
    private readonly source: { readonly draw: Draw; readonly gate: DrawingGate },
    private readonly change: NumberChange,
  ) {}

  async execute(ctx: Ctx, input: Input): Promise<Output> {
    requireJurisdiction(ctx, input.municipalityCode);
    if (ResidentCode.fault(input.residentCode) !== undefined) throw numberingProblems.refuse('CODE_CHECK_DIGIT');
    const [entry] = await this.register.entries(ctx, [input.residentCode]);
    if (entry === undefined) throw numberingProblems.refuse('CODE_UNKNOWN');
    for (let attempt = 1; ; attempt += 1) {
      try {
        const answer = await ctx.transaction((tx) => this.answer(tx, input, entry));
        await this.source.gate.keep(ctx.db);
        return answer;
      } catch (error) {
        // Another request for the same person was faster: the next look finds its number.
        if (attempt === TRIES || sqlState(error) !== UNIQUE_VIOLATION) throw error;
        await setImmediate();
      }
    }
  }

  private async answer(ctx: Ctx, input: Input, entry: RegisterEntry): Promise<Output> {
    const { caseId } = input;
    if (caseId !== undefined) {
      const changed = await this.change.answer(ctx, { ...input, caseId }, entry);
      if ('repeatedFor' in changed) return this.repeat(ctx, changed.repeatedFor);
      await this.source.gate.heads.advance(ctx.db, 1);
      return changed;
    }
    const earlier = entry.found ? await this.assignments.earlier(ctx.db, [entry.personKey]) : undefined;
    const finding = decideRequest(entry, earlier?.get(entry.personKey), input);
    switch (finding.outcome) {
      case 'REFUSED':
        throw numberingProblems.refuse(finding.fault, finding.assignmentId === undefined ? {} : { facts: { assignmentId: finding.assignmentId } });
      case 'REPEATED':
        return this.repeat(ctx, finding.personKey);
      case 'DRAW':
        return this.designate(ctx, input, finding);
    }
  }

  private async repeat(ctx: Ctx, personKey: string): Promise<Output> {
    const [link] = await this.assignments.links(ctx.db, [personKey]);
    // A withdrawn request is not taken up again by its repetition.
    if (link === undefined) throw numberingProblems.refuse('ALREADY_NUMBERED');
    if (link.state === 'DISPUTED') throw numberingProblems.refuse('NUMBER_DISPUTED');
    const { assignmentId, number, state } = link;
    ctx.audit({ object: `assignment:${assignmentId}`, subjects: [personKey], facts: { repeated: true } });
    return { assignmentId, number, state };
  }

  private async designate(ctx: Ctx, input: Input, { personKey, generation }: { personKey: string; generation: number }): Promise<Output> {
    const { municipalityCode, requestId, residentCode } = input;
    const requestedFor = await this.assignments.requestedFor(ctx.db, municipalityCode, requestId);
    // The same request at the same moment, committed since we looked for the person's number: it has the same answer.
    if (requestedFor === personKey) return this.repeat(ctx, personKey);
    if (requestedFor !== undefined) throw numberingProblems.refuse('REQUEST_ID_REUSED');
    await this.source.gate.permit(ctx);
    const line = { candidates: this.source.draw(residentCode) };
    const { bodies } = await reserveNumbers(ctx.db, [line]);
    const number = numberOf(bodies.get(line) ?? '');
    const assignmentId = uuidv7();
    const state = stateOnDelivery(ctx.now);
    const code = this.assignments.sealCode(residentCode);
    await this.assignments.insert(ctx.db, [{ assignmentId, personKey, generation, municipalityCode, requestId, code, number, state, at: ctx.now.toISOString() }]);
    if (state === 'DESIGNATED') {
      const data = { assignmentId, personKey, municipalityCode, designatedAt: ctx.now.toISOString(), generation };
      ctx.emit(numberDesignated, { aggregateId: assignmentId, sequence: 1, data });
    }
    await this.source.gate.heads.advance(ctx.db, 1);
    ctx.audit({ object: `assignment:${assignmentId}`, subjects: [personKey], facts: { state } });
    return { assignmentId, number, state };
  }
}
