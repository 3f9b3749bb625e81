import { defineEvent } from '#kernel';
import { z } from 'zod';
import { COURSE_SERIES } from './course.js';

export const SESSION_STATES = [
  'PLANNED', 'PUBLISHED', 'ACCEPTING', 'FULL', 'SELECTING', 'CLOSED', 'CONFIRMED', 'HELD', 'REPORTED', 'CANCELLED', 'POSTPONED',
] as const;
export type SessionState = (typeof SESSION_STATES)[number];

export const sessionFact = z.object({
  sessionId: z.uuid(),
  courseCode: z.string().regex(/^\d{4}$/),
  series: z.enum(COURSE_SERIES),
  capacity: z.number().int().describe('places that can be given, the least of what room, machines, materials and plan allow'),
  taken: z.number().int(),
  state: z.enum(SESSION_STATES),
  successorId: z.uuid().optional().describe('session whose places are offered first to those who lost theirs'),
  at: z.iso.datetime(),
});

const session = (verb: string, summary: string) => defineEvent('training', `session.${verb}`, { summary, data: sessionFact });

export const sessionPublished = session('published', 'A session was published with its dates and window');
export const sessionAccepting = session('accepting', 'A session accepts applications, for the first time or again');
export const sessionFull = session('full', 'All places of a session are taken');
export const sessionSelected = session('selected', 'The applications of a session were selected');
export const sessionConfirmed = session('confirmed', 'A session will be held');
export const sessionCancelled = session('cancelled', 'A session will not be held');
export const sessionPostponed = session('postponed', 'A session will be held at another time, as its successor');
export const sessionHeld = session('held', 'A session was held');

export const sessionEvents = [
  sessionPublished, sessionAccepting, sessionFull, sessionSelected, sessionConfirmed, sessionCancelled, sessionPostponed, sessionHeld,
] as const;
