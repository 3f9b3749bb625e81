import { defineEvent } from '#kernel';
import { z } from 'zod';

export const ENROLMENT_STATES = [
  'SUBMITTED', 'WAITLISTED', 'OFFERED', 'ADMITTED', 'ATTENDING', 'COMPLETED', 'CERTIFIED', 'INCOMPLETE', 'ABSENT', 'REJECTED', 'WITHDRAWN', 'DECLINED',
  'OFFER_LAPSED', 'EXPIRED', 'SUBSTITUTED', 'REMOVED', 'POSTPONED',
] as const;
export type EnrolmentState = (typeof ENROLMENT_STATES)[number];

export const enrolmentFact = z.object({
  enrolmentId: z.uuid(),
  sessionId: z.uuid(),
  bodyCode: z.string().regex(/^\d{6}$/),
  state: z.enum(ENROLMENT_STATES),
  heldUntil: z.iso.datetime().optional().describe('of an offered place'),
  at: z.iso.datetime(),
});

const enrolment = (verb: string, summary: string) => defineEvent('training', `enrolment.${verb}`, { summary, data: enrolmentFact });

export const enrolmentSubmitted = enrolment('submitted', 'An application waits for the selection');
export const enrolmentAdmitted = enrolment('admitted', 'A learner has a place');
export const enrolmentWaitlisted = enrolment('waitlisted', 'A learner waits for a place');
export const enrolmentOffered = enrolment('offered', 'A place that became free is held for a learner until `heldUntil`');
export const enrolmentEnded = enrolment('ended', 'An application or place has come to its end without attendance; `state` says which');
export const enrolmentPostponed = enrolment('postponed', 'The session of a learner was cancelled; places of its successor are offered first to those who lost theirs');
export const enrolmentAttended = enrolment('attended', 'A learner came to the session');
export const enrolmentCompleted = enrolment('completed', 'A learner has completed the course');
export const enrolmentFailed = enrolment('failed', 'A learner did not come, or did not complete the course; `state` says which');

export const enrolmentEvents = [
  enrolmentSubmitted, enrolmentAdmitted, enrolmentWaitlisted, enrolmentOffered, enrolmentEnded, enrolmentPostponed, enrolmentAttended, enrolmentCompleted, enrolmentFailed,
] as const;
