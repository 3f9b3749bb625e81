import { z } from 'zod';
import { trainingProblems } from '#contracts/training';
import type { FieldFault } from '#kernel';
import { found, platformProblems, refusals, useCase, type Ctx, type InputOf, type OutputOf, type UseCase } from '#platform';
import { bodyCodeOf, isEligible } from '../body/body.js';
import type { BodyStore } from '../body/body.store.js';
import type { CourseRecord, CourseStore } from '../course/course.store.js';
import type { PrerequisiteStore } from '../course/prerequisite.store.js';
import type { SelectionStore } from '../selection/selection.store.js';
import { isAccepting } from '../session/session.js';
import type { SessionRecord, SessionStore } from '../session/session.store.js';
import type { Admission, Application } from './admission.js';
import type { EnrolmentDesk } from './enrolment-desk.js';
import { learner } from './enrolment-view.js';

const LEARNERS = 50;
const row = learner.extend({ rank: z.int().min(1).max(999).default(1).describe('推薦順位: the body’s own order, 1 first') });
const OUTCOMES = ['ADMITTED', 'WAITLISTED', 'SUBMITTED', 'REFUSED'] as const;
const REASONS = ['ALREADY_ACTIVE', 'BODY_QUOTA_FULL', 'GROUP_NOT_WHOLE', 'INVALID_INPUT', 'PREREQUISITE_MISSING'] as const;

const spec = useCase({
  action: 'training.enrolment.apply',
  kind: 'command',
  summary: 'Files learners of a body for a session; each row has its own result',
  input: z.strictObject({
    sessionId: z.uuid(),
    bodyCode: z.string().regex(/^\d{6}$/).optional().describe('the caller’s own unless said'),
    learners: z.array(z.union([row, z.unknown()])).min(1).max(LEARNERS),
    together: z.boolean().default(false).describe('all of them or nobody'),
  }),
  output: z.object({
    results: z.array(z.object({
      row: z.int().describe('from 1'), outcome: z.enum(OUTCOMES), enrolmentId: z.uuid().optional(), applicationId: z.uuid().optional(), waitingRank: z.int().optional(),
      code: z.enum(REASONS).optional(), missing: z.array(z.string()).optional().describe('courses to be completed before'),
      errors: z.array(z.object({ pointer: z.string(), code: z.string() })).optional(),
    })),
  }),
  refusals: [...refusals(trainingProblems, 'NOT_ELIGIBLE', 'WINDOW_CLOSED'), ...refusals(platformProblems, 'NOT_FOUND', 'OUT_OF_JURISDICTION')],
});

type Row = z.output<typeof row>;
type Result = OutputOf<typeof spec>['results'][number];
interface Good {
  readonly row: number;
  readonly learner: Row;
}

export interface ApplyParts {
  readonly bodies: BodyStore;
  readonly courses: CourseStore;
  readonly prerequisites: PrerequisiteStore;
  readonly sessions: SessionStore;
  readonly selections: SelectionStore;
  readonly admission: Admission;
  readonly desk: EnrolmentDesk;
}

/** TRN-4.2, 4.4: good rows are processed whatever the others are, unless they come together. */
export class ApplyForSession implements UseCase<typeof spec> {
  readonly spec = spec;

  constructor(private readonly parts: ApplyParts) {}

  async execute(ctx: Ctx, { sessionId, bodyCode, learners, together }: InputOf<typeof spec>): Promise<OutputOf<typeof spec>> {
    const body = permittedBody(ctx, bodyCode);
    const course = await this.requireEligible(ctx, sessionId, body);
    const read = await this.prepared(ctx, course, body, learners.map(readRow));
    const session = await this.parts.desk.parts.steps.held(ctx, sessionId);
    if (!isAccepting(session, ctx.now)) throw trainingProblems.refuse('WINDOW_CLOSED', { facts: { state: session.state } });
    const results = read.filter((one): one is Result => 'outcome' in one);
    const good = read.filter((one): one is Good => 'learner' in one);
    for (const group of groupsOf(good, together)) {
      results.push(...(together && results.length > 0 ? refused(group, 'GROUP_NOT_WHOLE') : await this.enter(ctx, session, body, group)));
    }
    if (results.some(({ outcome }) => outcome === 'ADMITTED')) await this.parts.desk.settle(ctx, session);
    ctx.audit({ object: `session:${sessionId}`, facts: { bodyCode: body, rows: learners.length, refused: results.filter(({ outcome }) => outcome === 'REFUSED').length } });
    return { results: results.sort((a, b) => a.row - b.row) };
  }

