import { defineEvent } from '#kernel';
import { z } from 'zod';

const municipalityCode = z.string().regex(/^\d{6}$/);

export const candidateDelivered = defineEvent('numbering', 'candidate.delivered', {
  summary: 'The numbers of a batch were delivered; the numbers themselves are fetched by ListBatchLinks',
  data: z.object({ batchId: z.uuid(), municipalityCode, count: z.number().int(), mode: z.enum(['TENTATIVE', 'DESIGNATED']) }),
});

export const numberDesignated = defineEvent('numbering', 'number.designated', {
  summary: 'A number was designated on a single request; the number itself is fetched by LinkByPersons',
  data: z.object({ assignmentId: z.uuid(), personKey: z.uuid(), municipalityCode, designatedAt: z.iso.datetime(), generation: z.number().int().positive() }),
});

export const notificationListPrepared = defineEvent('numbering', 'notification-list.prepared', {
  summary: 'The delivery targets of a municipality are complete; their content is fetched by ListDeliveryTargets',
  data: z.object({ setId: z.uuid(), municipalityCode, households: z.number().int(), persons: z.number().int(), hash: z.string().describe('SHA-256 of the list, hex') }),
});

export const numberingEvents = [candidateDelivered, numberDesignated, notificationListPrepared] as const;
