import type { Db, Row } from '#platform';
import { ANSWER_SECONDS, type Queue } from './call-record.js';

export interface CallRecord {
  readonly callId: string;
  readonly queue: Queue;
  readonly topic: string;
  readonly language: string;
  readonly outcome: string;
  readonly arrivedAt: Date;
  readonly answeredAt: Date | null;
  readonly endedAt: Date;
}

/** Calls of a queue in an interval. */
export interface QueueFigures {
  readonly queue: Queue;
  readonly offered: number;
  readonly answered: number;
  readonly inTime: number;
}

/** The calls of an hour of the day, on working days or on others. */
export interface HourFigures {
  readonly working: boolean;
  readonly hour: number;
  readonly calls: number;
  readonly handleSeconds: number;
}

/** Calls. */
export class CallRecordStore {
  async add(db: Db, call: CallRecord): Promise<void> {
    await db.run(
      'INSERT INTO call_record (call_id, queue, topic, language, outcome, arrived_at, answered_at, ended_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)',
      call.callId, call.queue, call.topic, call.language, call.outcome, call.arrivedAt.toISOString(), call.answeredAt?.toISOString() ?? null, call.endedAt.toISOString(),
    );
  }

  async queues(db: Db, from: Date, to: Date): Promise<QueueFigures[]> {
    return db.many<QueueFigures & Row>(
      `SELECT queue, count(*)::int AS offered, count(answered_at)::int AS answered, (count(*) FILTER (WHERE answered_at - arrived_at <= make_interval(secs => ${ANSWER_SECONDS})))::int AS "inTime"
       FROM call_record WHERE arrived_at >= $1 AND arrived_at < $2 GROUP BY queue ORDER BY queue`, from.toISOString(), to.toISOString(),
    );
  }

  /** `workingDays`: the civil days of the interval that are working days. Calls that nobody took count with the mean of the others. */
  async hours(db: Db, queue: Queue, interval: { readonly from: Date; readonly to: Date; readonly workingDays: readonly string[] }): Promise<HourFigures[]> {
    return db.many<HourFigures & Row>(
      `SELECT (arrived_at AT TIME ZONE 'Asia/Tokyo')::date = ANY($4::date[]) AS working, extract(hour FROM arrived_at AT TIME ZONE 'Asia/Tokyo')::int AS hour, count(*)::int AS calls,
        coalesce(avg(extract(epoch FROM ended_at - answered_at)), 300)::float AS "handleSeconds"
       FROM call_record WHERE queue = $1 AND arrived_at >= $2 AND arrived_at < $3 GROUP BY 1, 2 ORDER BY 1 DESC, 2`, queue, interval.from.toISOString(), interval.to.toISOString(), interval.workingDays,
    );
  }
}
