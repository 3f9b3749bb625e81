import { createHash } from 'node:crypto';
import { z } from 'zod';
import type { SessionState } from '#contracts/training';
import { useCase, type BinaryAnswer, type Ctx, type InputOf, type UseCase } from '#platform';
import { fiscalYear } from '../course/course-view.js';
import { calendarText, type CalendarEvent } from './calendar.js';
import type { SessionRecord, SessionStore } from './session.store.js';

const MOST = 1_000;
const CALLED_OFF: readonly SessionState[] = ['CANCELLED', 'POSTPONED'];
const CERTAIN: readonly SessionState[] = ['CONFIRMED', 'HELD', 'REPORTED'];

const spec = useCase({
  action: 'training.session.read-calendar',
  kind: 'question',
  summary: 'The published sessions of a fiscal year as a calendar to subscribe to (iCalendar)',
  input: z.strictObject({ year: fiscalYear }),
  output: z.custom<BinaryAnswer>(),
  refusals: [],
});

/** TRN-8. Stamped by the last change, so that an unchanged calendar keeps its tag. */
export class GetCalendar implements UseCase<typeof spec> {
  readonly spec = spec;

  constructor(private readonly sessions: SessionStore) {}

  async execute(ctx: Ctx, { year }: InputOf<typeof spec>): Promise<BinaryAnswer> {
    const sessions = await this.sessions.list(ctx.db, { fiscalYear: year, courseId: undefined, state: undefined, isPublic: true }, MOST);
    const stamp = new Date(Math.max(0, ...sessions.map(({ changedAt }) => changedAt.getTime())));
    const body = Buffer.from(calendarText(sessions.map(eventOf), stamp));
    const etag = `"${createHash('sha256').update(body).digest('base64url')}"`;
    return { contentType: 'text/calendar; charset=utf-8', body, headers: { etag, 'cache-control': 'max-age=300' } };
  }
}

function eventOf({ id, version, courseTitle, number, startsAt, endsAt, venue, state }: SessionRecord): CalendarEvent {
  const status = CALLED_OFF.includes(state) ? 'CANCELLED' : CERTAIN.includes(state) ? 'CONFIRMED' : 'TENTATIVE';
  return { id, version, title: `${courseTitle} 第${number}回`, startsAt, endsAt, venue, status };
}
