import { numberChanged, numberingProblems } from '#contracts/numbering';
import { uuidv7, type Ctx } from '#platform';
import type { RegisterEntry } from '../assignment/assignment.js';
import type { AssignmentMoveStore } from '../assignment/assignment-move.store.js';
import type { AssignmentStore } from '../assignment/assignment.store.js';
import { moveAssignment } from '../assignment/move-assignment.js';
import { numberOf } from '../construction/construction.js';
import type { Draw } from '../construction/draw.js';
import type { DrawingGate } from '../ledger/drawing-gate.js';
import { decideChange, groundOf, type CaseKind } from './change-case.js';
import type { CaseRecord, ChangeCaseStore } from './change-case.store.js';
import { takeStep } from './step-case.js';

export interface ChangeRequest {
  readonly caseId: string;
  readonly municipalityCode: string;
  readonly requestId: string;
  readonly residentCode: string;
  /** Line of a batch, with the kind that it names. */
  readonly of?: { readonly batchId: string; readonly line: number; readonly kind: CaseKind };
}

/** What a request for another number is answered; of a repetition, whose number is told again. */
export type Changed = { readonly repeatedFor: string } | { readonly assignmentId: string; readonly number: string; readonly state: 'DESIGNATED' };

interface ChangeParts {
  readonly moves: AssignmentMoveStore;
  readonly assignments: AssignmentStore;
  readonly draw: Draw;
  readonly drawing: DrawingGate;
}

/** Draws the next number of a person by the same construction and supersedes the former one, all in the caller's transaction (NUM-4.8), whose end counts the number in the head of the ledger. */
export class NumberChange {
  constructor(
    private readonly cases: ChangeCaseStore,
    private readonly parts: ChangeParts,
  ) {}

  async answer(ctx: Ctx, request: ChangeRequest, entry: RegisterEntry): Promise<Changed> {
    const latest = entry.found ? await this.latest(ctx, entry.personKey) : undefined;
    const named = await this.cases.lock(ctx.db, request.caseId);
    const found = request.of === undefined || request.of.kind === named?.kind ? named : undefined;
    const finding = decideChange(entry, latest, found, request);
    if (finding.outcome === 'REPEATED') return { repeatedFor: finding.personKey };
    if (finding.outcome === 'REFUSED' || found === undefined) throw numberingProblems.refuse(finding.outcome === 'REFUSED' ? finding.fault : 'CASE_NOT_GRANTED');
    const requestedFor = await this.parts.assignments.requestedFor(ctx.db, request.municipalityCode, request.requestId);
    if (requestedFor !== undefined) throw numberingProblems.refuse('REQUEST_ID_REUSED');
    return this.replace(ctx, request, found);
  }

  private async latest(ctx: Ctx, personKey: string) {
    await this.parts.moves.lockPerson(ctx.db, personKey);
    return (await this.parts.assignments.earlier(ctx.db, [personKey])).get(personKey);
  }

  private async replace(ctx: Ctx, { municipalityCode, requestId, residentCode, of }: ChangeRequest, found: CaseRecord): Promise<Changed> {
    await this.parts.drawing.permit(ctx);
    const { personKey, kind } = found;
    const former = await this.parts.moves.lockLatest(ctx.db, personKey);
    if (former === undefined) throw new Error('a case about an assignment that is not there');
    const ground = groundOf(kind);
    await moveAssignment(ctx, this.parts.moves, former, { to: 'SUPERSEDED', cause: ground });
    const body = await this.parts.drawing.reserveOne(ctx.db, this.parts.draw(residentCode));
    const number = numberOf(body);
    const [assignmentId, at, code] = [uuidv7(), ctx.now.toISOString(), this.parts.assignments.sealCode(residentCode)];
    await this.parts.assignments.insert(ctx.db, [{ assignmentId, personKey, generation: former.generation + 1, municipalityCode, requestId, code, number, state: 'DESIGNATED', at, ...(of === undefined ? {} : { batch: of }) }]);
    await takeStep(ctx, this.cases, found, { step: 'DESIGNATE', added: { newAssignmentId: assignmentId } });
    ctx.emit(numberChanged, { aggregateId: assignmentId, sequence: 1, data: { personKey, oldAssignmentId: former.assignmentId, newAssignmentId: assignmentId, ground, at } });
    ctx.audit({ object: `assignment:${assignmentId}`, subjects: [personKey], facts: { state: 'DESIGNATED', ground } });
    return { assignmentId, number, state: 'DESIGNATED' };
  }
}
