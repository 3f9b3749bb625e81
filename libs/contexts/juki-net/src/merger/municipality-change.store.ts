import { jukiNetProblems } from '#contracts/juki-net';
import { localDateInJapan, type LocalDate } from '#kernel';
import type { Ctx, Db, Row } from '#platform';
import type { ChangeState, FormerMunicipality, MunicipalityChange, Renaming, Succession } from './municipality-change.js';

export interface StoredChange extends MunicipalityChange {
  readonly jobId?: string | undefined;
}

interface ChangeRow extends Row, Omit<MunicipalityChange, 'approvedBy' | 'former'> {
  readonly former: FormerMunicipality[];
  readonly approvedBy: string | null;
  readonly jobId: string | null;
}

const CHANGE = `SELECT c.change_id AS "changeId", c.kind, c.new_code AS "newCode", c.new_name AS "newName", c.effective_on AS "effectiveOn", c.town_codes AS "townCodes", c.state,
  c.planned_by AS "plannedBy", c.approved_by AS "approvedBy", c.job_id AS "jobId",
  (SELECT json_agg(json_build_object('code', f.code, 'name', f.name) ORDER BY f.code) FROM former_municipality f WHERE f.change_id = c.change_id) AS former
  FROM municipality_change c`;
/** Changes that end the whole of their former codes. */
export const ENDING = "c.change_id = f.change_id AND c.new_code <> f.code AND c.town_codes = '{}'";

/** Planned and effected changes of municipalities. */
export class MunicipalityChangeStore {
  /** All changes that name one of the codes; nobody else plans until the transaction ends. */
  async lockNaming(db: Db, codes: readonly string[]): Promise<StoredChange[]> {
    await db.run("SELECT pg_advisory_xact_lock(hashtextextended('municipality-change', 0))");
    const rows = await db.many<ChangeRow>(
      `${CHANGE} WHERE c.new_code = ANY($1::text[]) OR EXISTS (SELECT FROM former_municipality f WHERE f.change_id = c.change_id AND f.code = ANY($1::text[]))`,
      codes,
    );
    return rows.map(toChange);
  }

  async add(db: Db, change: MunicipalityChange, at: Date): Promise<void> {
    const { changeId, kind, newCode, newName, effectiveOn, townCodes, state, plannedBy, former } = change;
    await db.run(
      'INSERT INTO municipality_change (change_id, kind, new_code, new_name, effective_on, town_codes, state, planned_by, changed_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)',
      changeId, kind, newCode, newName, effectiveOn, townCodes, state, plannedBy, at.toISOString(),
    );
    await db.run(
      'INSERT INTO former_municipality (change_id, code, name) SELECT $1, * FROM unnest($2::text[], $3::text[])',
      changeId, former.map(({ code }) => code), former.map(({ name }) => name),
    );
  }

  async find(db: Db, changeId: string): Promise<StoredChange | undefined> {
    const row = await db.maybe<ChangeRow>(`${CHANGE} WHERE c.change_id = $1`, changeId);
    return row === undefined ? undefined : toChange(row);
  }

  async lock(db: Db, changeId: string): Promise<StoredChange | undefined> {
    const row = await db.maybe<ChangeRow>(`${CHANGE} WHERE c.change_id = $1 FOR UPDATE OF c`, changeId);
    return row === undefined ? undefined : toChange(row);
  }

  /** The newest first. */
  async list(db: Db, page: { readonly before: string | undefined; readonly limit: number }): Promise<StoredChange[]> {
    return (await db.many<ChangeRow>(`${CHANGE} WHERE $1::uuid IS NULL OR c.change_id < $1 ORDER BY c.change_id DESC LIMIT $2`, page.before ?? null, page.limit)).map(toChange);
  }

  /** Changes whose day has come and that are not completed; locked, so that every intake begun before the day has ended. */
  async lockDue(db: Db, today: LocalDate): Promise<StoredChange[]> {
    return (await db.many<ChangeRow>(`${CHANGE} WHERE c.state IN ('APPROVED', 'RUNNING') AND c.effective_on <= $1 ORDER BY c.change_id FOR UPDATE OF c`, today)).map(toChange);
  }

  async setState(db: Db, changeId: string, to: { readonly state: ChangeState; readonly approvedBy?: string; readonly jobId?: string }, at: Date): Promise<void> {
    await db.run(
      'UPDATE municipality_change SET state = $2, approved_by = coalesce($3, approved_by), job_id = coalesce($4, job_id), changed_at = $5 WHERE change_id = $1',
      changeId, to.state, to.approvedBy ?? null, to.jobId ?? null, at.toISOString(),
    );
  }

  /** How addresses of whole municipalities began and begin since, in the order of the days (JUKI-4.8). */
  async renamings(db: Db): Promise<Renaming[]> {
    return db.many<Renaming & Row>(
      `SELECT f.name AS "from", c.new_name AS "to" FROM former_municipality f JOIN municipality_change c ON c.change_id = f.change_id
       WHERE c.town_codes = '{}' AND c.state IN ('RUNNING', 'COMPLETED') ORDER BY c.effective_on, f.name`);
  }

  async successions(db: Db): Promise<Succession[]> {
    return db.many<Succession & Row>(
      `SELECT f.code, c.new_code AS "newCode", c.effective_on AS "on" FROM former_municipality f JOIN municipality_change c ON ${ENDING}
       WHERE c.state IN ('APPROVED', 'RUNNING', 'COMPLETED')`);
  }
}

/**
 * The code to which a municipality has passed. Whoever asks before the day keeps the change from beginning until their
 * transaction ends, so that no notice is taken in behind the job's back.
 */
export async function successorOf(db: Db, code: string, today: LocalDate): Promise<string | undefined> {
  const row = await db.maybe<{ newCode: string; hasCome: boolean }>(
    `SELECT c.new_code AS "newCode", c.state <> 'APPROVED' OR c.effective_on <= $2 AS "hasCome" FROM former_municipality f JOIN municipality_change c ON ${ENDING}
     WHERE f.code = $1 AND c.state IN ('APPROVED', 'RUNNING', 'COMPLETED') FOR SHARE OF c`,
    code, today,
  );
  return row?.hasCome === true ? row.newCode : undefined;
}

/** Refuses MUNICIPALITY_CHANGED, which tells the new code. */
export async function requireNotPassed(ctx: Ctx, code: string): Promise<void> {
  const newCode = await successorOf(ctx.db, code, localDateInJapan(ctx.now));
  if (newCode !== undefined) throw jukiNetProblems.refuse('MUNICIPALITY_CHANGED', { facts: { newCode } });
}

function toChange({ approvedBy, jobId, ...row }: ChangeRow): StoredChange {
  return { ...row, approvedBy: approvedBy ?? undefined, jobId: jobId ?? undefined };
}
