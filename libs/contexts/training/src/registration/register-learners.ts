import type { Readable } from 'node:stream';
import { z } from 'zod';
import { trainingProblems } from '#contracts/training';
import { Refusal } from '#kernel';
import { found, platformProblems, refusals, useCase, type Ctx, type InputOf, type OutputOf, type UseCase } from '#platform';
import { fiscalYear } from '../course/course-view.js';
import { learnerFields, LIST_ENCODINGS, readLearners, type LearnerRow } from './learner-list.js';
import type { OfferStore } from './offer.store.js';
import { requireOwnBody } from './own-body.js';
import type { Registering } from './registering.js';

const singleSpec = useCase({
  action: 'training.registration.register',
  kind: 'command',
  summary: 'Registers one learner of a body for the e-learning of a course',
  input: z.strictObject({ courseId: z.uuid(), ...learnerFields }),
  output: z.object({ registrationId: z.uuid() }),
  refusals: [...refusals(trainingProblems, 'ALREADY_ACTIVE', 'COURSE_NOT_PUBLISHED', 'EXPIRED', 'NOT_ELIGIBLE', 'POOL_EMPTY', 'PREREQUISITE_MISSING'), ...refusals(platformProblems, 'NOT_FOUND')],
});

/** TRN-4.2. */
export class RegisterLearner implements UseCase<typeof singleSpec> {
  readonly spec = singleSpec;

  constructor(private readonly registering: Registering) {}

  async execute(ctx: Ctx, { courseId, ...learner }: InputOf<typeof singleSpec>): Promise<OutputOf<typeof singleSpec>> {
    requireOwnBody(ctx, learner.bodyCode);
    const outcome = found((await this.registering.register(ctx, courseId, learner.bodyCode, [learner]))[0]);
    if (outcome.code === 'PREREQUISITE_MISSING') throw trainingProblems.refuse(outcome.code, { facts: { courses: outcome.missing.join() } });
    if (outcome.code !== undefined) throw trainingProblems.refuse(outcome.code);
    return { registrationId: outcome.registrationId };
  }
}

const bulkSpec = useCase({
  action: 'training.registration.register-list',
  kind: 'process',
  summary: 'Registers the learners of a list (CSV bodyCode,staffNo,nameKanji,nameKana,mail,courseCode): the good rows, and each bad one with its line and reason. The same list again changes nothing',
  input: z.strictObject({ fiscalYear, encoding: z.enum(LIST_ENCODINGS) }),
  output: z.object({
    registered: z.int(),
    rows: z.array(z.object({ line: z.int().describe('the header is line 1'), registrationId: z.uuid().optional(), column: z.string().optional(), code: z.string().optional().describe('why it was not registered'), missing: z.array(z.string()).optional().describe('courses to be completed before') })),
  }),
  refusals: [...refusals(trainingProblems, 'FILE_MALFORMED'), ...refusals(platformProblems, 'BODY_TOO_LARGE')],
});
type RowResult = OutputOf<typeof bulkSpec>['rows'][number];

/** TRN-4.2, 5: the rows of one body and course are one transaction. */
export class RegisterList implements UseCase<typeof bulkSpec> {
  readonly spec = bulkSpec;

  constructor(
    private readonly registering: Registering,
    private readonly offers: OfferStore,
  ) {}

  async execute(ctx: Ctx, { fiscalYear: year, encoding }: InputOf<typeof bulkSpec>, body?: Readable): Promise<OutputOf<typeof bulkSpec>> {
    const { rows, faults } = await readLearners(body, encoding);
    const results: RowResult[] = [...faults];
    for (const group of groupsOf(rows)) results.push(...(await this.group(ctx, year, group)));
    results.sort((a, b) => a.line - b.line);
    const registered = results.filter(({ code }) => code === undefined).length;
    ctx.audit({ object: 'learner-list', facts: { registered, refused: results.length - registered } });
    return { registered, rows: results };
  }

  private async group(ctx: Ctx, year: number, rows: readonly [LearnerRow, ...LearnerRow[]]): Promise<RowResult[]> {
    const [{ bodyCode, courseCode }] = rows;
    const learners = rows.map(({ line: _line, courseCode: _course, ...learner }) => learner);
    try {
      requireOwnBody(ctx, bodyCode);
      const { courseId } = found(await this.offers.findByCode(ctx.db, year, courseCode));
      const outcomes = await ctx.transaction((tx) => this.registering.register(tx, courseId, bodyCode, learners));
      return rows.map(({ line }, at) => ({ line, ...outcomes[at] }));
    } catch (error) {
      if (!(error instanceof Refusal) || error.definition.status >= 500) throw error;
      return rows.map(({ line }) => ({ line, code: error.code }));
    }
  }
}

function groupsOf(rows: readonly LearnerRow[]): (readonly [LearnerRow, ...LearnerRow[]])[] {
  const groups = new Map<string, [LearnerRow, ...LearnerRow[]]>();
  for (const row of rows) {
    const group = groups.get(`${row.courseCode}/${row.bodyCode}`);
    if (group === undefined) groups.set(`${row.courseCode}/${row.bodyCode}`, [row]);
    else group.push(row);
  }
  return [...groups.values()];
}
