import { defineEvent } from '#kernel';
import { z } from 'zod';
import { COURSE_SERIES } from './course.js';

/** A count of people; absent where it is withheld because it is small. */
const people = z.int().nullable().default(null);
/** Per cent with one decimal; absent where it is unknown or would tell a withheld count. */
const percent = z.number().nullable().default(null);

export const seminarRow = z.object({
  series: z.enum(COURSE_SERIES),
  isExtra: z.boolean().describe('sessions beyond the plan of the year'),
  planned: z.int(),
  held: z.int(),
  calledOff: z.int().describe('cancelled or postponed; their places are not in `capacity`'),
  capacity: z.int(),
  applications: people, admitted: people, absent: people, attended: people, completed: people,
  fill: percent, noShow: percent, completion: percent, demand: percent,
});

export const elearningRow = z.object({
  series: z.enum(COURSE_SERIES),
  courses: z.int(),
  capacity: z.int(),
  registered: people, started: people, finished: people,
  startRate: percent, finishRate: percent,
  medianDays: z.number().nullable().default(null).describe('from the start to the end, of those who finished'),
});

export const MONTH = /^20\d{2}-(0[1-9]|1[0-2])$/;

/** The table of the monthly report: seminars that began in the month, e-learning of the fiscal year until now. */
export const monthTable = z.object({ month: z.string().regex(MONTH), fiscalYear: z.int(), seminars: z.array(seminarRow), elearning: z.array(elearningRow) });

export const statisticsMonthClosed = defineEvent('training', 'statistics.month-closed', {
  summary: 'The report of a month was closed; small counts of people are withheld',
  data: z.object({ table: monthTable, closedAt: z.iso.datetime() }),
});

export const statisticsEvents = [statisticsMonthClosed] as const;
