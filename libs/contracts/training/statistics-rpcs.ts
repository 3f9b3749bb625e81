import { defineRpc } from '#kernel';
import { z } from 'zod';
import { trainingProto } from './rpcs.js';
import { elearningRow, seminarRow } from './statistics-events.js';

/** Figures of a fiscal year by series, the plan and extra sessions apart; small counts of people are withheld. */
export const yearlyStatistics = defineRpc({
  context: 'training', proto: trainingProto, service: 'Statistics', method: 'Yearly',
  input: z.object({ fiscalYear: z.int() }),
  output: z.object({ fiscalYear: z.int(), seminars: z.array(seminarRow).default([]), elearning: z.array(elearningRow).default([]), bodyCoverage: z.number().nullable().default(null).describe('bodies with a completion, per cent of the nation\'s') }),
});
