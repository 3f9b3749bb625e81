import { defineEvent } from '#kernel';
import { z } from 'zod';

export const registrationFact = z.object({
  registrationId: z.uuid(),
  courseCode: z.string().regex(/^\d{4}$/),
  fiscalYear: z.number().int(),
  bodyCode: z.string().regex(/^\d{6}$/),
  at: z.iso.datetime(),
});

export const registrationCompleted = defineEvent('training', 'registration.completed', { summary: 'A learner has satisfied all of an e-learning course', data: registrationFact });

export const elearningEvents = [registrationCompleted] as const;
