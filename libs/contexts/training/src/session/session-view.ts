import { z } from 'zod';
import { COURSE_SERIES, SESSION_STATES } from '#contracts/training';
import { isPrefectureNumber, type PrefectureNumber } from '#kernel';
import { localDate, oneLine } from '../course/course-view.js';
import { placesOf, SELECTIONS } from './session.js';
import type { SessionRecord } from './session.store.js';

export const bySession = z.strictObject({ sessionId: z.uuid() });
const instant = z.iso.datetime({ offset: true }).transform((text) => new Date(text));

/** What a plan says and a change may replace. */
export const sessionPlan = {
  capacity: z.int().min(1).max(10_000),
  roomPlaces: z.int().min(1).max(10_000),
  labMachines: z.int().min(1).max(10_000).nullable(),
  materials: z.int().min(1).max(10_000).nullable(),
  bodyQuota: z.int().min(1).max(1_000),
  selection: z.enum(SELECTIONS),
  windowOpensAt: instant,
  windowClosesAt: instant,
  resultOn: localDate,
  startsAt: instant,
  endsAt: instant,
  plannedMinutes: z.int().min(1).max(60_000),
  venue: oneLine(100),
  prefecture: z.string().refine(isPrefectureNumber, { params: { code: 'PREFECTURE' } }).transform((text) => text as PrefectureNumber),
};

export const sessionView = z.object({
  sessionId: z.uuid(), courseId: z.uuid(), courseCode: z.string(), courseTitle: z.string(), fiscalYear: z.int(), series: z.enum(COURSE_SERIES), number: z.int(),
  capacity: z.int(), places: z.int().describe('the least of capacity, room, lab machines and materials'), bodyQuota: z.int(), selection: z.enum(SELECTIONS),
  windowOpensAt: z.iso.datetime(), windowClosesAt: z.iso.datetime(), resultOn: z.string().describe('when applicants learn the result'),
  startsAt: z.iso.datetime(), endsAt: z.iso.datetime(), plannedMinutes: z.int(), venue: z.string(), prefecture: z.string(), isExtra: z.boolean(),
  state: z.enum(SESSION_STATES), version: z.int(), successorId: z.uuid().nullable(), reason: z.string().nullable(),
});

export function sessionViewOf(session: SessionRecord): z.input<typeof sessionView> {
  const { id, courseId, courseCode, courseTitle, fiscalYear, series, number, capacity, bodyQuota, selection, resultOn, plannedMinutes, venue, prefecture, isExtra, state, version, successorId, reason } = session;
  return {
    sessionId: id, courseId, courseCode, courseTitle, fiscalYear, series, number, capacity, places: placesOf(session), bodyQuota, selection,
    windowOpensAt: session.windowOpensAt.toISOString(), windowClosesAt: session.windowClosesAt.toISOString(), resultOn,
    startsAt: session.startsAt.toISOString(), endsAt: session.endsAt.toISOString(), plannedMinutes, venue, prefecture, isExtra, state, version, successorId, reason,
  };
}
