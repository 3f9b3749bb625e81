import type { LocalDate } from '#kernel';
import type { Db, Row } from '#platform';
import { serverOf } from '../prefecture/server.js';
import { enterPrefecture } from '../prefecture/server.store.js';

export interface Departure extends Row {
  readonly person_key: string;
  readonly municipality_code: string;
  readonly stay: number;
}

/** Planned move-outs whose day ($1) has come; of a server that is closed nothing is written. */
const DUE = `FROM segment s WHERE s.state = 'OUT_PLANNED' AND s.closed_date <= $1
  AND NOT EXISTS (SELECT FROM server_state c WHERE c.state = 'CLOSED' AND c.server IN ('NATIONAL', left(s.municipality_code, 2)))`;
/** As `closeDue` does it for one segment. */
const CLOSED = `state = CASE r.closed_reason WHEN '22' THEN 'CLOSED_ABROAD' ELSE 'CLOSED_MOVED' END
  FROM unnest($1::uuid[], $2::text[], $3::smallint[]) AS k (person_key, municipality_code, stay)
  WHERE r.person_key = k.person_key AND r.municipality_code = k.municipality_code AND r.stay = k.stay AND r.state = 'OUT_PLANNED' AND r.closed_date <= $4`;

/** Departures that are due, the longest first. */
export async function dueDepartures(db: Db, today: LocalDate, limit: number): Promise<Departure[]> {
  return db.many<Departure>(`SELECT s.person_key, s.municipality_code, s.stay ${DUE} ORDER BY s.closed_date LIMIT $2`, today, limit);
}

/** Closes the records in both copies, unless their plan has changed. */
export async function writeDepartures(db: Db, due: readonly Departure[], today: LocalDate): Promise<void> {
  const those = (rows: readonly Departure[]): unknown[] => [rows.map((row) => row.person_key), rows.map((row) => row.municipality_code), rows.map((row) => row.stay), today];
  await db.run(`UPDATE segment r SET ${CLOSED}`, ...those(due));
  for (const prefecture of new Set(due.map((row) => serverOf(row.municipality_code)))) {
    await enterPrefecture(db, prefecture);
    await db.run(`UPDATE prefecture_record r SET ${CLOSED} AND r.prefecture = $5`, ...those(due.filter((row) => serverOf(row.municipality_code) === prefecture)), prefecture);
  }
}
