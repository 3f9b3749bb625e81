import type { Readable } from 'node:stream';
import { parse } from 'csv-parse/sync';
import { z } from 'zod';
import { trainingProblems } from '#contracts/training';
import { officerOf, platformProblems, refusals, useCase, wholeBody, type Ctx, type InputOf, type OutputOf, type UseCase } from '#platform';
import type { EnrolmentDesk } from '../enrolment/enrolment-desk.js';
import type { EnrolmentRecord } from '../enrolment/enrolment.store.js';
import { bySession } from '../session/session-view.js';
import { halfDaysOf, plannedMinutes, type HalfDay } from './attendance.js';
import type { AttendanceRow, AttendanceStore } from './attendance.store.js';
import type { Prework } from './prework.js';

const COLUMNS = 'enrolmentId,halfDay,minutes';
const MOST_BYTES = 1_048_576;

const spec = useCase({
  action: 'training.attendance.import',
  kind: 'process',
  summary: `Takes the staff's list of a session in (CSV ${COLUMNS}; half-days from 1): good rows count, each bad one is told`,
  input: bySession,
  output: z.object({ rows: z.int(), good: z.int(), errors: z.array(z.object({ line: z.int(), column: z.string(), code: z.string() })) }),
  refusals: [...refusals(trainingProblems, 'FILE_MALFORMED', 'NOT_STARTED_YET'), ...refusals(platformProblems, 'BODY_TOO_LARGE', 'NOT_FOUND')],
});

type RowError = OutputOf<typeof spec>['errors'][number];
interface Known {
  /** Enrolments whose learner began without his prework. */
  readonly unprepared: ReadonlySet<string>;
  readonly enrolments: ReadonlyMap<string, EnrolmentRecord>;
  readonly halfDays: readonly HalfDay[];
}

/** TRN-4.5: the fallback of the door, by half-day. It replaces what the door says; harmless to repeat. */
export class ImportAttendance implements UseCase<typeof spec> {
  readonly spec = spec;

  constructor(
    private readonly desk: EnrolmentDesk,
    private readonly attendance: AttendanceStore,
    private readonly prework: Prework,
  ) {}

  async execute(ctx: Ctx, { sessionId }: InputOf<typeof spec>, body?: Readable): Promise<OutputOf<typeof spec>> {
    const records = recordsOf((await wholeBody(body, MOST_BYTES)).toString('utf8'));
    return ctx.transaction((own) => this.take(own, sessionId, records));
  }

  private async take(ctx: Ctx, sessionId: string, records: readonly (readonly string[])[]): Promise<OutputOf<typeof spec>> {
    const { enrolments, steps, store } = this.desk.parts;
    const session = await steps.held(ctx, sessionId);
    if (ctx.now < session.startsAt) throw trainingProblems.refuse('NOT_STARTED_YET');
    const present = await store.ofSession(ctx.db, sessionId, ['ADMITTED', 'ATTENDING']);
    const lacking = await this.prework.lacking(ctx.db, session, present, session.startsAt);
    // Who was let in at the door has shown it there.
    const unprepared = new Set(present.filter(({ person, state }) => state === 'ADMITTED' && lacking.has(person.toString('hex'))).map(({ id }) => id));
    const known: Known = { unprepared, enrolments: new Map(present.map((one) => [one.id, one])), halfDays: halfDaysOf(session) };
    const read = records.map((fields, index) => readRow(fields, index + 2, known));
    const rows = read.filter((one): one is AttendanceRow => 'minutes' in one);
    await this.attendance.put(ctx.db, rows, officerOf(ctx), ctx.now);
    const came = new Set(rows.filter(({ minutes }) => minutes > 0).map(({ enrolmentId }) => enrolmentId));
    await enrolments.take(ctx, session, { step: 'ATTEND', enrolments: present.filter(({ id, state }) => came.has(id) && state === 'ADMITTED') });
    ctx.audit({ object: `session:${sessionId}`, facts: { rows: records.length, good: rows.length } });
    return { rows: records.length, good: rows.length, errors: read.filter((one): one is RowError => 'column' in one) };
  }
}

function readRow(fields: readonly string[], line: number, { enrolments, halfDays, unprepared }: Known): AttendanceRow | RowError {
  const [enrolmentId = '', halfDay = '', minutes = ''] = fields;
  const half = halfDays[Number(halfDay) - 1];
  if (fields.length !== 3) return { line, column: '', code: 'COLUMN_COUNT' };
  if (!enrolments.has(enrolmentId)) return { line, column: 'enrolmentId', code: 'NOT_ADMITTED' };
  if (unprepared.has(enrolmentId)) return { line, column: 'enrolmentId', code: 'PREWORK_MISSING' };
  if (!/^\d{1,2}$/.test(halfDay) || half === undefined) return { line, column: 'halfDay', code: 'HALF_DAY' };
  if (!/^\d{1,4}$/.test(minutes) || Number(minutes) > plannedMinutes(half)) return { line, column: 'minutes', code: 'MINUTES' };
  return { enrolmentId, halfDay: Number(halfDay) - 1, minutes: Number(minutes), source: 'LIST' };
}

/** The rows after the header, RFC 4180, UTF-8. Refuses FILE_MALFORMED. */
function recordsOf(text: string): string[][] {
  const rows = z.array(z.array(z.string())).safeParse(parsed(text));
  const [header, ...records] = rows.data ?? [];
  if (header?.join(',') !== COLUMNS) throw trainingProblems.refuse('FILE_MALFORMED', { facts: { header: COLUMNS } });
  return records;
}

function parsed(text: string): unknown {
  try {
    return parse(text, { bom: true, relax_column_count: true, skip_empty_lines: true });
  } catch {
    return undefined;
  }
}
