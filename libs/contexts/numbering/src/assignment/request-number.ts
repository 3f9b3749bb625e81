import { setImmediate } from 'node:timers/promises';
import { z } from 'zod';
import { Refusal, ResidentCode } from '#kernel';
import { numberDesignated, numberingProblems } from '#contracts/numbering';
import { refusals, requireJurisdiction, sqlState, useCase, uuidv7, type Ctx, type InputOf, type OutputOf, type UseCase } from '#platform';
import { numberOf } from '../construction/construction.js';
import type { Draw } from '../construction/draw.js';
import type { NumberChange } from '../change-case/change-number.js';
import type { DrawingGate } from '../ledger/drawing-gate.js';
import type { Realm } from '../realm/realm.js';
import { requireRealm } from '../realm/require-realm.js';
import type { ResidentRegister } from '../register/resident-register.js';
import { decideRequest, stateOnDelivery, type Finding, type RegisterEntry } from './assignment.js';
import type { AssignmentStore } from './assignment.store.js';
import { isWaiting, mayWait, sinceOf, type HeldRequest } from './held-request.js';
import type { HeldRequestStore } from './held-request.store.js';
import { holdRequest } from './hold-request.js';

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
    'ALREADY_NUMBERED', 'ASSIGNMENT_STATE', 'CASE_NOT_GRANTED', 'CODE_CHECK_DIGIT', 'CODE_NOT_YOURS', 'CODE_UNKNOWN', 'DRAWING_HALTED', 'DRAWING_OVERDUE', 'GENERATOR_FAULT', 'KEY_NOT_ACTIVE',
    'LEDGER_BEHIND', 'NUMBER_DISPUTED', 'PERSON_CONFLICT', 'REQUEST_HELD', 'REQUEST_ID_REUSED', 'SALT_SOURCE_FAULT', 'TRAINING_REALM',
  ),
});

type Input = InputOf<typeof spec>;
type Output = OutputOf<typeof spec>;
/** A number, and whether the same request was answered with it before. */
export type Given = Output & { readonly repeated: boolean };
/** The request waits for a move, or because nothing can be drawn, which `cause` says (NUM-7). */
interface Waiting {
  readonly waiting: HeldRequest;
  readonly cause?: Refusal | undefined;
}

/** NUM-4.8, NUM-5.1: a newborn's or an arrival's number within seconds; after a leak, another one under a granted case. */
export class RequestNumber implements UseCase<typeof spec> {
  readonly spec = spec;

  constructor(
    private readonly parts: { readonly assignments: AssignmentStore; readonly held: HeldRequestStore; readonly realm: Realm; readonly register: ResidentRegister },
    private readonly source: { readonly draw: Draw; readonly gate: DrawingGate },
    private readonly change: NumberChange,
  ) {}

  async execute(ctx: Ctx, input: Input): Promise<Output> {
    const { assignmentId, number, state } = await this.give(ctx, input);
    return { assignmentId, number, state };
  }

  /** In transactions of its own; the number is told once the head of the ledger is kept. */
  async give(ctx: Ctx, input: Input): Promise<Given> {
    requireJurisdiction(ctx, input.municipalityCode);
    if (ResidentCode.fault(input.residentCode) !== undefined) throw numberingProblems.refuse('CODE_CHECK_DIGIT');
    requireRealm(this.parts.realm, input.residentCode, input.municipalityCode);
    const [entry] = await this.parts.register.entries(ctx, [input.residentCode], input.municipalityCode);
    if (entry === undefined) throw numberingProblems.refuse('CODE_UNKNOWN');
    for (let attempt = 1; ; attempt += 1) {
      try {
        const answer = await ctx.transaction((tx) => this.answer(tx, input, entry));
        if ('waiting' in answer) throw heldRefusal(answer, entry);
        await this.source.gate.keep(ctx.db);
        return answer;
      } catch (error) {
        await this.source.gate.noteFault(ctx);
        // Another request for the same person was faster: the next look finds its number.
        if (attempt === TRIES || sqlState(error) !== UNIQUE_VIOLATION) throw error;
        await setImmediate();
      }
    }
  }

  /** In the caller's transaction; `entry` is what the register says of the code now. */
  async answer(ctx: Ctx, input: Input, entry: RegisterEntry): Promise<Given | Waiting> {
    const { caseId } = input;
    if (caseId !== undefined) {
      const changed = await this.change.answer(ctx, { ...input, caseId }, entry);
      if ('repeatedFor' in changed) return this.repeat(ctx, changed.repeatedFor);
      await this.source.gate.heads.advance(ctx.db, 1);
      return { ...changed, repeated: false };
    }
    const earlier = entry.found ? await this.parts.assignments.earlier(ctx.db, [entry.personKey]) : undefined;
    const finding = decideRequest(entry, earlier?.get(entry.personKey), { ...input, codeIndex: this.parts.assignments.sealCode(input.residentCode).index });
    switch (finding.outcome) {
      case 'REFUSED':
        return { waiting: await this.hold(ctx, input, entry, finding) };
      case 'REPEATED':
        return this.repeat(ctx, finding.personKey);
      case 'DRAW':
        return this.designate(ctx, input, finding);
    }
  }

