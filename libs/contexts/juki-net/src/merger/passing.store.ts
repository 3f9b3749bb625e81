import type { Db, Row } from '#platform';
import type { DecidedRow } from '../notice-file/held-row.store.js';
import { serverOf } from '../prefecture/server.js';
import { enterPrefecture } from '../prefecture/server.store.js';

/** The notices of one municipality about one person. */
export interface Lineage extends Row {
  readonly personKey: string;
  readonly code: string;
  /** The last number that took effect; 0 if none did. */
  readonly last: number;
  /** Lowest and highest number on record, whatever became of it. */
  readonly low: number;
  readonly top: number;
}

/** What is to get the new code: all about a person under one former code. */
export interface Rekeyed {
  readonly personKey: string;
  readonly from: string;
  readonly stayOffset: number;
  readonly seqOffset: number;
}

const NOBODY = '00000000-0000-0000-0000-000000000000';
const EFFECTIVE = "state IN ('APPLIED', 'QUARANTINED')";
const MOVED = 'unnest($2::uuid[], $3::text[], $4::smallint[], $5::int[]) AS m (person_key, code, stay_offset, seq_offset)';
const OF = (table: string): string => `${table}.person_key = m.person_key AND ${table}.municipality_code = m.code`;
/** One statement a table: keys only, what the rows say stays. */
const REKEYED = [
  `UPDATE segment t SET municipality_code = $1, stay = t.stay + m.stay_offset FROM ${MOVED} WHERE ${OF('t')}`,
  `UPDATE former_address t SET municipality_code = $1, stay = t.stay + m.stay_offset, person_seq = t.person_seq + m.seq_offset FROM ${MOVED} WHERE ${OF('t')}`,
  `UPDATE counted_move t SET municipality_code = $1, stay = t.stay + m.stay_offset, person_seq = t.person_seq + m.seq_offset FROM ${MOVED} WHERE ${OF('t')}`,
  `UPDATE transfer_case t SET pointed_to = $1 FROM ${MOVED} WHERE t.person_key = m.person_key AND t.pointed_to = m.code`,
  `UPDATE prefecture_record t SET municipality_code = $1, stay = t.stay + m.stay_offset, record_version = t.record_version + m.seq_offset FROM ${MOVED}
   WHERE t.prefecture = left($1, 2) AND ${OF('t')}`,
  // What did not take effect stays under the code that it came with.
  `UPDATE change_notice t SET municipality_code = $1, person_seq = t.person_seq + m.seq_offset, notified_as = coalesce(t.notified_as, t.municipality_code) FROM ${MOVED}
   WHERE ${OF('t')} AND t.${EFFECTIVE}`,
  `WITH own AS (UPDATE support_measure t SET municipality_code = $1 FROM ${MOVED} WHERE ${OF('t')} RETURNING t.measure_id)
   UPDATE support_case c SET municipality_code = $1 FROM own WHERE c.measure_id = own.measure_id AND c.state <> 'ENDED'`,
];

/** Rows of the register on their way from one municipality code to another. */
export class PassingStore {
  /** Persons about whom the municipality has ever notified, or who are to move there from the one that goes on, in the order of their keys: the primary key of the notices serves. */
  async personsAfter(db: Db, { code, newCode }: { code: string; newCode: string }, after: string, limit: number): Promise<string[]> {
    const rows = await db.many<{ person_key: string }>(
      `(SELECT DISTINCT person_key FROM change_notice WHERE municipality_code = $1 AND person_key > $2 ORDER BY person_key LIMIT $3)
       UNION (SELECT DISTINCT person_key FROM transfer_case WHERE to_code = $1 AND from_code = $4 AND state NOT IN ('OUT_CLOSED', 'WITHDRAWN') AND person_key > $2 ORDER BY person_key LIMIT $3)
       ORDER BY person_key LIMIT $3`, code, after, limit, newCode);
    return rows.map((row) => row.person_key);
  }

  async countPersons(db: Db, codes: readonly string[]): Promise<number> {
    return (await db.one<{ n: number }>('SELECT count(DISTINCT person_key) AS n FROM change_notice WHERE municipality_code = ANY($1::text[])', codes)).n;
  }

  async lineages(db: Db, codes: readonly string[], personKeys: readonly string[]): Promise<Lineage[]> {
    return db.many<Lineage>(
      `SELECT person_key AS "personKey", municipality_code AS code, coalesce(max(person_seq) FILTER (WHERE ${EFFECTIVE}), 0) AS last, min(person_seq) AS low, max(person_seq) AS top
       FROM change_notice WHERE municipality_code = ANY($1::text[]) AND person_key = ANY($2::uuid[]) GROUP BY person_key, municipality_code`,
      codes, personKeys,
    );
  }

  async rekey(db: Db, newCode: string, rows: readonly Rekeyed[]): Promise<void> {
    if (rows.length === 0) return;
    const columns = [rows.map((row) => row.personKey), rows.map((row) => row.from), rows.map((row) => row.stayOffset), rows.map((row) => row.seqOffset)] as const;
    for (const statement of REKEYED) await db.run(statement, newCode, ...columns);
  }

