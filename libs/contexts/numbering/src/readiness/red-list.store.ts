import type { Db, Row } from '#platform';
import type { RedEntry } from './red-list.js';

export interface RedList {
  readonly listId: string;
  readonly prefectureCode: string;
  readonly week: string;
  readonly entries: readonly RedEntry[];
}

const LIST = `list_id AS "listId", prefecture_code AS "prefectureCode", week::text AS week, entries`;

/** The weekly lists of the prefectures. */
export class RedListStore {
  async add(db: Db, lists: readonly RedList[], at: Date): Promise<void> {
    await db.run(
      `INSERT INTO red_list (list_id, prefecture_code, week, entries, made_at)
       SELECT l.list_id, l.prefecture_code, l.week, e.entries, $5 FROM unnest($1::uuid[], $2::text[], $3::date[]) WITH ORDINALITY AS l (list_id, prefecture_code, week, line)
       JOIN jsonb_array_elements($4::jsonb) WITH ORDINALITY AS e (entries, line) USING (line)`,
      lists.map(({ listId }) => listId), lists.map(({ prefectureCode }) => prefectureCode), lists.map(({ week }) => week), JSON.stringify(lists.map(({ entries }) => entries)), at.toISOString(),
    );
  }

  /** The prefecture's lists, the newest first. */
  async of(db: Db, prefectureCode: string, page: { readonly before: string; readonly limit: number }): Promise<RedList[]> {
    return db.many<RedList & Row>(`SELECT ${LIST} FROM red_list WHERE prefecture_code = $1 AND week < $2 ORDER BY week DESC LIMIT $3`, prefectureCode, page.before, page.limit);
  }
}
