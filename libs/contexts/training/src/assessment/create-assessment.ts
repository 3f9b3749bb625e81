import { z } from 'zod';
import { trainingProblems } from '#contracts/training';
import { found, platformProblems, refusals, useCase, uuidv7, type Ctx, type InputOf, type OutputOf, type UseCase } from '#platform';
import { oneLine } from '../course/course-view.js';
import type { CourseStore } from '../course/course.store.js';
import { itemsFault } from './assessment.js';
import type { AssessmentStore } from './assessment.store.js';
import type { AttemptStore } from './attempt.store.js';
import { ITEM_FLAGS, itemStatistics } from './item-statistics.js';

const code = z.string().regex(/^[A-Za-z0-9_-]{1,20}$/);
const text = z.string().normalize('NFC').trim().min(1).max(2_000);
const key = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('SINGLE'), right: code }), z.strictObject({ kind: z.literal('MULTIPLE'), right: z.array(code).min(1).max(26) }), z.strictObject({ kind: z.literal('ORDER'), right: z.array(code).min(2).max(26) }),
  z.strictObject({ kind: z.literal('NUMBER'), value: z.number(), tolerance: z.number().min(0) }), z.strictObject({ kind: z.literal('TEXT'), accepted: z.array(text).min(1).max(20) }),
]);
const item = z.strictObject({ itemId: code, topic: code, points: z.int().min(1).max(100), question: text, options: z.array(z.strictObject({ code, text })).max(26), key });

const spec = useCase({
  action: 'training.assessment.create',
  kind: 'command',
  summary: 'Creates the test of an e-learning course with its items, and how many of each topic are drawn',
  input: z.strictObject({
    courseId: z.uuid(), title: oneLine(100), passScore: z.number().min(0).max(1), limitMinutes: z.int().min(1).max(480), drawn: z.record(code, z.int().min(1).max(200)).refine((all) => Object.keys(all).length > 0),
    items: z.array(item).min(1).max(500),
  }),
  output: z.object({ assessmentId: z.uuid(), items: z.int() }),
  refusals: [...refusals(trainingProblems, 'COURSE_KIND', 'ITEMS_INVALID'), ...refusals(platformProblems, 'NOT_FOUND')],
});

/** TRN-4.7: what people have answered does not change; another test takes its place. */
export class CreateAssessment implements UseCase<typeof spec> {
  readonly spec = spec;

  constructor(
    private readonly assessments: AssessmentStore,
    private readonly courses: CourseStore,
  ) {}

  async execute(ctx: Ctx, { items, ...assessment }: InputOf<typeof spec>): Promise<OutputOf<typeof spec>> {
    if (found(await this.courses.find(ctx.db, assessment.courseId)).kind !== 'ELEARNING') throw trainingProblems.refuse('COURSE_KIND');
    const fault = itemsFault(items.map((one) => ({ ...one, options: one.options })), new Map(Object.entries(assessment.drawn)));
    if (fault !== undefined) throw trainingProblems.refuse('ITEMS_INVALID', { facts: fault });
    const id = uuidv7();
    await this.assessments.add(ctx.db, { id, ...assessment }, items, ctx.now);
    ctx.audit({ object: `assessment:${id}`, facts: { course: assessment.courseId, items: items.length } });
    return { assessmentId: id, items: items.length };
  }
}

const statisticsSpec = useCase({
  action: 'training.assessment.read-statistics',
  kind: 'question',
  summary: 'Difficulty and discrimination of the items of a test, with flags on those that need a look',
  input: z.strictObject({ assessmentId: z.uuid() }),
  output: z.object({
    items: z.array(z.object({ itemId: z.string(), topic: z.string(), answers: z.int(), difficulty: z.number().nullable(), discrimination: z.number().nullable(), flags: z.array(z.enum(ITEM_FLAGS)) })),
  }),
  refusals: refusals(platformProblems, 'NOT_FOUND'),
});

/** TRN-4.7. */
export class ReadStatistics implements UseCase<typeof statisticsSpec> {
  readonly spec = statisticsSpec;

  constructor(
    private readonly assessments: AssessmentStore,
    private readonly attempts: AttemptStore,
  ) {}

  async execute(ctx: Ctx, { assessmentId }: InputOf<typeof statisticsSpec>): Promise<OutputOf<typeof statisticsSpec>> {
    found(await this.assessments.find(ctx.db, assessmentId));
    const results = await this.attempts.results(ctx.db, assessmentId);
    const items = await this.assessments.items(ctx.db, assessmentId);
    return {
      items: items.map(({ itemId, topic }) => {
        const { answers = 0, difficulty = null, discrimination = null, flags = [] } = itemStatistics(results.filter((result) => result.itemId === itemId)) ?? {};
        return { itemId, topic, answers, difficulty, discrimination, flags: [...flags] };
      }),
    };
  }
}