  /** Records that a change closed or kept open, in the copy of the prefecture as well. */
  async copyClosures(db: Db, newCode: string, personKeys: readonly string[]): Promise<void> {
    await db.run(
      `UPDATE prefecture_record r SET state = s.state, closed_reason = s.closed_reason, closed_date = s.closed_date FROM segment s
       WHERE r.prefecture = left($1, 2) AND r.person_key = ANY($2::uuid[]) AND s.person_key = r.person_key AND s.municipality_code = r.municipality_code AND s.stay = r.stay`,
      newCode, personKeys,
    );
  }

  /** A rejected notice gives its number up to the next one. */
  async makeRoom(db: Db, code: string, numbers: readonly { readonly personKey: string; readonly personSeq: number }[]): Promise<void> {
    await db.run(
      `DELETE FROM change_notice t USING unnest($2::uuid[], $3::int[]) AS x (person_key, person_seq)
       WHERE t.municipality_code = $1 AND t.person_key = x.person_key AND t.person_seq = x.person_seq AND t.state = 'REJECTED'`,
      code, numbers.map(({ personKey }) => personKey), numbers.map(({ personSeq }) => personSeq),
    );
  }

  /** What waits under a code that has ended, or below a number that was passed over, can no longer be released; rows of files are told. */
  async rejectHeld(db: Db, held: readonly { readonly code: string; readonly personKey: string; readonly below: number }[]): Promise<DecidedRow[]> {
    return this.rejected(db, 'x.code = h.municipality_code AND x.person_key = h.person_key AND h.person_seq <= x.below', held);
  }

  /** The same for whoever has no record: nothing more will come under the codes. */
  async rejectAllHeld(db: Db, codes: readonly string[]): Promise<DecidedRow[]> {
    return this.rejected(db, 'x.code = h.municipality_code', codes.map((code) => ({ code, personKey: NOBODY, below: 0 })));
  }

  private async rejected(db: Db, which: string, held: readonly { readonly code: string; readonly personKey: string; readonly below: number }[]): Promise<DecidedRow[]> {
    const rows = await db.many<{ file_id: string | null; line: number | null }>(
      `UPDATE change_notice h SET state = 'REJECTED', code = 'MUNICIPALITY_CHANGED', sealed = NULL FROM unnest($1::text[], $2::uuid[], $3::int[]) AS x (code, person_key, below)
       WHERE ${which} AND h.state = 'HELD' RETURNING h.file_id, h.line`,
      held.map(({ code }) => code), held.map(({ personKey }) => personKey), held.map(({ below }) => below),
    );
    const refused = { state: 'REJECTED', column: 'municipalityCode', code: 'MUNICIPALITY_CHANGED' } as const;
    return rows.flatMap(({ file_id: fileId, line }) => (fileId === null ? [] : [{ fileId, line: line ?? undefined, ...refused }]));
  }

  async waiting(db: Db, code: string, personKeys: readonly string[]): Promise<string[]> {
    const rows = await db.many<{ person_key: string }>(
      "SELECT DISTINCT person_key FROM change_notice WHERE person_key = ANY($2::uuid[]) AND municipality_code = $1 AND state = 'HELD'", code, personKeys);
    return rows.map((row) => row.person_key);
  }

  /** One block of codes with all codes of it; false when none is left. */
  async passBlock(db: Db, codes: readonly string[], newCode: string): Promise<boolean> {
    const block = await db.maybe<{ block_id: string }>('SELECT block_id FROM code_block WHERE municipality_code = ANY($1::text[]) ORDER BY block_id LIMIT 1 FOR UPDATE', codes);
    if (block === undefined) return false;
    await db.run('UPDATE code_block SET municipality_code = $2 WHERE block_id = $1', block.block_id, newCode);
    await db.run('UPDATE allocated_code SET municipality_code = $2 WHERE block_id = $1', block.block_id, newCode);
    return true;
  }

  /** What municipalities have under way beside their residents: comparisons begin anew under the new code, requests go on. */
  async close(db: Db, codes: readonly string[], newCode: string, at: Date): Promise<void> {
    await enterPrefecture(db, serverOf(newCode));
    await db.run("UPDATE resend_order SET state = 'WITHDRAWN', ended_at = $2 WHERE municipality_code = ANY($1::text[]) AND state = 'OPEN'", codes, at.toISOString());
    await db.run("UPDATE reconciliation SET state = 'ABANDONED' WHERE municipality_code = ANY($1::text[]) AND state IN ('COMPARING', 'AWAITING_LEAVES')", codes);
    await db.run("UPDATE reconciliation_difference SET state = 'RESOLVED' WHERE municipality_code = ANY($1::text[]) AND state <> 'RESOLVED'", codes);
    await db.run(
      "UPDATE prefecture_difference SET state = 'RESOLVED' WHERE prefecture = left($2, 2) AND municipality_code = ANY($1::text[]) AND state <> 'RESOLVED'", codes, newCode);
    await db.run("UPDATE disclosure_request SET organisation = $2 WHERE organisation = ANY($1::text[]) AND state <> 'GIVEN'", codes, newCode);
    await db.run(
      `WITH former AS (DELETE FROM support_copy WHERE municipality_code = ANY($1::text[]) RETURNING measure_id, copied_at)
       INSERT INTO support_copy (measure_id, municipality_code, copied_at) SELECT measure_id, $2, min(copied_at) FROM former GROUP BY measure_id ON CONFLICT DO NOTHING`,
      codes, newCode,
    );
  }
}
