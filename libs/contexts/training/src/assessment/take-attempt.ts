import { randomBytes } from 'node:crypto';
import { z } from 'zod';
import { trainingProblems } from '#contracts/training';
import { found, platformProblems, refusals, useCase, uuidv7, type Ctx, type InputOf, type OutputOf, type UseCase } from '#platform';
import { requireOwnBody } from '../registration/own-body.js';
import { isRunning, periodFault } from '../registration/registration.js';
import type { RegisteredOffer } from '../registration/registration.store.js';
import { ATTEMPT_STATES, isTimeOver, lockedUntil } from './attempt.js';
import type { AttemptDesk, AttemptDeskParts } from './attempt-desk.js';
import type { AttemptRecord } from './attempt.store.js';
import { draw } from './draw.js';
import { ITEM_KINDS } from './item-score.js';

const byAttempt = z.strictObject({ attemptId: z.uuid() });
const paperView = z.object({
  attemptId: z.uuid(), number: z.int(), title: z.string(), state: z.enum(ATTEMPT_STATES), dueAt: z.string(), score: z.number().nullable(),
  items: z.array(z.object({ itemId: z.string(), kind: z.enum(ITEM_KINDS), question: z.string(), points: z.int(), options: z.array(z.object({ code: z.string(), text: z.string() })), answer: z.array(z.string()).nullable() })),
});

export interface TakeAttemptParts extends AttemptDeskParts {
  readonly attemptDesk: AttemptDesk;
}

async function paperOf(ctx: Ctx, { attempts, assessments }: TakeAttemptParts, { id, assessmentId, number, state, dueAt, score }: AttemptRecord): Promise<OutputOf<typeof openSpec>> {
  const items = new Map((await assessments.items(ctx.db, assessmentId)).map((item) => [item.itemId, item]));
  const { title } = found(await assessments.find(ctx.db, assessmentId));
  return {
    attemptId: id, number, title, state, dueAt: dueAt.toISOString(), score,
    items: (await attempts.answers(ctx.db, id)).map(({ itemId, options, answer }) => {
      const item = found(items.get(itemId));
      return { itemId, kind: item.key.kind, question: item.question, points: item.points, options: options.flatMap((code) => item.options.filter((option) => option.code === code)), answer: answer === null ? null : [...answer] };
    }),
  };
}

const openSpec = useCase({
  action: 'training.attempt.open',
  kind: 'command',
  summary: 'Opens an attempt at the test of a registration, or returns the one that is open',
  input: z.strictObject({ registrationId: z.uuid() }),
  output: paperView,
  refusals: [...refusals(trainingProblems, 'EXPIRED', 'LIMIT_REACHED', 'NOT_IN_STATE', 'NOT_STARTED_YET'), ...refusals(platformProblems, 'NOT_FOUND')],
});

/** TRN-4.7: three attempts, then 24 hours without; a seed of its own for each. */
export class OpenAttempt implements UseCase<typeof openSpec> {
  readonly spec = openSpec;

  constructor(private readonly parts: TakeAttemptParts) {}

  async execute(ctx: Ctx, { registrationId }: InputOf<typeof openSpec>): Promise<OutputOf<typeof openSpec>> {
    const { attempts, registrations } = this.parts;
    const registration = found(await registrations.lock(ctx.db, registrationId));
    requireOwnBody(ctx, registration.bodyCode);
    const fault = periodFault(registration, ctx.now);
    if (fault !== undefined) throw trainingProblems.refuse(fault);
    if (!isRunning(registration.state)) throw trainingProblems.refuse('NOT_IN_STATE', { facts: { state: registration.state } });
    const earlier = await attempts.of(ctx.db, registrationId);
    const open = earlier.find(({ state }) => state === 'OPEN');
    if (open !== undefined) return paperOf(ctx, this.parts, open);
    const until = lockedUntil(earlier.flatMap(({ endedAt }) => endedAt ?? []), ctx.now);
    if (until !== undefined) throw trainingProblems.refuse('LIMIT_REACHED', { facts: { until: until.toISOString() } });
    return paperOf(ctx, this.parts, await this.add(ctx, registration, earlier.length + 1));
  }

