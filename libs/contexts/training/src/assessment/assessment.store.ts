import type { Db, Row } from '#platform';
import type { AssessmentItem } from './assessment.js';

export interface AssessmentRecord {
  readonly id: string;
  readonly courseId: string;
  readonly title: string;
  /** 0 to 1. */
  readonly passScore: number;
  readonly limitMinutes: number;
  /** How many items of each topic an attempt has. */
  readonly drawn: Readonly<Record<string, number>>;
}

export class AssessmentStore {
  async find(db: Db, id: string): Promise<AssessmentRecord | undefined> {
    return db.maybe<AssessmentRecord & Row>('SELECT id, course_id AS "courseId", title, pass_score::float AS "passScore", limit_minutes AS "limitMinutes", drawn FROM assessment WHERE id = $1', id);
  }

  async add(db: Db, { id, courseId, title, passScore, limitMinutes, drawn }: AssessmentRecord, items: readonly AssessmentItem[], at: Date): Promise<void> {
    await db.run(
      'INSERT INTO assessment (id, course_id, title, pass_score, limit_minutes, drawn, created_at) VALUES ($1, $2, $3, $4, $5, $6, $7)', id, courseId, title, passScore, limitMinutes, JSON.stringify(drawn), at.toISOString(),
    );
    for (const { itemId, topic, points, question, options, key } of items) {
      await db.run(
        'INSERT INTO assessment_item (assessment_id, item_id, topic, points, question, options, key) VALUES ($1, $2, $3, $4, $5, $6, $7)', id, itemId, topic, points, question, JSON.stringify(options), JSON.stringify(key),
      );
    }
  }

  async items(db: Db, assessmentId: string): Promise<AssessmentItem[]> {
    return db.many<AssessmentItem & Row>('SELECT item_id AS "itemId", topic, points, question, options, key FROM assessment_item WHERE assessment_id = $1 ORDER BY item_id', assessmentId);
  }
}