  /** Before the lock: what others wait for is short. */
  private async requireEligible(ctx: Ctx, sessionId: string, bodyCode: string): Promise<CourseRecord> {
    const { courseId, selection } = found(await this.parts.sessions.find(ctx.db, sessionId));
    // A seed that is chosen when applications are known draws nothing (TRN-4.3 1).
    if (selection === 'LOTTERY' && (await this.parts.selections.commitment(ctx.db, sessionId)) === undefined) throw trainingProblems.refuse('WINDOW_CLOSED', { facts: { reason: 'NO_COMMITMENT' } });
    const [course, body] = [found(await this.parts.courses.find(ctx.db, courseId)), await this.parts.bodies.find(ctx.db, bodyCode)];
    if (body === undefined || !isEligible(course.eligible, body)) throw trainingProblems.refuse('NOT_ELIGIBLE', { facts: { bodyCode } });
    return course;
  }

  /** The rows, those refused whose learner has not completed the prerequisites (TRN-3.1). */
  private async prepared(ctx: Ctx, { prerequisites: codes, fiscalYear }: CourseRecord, bodyCode: string, rows: readonly (Good | Result)[]): Promise<(Good | Result)[]> {
    const personOf = ({ learner: { staffNo } }: Good): Buffer => this.parts.desk.parts.store.personOf(bodyCode, staffNo);
    const people = rows.flatMap((one) => ('learner' in one ? [{ bodyCode, person: personOf(one) }] : []));
    const missing = await this.parts.prerequisites.missing(ctx.db, { codes, fiscalYear, by: ctx.now }, people);
    return rows.map((one): Good | Result => {
      const lacking = 'learner' in one ? missing.get(personOf(one).toString('hex')) : undefined;
      return lacking === undefined ? one : { row: one.row, outcome: 'REFUSED', code: 'PREREQUISITE_MISSING', missing: [...lacking] };
    });
  }

  private async enter(ctx: Ctx, session: SessionRecord, bodyCode: string, group: readonly Good[]): Promise<Result[]> {
    const application: Application = { bodyCode, learners: group.map(({ learner: named }) => named) };
    const entered = await this.parts.admission.enter(ctx, session, application);
    if (typeof entered === 'string') return refused(group, entered);
    return group.flatMap((one, index) => {
      const here = entered[index];
      if (here === undefined) return [];
      const { id: enrolmentId, applicationId, state } = here.enrolment;
      return [{ row: one.row, outcome: state as Result['outcome'], enrolmentId, applicationId, ...(here.waitingRank === undefined ? {} : { waitingRank: here.waitingRank }) }];
    });
  }
}

/** The caller's body, or the one that an officer of the agency files for. */
function permittedBody(ctx: Ctx, named: string | undefined): string {
  const own = bodyCodeOf(ctx.actor);
  if (ctx.permission.scope !== 'nation' && named !== undefined && named !== own) throw platformProblems.refuse('OUT_OF_JURISDICTION');
  const body = named ?? own;
  if (body === undefined) throw platformProblems.refuse('INVALID_INPUT', { fields: [{ pointer: '/bodyCode', code: 'REQUIRED' }] });
  return body;
}

function readRow(given: unknown, index: number): Good | Result {
  const parsed = row.safeParse(given);
  if (parsed.success) return { row: index + 1, learner: parsed.data };
  const errors = parsed.error.issues.map(({ path, code }): FieldFault => ({ pointer: `/learners/${index}/${path.join('/')}`, code: code.toUpperCase() }));
  return { row: index + 1, outcome: 'REFUSED', code: 'INVALID_INPUT', errors };
}

/** The coordinator's order decides who of a body comes first. */
function groupsOf(good: readonly Good[], together: boolean): (readonly Good[])[] {
  if (good.length === 0) return [];
  return together ? [good] : good.toSorted((a, b) => a.learner.rank - b.learner.rank).map((one) => [one]);
}

function refused(group: readonly Good[], code: (typeof REASONS)[number]): Result[] {
  return group.map(({ row: number }) => ({ row: number, outcome: 'REFUSED', code }));
}
