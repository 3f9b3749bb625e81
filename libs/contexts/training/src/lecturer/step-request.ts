import { z, type ZodType } from 'zod';
import { trainingProblems } from '#contracts/training';
import { localDateInJapan } from '#kernel';
import { found, platformProblems, refusals, useCase, type Ctx, type InputOf, type OutputOf, type UseCase, type UseCaseSpec } from '#platform';
import { bookedPeriod, hasConflict, type RequestStep } from './lecturer.js';
import type { LecturerRequest, LecturerStore } from './lecturer.store.js';
import { byRequest, requestView, requestViewOf, steppedRequest } from './lecturer-view.js';

const there = [...refusals(trainingProblems, 'NOT_IN_STATE'), ...refusals(platformProblems, 'NOT_FOUND')];

const matchSpec = useCase({
  action: 'training.lecturer.match', kind: 'command', summary: 'Finds a lecturer for one of the dates that the body offers, whose time is taken with the way there and back',
  input: byRequest.extend({ lecturerId: z.uuid(), candidate: z.int().min(0).max(9).describe('of the dates, from 0'), travelMinutes: z.int().min(0).max(2_880).describe('one way') }),
  output: requestView, refusals: [...there, ...refusals(trainingProblems, 'CONFLICT_OF_INTEREST', 'LECTURER_BUSY')],
});

/** TRN-4.12: that nobody is booked twice is the constraint's word. */
export class MatchLecturer implements UseCase<typeof matchSpec> {
  readonly spec = matchSpec;

  constructor(private readonly store: LecturerStore) {}

  async execute(ctx: Ctx, { requestId, lecturerId, candidate, travelMinutes }: InputOf<typeof matchSpec>): Promise<OutputOf<typeof matchSpec>> {
    const held = await steppedRequest(ctx, this.store, requestId, 'MATCH');
    const lecturer = found(await this.store.lecturer(ctx.db, lecturerId));
    const period = found(held.candidates[candidate]);
    if (hasConflict(lecturer.interests, held.bodyCode, localDateInJapan(period.startsAt))) throw trainingProblems.refuse('CONFLICT_OF_INTEREST');
    if (!(await this.store.book(ctx.db, requestId, lecturer.number, bookedPeriod(period, travelMinutes)))) throw trainingProblems.refuse('LECTURER_BUSY');
    return taken(ctx, this.store, { ...held, ...period, lecturerId });
  }
}

/** What a step takes down beside the state. */
type StepSpec = UseCaseSpec<'command', ZodType<{ requestId: string } & Partial<LecturerRequest>>, typeof requestView>;

const SPECS = {
  AGREE: useCase({ action: 'training.lecturer.agree', kind: 'command', summary: 'The body agrees to lecturer and date', input: byRequest, output: requestView, refusals: there }),
  FINISH: useCase({ action: 'training.lecturer.finish', kind: 'command', summary: 'The lecture was held', input: byRequest, output: requestView, refusals: [...there, ...refusals(trainingProblems, 'TOO_SOON')] }),
  REPORT: useCase({
    action: 'training.lecturer.report', kind: 'command', summary: 'The body reports how many heard it, and how good it was', input: byRequest.extend({ attended: z.int().min(0).max(10_000), rating: z.int().min(1).max(5) }),
    output: requestView, refusals: there,
  }),
  WITHDRAW: useCase({ action: 'training.lecturer.withdraw', kind: 'command', summary: 'The body wants no lecturer any more', input: byRequest, output: requestView, refusals: there }),
} as const satisfies Partial<Readonly<Record<RequestStep, StepSpec>>>;

export class StepLecturerRequest implements UseCase<StepSpec> {
  readonly spec: StepSpec;

  constructor(
    private readonly store: LecturerStore,
    private readonly step: keyof typeof SPECS,
  ) {
    this.spec = SPECS[step];
  }

  async execute(ctx: Ctx, { requestId, ...said }: InputOf<StepSpec>): Promise<OutputOf<StepSpec>> {
    const held = await steppedRequest(ctx, this.store, requestId, this.step);
    if (this.step === 'FINISH' && (held.endsAt ?? ctx.now) > ctx.now) throw trainingProblems.refuse('TOO_SOON');
    if (this.step === 'WITHDRAW') await this.store.release(ctx.db, requestId);
    return taken(ctx, this.store, { ...held, ...said });
  }
}

async function taken(ctx: Ctx, store: LecturerStore, request: LecturerRequest): Promise<OutputOf<StepSpec>> {
  await store.saveRequest(ctx.db, request, ctx.now);
  ctx.audit({ object: `lecturer-request:${request.id}`, facts: { state: request.state } });
  return requestViewOf(request);
}
