import type { CaId } from '../ca/ca.js';
import { ANSWERING_STATES } from '../ca/generation.js';
import type { Db, Row } from '#platform';

export interface WatchedList {
  readonly ca: CaId;
  readonly partition: string;
  readonly number: number;
  readonly nextUpdate: Date;
}

/** The newest lists of keys in use, of partitions that are still issued. */
const CURRENT = `crl_issue i JOIN crl_partition p ON p.id = i.partition_id AND p.state <> 'CLOSED'
  JOIN ca_key_generation g ON g.ca = p.ca AND g.generation = i.generation AND g.state = ANY($1::text[]) AND g.out_of_use_at IS NULL`;
const WATCHED = 'ca, partition_id AS partition, number, next_update AS "nextUpdate"';

/** Lists that have no successor, and partitions that get no certificate any more. */
export class ListWatchStore {
  async endingBefore(db: Db, end: Date): Promise<WatchedList[]> {
    return db.many<WatchedList & Row>(`SELECT p.${WATCHED} FROM ${CURRENT} WHERE i.state = 'PUBLISHED' AND next_update <= $2 ORDER BY next_update, partition_id`, ANSWERING_STATES, end.toISOString());
  }

  /** Those past their nextUpdate of which it was not told yet. */
  async takeStale(db: Db, now: Date): Promise<WatchedList[]> {
    return db.many<WatchedList & Row>(
      `UPDATE crl_issue SET stale_at = $2 FROM (SELECT p.ca, i.partition_id AS id, i.number AS no FROM ${CURRENT} WHERE i.state = 'PUBLISHED' AND next_update <= $2 AND stale_at IS NULL) AS late
       WHERE partition_id = late.id AND number = late.no AND stale_at IS NULL RETURNING ${WATCHED}`,
      ANSWERING_STATES, now.toISOString(),
    );
  }

  /** Partitions whose last attempt failed for a key, and whether it was a regular run. */
  async failed(db: Db): Promise<{ partition: string; scheduled: boolean }[]> {
    return db.many(
      `SELECT partition_id AS partition, bool_or(scheduled) AS scheduled FROM ${CURRENT} WHERE i.state = 'FAILED'
         AND NOT EXISTS (SELECT FROM crl_issue later WHERE later.partition_id = i.partition_id AND later.generation = i.generation AND later.number > i.number AND later.state <> 'FAILED')
       GROUP BY partition_id ORDER BY partition_id`,
      ANSWERING_STATES,
    );
  }

  /** How many were open. */
  async freeze(db: Db, municipalityCodes: readonly string[], now: Date): Promise<number> {
    return db.run("UPDATE crl_partition SET state = 'FROZEN', frozen_at = $2 WHERE municipality_code = ANY($1::text[]) AND state = 'OPEN'", municipalityCodes, now.toISOString());
  }

  async close(db: Db, frozenBefore: Date): Promise<number> {
    return db.run("UPDATE crl_partition SET state = 'CLOSED' WHERE state = 'FROZEN' AND frozen_at < $1", frozenBefore.toISOString());
  }
}
