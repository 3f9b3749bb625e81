import type { Db, Row } from '#platform';

/** A statement as it is kept; `body` is the JSON that is shown. */
export interface StoredStatement {
  readonly id: string;
  readonly registrationId: string;
  readonly sessionId: string;
  readonly verb: string;
  readonly activity: string;
  readonly hash: Buffer;
  /** Within the period of its registration. */
  readonly counts: boolean;
  readonly stored: string;
  readonly body: string;
}

export interface StatementFilter {
  readonly registrationId: string;
  readonly verb: string | undefined;
  readonly activity: string | undefined;
  readonly since: Date | undefined;
  readonly until: Date | undefined;
  /** Where the page before ended. */
  readonly from: number | undefined;
  readonly isAscending: boolean;
  readonly limit: number;
}

export class StatementStore {
  /** Those of the ids that are stored, with their digests. */
  async known(db: Db, ids: readonly string[]): Promise<ReadonlyMap<string, Buffer>> {
    const rows = await db.many<{ id: string; hash: Buffer }>('SELECT id, hash FROM statement WHERE id = ANY ($1)', ids);
    return new Map(rows.map(({ id, hash }) => [id, hash]));
  }

  /** All of them; false when one of the ids was stored by somebody else meanwhile. */
  async add(db: Db, statements: readonly StoredStatement[]): Promise<boolean> {
    const added = await db.run(
      `INSERT INTO statement (stored, id, registration_id, session_id, verb, activity, hash, counts, body)
       SELECT * FROM unnest($1::timestamptz[], $2::uuid[], $3::uuid[], $4::uuid[], $5::text[], $6::text[], $7::bytea[], $8::boolean[], $9::text[]) ON CONFLICT DO NOTHING`,
      statements.map(({ stored }) => stored), statements.map(({ id }) => id), statements.map(({ registrationId }) => registrationId), statements.map(({ sessionId }) => sessionId),
      statements.map(({ verb }) => verb), statements.map(({ activity }) => activity), statements.map(({ hash }) => hash), statements.map(({ counts }) => counts), statements.map(({ body }) => body),
    );
    return added === statements.length;
  }

  async find(db: Db, registrationId: string, id: string): Promise<{ readonly body: string; readonly stored: Date } | undefined> {
    return db.maybe('SELECT body, stored FROM statement WHERE registration_id = $1 AND id = $2', registrationId, id);
  }

  /** The newest first unless ascending. */
  async list(db: Db, { registrationId, verb, activity, since, until, from, isAscending, limit }: StatementFilter): Promise<({ readonly seq: number; readonly body: string } & Row)[]> {
    const [beyond, order] = isAscending ? ['>', 'ASC'] : ['<', 'DESC'];
    return db.many(
      `SELECT seq, body FROM statement WHERE registration_id = $1 AND ($2::text IS NULL OR verb = $2) AND ($3::text IS NULL OR activity = $3)
         AND ($4::timestamptz IS NULL OR stored > $4) AND ($5::timestamptz IS NULL OR stored <= $5) AND ($6::bigint IS NULL OR seq ${beyond} $6)
       ORDER BY seq ${order} LIMIT $7`,
      registrationId, verb ?? null, activity ?? null, since?.toISOString() ?? null, until?.toISOString() ?? null, from ?? null, limit,
    );
  }
}