  /** Keeps the request of a mover until the move is settled, a day at most (NUM-7); refuses any other. */
  private async hold(ctx: Ctx, { municipalityCode, requestId, residentCode }: Input, entry: RegisterEntry, { fault, assignmentId }: Extract<Finding, { outcome: 'REFUSED' }>): Promise<HeldRequest> {
    const { personKey } = entry;
    const earlier = mayWait(fault, entry) ? await this.parts.held.of(ctx.db, municipalityCode, requestId) : undefined;
    if (earlier !== undefined && earlier.personKey !== personKey) throw numberingProblems.refuse('REQUEST_ID_REUSED');
    if (earlier !== undefined && isWaiting(earlier, ctx.now)) return earlier;
    if (earlier !== undefined || !mayWait(fault, entry)) throw numberingProblems.refuse(fault, { facts: { ...sinceOf(fault, entry), ...(assignmentId === undefined ? {} : { assignmentId }) } });
    return holdRequest(ctx, this.parts.held, { municipalityCode, requestId, residentCode, personKey });
  }

  private async repeat(ctx: Ctx, personKey: string): Promise<Given> {
    const [link] = await this.parts.assignments.links(ctx.db, [personKey]);
    // A withdrawn request is not taken up again by its repetition.
    if (link === undefined) throw numberingProblems.refuse('ALREADY_NUMBERED');
    if (link.state === 'DISPUTED') throw numberingProblems.refuse('NUMBER_DISPUTED');
    const { assignmentId, number, state } = link;
    ctx.audit({ object: `assignment:${assignmentId}`, subjects: [personKey], facts: { repeated: true } });
    return { assignmentId, number, state, repeated: true };
  }

  /** While nothing can be drawn a request waits for a day, and never for another generator (NUM-7); then it goes to the support centre on paper (NUM-4.8). */
  private async queue(ctx: Ctx, { municipalityCode, requestId, residentCode }: Input, personKey: string, cause: Refusal): Promise<Waiting> {
    const earlier = await this.parts.held.of(ctx.db, municipalityCode, requestId);
    if (earlier !== undefined && earlier.personKey !== personKey) throw numberingProblems.refuse('REQUEST_ID_REUSED');
    if (earlier !== undefined && !isWaiting(earlier, ctx.now)) throw numberingProblems.refuse('DRAWING_OVERDUE');
    return { waiting: earlier ?? (await holdRequest(ctx, this.parts.held, { municipalityCode, requestId, residentCode, personKey })), cause };
  }

  private async designate(ctx: Ctx, input: Input, { personKey, generation }: { personKey: string; generation: number }): Promise<Given | Waiting> {
    const { municipalityCode, requestId, residentCode } = input;
    const requestedFor = await this.parts.assignments.requestedFor(ctx.db, municipalityCode, requestId);
    // The same request at the same moment, committed since we looked for the person's number: it has the same answer.
    if (requestedFor === personKey) return this.repeat(ctx, personKey);
    if (requestedFor !== undefined) throw numberingProblems.refuse('REQUEST_ID_REUSED');
    const cause = await this.source.gate.refusal(ctx);
    if (cause !== undefined) return this.queue(ctx, input, personKey, cause);
    const body = await this.source.gate.reserveOne(ctx.db, this.source.draw(residentCode));
    const number = numberOf(body);
    const assignmentId = uuidv7();
    const state = stateOnDelivery(ctx.now);
    const code = this.parts.assignments.sealCode(residentCode);
    await this.parts.assignments.insert(ctx.db, [{ assignmentId, personKey, generation, municipalityCode, requestId, code, number, state, at: ctx.now.toISOString() }]);
    if (state === 'DESIGNATED') {
      const data = { assignmentId, personKey, municipalityCode, designatedAt: ctx.now.toISOString(), generation };
      ctx.emit(numberDesignated, { aggregateId: assignmentId, sequence: 1, data });
    }
    await this.source.gate.heads.advance(ctx.db, 1);
    ctx.audit({ object: `assignment:${assignmentId}`, subjects: [personKey], facts: { state } });
    return { assignmentId, number, state, repeated: false };
  }
}

function heldRefusal({ waiting: { jobId, heldUntil: until }, cause }: Waiting, entry: RegisterEntry): Refusal {
  const facts = { jobId, heldUntil: until.toISOString() };
  if (cause !== undefined) return new Refusal(cause.context, cause.code, cause.definition, { facts: { ...cause.facts, ...facts } });
  return numberingProblems.refuse('REQUEST_HELD', { facts: { ...facts, ...sinceOf('CODE_NOT_YOURS', entry) } });
}
