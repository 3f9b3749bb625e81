import { z } from 'zod';
import { ENROLMENT_STATES } from '#contracts/training';
import { characterFault } from '#kernel';
import type { EnrolmentRecord, Learner } from './enrolment.store.js';

export const byEnrolment = z.strictObject({ enrolmentId: z.uuid() });

const name = z.string().trim().normalize('NFC').min(1).max(60).refine((text) => characterFault(text) === undefined, { params: { code: 'CHARACTER' } });

/** A learner as the coordinator names him. */
export const learner = z.strictObject({
  staffNo: z.string().regex(/^[A-Za-z0-9._-]{1,40}$/).describe('number of the person inside of the body'),
  nameKanji: name,
  nameKana: name,
  mail: z.email().max(254),
});

export const enrolmentView = z.object({
  enrolmentId: z.uuid(),
  applicationId: z.uuid().describe('what is admitted or waits as one; the draw is made by it'),
  sessionId: z.uuid(),
  bodyCode: z.string(),
  rank: z.int(),
  state: z.enum(ENROLMENT_STATES),
  waitingRank: z.int().nullable().describe('1 is next'),
  heldUntil: z.iso.datetime().nullable().describe('of an offered place'),
  appliedAt: z.iso.datetime(),
});

export const enrolmentDetail = enrolmentView.extend({ learner });

export function enrolmentViewOf(enrolment: EnrolmentRecord, waitingRank?: number): z.input<typeof enrolmentView> {
  const { id, applicationId, sessionId, bodyCode, rank, state, heldUntil, appliedAt } = enrolment;
  return { enrolmentId: id, applicationId, sessionId, bodyCode, rank, state, waitingRank: waitingRank ?? null, heldUntil: heldUntil?.toISOString() ?? null, appliedAt: appliedAt.toISOString() };
}

export function enrolmentDetailOf(enrolment: EnrolmentRecord, named: Learner, waitingRank?: number): z.input<typeof enrolmentDetail> {
  return { ...enrolmentViewOf(enrolment, waitingRank), learner: named };
}
