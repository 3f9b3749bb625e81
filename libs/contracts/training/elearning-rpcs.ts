import { defineRpc } from '#kernel';
import { z } from 'zod';
import { trainingProto } from './rpcs.js';

export const REGISTRATION_STATES = ['REGISTERED', 'STARTED', 'COMPLETED', 'EXPIRED', 'WITHDRAWN'] as const;

/** How far a registration is, without the person. */
export const progressGet = defineRpc({
  context: 'training',
  proto: trainingProto,
  service: 'Progress',
  method: 'Get',
  input: z.object({ registrationId: z.uuid() }),
  output: z.object({
    registrationId: z.uuid(), courseCode: z.string(), fiscalYear: z.int(), bodyCode: z.string(), state: z.enum(REGISTRATION_STATES), isSatisfied: z.boolean().default(false),
    units: z.array(z.object({
      au: z.int().default(0), completed: z.boolean().default(false), passed: z.boolean().default(false), waived: z.boolean().default(false), satisfied: z.boolean().default(false), score: z.number().optional(),
    })).default([]),
  }),
});
