import { transferState } from '#contracts/juki-net';
import { localDateInJapan, municipalityCodeFault } from '#kernel';
import { z } from 'zod';
import { isOutOfStatistics } from './deadline.js';
import { dueDateOf, settle } from './timer.js';
import { ROUTES, stateOn, type Transfer } from './transfer.js';

export const municipality = z.string().refine((text) => municipalityCodeFault(text) === undefined, { params: { code: 'CHECK_DIGIT' } });

/** A case as its two municipalities see it. */
export const transferView = z.object({
  transferId: z.uuid(), personKey: z.uuid(), state: transferState, from: z.string().optional(), to: z.string().optional(), route: z.enum(ROUTES).optional(),
  plannedOn: z.string().optional(), movedOutOn: z.string().optional(), livingSince: z.string().optional(), movedInOn: z.string().optional(), noticeOn: z.string().optional(),
  dueDate: z.string().optional(), task: z.literal('DELETE_RECORD').optional().describe('of the former municipality, since `remindedOn`'), remindedOn: z.string().optional(),
  inTransitOn: z.string().optional().describe('day on which the person came on the list of those in transit'), outOfStatistics: z.boolean().optional(),
});

/** The case on the day, whether or not the timer has been at it. */
export function viewOf(stored: Transfer, now: Date): z.input<typeof transferView> {
  const today = localDateInJapan(now);
  const transfer = settle(stored, now);
  const { transferId, personKey, from, to, route, plannedOn, out, livingSince, moveIn, noticeOn, remindedOn, inTransitOn } = transfer;
  const state = stateOn(transfer, today);
  return {
    transferId, personKey, state, from, to, route, plannedOn, movedOutOn: out?.on, livingSince, movedInOn: moveIn?.on, noticeOn, dueDate: dueDateOf(transfer, today), remindedOn, inTransitOn,
    ...(state === 'IN_NOTICE_SENT' && remindedOn !== undefined ? { task: 'DELETE_RECORD' } : {}),
    ...(out?.on === undefined ? {} : { outOfStatistics: isOutOfStatistics(out.on, moveIn?.on ?? today) }),
  };
}
