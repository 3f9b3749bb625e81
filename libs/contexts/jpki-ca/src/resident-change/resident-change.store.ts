import type { Db } from '#platform';
import type { NoticeState, Progress, ResidentChangeNotice } from './resident-change.js';

export type NoticeRow = ResidentChangeNotice & { readonly municipalityCode: string };

export interface NewNotice extends NoticeRow {
  readonly personKey: string;
  readonly factDate: string;
}

/** A notice that contradicts what was told before, as an officer has to see it. */
export type QuarantinedNotice = Pick<NewNotice, 'personKey' | 'factVersion' | 'kind' | 'factDate' | 'municipalityCode'> & { readonly arrivedAt: Date };

const NOTICE = 'fact_version AS "factVersion", kind, reason, fields, abroad, municipality_code AS "municipalityCode", returns_to AS "returnsTo"';

type ReadRow = NoticeRow & Record<string, unknown>;

export class ResidentChangeStore {
  /** False when this version of the person's facts was told before. */
  async add(db: Db, notice: NewNotice, state: NoticeState, at: Date): Promise<boolean> {
    const added = await db.run(
      `INSERT INTO resident_change_notice (person_key, fact_version, kind, reason, fields, abroad, municipality_code, fact_date, state, arrived_at, returns_to)
       VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) ON CONFLICT DO NOTHING`,
      notice.personKey, notice.factVersion, notice.kind, notice.reason, notice.fields, notice.abroad ?? null, notice.municipalityCode, notice.factDate, state, at.toISOString(),
      notice.returnsTo ?? null,
    );
    return added === 1;
  }

  /** Stores notices about people without a certificate; those told before stay as they are. */
  async addUnfollowed(db: Db, notices: readonly NewNotice[], at: Date): Promise<void> {
    if (notices.length === 0) return;
    const state: NoticeState = 'NO_CERTIFICATE';
    await db.run(
      `INSERT INTO resident_change_notice (person_key, fact_version, kind, reason, fields, abroad, municipality_code, fact_date, state, arrived_at, returns_to)
       SELECT "personKey", "factVersion", kind, reason, fields, abroad, "municipalityCode", "factDate", $2, $3, "returnsTo"
       FROM json_to_recordset($1) AS told ("personKey" uuid, "factVersion" bigint, kind text, reason text, fields text[], abroad boolean, "municipalityCode" text, "factDate" date, "returnsTo" text)
       ON CONFLICT DO NOTHING`,
      JSON.stringify(notices), state, at.toISOString(),
    );
  }

  async after(db: Db, personKey: string, factVersion: number): Promise<NoticeRow[]> {
    return db.many<ReadRow>(`SELECT ${NOTICE} FROM resident_change_notice WHERE person_key = $1 AND fact_version > $2 ORDER BY fact_version`, personKey, factVersion);
  }

  async setState(db: Db, personKey: string, factVersion: number, state: NoticeState): Promise<void> {
    await db.run('UPDATE resident_change_notice SET state = $3 WHERE person_key = $1 AND fact_version = $2', personKey, factVersion, state);
  }

  /** Those that wait for an officer, the oldest first. */
  async quarantined(db: Db, limit: number): Promise<QuarantinedNotice[]> {
    return db.many<QuarantinedNotice & Record<string, unknown>>(
      `SELECT person_key AS "personKey", fact_version AS "factVersion", kind, fact_date AS "factDate", municipality_code AS "municipalityCode", arrived_at AS "arrivedAt"
       FROM resident_change_notice WHERE state = 'QUARANTINED' ORDER BY arrived_at, person_key, fact_version LIMIT $1`, limit,
    );
  }

  /** False when none waits under these. */
  async resolve(db: Db, { personKey, factVersion, by, ref }: { readonly personKey: string; readonly factVersion: number; readonly by: string; readonly ref: string }): Promise<boolean> {
    return (await db.run(
      "UPDATE resident_change_notice SET state = 'RESOLVED', resolved_by = $3, resolution_ref = $4 WHERE person_key = $1 AND fact_version = $2 AND state = 'QUARANTINED'", personKey, factVersion, by, ref,
    )) === 1;
  }

  async progress(db: Db, personKey: string): Promise<Progress | undefined> {
    return db.maybe<Progress & Record<string, unknown>>('SELECT applied, dead FROM person_progress WHERE person_key = $1', personKey);
  }

  async progressOf(db: Db, personKeys: readonly string[]): Promise<Set<string>> {
    const rows = await db.many<{ person_key: string }>('SELECT person_key FROM person_progress WHERE person_key = ANY($1::uuid[])', personKeys);
    return new Set(rows.map((row) => row.person_key));
  }

  /** From these facts on the people are followed. */
  async startProgress(db: Db, starts: readonly { readonly personKey: string; readonly applied: number; readonly municipalityCode: string }[]): Promise<void> {
    await db.run(
      'INSERT INTO person_progress (person_key, applied, dead, municipality_code) SELECT key, applied, false, code FROM unnest($1::uuid[], $2::bigint[], $3::text[]) AS start (key, applied, code)',
      starts.map(({ personKey }) => personKey), starts.map(({ applied }) => applied), starts.map(({ municipalityCode }) => municipalityCode),
    );
  }

  /** Those of the people for whom a notice of later facts is here already. */
  async overtaken(db: Db, facts: readonly { readonly personKey: string; readonly factVersion: number }[]): Promise<Set<string>> {
    const rows = await db.many<{ key: string }>(
      `SELECT DISTINCT key FROM unnest($1::uuid[], $2::bigint[]) AS fact (key, version)
       WHERE EXISTS (SELECT 1 FROM resident_change_notice WHERE person_key = key AND fact_version > version)`,
      facts.map(({ personKey }) => personKey), facts.map(({ factVersion }) => factVersion),
    );
    return new Set(rows.map((row) => row.key));
  }

  /** Without a municipality the former one stays. */
  async setProgress(db: Db, personKey: string, progress: Progress, municipalityCode: string | undefined): Promise<void> {
    await db.run(
      'UPDATE person_progress SET applied = $2, dead = $3, municipality_code = coalesce($4, municipality_code) WHERE person_key = $1',
      personKey, progress.applied, progress.dead, municipalityCode ?? null,
    );
  }

  /** Where the holder lives as far as the notices tell; the place of issue until then. */
  async municipalityOf(db: Db, personKey: string): Promise<string | undefined> {
    const row = await db.maybe<{ municipality_code: string }>('SELECT municipality_code FROM person_progress WHERE person_key = $1', personKey);
    return row?.municipality_code;
  }
}
