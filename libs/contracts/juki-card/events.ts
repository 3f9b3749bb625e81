import { defineEvent } from '#kernel';
import { z } from 'zod';

const municipalityCode = z.string().regex(/^\d{6}$/);

/** States of an order (CARD-3.8); CANCELLED ends what the cut-off finds open. */
export const ORDER_STATES = ['REQUESTED', 'ACCEPTED', 'PRINTED', 'SHIPPED', 'RECEIVED', 'HANDED_OVER', 'RETURNED_DEFECTIVE', 'CANCELLED'] as const;

export const commissionChanged = defineEvent('juki-card', 'commission.changed', {
  summary: 'A small municipality commissioned its juki cards, or the commission ended',
  data: z.object({ commissionId: z.uuid(), municipalityCode, state: z.enum(['IN_FORCE', 'ENDED']) }),
});

export const orderMoved = defineEvent('juki-card', 'order.moved', {
  summary: 'An order of a juki card reached a state; `reason` says why it was cancelled or came back',
  data: z.object({ orderId: z.uuid(), municipalityCode, state: z.enum(ORDER_STATES), reason: z.string().optional() }),
});

export const cardSurrendered = defineEvent('juki-card', 'card.surrendered', {
  summary: 'A juki card was handed back for a number card',
  data: z.object({ orderId: z.uuid(), municipalityCode, surrenderedOn: z.iso.date() }),
});

/** Events of this context, in the order of the life of what they tell of. */
export const jukiCardEvents = [commissionChanged, orderMoved, cardSurrendered] as const;
