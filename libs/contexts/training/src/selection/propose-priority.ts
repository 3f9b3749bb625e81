import { z } from 'zod';
import { trainingProblems } from '#contracts/training';
import { found, platformProblems, refusals, useCase, type Ctx, type InputOf, type OutputOf, type UseCase } from '#platform';
import { isEligible } from '../body/body.js';
import type { CourseStore } from '../course/course.store.js';
import type { SessionStore } from '../session/session.store.js';
import { bySession } from '../session/session-view.js';
import { unservedSince } from './selection.js';
import type { SelectionStore } from './selection.store.js';

const spec = useCase({
  action: 'training.selection.propose-priority',
  kind: 'question',
  summary: 'Bodies that may come first in the draw, before it is committed to: those that the course is open for and nobody of which came to a seminar, or has a place of one, in 24 months',
  input: bySession,
  output: z.object({ since: z.iso.datetime(), priorityBodies: z.array(z.string()) }),
  refusals: [...refusals(trainingProblems, 'COMMIT_ON_FILE', 'NOT_IN_STATE'), ...refusals(platformProblems, 'NOT_FOUND')],
});

/** TRN-4.3 4. */
export class ProposePriority implements UseCase<typeof spec> {
  readonly spec = spec;

  constructor(private readonly parts: { readonly courses: CourseStore; readonly selections: SelectionStore; readonly sessions: SessionStore }) {}

  async execute(ctx: Ctx, { sessionId }: InputOf<typeof spec>): Promise<OutputOf<typeof spec>> {
    const { courses, selections, sessions } = this.parts;
    const { courseId, selection, windowOpensAt } = found(await sessions.find(ctx.db, sessionId));
    if (selection !== 'LOTTERY') throw trainingProblems.refuse('NOT_IN_STATE', { facts: { selection } });
    if ((await selections.commitment(ctx.db, sessionId)) !== undefined) throw trainingProblems.refuse('COMMIT_ON_FILE');
    const { eligible } = found(await courses.find(ctx.db, courseId));
    const since = unservedSince(windowOpensAt);
    const bodies = (await selections.unserved(ctx.db, since)).filter((body) => isEligible(eligible, body));
    return { since: since.toISOString(), priorityBodies: bodies.map(({ code }) => code) };
  }
}
