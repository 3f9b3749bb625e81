import { defineRpc } from '#kernel';
import { z } from 'zod';
import { ENROLMENT_STATES } from './enrolment-events.js';
import { trainingProto } from './rpcs.js';

const nominated = z.object({ staffNo: z.string(), nameKanji: z.string(), nameKana: z.string(), mail: z.string(), rank: z.int().optional() });
const result = z.object({
  row: z.int(), outcome: z.enum(['ADMITTED', 'WAITLISTED', 'SUBMITTED', 'REFUSED']), enrolmentId: z.uuid().optional(), applicationId: z.uuid().optional(),
  waitingRank: z.int().optional(), code: z.string().optional(), missing: z.array(z.string()).default([]), errors: z.array(z.object({ pointer: z.string(), code: z.string() })).default([]),
});

/** Files learners of a body for a session (TRN-5); a repetition with its key has the same answer. */
export const applyForSession = defineRpc({
  context: 'training', proto: trainingProto, service: 'Enrolments', method: 'Apply',
  input: z.object({ sessionId: z.uuid(), bodyCode: z.string().optional(), learners: z.array(nominated), together: z.boolean().optional() }),
  output: z.object({ results: z.array(result).default([]) }),
});

/**
 * The enrolments of a session, each once and again whenever it changes, for a minute at most; whoever asks again begins with all of them (TRN-5). A
 * body sees its own.
 */
export const watchEnrolments = defineRpc({
  context: 'training', proto: trainingProto, service: 'Enrolments', method: 'Watch',
  input: z.object({ sessionId: z.uuid(), seconds: z.int().min(1).max(60).optional() }),
  output: z.object({ enrolmentId: z.uuid(), sessionId: z.uuid(), bodyCode: z.string(), state: z.enum(ENROLMENT_STATES), waitingRank: z.int().nullish() }),
});

/** Gives a place or an offer up (TRN-5). */
export const releaseEnrolment = defineRpc({
  context: 'training', proto: trainingProto, service: 'Enrolments', method: 'Release',
  input: z.object({ enrolmentId: z.uuid() }),
  output: z.object({ enrolmentId: z.uuid(), sessionId: z.uuid(), state: z.enum(ENROLMENT_STATES) }),
});
