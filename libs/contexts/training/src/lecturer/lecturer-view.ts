import { z } from 'zod';
import { trainingProblems } from '#contracts/training';
import { found, type Ctx } from '#platform';
import { bodyCode } from '../body/register-bodies.js';
import { personName } from '../certificate/certificate-view.js';
import { localDate, oneLine } from '../course/course-view.js';
import { isOwnBody } from '../permitted.js';
import { REQUEST_KINDS, REQUEST_STATES, stepRequest, type RequestStep } from './lecturer.js';
import type { LecturerRecord, LecturerRequest, LecturerStore } from './lecturer.store.js';

export const byRequest = z.strictObject({ requestId: z.uuid() });

export const lecturerFields = {
  name: personName, employer: oneLine(80), subjects: z.array(oneLine(40)).min(1).max(20),
  interests: z.array(z.strictObject({ bodyCode, from: localDate, until: localDate })).max(200).describe('contracts and bids of the employer, as declared'),
};
export const lecturerView = z.object({
  lecturerId: z.uuid(), number: z.int(), name: z.string(), employer: z.string(), subjects: z.array(z.string()), interests: z.array(z.object({ bodyCode: z.string(), from: z.string(), until: z.string() })),
});

export function lecturerViewOf({ id, subjects, interests, ...one }: LecturerRecord): z.input<typeof lecturerView> {
  return { lecturerId: id, ...one, subjects: [...subjects], interests: [...interests] };
}

const period = z.object({ startsAt: z.iso.datetime(), endsAt: z.iso.datetime() });
export const requestView = z.object({
  requestId: z.uuid(), kind: z.enum(REQUEST_KINDS), bodyCode: z.string(), fiscalYear: z.int(), subject: z.string(), audience: z.string(), candidates: z.array(period), place: z.string(),
  travelPaidBy: z.enum(['HOST', 'AGENCY']), state: z.enum(REQUEST_STATES), lecturerId: z.uuid().nullable(), startsAt: z.iso.datetime().nullable(), endsAt: z.iso.datetime().nullable(),
  attended: z.int().nullable(), rating: z.int().nullable(),
});

export function requestViewOf({ id, candidates, startsAt, endsAt, ...one }: LecturerRequest): z.input<typeof requestView> {
  return {
    requestId: id, ...one, candidates: candidates.map((date) => ({ startsAt: date.startsAt.toISOString(), endsAt: date.endsAt.toISOString() })),
    startsAt: startsAt?.toISOString() ?? null, endsAt: endsAt?.toISOString() ?? null,
  };
}

/** The locked request if it is the caller's, or the caller may see all, in the state after the step; refuses NOT_FOUND, also where it is another body's, NOT_IN_STATE. */
export async function steppedRequest(ctx: Ctx, store: LecturerStore, requestId: string, step: RequestStep): Promise<LecturerRequest> {
  const request = await store.lockRequest(ctx.db, requestId);
  const held = found(request !== undefined && isOwnBody(ctx, request.bodyCode) ? request : undefined);
  const state = stepRequest(held.state, step);
  if (state === undefined) throw trainingProblems.refuse('NOT_IN_STATE', { facts: { state: held.state } });
  return { ...held, state };
}
