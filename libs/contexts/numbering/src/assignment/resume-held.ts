import { Refusal } from '#kernel';
import { stillWaiting, whenAnswered, type Ctx, type Job, type JobKind, type StepOutcome } from '#platform';
import type { DrawingGate } from '../ledger/drawing-gate.js';
import type { ResidentRegister } from '../register/resident-register.js';
import type { RegisterEntry } from './assignment.js';
import { isWaiting, type HeldRequest } from './held-request.js';
import { RESUME_HELD, type HeldRequestStore } from './held-request.store.js';
import type { RequestNumber } from './request-number.js';

const PAUSE_SECONDS = 60;

/** The code with what the register says of it now. */
interface Asked {
  readonly residentCode: string;
  readonly entry: RegisterEntry;
}

/** Undefined while the register is away or nothing may be drawn; `asked` is missing once the request is settled. */
type Prepared = { readonly asked?: Asked | undefined } | undefined;

/**
 * Looks every minute whether the move of a held request is settled, or whether numbers are drawn again: then it is answered by the
 * rules of any other, after a day it is refused (NUM-7). The sender reads the job, or repeats its request. A number that was drawn is told with the next step, when the head
 * of the ledger is kept.
 */
export class ResumeHeld implements JobKind<Prepared> {
  readonly kind = RESUME_HELD;

  constructor(
    private readonly requests: RequestNumber,
    private readonly parts: { readonly held: HeldRequestStore; readonly register: ResidentRegister; readonly gate: DrawingGate },
  ) {}

  async prepare(ctx: Ctx, job: Job): Promise<Prepared> {
    const { held, register, gate } = this.parts;
    if (!(await gate.admits(ctx))) return undefined;
    const residentCode = await held.code(ctx.db, heldIdOf(job));
    if (residentCode === undefined) return {};
    const [entry] = (await whenAnswered(() => register.entries(ctx, [residentCode]))) ?? [];
    return entry && { asked: { residentCode, entry } };
  }

  async step(ctx: Ctx, job: Job, prepared: Prepared): Promise<StepOutcome> {
    const request = await this.parts.held.lock(ctx.db, heldIdOf(job));
    if (prepared === undefined && (request.state === 'ANSWERED' || isWaiting(request, ctx.now))) return stillWaiting(job);
    if (request.state !== 'HELD') return { cursor: job.cursor, done: 1, total: 1, result: { state: request.state, ...(request.fault === null ? {} : { fault: request.fault }) } };
    if (prepared !== undefined && prepared.asked === undefined) return stillWaiting(job);
    const fault = prepared?.asked === undefined ? 'DRAWING_OVERDUE' : await this.settle(ctx, request, prepared.asked);
    if (fault === 'WAITING') return { cursor: job.cursor, done: 0, total: 1, pauseSeconds: PAUSE_SECONDS };
    await this.parts.held.settle(ctx.db, request.heldId, { fault: fault ?? null, at: ctx.now });
    ctx.audit({ object: `held-request:${request.heldId}`, subjects: [request.personKey], facts: { outcome: fault ?? 'ANSWERED' } });
    return { cursor: job.cursor, done: 1, total: 1 };
  }

  /** The code of the refusal, if it is one; it has written nothing. */
  private async settle(ctx: Ctx, { municipalityCode, requestId }: HeldRequest, { residentCode, entry }: Asked): Promise<string | undefined> {
    try {
      const answer = await this.requests.answer(ctx, { municipalityCode, requestId, residentCode, kind: 'NEW' }, entry);
      return 'waiting' in answer ? 'WAITING' : undefined;
    } catch (error) {
      if (!(error instanceof Refusal) || error.definition.status >= 500) throw error;
      return error.code;
    }
  }
}

function heldIdOf({ parameters: { heldId } }: Job): string {
  if (typeof heldId !== 'string') throw new Error('a job about no held request');
  return heldId;
}
