import { isSameOfficer } from '#kernel';
import { z } from 'zod';
import { numberingProblems } from '#contracts/numbering';
import { officerOf, platformProblems, refusals, useCase, uuidv7, type Ctx, type InputOf, type OutputOf, type UseCase } from '#platform';
import { EFFECTIVE_FROM, stateOnDelivery, type RegisterEntry } from '../assignment/assignment.js';
import type { AssignmentMoveStore } from '../assignment/assignment-move.store.js';
import type { AssignmentStore, NewAssignment } from '../assignment/assignment.store.js';
import type { ChangeCaseStore } from '../change-case/change-case.store.js';
import { takeStep } from '../change-case/step-case.js';
import { mayMove } from '../assignment/lifecycle.js';
import { moveAssignment } from '../assignment/move-assignment.js';
import type { ResidentRegister } from '../register/resident-register.js';
import { placeOfLine, type CatchUpLine } from './catch-up.js';
import { lockedList, type CatchUpStore } from './catch-up.store.js';
import { missingOf, type DrawingGate } from './drawing-gate.js';
import { catchUpFinding } from './ledger-head.js';

const CHUNK = 5_000;

const spec = useCase({
  action: 'numbering.ledger.confirm-catch-up',
  kind: 'process',
  summary: 'Confirms a list of another officer and takes it in: drawing goes on when no number is missing; repeated, it goes on where it was',
  input: z.strictObject({ catchUpId: z.uuid(), sha256: z.string().regex(/^[0-9a-f]{64}$/) }),
  output: z.object({ catchUpId: z.uuid(), outcome: z.enum(['CAUGHT_UP', 'INCOMPLETE', 'EXCESS']), missing: z.number().int().describe('numbers that were missing after the list') }),
  refusals: [...refusals(platformProblems, 'NOT_FOUND'), ...refusals(numberingProblems, 'CATCH_UP_EXCESS', 'CATCH_UP_STATE', 'HASH_MISMATCH', 'SAME_OFFICER')],
});

/** A line with what the register says of its code. */
interface PreparedLine {
  readonly line: CatchUpLine;
  readonly entry: RegisterEntry | undefined;
}

export interface CatchUpParts {
  readonly lists: CatchUpStore;
  readonly assignments: AssignmentStore;
  readonly moves: AssignmentMoveStore;
  readonly cases: ChangeCaseStore;
  readonly register: ResidentRegister;
  readonly gate: DrawingGate;
}

/**
 * NUM-7: ledger, link and assignment of a chunk are one transaction, and the last one lets the heads agree. No job: batches that wait
 * for the ledger keep the queue.
 */
export class ConfirmCatchUp implements UseCase<typeof spec> {
  readonly spec = spec;

  constructor(private readonly parts: CatchUpParts) {}

  async execute(ctx: Ctx, { catchUpId, sha256 }: InputOf<typeof spec>): Promise<OutputOf<typeof spec>> {
    const { lists } = this.parts;
    await ctx.transaction(async (tx) => {
      const list = await lockedList(tx, lists, catchUpId, ['PROPOSED', 'RUNNING']);
      const by = officerOf(tx);
      if (isSameOfficer(list.proposedBy, by)) throw numberingProblems.refuse('SAME_OFFICER');
      if (list.sha256 !== sha256) throw numberingProblems.refuse('HASH_MISMATCH');
      await lists.confirm(tx.db, catchUpId, by);
      tx.audit({ object: `catch-up:${catchUpId}`, facts: { from: list.state, to: 'RUNNING' } });
    });
    for (let lines = await this.page(ctx, catchUpId); lines.length > 0; lines = await this.page(ctx, catchUpId)) {
      const chunk = lines;
      await ctx.transaction((tx) => this.takeIn(tx, catchUpId, chunk));
    }
    return ctx.transaction((tx) => this.finish(tx, catchUpId));
  }

  private async page(ctx: Ctx, catchUpId: string): Promise<PreparedLine[]> {
    const lines = await this.parts.lists.page(ctx.db, catchUpId, CHUNK);
    const codes = lines.flatMap(({ residentCode }) => (residentCode === '' ? [] : [residentCode]));
    const entries = await this.parts.register.entries(ctx, codes);
    const byCode = new Map(codes.map((code, index) => [code, entries[index]]));
    return lines.map((line) => ({ line, entry: byCode.get(line.residentCode) }));
  }

