import { trainingProblems } from '#contracts/training';
import { found, platformProblems, refusals, useCase, uuidv7, type Ctx, type InputOf, type OutputOf, type UseCase } from '#platform';
import type { CourseStore } from '../course/course.store.js';
import type { PrerequisiteStore } from '../course/prerequisite.store.js';
import { enrolmentOf } from './admission.js';
import { lastSubstitution } from './enrolment.js';
import type { EnrolmentDesk } from './enrolment-desk.js';
import { byEnrolment, enrolmentView, enrolmentViewOf, learner } from './enrolment-view.js';
import { orUndone } from './savepoint.js';
import { takenFault } from './waiting-list.js';

const spec = useCase({
  action: 'training.enrolment.substitute',
  kind: 'command',
  summary: 'Gives the place of a learner to a colleague of the same body',
  input: byEnrolment.extend({ learner }),
  output: enrolmentView,
  refusals: [...refusals(trainingProblems, 'ALREADY_ACTIVE', 'NOT_IN_STATE', 'PREREQUISITE_MISSING', 'TOO_LATE'), ...refusals(platformProblems, 'NOT_FOUND')],
});

/** TRN-3.3: the place stays taken, until 17:00 two business days before. A learner is known inside of his body alone, so it can be no other one's. He has completed the prerequisites (TRN-3.1). */
export class SubstituteLearner implements UseCase<typeof spec> {
  readonly spec = spec;

  constructor(private readonly parts: { readonly desk: EnrolmentDesk; readonly courses: CourseStore; readonly prerequisites: PrerequisiteStore }) {}

  async execute(ctx: Ctx, { enrolmentId, learner: colleague }: InputOf<typeof spec>): Promise<OutputOf<typeof spec>> {
    const { desk, courses, prerequisites } = this.parts;
    const { enrolments, store } = desk.parts;
    const { enrolment, session } = await desk.held(ctx, enrolmentId);
    if (ctx.now > lastSubstitution(session.startsAt)) throw trainingProblems.refuse('TOO_LATE');
    await enrolments.take(ctx, session, { step: 'SUBSTITUTE', enrolments: [enrolment] });
    const { bodyCode, rank } = enrolment;
    const successor = { ...enrolmentOf(ctx, store, { session, bodyCode, rank, learner: colleague, state: 'ADMITTED', applicationId: uuidv7(), applicationSize: 1 }), follows: enrolment.id };
    const { prerequisites: codes } = found(await courses.find(ctx.db, session.courseId));
    const [missing] = (await prerequisites.missing(ctx.db, { codes, fiscalYear: session.fiscalYear, by: ctx.now }, [successor])).values();
    if (missing !== undefined) throw trainingProblems.refuse('PREREQUISITE_MISSING', { facts: { courses: missing.join() } });
    const fault = await orUndone(ctx.db, takenFault, () => enrolments.enter(ctx, session, [successor]));
    if (fault !== undefined) throw trainingProblems.refuse(fault);
    return enrolmentViewOf(successor);
  }
}
