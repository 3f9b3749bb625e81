import { z } from 'zod';
import { trainingProblems, type SessionState } from '#contracts/training';
import { addDays, localDateInJapan } from '#kernel';
import { daily, platformProblems, refusals, useCase, type Ctx, type InputOf, type OutputOf, type Schedule, type UseCase } from '#platform';
import { byEnrolment, enrolmentView, enrolmentViewOf } from '../enrolment/enrolment-view.js';
import { bySession } from '../session/session-view.js';
import type { AttendanceStore } from './attendance.store.js';
import type { Completions } from './completions.js';

/** Own decision: so long after a session questionnaires and tests count. */
const EVIDENCE_DAYS = 30;
const AFTER: readonly SessionState[] = ['HELD', 'REPORTED'];

const closeSpec = useCase({
  action: 'training.attendance.close',
  kind: 'command',
  summary: 'Closes the attendance of a session that was held: who did not come, who has completed, who lacks a questionnaire or test',
  input: bySession,
  output: z.object({ completed: z.int(), incomplete: z.int(), absent: z.int(), open: z.int() }),
  refusals: [...refusals(trainingProblems, 'NOT_IN_STATE'), ...refusals(platformProblems, 'NOT_FOUND')],
});

/** TRN-3.3, 4.5. */
export class CloseAttendance implements UseCase<typeof closeSpec> {
  readonly spec = closeSpec;

  constructor(private readonly completions: Completions) {}

  async execute(ctx: Ctx, { sessionId }: InputOf<typeof closeSpec>): Promise<OutputOf<typeof closeSpec>> {
    const session = await this.completions.parts.desk.parts.steps.held(ctx, sessionId);
    if (!AFTER.includes(session.state)) throw trainingProblems.refuse('NOT_IN_STATE', { facts: { state: session.state } });
    const closing = await this.completions.close(ctx, session, false);
    ctx.audit({ object: `session:${sessionId}`, facts: { ...closing } });
    return closing;
  }
}

const noteSpec = useCase({
  action: 'training.attendance.note-evidence',
  kind: 'command',
  summary: 'Notes that the questionnaire was answered or, by the agency, that the test was passed; the last one completes the course',
  input: byEnrolment.extend({ evidence: z.enum(['QUESTIONNAIRE', 'TEST_PASSED']) }),
  output: enrolmentView,
  refusals: [...refusals(trainingProblems, 'NOT_IN_STATE'), ...refusals(platformProblems, 'NOT_FOUND', 'ACTION_NOT_PERMITTED')],
});

/** TRN-4.5. */
export class NoteEvidence implements UseCase<typeof noteSpec> {
  readonly spec = noteSpec;

  constructor(private readonly completions: Completions) {}

  async execute(ctx: Ctx, { enrolmentId, evidence }: InputOf<typeof noteSpec>): Promise<OutputOf<typeof noteSpec>> {
    const { desk } = this.completions.parts;
    if (evidence === 'TEST_PASSED' && ctx.permission.scope !== 'nation') throw platformProblems.refuse('ACTION_NOT_PERMITTED');
    const { enrolment, session } = await desk.held(ctx, enrolmentId);
    if (enrolment.state !== 'ATTENDING' && enrolment.state !== 'COMPLETED') throw trainingProblems.refuse('NOT_IN_STATE', { facts: { state: enrolment.state } });
    await desk.parts.store.note(ctx.db, enrolmentId, evidence === 'QUESTIONNAIRE' ? 'questionnaire_at' : 'test_passed_at', ctx.now);
    ctx.audit({ object: `enrolment:${enrolmentId}`, facts: { evidence } });
    const noted = (await desk.parts.store.find(ctx.db, enrolmentId)) ?? enrolment;
    if (noted.state === 'ATTENDING' && AFTER.includes(session.state)) await this.completions.completeIfDone(ctx, session, noted);
    return enrolmentViewOf((await desk.parts.store.find(ctx.db, enrolmentId)) ?? noted);
  }
}

const listSpec = useCase({
  action: 'training.attendance.list',
  kind: 'question',
  summary: 'The attendance of a session by half-day, from 1',
  input: bySession,
  output: z.object({ items: z.array(z.object({ enrolmentId: z.uuid(), halfDay: z.int(), minutes: z.int(), source: z.enum(['DOOR', 'LIST']) })) }),
  refusals: [],
});

export class ListAttendance implements UseCase<typeof listSpec> {
  readonly spec = listSpec;

  constructor(private readonly attendance: AttendanceStore) {}

  async execute(ctx: Ctx, { sessionId }: InputOf<typeof listSpec>): Promise<OutputOf<typeof listSpec>> {
    const rows = await this.attendance.ofSession(ctx.db, sessionId);
    ctx.audit({ object: `session:${sessionId}`, facts: { rows: rows.length } });
    return { items: rows.map((row) => ({ ...row, halfDay: row.halfDay + 1 })) };
  }
}

/** What lacks a questionnaire or a test after its term ends as incomplete. */
export function evidenceTerms(completions: Completions): Schedule {
  return daily('training-evidence', async (ctx) => {
    const { steps, store } = completions.parts.desk.parts;
    const endedBy = addDays(localDateInJapan(ctx.now), -EVIDENCE_DAYS);
    for (const id of await store.openSince(ctx.db, endedBy)) {
      const closing = await completions.close(ctx, await steps.held(ctx, id), true);
      ctx.audit({ object: `session:${id}`, facts: { ...closing } });
    }
  });
}