  private async add(ctx: Ctx, { id: registrationId, assessmentId }: RegisteredOffer, number: number): Promise<AttemptRecord> {
    const { attempts, assessments } = this.parts;
    const assessment = found(await assessments.find(ctx.db, found(assessmentId ?? undefined)));
    const seed = randomBytes(16).toString('hex');
    const items = (await assessments.items(ctx.db, assessment.id)).map(({ itemId, topic, options, key }) => ({ itemId, topic, options: key.kind === 'NUMBER' || key.kind === 'TEXT' ? [] : options.map(({ code }) => code) }));
    const attempt = { id: uuidv7(), registrationId, assessmentId: assessment.id, number, seed, state: 'OPEN' as const, openedAt: ctx.now, dueAt: new Date(ctx.now.getTime() + assessment.limitMinutes * 60_000) };
    await attempts.add(ctx.db, attempt, draw(seed, items, new Map(Object.entries(assessment.drawn))));
    ctx.audit({ object: `attempt:${attempt.id}`, facts: { registration: registrationId, number } });
    return { ...attempt, endedAt: null, score: null };
  }
}

const readSpec = useCase({
  action: 'training.attempt.read',
  kind: 'question',
  summary: 'An attempt with its items and the answers that are saved; never with what is right',
  input: byAttempt,
  output: paperView,
  refusals: refusals(platformProblems, 'NOT_FOUND'),
});

export class ReadAttempt implements UseCase<typeof readSpec> {
  readonly spec = readSpec;

  constructor(private readonly parts: TakeAttemptParts) {}

  async execute(ctx: Ctx, { attemptId }: InputOf<typeof readSpec>): Promise<OutputOf<typeof readSpec>> {
    const attempt = found(await this.parts.attempts.find(ctx.db, attemptId));
    requireOwnBody(ctx, found(await this.parts.registrations.find(ctx.db, attempt.registrationId)).bodyCode);
    ctx.audit({ object: `attempt:${attemptId}` });
    return paperOf(ctx, this.parts, attempt);
  }
}

/** The open attempt, with its registration held first, as by whoever states something. Refuses NOT_FOUND, NOT_IN_STATE, TIME_OVER. */
async function held(ctx: Ctx, { attempts, registrations }: TakeAttemptParts, attemptId: string): Promise<AttemptRecord> {
  const { registrationId } = found(await attempts.find(ctx.db, attemptId));
  requireOwnBody(ctx, found(await registrations.lock(ctx.db, registrationId)).bodyCode);
  const attempt = found(await attempts.lock(ctx.db, attemptId));
  if (isTimeOver(attempt.dueAt, ctx.now)) throw trainingProblems.refuse('TIME_OVER', { facts: { dueAt: attempt.dueAt.toISOString() } });
  if (attempt.state !== 'OPEN') throw trainingProblems.refuse('NOT_IN_STATE', { facts: { state: attempt.state } });
  return attempt;
}

const changeRefusals = [...refusals(trainingProblems, 'NOT_IN_STATE', 'TIME_OVER'), ...refusals(platformProblems, 'NOT_FOUND')];
const answerSpec = useCase({
  action: 'training.attempt.save-answer',
  kind: 'command',
  summary: 'Saves the answer to an item; the last one counts',
  input: byAttempt.extend({ itemId: z.string().regex(/^[A-Za-z0-9_-]{1,20}$/), answer: z.array(z.string().normalize('NFC').max(1_000)).max(26) }),
  output: z.object({ savedAt: z.string() }),
  refusals: changeRefusals,
});

/** TRN-4.7: up to the time limit and 30 seconds of grace, by our clock. */
export class SaveAnswer implements UseCase<typeof answerSpec> {
  readonly spec = answerSpec;

  constructor(private readonly parts: TakeAttemptParts) {}

  async execute(ctx: Ctx, { attemptId, itemId, answer }: InputOf<typeof answerSpec>): Promise<OutputOf<typeof answerSpec>> {
    await held(ctx, this.parts, attemptId);
    if (!(await this.parts.attempts.saveAnswer(ctx.db, attemptId, itemId, { answer, at: ctx.now }))) throw platformProblems.refuse('NOT_FOUND');
    ctx.audit({ object: `attempt:${attemptId}`, facts: { item: itemId } });
    return { savedAt: ctx.now.toISOString() };
  }
}

const submitSpec = useCase({
  action: 'training.attempt.submit',
  kind: 'command',
  summary: 'Submits an attempt; it is graded at once by the answers that are saved',
  input: byAttempt,
  output: z.object({ score: z.number(), isPassed: z.boolean() }),
  refusals: changeRefusals,
});

export class SubmitAttempt implements UseCase<typeof submitSpec> {
  readonly spec = submitSpec;

  constructor(private readonly parts: TakeAttemptParts) {}

  async execute(ctx: Ctx, { attemptId }: InputOf<typeof submitSpec>): Promise<OutputOf<typeof submitSpec>> {
    return this.parts.attemptDesk.grade(ctx, await held(ctx, this.parts, attemptId));
  }
}