  private async takeIn(ctx: Ctx, catchUpId: string, lines: readonly PreparedLine[]): Promise<void> {
    const { lists, gate } = this.parts;
    await lockedList(ctx, lists, catchUpId, ['RUNNING']);
    const regained = await lists.regain(ctx.db, lines.map(({ line }) => baseOf(line)));
    const fresh = lines.filter(({ line }) => regained.delete(baseOf(line)));
    await gate.heads.regain(ctx.db, fresh.length);
    const { own, kept } = await gate.read(ctx.db);
    // More numbers than were ever drawn: the list is not this ledger's, and nothing of the chunk stays.
    if (own.drawn > (kept?.drawn ?? 0)) throw numberingProblems.refuse('CATCH_UP_EXCESS');
    const linked = await this.restore(ctx, fresh);
    await lists.taken(ctx.db, catchUpId, { upTo: lines.at(-1)?.line.line ?? 0, unlinked: fresh.length - linked.length });
    ctx.audit({ object: `catch-up:${catchUpId}`, subjects: linked, facts: { regained: fresh.length, linked: linked.length } });
  }

  /** Link and assignment of people whose number is new to this ledger, the numbers of one person in their order. */
  private async restore(ctx: Ctx, fresh: readonly PreparedLine[]): Promise<string[]> {
    const linked: string[] = [];
    let waiting = fresh.flatMap(({ line, entry }) => (entry?.found === true ? [{ line, personKey: entry.personKey }] : [])).sort((a, b) => a.line.seq - b.line.seq);
    while (waiting.length > 0) {
      const turn = new Map([...waiting].reverse().map((found) => [found.personKey, found]));
      waiting = waiting.filter((found) => turn.get(found.personKey) !== found);
      linked.push(...(await this.restoreOnes(ctx, [...turn.values()])));
    }
    return [...new Set(linked)];
  }

  /** One number a person; who has a number here keeps it, unless the list says that it was changed: otherwise officers must look (NUM-4.8). */
  private async restoreOnes(ctx: Ctx, found: readonly { readonly line: CatchUpLine; readonly personKey: string }[]): Promise<string[]> {
    const { assignments, cases, moves } = this.parts;
    const earlier = await assignments.earlier(ctx.db, found.map(({ personKey }) => personKey));
    const added: (NewAssignment & { readonly stood: CatchUpLine['state'] })[] = [];
    for (const { line, personKey } of found) {
      const place = placeOfLine(line, earlier.get(personKey));
      if (place === undefined || (place.replaces && !(await this.supersede(ctx, personKey)))) continue;
      const { municipalityCode, requestId, residentCode, number, generatedAt: at, state: stood } = line;
      added.push({
        assignmentId: line.assignmentId === '' ? uuidv7() : line.assignmentId, personKey, generation: place.generation, municipalityCode, requestId, code: assignments.sealCode(residentCode),
        number, state: stood === 'VOID' ? 'GENERATED' : stateOnDelivery(ctx.now), at, designatedAt: at < EFFECTIVE_FROM ? EFFECTIVE_FROM : at, stood,
      });
    }
    await assignments.insert(ctx.db, added);
    for (const { assignmentId, municipalityCode, personKey, generation, state, stood } of added) {
      const open = generation > 1 ? await cases.lockOpen(ctx.db, personKey) : undefined;
      // The case under which it was changed is not granted for a second time.
      if (open?.state === 'GRANTED' && open.municipalityCode === municipalityCode) await takeStep(ctx, cases, open, { step: 'DESIGNATE', added: { newAssignmentId: assignmentId } });
      const held = stood !== '' && mayMove(state, stood) ? await moves.lockLatest(ctx.db, personKey) : undefined;
      if (held !== undefined && stood !== '') await moveAssignment(ctx, moves, held, { to: stood, cause: 'CAUGHT_UP' });
    }
    return added.map(({ personKey }) => personKey);
  }

  /** The number before a changed one is a former one; false where it stands otherwise here. */
  private async supersede(ctx: Ctx, personKey: string): Promise<boolean> {
    const former = await this.parts.moves.lockLatest(ctx.db, personKey);
    if (former === undefined || former.state === 'SUPERSEDED') return former !== undefined;
    if (!mayMove(former.state, 'SUPERSEDED')) return false;
    await moveAssignment(ctx, this.parts.moves, former, { to: 'SUPERSEDED', cause: 'CAUGHT_UP' });
    return true;
  }

  private async finish(ctx: Ctx, catchUpId: string): Promise<OutputOf<typeof spec>> {
    const { neverIssued } = await lockedList(ctx, this.parts.lists, catchUpId, ['RUNNING']);
    const heads = await this.parts.gate.read(ctx.db);
    const missing = missingOf(heads);
    const outcome = catchUpFinding(missing, neverIssued);
    if (outcome === 'CAUGHT_UP' && heads.kept !== undefined) await this.parts.gate.heads.adopt(ctx.db, heads.kept, neverIssued);
    await this.parts.lists.finish(ctx.db, catchUpId);
    ctx.audit({ object: `catch-up:${catchUpId}`, facts: { outcome, missing, neverIssued } });
    return { catchUpId, outcome, missing };
  }
}

function baseOf({ number }: CatchUpLine): number {
  return Number(number.slice(0, 11));
}
