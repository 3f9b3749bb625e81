import type { Db } from '#platform';

export interface FollowedHolder {
  readonly personKey: string;
  readonly applied: number;
}
type HolderRow = FollowedHolder & Record<string, unknown>;

export interface MissingFact {
  readonly personKey: string;
  readonly factVersion: number;
}

const HOLDS = "EXISTS (SELECT FROM certificate c WHERE c.person_key = p.person_key AND c.state IN ('ISSUED_INACTIVE', 'VALID', 'HELD') AND c.not_after >= $1)";
const NOBODY = '00000000-0000-0000-0000-000000000000';

/** Holders of certificates that can still have an effect, and what was found missing of them. */
export class RegisterComparisonStore {
  async anyHolder(db: Db, now: Date): Promise<boolean> {
    return (await db.maybe(`SELECT 1 AS found FROM person_progress p WHERE ${HOLDS} LIMIT 1`, now.toISOString())) !== undefined;
  }

  async countHolders(db: Db, now: Date): Promise<number> {
    return (await db.one<{ count: number }>(`SELECT count(*) AS count FROM person_progress p WHERE ${HOLDS}`, now.toISOString())).count;
  }

  async holders(db: Db, after: string | undefined, limit: number, now: Date): Promise<FollowedHolder[]> {
    return db.many<HolderRow>(
      `SELECT p.person_key AS "personKey", p.applied FROM person_progress p WHERE p.person_key > $2 AND ${HOLDS} ORDER BY p.person_key LIMIT $3`,
      now.toISOString(), after ?? NOBODY, limit,
    );
  }

  /** What was noted before keeps its time. */
  async note(db: Db, missing: readonly MissingFact[], now: Date): Promise<void> {
    if (missing.length === 0) return;
    await db.run(
      'INSERT INTO missing_fact (person_key, fact_version, noticed_at) SELECT key, version, $3 FROM unnest($1::uuid[], $2::bigint[]) AS row (key, version) ON CONFLICT DO NOTHING',
      missing.map(({ personKey }) => personKey), missing.map(({ factVersion }) => factVersion), now.toISOString(),
    );
  }

  async anyNoted(db: Db): Promise<boolean> {
    return (await db.maybe('SELECT 1 AS found FROM missing_fact LIMIT 1')) !== undefined;
  }

  /** Those noted since before `before` who are still behind. */
  async stillMissing(db: Db, before: Date, limit: number): Promise<string[]> {
    const rows = await db.many<{ person_key: string }>(
      'SELECT person_key FROM missing_fact m JOIN person_progress p USING (person_key) WHERE m.noticed_at <= $1 AND p.applied < m.fact_version ORDER BY person_key LIMIT $2',
      before.toISOString(), limit,
    );
    return rows.map((row) => row.person_key);
  }

  async forget(db: Db, personKeys: readonly string[]): Promise<void> {
    await db.run('DELETE FROM missing_fact WHERE person_key = ANY($1::uuid[])', personKeys);
  }

  /** Of whom everything was told in the meantime. */
  async forgetTold(db: Db): Promise<void> {
    await db.run('DELETE FROM missing_fact m USING person_progress p WHERE p.person_key = m.person_key AND p.applied >= m.fact_version');
  }
}
