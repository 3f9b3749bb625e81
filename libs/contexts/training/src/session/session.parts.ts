import { route, type ContextParts } from '#platform';
import { ChangeSession, type ChangeSessionParts } from './change-session.js';
import { GetCalendar } from './get-calendar.js';
import { PlanSession } from './plan-session.js';
import { GetSession, ListSessions } from './read-sessions.js';
import { StepSession, type StepSessionParts } from './step-session.js';
import { sessionTimers } from './session-timers.js';

/** Sessions of seminars from the plan to the report (TRN-3.2). */
export function sessionParts(parts: StepSessionParts & ChangeSessionParts): Partial<ContextParts> {
  const { courses, sessions, steps } = parts;
  return {
    http: [
      route('POST', '/sessions', new PlanSession(courses, sessions), { status: 201 }),
      route('GET', '/sessions', new ListSessions(sessions)),
      route('GET', '/sessions/:sessionId', new GetSession(sessions)),
      route('PATCH', '/sessions/:sessionId', new ChangeSession(parts)),
      route('GET', '/calendar.ics', new GetCalendar(sessions), { binary: ['text/calendar'] }),
      route('POST', '/sessions/:sessionId/steps/publication', new StepSession(parts, 'PUBLISH')),
      route('POST', '/sessions/:sessionId/steps/confirmation', new StepSession(parts, 'CONFIRM')),
      route('POST', '/sessions/:sessionId/steps/holding', new StepSession(parts, 'HOLD')),
      route('POST', '/sessions/:sessionId/steps/report', new StepSession(parts, 'REPORT')),
      route('POST', '/sessions/:sessionId/steps/cancellation', new StepSession(parts, 'CANCEL')),
      route('POST', '/sessions/:sessionId/steps/postponement', new StepSession(parts, 'POSTPONE')),
    ],
    schedules: [sessionTimers(sessions, steps)],
  };
}
