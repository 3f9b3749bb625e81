import type { Db, Row } from '#platform';
import type { Standing } from './standing.js';

type StandingRow = Standing & Row;

/** What the register told last of people. */
export class StandingStore {
  /** Standings by person; of whom nothing was told there is none. */
  async of(db: Db, personKeys: readonly string[]): Promise<Map<string, Standing>> {
    const rows = await db.many<StandingRow & { personKey: string }>(
      'SELECT person_key AS "personKey", fact_version AS "factVersion", life, code_version AS "codeVersion" FROM person_standing WHERE person_key = ANY($1::uuid[])', personKeys,
    );
    return new Map(rows.map(({ personKey, ...standing }) => [personKey, standing]));
  }

  /** Writes what is told of people now, each once. */
  async keep(db: Db, kept: readonly { readonly personKey: string; readonly standing: Standing; readonly settled: boolean }[]): Promise<void> {
    await db.run(
      `INSERT INTO person_standing (person_key, fact_version, life, code_version, settled) SELECT * FROM unnest($1::uuid[], $2::bigint[], $3::text[], $4::bigint[], $5::boolean[])
       ON CONFLICT (person_key) DO UPDATE SET fact_version = excluded.fact_version, life = excluded.life, code_version = excluded.code_version, settled = excluded.settled`,
      kept.map(({ personKey }) => personKey), kept.map(({ standing }) => standing.factVersion), kept.map(({ standing }) => standing.life), kept.map(({ standing }) => standing.codeVersion),
      kept.map(({ settled }) => settled),
    );
  }

  /**
   * Keeps signs of life of people who were present before and whose number is not dormant: whatever its state, nothing has to move
   * (`isSettled`). Gives the keys of these people; the others' news have to be decided one by one.
   */
  async keepPresent(db: Db, signs: readonly { readonly personKey: string; readonly factVersion: number }[]): Promise<string[]> {
    const rows = await db.many<{ person_key: string }>(
      `INSERT INTO person_standing AS s (person_key, fact_version, life, code_version, settled)
       SELECT t.person_key, max(t.fact_version), 'PRESENT', 0, true FROM unnest($1::uuid[], $2::bigint[]) AS t (person_key, fact_version)
       WHERE NOT EXISTS (SELECT FROM person_standing b WHERE b.person_key = t.person_key AND b.life <> 'PRESENT')
         AND (SELECT a.state FROM assignment a WHERE a.person_key = t.person_key ORDER BY a.generation DESC LIMIT 1) IS DISTINCT FROM 'DORMANT'
       GROUP BY t.person_key ORDER BY t.person_key
       ON CONFLICT (person_key) DO UPDATE SET fact_version = greatest(s.fact_version, excluded.fact_version), settled = true WHERE s.life = 'PRESENT'
       RETURNING person_key`,
      signs.map(({ personKey }) => personKey), signs.map(({ factVersion }) => factVersion),
    );
    return rows.map((row) => row.person_key);
  }

  /** Numbered people whose standing has had no effect yet. */
  async unsettled(db: Db, page: { after: string; limit: number }): Promise<string[]> {
    const rows = await db.many<{ person_key: string }>(
      `SELECT s.person_key FROM person_standing s WHERE NOT s.settled AND s.person_key > $1
         AND EXISTS (SELECT FROM assignment a WHERE a.person_key = s.person_key) ORDER BY s.person_key LIMIT $2`,
      page.after, page.limit,
    );
    return rows.map((row) => row.person_key);
  }

  /** Numbered people whose code has changed since the link was brought up to it, with the version of the change. */
  async codesToFollow(db: Db, limit: number): Promise<{ personKey: string; codeVersion: number }[]> {
    return db.many<{ personKey: string; codeVersion: number }>(
      `SELECT s.person_key AS "personKey", s.code_version AS "codeVersion" FROM person_standing s WHERE s.code_version > s.code_followed
         AND EXISTS (SELECT FROM assignment a WHERE a.person_key = s.person_key) ORDER BY s.person_key LIMIT $1`,
      limit,
    );
  }

  async setCodeFollowed(db: Db, personKey: string, codeVersion: number): Promise<void> {
    await db.run('UPDATE person_standing SET code_followed = greatest(code_followed, $2) WHERE person_key = $1', personKey, codeVersion);
  }
}
